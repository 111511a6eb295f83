"""`alliances run`: one world."""

import contextlib
import time
from typing import Annotated, Any

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
    stop,
)

WORTH_A_BAR = 3_000_000  # firm-quarters: about a second


@speaks_plainly
def run(
    scenario: ScenarioName,
    seed: Seed = 1,
    world: Annotated[int, typer.Option("--world", metavar="NUMBER", help="Which of the seed's worlds.")] = 0,
    sets: Sets = None,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Run one world: how long alliances live and what ends them."""
    from experiments.bar import progress_bar
    from experiments.runner import RunsFailedError
    from experiments.running import run_world

    chosen = read_scenario(scenario, sets)
    start, takes_long = time.perf_counter(), chosen.firms.count * chosen.time.quarters > WORTH_A_BAR
    try:
        with progress_bar("quarters") if takes_long else contextlib.nullcontext() as progress:
            _, found, report = run_world(chosen, seed=seed, world=world, out=out, progress=progress)
    except RunsFailedError as error:
        stop([str(error)], 3)
    if as_json:
        print_json(found | {"seconds": round(time.perf_counter() - start, 3)})
        return
    from experiments.sentences import run_sentence

    typer.echo(run_sentence(found, chosen) + (f" Report: {report}" if report else ""))
    print_table(["measure", "value"], _rows(found, chosen.time.warm_up_quarters), numbers=(1,))


def _rows(found: dict[str, Any], warm_up: int) -> list[list[str]]:
    from experiments.sentences import CAUSES_IN_WORDS, short

    def share(value: float | None) -> str:
        return "–" if value is None else f"{100 * value:.0f} %"

    rows = [
        [
            f"alliances formed / ended{' after the warm-up' if warm_up else ''}",
            f"{found['alliances_formed']:,} / {found['alliances_ended']:,}",
        ],
        ["alliances alive at the end", f"{found['alliances_alive']:,}"],
        *([f"alive after {int(quarters) // 4} years", share(value)] for quarters, value in found["survival"].items()),
        ["median life", _quarters(found["median_life_quarters"])],
        *([f"ended by {CAUSES_IN_WORDS[cause]}", share(value)] for cause, value in found["endings"].items()),
        *(
            [f"time spent in regime: {name.replace('_', ' ')}", share(value)]
            for name, value in found["regimes"].items()
        ),
        ["trust, mean over time", short(found["mean_trust"])],
        ["reciprocity of sharing", short(found["reciprocity"])],
        ["firms that failed", short(found["failed_firms"])],
        ["firms hit by shocks / side deals found out", f"{found['shocks']:,} / {found['breaches']:,}"],
        ["mean capital of all firms, over time", short(found["mean_capital"])],
        *(
            [
                f"{name.replace('_', ' ')}s: alliances alive after 5 years / mean capital at the end",
                f"{share(found['survival_5y_by_strategy'][name])} / {short(value)}",
            ]
            for name, value in found["mean_capital_by_strategy"].items()
        ),
    ]
    return rows


def _quarters(value: float | None) -> str:
    from experiments.sentences import short

    return "–" if value is None else f"{short(value)} quarter{'' if value == 1 else 's'}"
