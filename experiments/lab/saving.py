"""What a page of the lab shows, as a file: a page that opens anywhere, a table, a picture, a film."""

import csv
import io
import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from experiments.lab.bounded import go_on, work_of_run, work_of_story
from experiments.lab.packing import unpack
from simulation.problems import InputError, Problem, did_you_mean

if TYPE_CHECKING:
    import networkx as nx

    from experiments.lab.asks import Ask
    from experiments.lab.worlds import Worlds

MOST_ARMS = 4
LONGEST_NAME = 80
FEW, MANY, WORK = 4, 40, 16_000_000  # worlds behind each arm of a page, and `work_of_run` of all of them
STORIES, STORY_WORK = 12, 100_000_000  # autopsies of an arm, and `work_of_story` of all of them: some ten seconds
COLUMNS = (
    "arm", "seed", "world", "alliance", "first_firm", "second_firm", "first_strategy", "second_strategy", "born_in_quarter",
    "first_seen_in_quarter", "ended_in_quarter", "lived_quarters", "ended_by", "equity", "between_rivals",
    "alliances_before", "last_trust",
)  # fmt: skip


Stop = threading.Event | None


class Saved(NamedTuple):
    """A file to be handed over."""

    content: bytes
    media_type: str
    name: str


@dataclass(frozen=True)
class Shown:
    """One arm of the page, run."""

    name: str
    ask: "Ask"
    packed: bytes
    header: dict[str, Any]
    arrays: dict[str, Any]

    @property
    def work(self) -> int:
        """Of a run like this."""
        living = self.arrays["records"][:, self.header["record_names"].index("living")]
        return work_of_run(int(living.sum()), self.header["firms"], self.header["quarters"])


def save(form: str, state: Any, worlds: "Worlds | None" = None, stop: Stop = None) -> Saved:
    """What a page shows as a file: content, media type, name. It takes one thread.

    form : html, csv, svg or gif     worlds : what the asks start from; the shipped scenarios if left out
    state : {"arms": [{"name": "managed", "ask": {...}}], "quarter": 57, "title": "..."}, up to four arms
    stop : when it is set, no other arm and no other story is begun, and StoppedError raised
    Raises InputError for anything else.
    """
    makers: dict[str, tuple[Callable[[list[Shown], int, str, Stop], bytes], str]] = {
        "html": (_html, "text/html; charset=utf-8"),
        "csv": (_csv, "text/csv; charset=utf-8"),
        "svg": (_svg, "image/svg+xml"),
        "gif": (_gif, "image/gif"),
    }
    if form not in makers:
        raise InputError(
            [Problem(f'no file of form "{str(form)[:20]}"; {did_you_mean(str(form), makers)}', key="form")]
        )
    arms, quarter, title = _read(state, worlds, stop)
    make, media_type = makers[form]
    last = max(arm.header["quarters"] for arm in arms) - 1
    stem = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:60] or "alliance-lab"
    return Saved(make(arms, min(quarter, last), title, stop), media_type, f"{stem}.{form}")


def _read(state: Any, worlds: "Worlds | None", stop: Stop = None) -> tuple[list[Shown], int, str]:
    from experiments.lab.asks import ask_of
    from experiments.lab.history import history
    from experiments.lab.worlds import Worlds

    if not isinstance(state, dict):
        raise InputError([Problem('is not a table such as {"arms": [], "quarter": 0, "title": ""}', key="state")])
    arms, quarter, title = state.get("arms"), state.get("quarter", 0), state.get("title", "")
    if not isinstance(arms, list) or not 1 <= len(arms) <= MOST_ARMS or not all(isinstance(arm, dict) for arm in arms):
        raise InputError([Problem(f"is not a list of 1 to {MOST_ARMS} tables with name and ask", key="state.arms")])
    if isinstance(quarter, bool) or not isinstance(quarter, int) or quarter < 0:
        raise InputError([Problem("is not a quarter, a whole number from 0 on", key="state.quarter")])
    if not isinstance(title, str):
        raise InputError([Problem("is not a text", key="state.title")])
    names = [arm.get("name") for arm in arms]
    if not all(isinstance(name, str) for name in names):
        raise InputError([Problem("is missing, or is not a text", key="state.arms.name")])
    worlds = worlds or Worlds()
    asks = [ask_of(arm.get("ask"), worlds) for arm in arms]
    shown = []
    for name, ask in zip(names, asks, strict=True):
        go_on(stop)
        packed = history(ask)
        shown.append(Shown(_line(name), ask, packed, *unpack(packed)))
    return shown, quarter, _line(title)


def _line(text: Any) -> str:
    """A text of a stranger as one printable line."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in str(text)).split())[:LONGEST_NAME]


# --- a page --------------------------------------------------------------------------------------------------------


def _html(arms: list[Shown], quarter: int, title: str, stop: Stop) -> bytes:
    """The viewer with everything in it, some worlds behind each arm, and the stories of some alliances."""
    from experiments.lab.ensemble import ensemble
    from experiments.lab.offline import Arm, offline_page

    behind = int(np.clip(WORK // sum(arm.work for arm in arms), FEW, MANY))
    stories = min(STORY_WORK // sum(work_of_story(arm.work, len(arm.arrays["first"])) for arm in arms), STORIES)
    ensembles = []
    for arm in arms:
        go_on(stop)
        ensembles.append(ensemble(arm.ask, 0, behind))
    told = [_stories(arm, stories, stop) for arm in arms]
    shown = [
        Arm(arm.name, arm.packed, *rest) for arm, rest in zip(arms, zip(ensembles, told, strict=True), strict=True)
    ]
    first = arms[0].header
    context = (
        f"{first['title'].rstrip('.')}. {first['firms']} firms over {first['quarters']} quarters; world {first['world']} of "
        f"seed {first['seed']}. The bands and curves come from {behind} worlds of each arm; {_said(stories)}"
    )
    return offline_page(
        shown, title or "Alliances, quarter by quarter", verdict(arms, ensembles), context, quarter
    ).encode()


def _stories(arm: Shown, most: int, stop: Stop) -> dict[int, dict[str, Any]]:
    from experiments.lab.offline import autopsies_of

    go_on(stop)
    if not most:
        return {}
    return autopsies_of(arm.ask.scenario, arm.ask.seed, arm.ask.world, arm.packed, most, jobs=1, stop=stop)


def _said(stories: int) -> str:
    """How many stories the file holds, as the end of a sentence."""
    if not stories:
        return "these worlds are so large that this file holds no stories, the lab (alliances lab) tells them."
    many = "one alliance" if stories == 1 else f"up to {stories} alliances"
    return f"this file holds the stories of {many} an arm, the lab (alliances lab) tells those of all."


def verdict(arms: Sequence[Shown], ensembles: Sequence[bytes]) -> str:
    """What the arms have to say: of one its sentence, of more in how many worlds each keeps more alliances than the first."""
    if len(arms) == 1:
        return str(arms[0].header["sentence"])
    columns = []
    for packed in ensembles:
        header, arrays = unpack(packed)
        columns.append(arrays["outcomes"][:, header["measures"].index("survival_5y")])
    parts = []
    for arm, column in zip(arms[1:], columns[1:], strict=True):
        if (arm.ask.seed, arm.ask.world) != (arms[0].ask.seed, arms[0].ask.world):
            continue  # other luck: nothing to be counted world by world
        known = np.isfinite(column) & np.isfinite(columns[0])
        more = int((column[known] > columns[0][known]).sum())
        parts.append(
            f"With “{arm.name}”, more alliances live five years than with “{arms[0].name}” in {more} of {known.sum()} worlds "
            "with the same luck."
        )
    return " ".join(parts) or str(arms[0].header["sentence"])


# --- a table --------------------------------------------------------------------------------------------------------


def _csv(arms: list[Shown], quarter: int, title: str, stop: Stop) -> bytes:
    """One row per alliance of each arm, whatever the quarter."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(COLUMNS)
    for arm in arms:
        go_on(stop)
        for row in _rows(arm):
            writer.writerow([_safe(cell) if isinstance(cell, str) else cell for cell in row])
    return buffer.getvalue().encode()


def _rows(arm: Shown) -> "list[tuple[Any, ...]]":
    from experiments.sentences import CAUSES_IN_WORDS

    header, arrays = arm.header, {name: column.tolist() for name, column in arm.arrays.items()}
    names, strategies, causes = header["names"], header["strategies"], header["causes"]
    rows = []
    for k, (a, b) in enumerate(zip(arrays["first"], arrays["second"], strict=True)):
        then = arrays["strategy"][arrays["formed"][k]]
        alive = arrays["cause"][k] >= len(causes)
        end = header["quarters"] if alive else arrays["ended"][k]
        rows.append(
            (
                arm.name, header["seed"], header["world"], k, names[a], names[b], strategies[then[a]], strategies[then[b]],
                arrays["born"][k], arrays["formed"][k], "" if alive else end, end - arrays["born"][k],
                "" if alive else CAUSES_IN_WORDS[causes[arrays["cause"][k]]], _yes(arrays["equity"][k]),
                _yes(arrays["rival"][k]), arrays["prior"][k], round(arrays["trust"][arrays["trust_at"][k + 1] - 1] / 255, 3),
            )
        )  # fmt: skip
    return rows


def _yes(flag: int) -> str:
    return "yes" if flag else "no"


def _safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text


# --- pictures --------------------------------------------------------------------------------------------------------


def _svg(arms: list[Shown], quarter: int, title: str, stop: Stop) -> bytes:
    """The networks at the end of a quarter side by side, every firm at the same place in all."""
    import networkx as nx

    from experiments.figures.network import network_figure, network_message
    from experiments.figures.style import to_svg

    graphs = [graph_at(arm, quarter) for arm in arms]
    both = nx.compose_all(graphs[::-1]) if len(graphs) > 1 else None
    pieces, wide, high = [], 0.0, 0.0
    for number, (arm, graph) in enumerate(zip(arms, graphs, strict=True)):
        go_on(stop)
        name = f"{arm.name}, " if arm.name else ""
        message = f"{name}end of quarter {min(quarter, arm.header['quarters'] - 1)}: {network_message(graph)}"
        figure = network_figure(graph, message, beside=both)
        for text in figure.axes[0].texts:
            text.set_text(text.get_text().replace("neither at the start nor at the end", "in none of the arms"))
        figure.axes[0].set_title("", loc="left")
        svg = to_svg(figure, f"arm{number}", message)
        box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
        width, height = (float(box[1]), float(box[2])) if box else (648.0, 600.0)
        svg = re.sub(r'\s(width|height)="[\d.]+pt"', "", svg, count=2)
        pieces.append(svg.replace("<svg ", f'<svg x="{wide:g}" y="0" width="{width:g}" height="{height:g}" ', 1))
        wide, high = wide + width, max(high, height)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide:g}" height="{high:g}" viewBox="0 0 {wide:g} {high:g}">'
    )
    return "\n".join(['<?xml version="1.0" encoding="utf-8"?>', head, *pieces, "</svg>\n"]).encode()


def graph_at(arm: Shown, quarter: int) -> "nx.Graph[Any]":
    """The network of an arm at the end of a quarter, as `Run.graph_at` gives it, with the trust of that quarter."""
    import networkx as nx

    from experiments.lab.film import MANAGERS, Past

    header, arrays = arm.header, arm.arrays
    quarter = min(quarter, header["quarters"] - 1)
    graph: nx.Graph[Any] = nx.Graph(quarter=quarter)
    marks, strategy = arrays["marks"][quarter].tolist(), arrays["strategy"][quarter].tolist()
    for seat, name in enumerate(header["names"]):
        managed = bool(marks[seat] & MANAGERS)
        graph.add_node(seat, name=name, strategy=header["strategies"][strategy[seat]], alliance_function=managed)
    alive, _, trust = Past(arm.name, header, arrays).living(quarter, quarter - 1)
    for k, value in zip(alive.tolist(), trust.tolist(), strict=True):
        graph.add_edge(int(arrays["first"][k]), int(arrays["second"][k]), trust=value)
    return graph


def _gif(arms: list[Shown], quarter: int, title: str, stop: Stop) -> bytes:
    """The whole run as a film, whatever the quarter."""
    from experiments.lab.film import gif

    return gif([(arm.name, arm.packed) for arm in arms])
