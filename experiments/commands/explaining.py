"""`alliances explain`: why did this one die, and what would have saved it?"""

import shlex
from typing import TYPE_CHECKING, Annotated, Any

import typer

from experiments.commands.common import (
    Json,
    Out,
    ScenarioName,
    Seed,
    Sets,
    print_json,
    print_table,
    read_scenario,
    speaks_plainly,
    wrong,
)

if TYPE_CHECKING:
    from simulation.story import Autopsy
    from simulation.story_firm import FirmStory

Pair = Annotated[
    str | None,
    typer.Option(
        "--alliance", metavar="A,B", help="Two firms, by name or position. Left out: the alliance that tells most."
    ),
]
FirmName = Annotated[
    str | None, typer.Option("--firm", metavar="NAME", help="The story of a firm instead, by name or position.")
]
Quarter = Annotated[
    int | None,
    typer.Option(
        "--quarter", metavar="NUMBER", help="In which the alliance lived, or up to which a firm's story goes."
    ),
]


@speaks_plainly
def explain(
    scenario: ScenarioName,
    alliance: Pair = None,
    firm: FirmName = None,
    quarter: Quarter = None,
    seed: Seed = 1,
    world: Annotated[int, typer.Option("--world", metavar="NUMBER", help="Which of the seed's worlds.")] = 0,
    sets: Sets = None,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Tell the life of an alliance, why it ended, and which single change would have saved it under the same luck."""
    import time

    from experiments.explaining import Explained, save
    from experiments.provenance import now

    if alliance is not None and firm is not None:
        raise wrong("give --alliance or --firm, not both", "alliance")
    if firm is not None and out is not None:
        raise wrong("is for alliances; leave it out with --firm", "out")
    if quarter is not None and alliance is None and firm is None:
        raise wrong(
            "says when an alliance lived or up to when a firm's story goes; give --alliance or --firm, too", "quarter"
        )
    pair = _pair(alliance)
    start, began = time.perf_counter(), now()
    looked = Explained(read_scenario(scenario, sets), seed, world)
    if firm is not None:
        _tell_firm(looked.firm(firm, quarter), as_json)
        return
    telling = looked.telling() if pair is None else None
    found = looked.autopsy(pair, quarter)
    if out is not None:
        save(found, out, began, start)
    if as_json:
        print_json(({"telling": telling.to_json()} if telling else {}) | found.to_json())
        return
    if telling is not None:
        typer.echo(telling.answer() + "\n")
    kept = [
        text for text in sets or () if text.partition("=")[0].strip() != "interventions"
    ]  # the change brings them along
    again = ["explain", scenario, "--seed", str(seed), *(["--world", str(world)] if world else [])]
    _tell(found, [*again, *(part for text in kept for part in ("--set", text))])


def _pair(text: str | None) -> tuple[str, str] | None:
    if text is None:
        return None
    parts = [part.strip() for part in text.split(",")]
    if len(parts) != 2 or not all(parts):
        raise wrong(f'"{text}" does not name two firms; write --alliance 3,17 or --alliance "Medici,Pazzi"', "alliance")
    return parts[0], parts[1]


def _tell(found: "Autopsy", again: list[str]) -> None:
    typer.echo(found.answer)
    content: dict[str, Any] = found.to_json(with_trace=False)
    rows = [["" if line["quarter"] is None else str(line["quarter"]), line["text"]] for line in content["sentences"]]
    print_table(["quarter", "what happened"], rows, numbers=(0,))
    if not found.but_for:
        return
    told = [[("✓ " if one.saved else "  ") + one.change.words, one.words, f"{one.others:,}"] for one in found.but_for]
    print_table(["but for: the same luck and ...", "what became of the pair", "others"], told, numbers=(2,))
    which = ["--alliance", _named(found), "--quarter", str(found.life.entered), "--set", found.but_for[0].option]
    typer.echo("others: alliances of other pairs that come out otherwise in that world. To see the first of them:")
    typer.echo(f"  {shlex.join(['alliances', *again, *which])}")


def _named(found: "Autopsy") -> str:
    """The two firms as `--alliance` takes them: by name where the network gives names, for a name may be a number."""
    run, seats = found.life.found.run, found.life.seats
    names = [run.names[seat] for seat in seats]
    is_named = bool(run.scenario.network.firms) and not any("," in name for name in names)
    return ",".join(names if is_named else map(str, seats))


def _tell_firm(story: "FirmStory", as_json: bool) -> None:
    if as_json:
        print_json(story.to_json())
        return
    typer.echo(story.answer())
    print_table(
        ["quarter", "what happened"], [[str(one.quarter), one.text] for one in story.happenings()], numbers=(0,)
    )
