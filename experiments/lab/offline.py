"""The viewer in one file that opens from disk: no server, no network, one script that the page's policy names by hash."""

import base64
import gzip
import hashlib
import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from experiments.lab.bounded import go_on
from experiments.lab.bundle import classic, style
from experiments.lab.packing import pack, unpack
from experiments.runner import run_all
from simulation.problems import InputError, Problem

if TYPE_CHECKING:
    from simulation import Run
    from simulation.scenario import Scenario

ENTRY = "offline_page.js"
ALIVE = 255  # cause of an alliance that has not ended
MOST_ARMS = 4
CAPITAL_BITS, RECORD_BITS, OUTCOME_BITS = 5, 10, 12  # of the mantissa that are kept: 2 %, 0.05 % and 0.01 %
CAPITAL_CHANGE = 0.05  # share by which capital must change to be told anew
LEVEL = 7  # of compression: 9 takes five times as long for one hundredth
TOLD = 3  # lives that a page itself tells
EXACT = ("survival_3y", "survival_5y", "survival_7y")  # are compared world by world: rounding would make ties


@dataclass(frozen=True)
class Arm:
    """One course of action to be shown. history, ensemble : packed     autopsies : index of the alliance -> its JSON"""

    name: str
    history: bytes
    ensemble: bytes | None = None
    autopsies: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Life:
    """An alliance that a page tells of.

    arm : its id in the viewer     quarter : in which it ended     where : name of its arm, "" if there is but one
    """

    arm: str
    index: int
    quarter: int
    answer: str
    where: str


@dataclass(frozen=True)
class Player:
    """What a page takes up to show worlds.

    style : rules for its style sheet     data, script : elements for the end of the page
    source : the script as the policy names it, for its script-src
    """

    style: Markup
    data: Markup
    script: Markup
    source: str


def history_of(scenario: "Scenario", seed: int, world: int, changes: Mapping[str, Any] | None = None) -> bytes:
    """The packed history of any world, also of one that the lab could not be asked for.

    changes : in what the arm differs from the scenario as it is; by them the viewer tells arms of one name apart
    """
    from experiments.lab.asks import Ask
    from experiments.lab.history import history
    from experiments.lab.worlds import Base, changeable

    header, arrays = unpack(history(Ask(Base(scenario.name, scenario, changeable(scenario)), {}, (), seed, world)))
    simple = bool | int | float | str
    told = {key: value if isinstance(value, simple) else str(value) for key, value in (changes or {}).items()}
    return pack(header | {"ask": header["ask"] | {"changes": told}}, arrays)


def named_histories(runs: "Run | Mapping[str, Run]") -> list[tuple[str, bytes]]:
    """Names and packed histories of a run (no name), or of up to four by name.

    Each world is run once more, for its trust over time. Raises InputError for more, for what is no run, and for a run that
    its scenario does not give again: one with strategies in Python.
    """
    from simulation.run import Run

    named = dict(runs) if isinstance(runs, Mapping) else {"": runs}
    if not 1 <= len(named) <= MOST_ARMS:
        raise InputError([Problem(f"{len(named)} runs; allowed: 1 to {MOST_ARMS}", key="runs")])
    found = []
    for name, run in named.items():
        if not isinstance(run, Run):
            told = f"{type(run).__name__} is not a run; simulate(...) gives one"
            raise InputError([Problem(told, key=f"runs.{name}" if name else "runs")])
        packed = history_of(run.scenario, run.seed, run.world, {"arm": name} if name else None)
        header, arrays = unpack(packed)
        living = arrays["records"][:, header["record_names"].index("living")]
        if not np.array_equal(living, run.series("living")):
            told = "the scenario does not give this run again: it had strategies in Python, or an older engine ran it"
            raise InputError([Problem(told, key=f"runs.{name}" if name else "runs")])
        found.append((str(name), packed))
    return found


def autopsies_of(
    scenario: "Scenario",
    seed: int,
    world: int,
    packed: bytes,
    most: int,
    jobs: int | None = None,
    stop: threading.Event | None = None,
) -> dict[int, dict[str, Any]]:
    """The stories of a world's alliances by index: of the three most telling, then of others that ended.

    Those others are the longest lives that each cause ended, one cause after the other.
    jobs : threads, one per core if left out     stop : ends it before the next story. Raises StoppedError.
    """
    from simulation.story import autopsy, telling
    from simulation.trace import traced

    found = traced(scenario, seed, world)
    first = [item["index"] for item in telling(scenario, seed, world, found).to_json()["alliances"]]
    chosen = chosen_alliances(packed, first, most)

    def told(index: int) -> dict[str, Any]:
        go_on(stop)
        return autopsy(scenario, seed, world, index, found).to_json()

    stories = {done.task: done.result for done in run_all(chosen, told, jobs) if done.result is not None}
    go_on(stop)
    return stories


def some_lives(stories: Mapping[int, Mapping[str, Any]], where: str = "") -> list[Life]:
    """The first of an arm's stories, those that tell most."""
    return [
        Life("arm0", index, int(story["alliance"]["ended"] or 0), str(story["answer"]), where)
        for index, story in list(stories.items())[:TOLD]
    ]


def chosen_alliances(packed: bytes, first: Sequence[int], most: int) -> list[int]:
    """Indices of so many alliances: the given ones, then the longest lives that each cause ended, cause by cause."""
    _, arrays = unpack(packed)
    cause, life = arrays["cause"], arrays["ended"].astype(np.int64) - arrays["born"]
    ended = np.flatnonzero(cause != ALIVE)
    by_cause = [ended[cause[ended] == code] for code in np.unique(cause[ended])]
    ranked = [group[np.lexsort((group, -life[group]))].tolist() for group in by_cause]
    rounds = (index for turn in zip_longest(*ranked) for index in turn if index is not None)
    return list(dict.fromkeys([*first, *rounds]))[:most]


def worlds_json(arms: Sequence[Arm], title: str, answer: str) -> dict[str, Any]:
    """All that the viewer needs, as `static/offline_viewer.js` reads it. Raises ValueError for NaN in an autopsy."""
    return {
        "title": title,
        "answer": answer,
        "arms": [
            {
                "id": f"arm{number}",
                "name": arm.name,
                "history": light_text(arm.history),
                "ensemble": None if arm.ensemble is None else light_text(arm.ensemble),
                "autopsies": {str(index): story for index, story in arm.autopsies.items()},
            }
            for number, arm in enumerate(arms)
        ],
    }


def weight(arm: Arm) -> int:
    """About how many letters an arm takes up in a page."""
    packed = [light_text(one) for one in (arm.history, arm.ensemble) if one]
    stories = gzip.compress(json.dumps({str(key): story for key, story in arm.autopsies.items()}).encode(), 6, mtime=0)
    return sum(map(len, packed)) + len(stories) * 4 // 3


@lru_cache(maxsize=8)  # a page is weighed before it is written
def light_text(packed: bytes) -> str:
    """A history or an ensemble as a page holds it."""
    return _text(lighter(packed))


def lighter(packed: bytes) -> bytes:
    """A history or an ensemble with what nobody sees rounded off: digits of capital, trust, records and outcomes."""
    header, arrays = unpack(packed)
    if header["kind"] == "history":
        arrays["capital"] = _rounded(_held(arrays["capital"], CAPITAL_CHANGE), CAPITAL_BITS)
        arrays["trust"] = (arrays["trust"] | 1).astype(np.uint8)  # of 255
        arrays["records"] = _rounded(arrays["records"], RECORD_BITS)
    else:
        exact = np.isin(header["measures"], EXACT)
        arrays["outcomes"] = np.where(exact, arrays["outcomes"], _rounded(arrays["outcomes"], OUTCOME_BITS))
    return pack(header, arrays)


def _held(values: NDArray[Any], share: float) -> NDArray[np.float32]:
    """Rows that keep the value of the row before until it is off by more than a share of itself."""
    held = np.array(values, dtype=np.float32)
    for row in range(1, len(held)):
        near = np.abs(values[row] - held[row - 1]) <= share * np.abs(values[row])
        held[row] = np.where(near, held[row - 1], values[row])
    return held


def _rounded(values: NDArray[Any], bits: int) -> NDArray[np.float32]:
    """Floats with so many bits of the mantissa, the rest zeros, which shrink to nothing when compressed."""
    dropped = 23 - bits
    raw = np.ascontiguousarray(values, dtype=np.float32).view(np.uint32)
    kept = (raw + np.uint32(1 << (dropped - 1))) & np.uint32(0xFFFFFFFF ^ ((1 << dropped) - 1))
    return np.where(np.isfinite(values), kept.view(np.float32), values).astype(np.float32)


def _text(content: bytes) -> str:
    """Compressed, as letters. The same bytes give the same text: no time is written."""
    return base64.b64encode(gzip.compress(content, LEVEL, mtime=0)).decode("ascii")


def player(worlds: Mapping[str, Any], quarter: int = 0, into: str = "viewer") -> Player:
    """The elements that show worlds, from a quarter on, in the empty element of id `into`."""
    text = json.dumps(worlds, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
    data = json.dumps(
        {"into": into, "quarter": quarter, "worlds": _text(text)}
    )  # letters, digits and + / = only: nothing to escape
    script = viewer_script()
    return Player(
        Markup(style()),
        Markup('<script type="application/json" id="worlds">{}</script>').format(Markup(data)),
        Markup("<script>{}</script>").format(Markup(script)),
        f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode('ascii')}'",
    )


@cache
def viewer_script() -> str:
    """The viewer, its style and the few lines that open it, as the text of one <script>."""
    return classic(ENTRY)


def offline_page(arms: Sequence[Arm], title: str, answer: str, context: str = "", quarter: int = 0) -> str:
    """One HTML file with the viewer of up to four arms.

    title : the heading     answer : one sentence below it, may be empty     context : what was run, may be empty
    quarter : that is shown first
    """
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = files("experiments.lab").joinpath("offline.html").read_text(encoding="utf-8")
    shown = player(worlds_json(arms, title, answer), quarter)
    return environment.from_string(template).render(
        title=title,
        answer=answer,
        context=context,
        player=shown,
        policy=policy(shown),
        limits=LIMITS,
        lives=some_lives(arms[0].autopsies, arms[0].name if len(arms) > 1 else ""),
    )


def policy(shown: Player) -> str:
    """What a page with the viewer may do: run this script, draw, and nothing else."""
    return f"default-src 'none'; script-src {shown.source}; style-src 'unsafe-inline'; img-src data: blob:"


LIMITS = (
    "A tool for thinking, not a forecast: firms, knowledge and trust are numbers here that follow written rules, and one "
    "world is one roll of the dice."
)
