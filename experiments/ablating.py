"""Switch off each mechanism by itself and measure the patterns again: what is each needed for?"""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from experiments.design import check_amounts, check_names
from experiments.provenance import cores
from experiments.runner import Progress
from experiments.sentences import counted
from experiments.validation.ablation import Ablation, AblationRow, Flip
from experiments.validation.evidence import Arm, Evidence, gather, merged
from experiments.validation.lives import Lives, survival_of
from experiments.validation.measure import Interval, Measure, Sample
from experiments.validation.measures import measures
from experiments.validation.patterns import patterns as every_pattern
from experiments.validation.scoreboard import NOT_MEASURED, Row, Scoreboard, check_patterns, obstacle, row_of
from simulation.mechanisms import Mechanisms, needed_for
from simulation.problems import InputError, Problem
from simulation.scenario import Scenario

BASE = Arm("base", {}, (Lives,))
FIVE_YEARS = 20  # quarters
PER_PATTERN = 0.035  # seconds that the intervals of one pattern take, about


@dataclass(frozen=True)
class _Plan:
    """What one board needs. todo : its arms that differ from those with the mechanism on"""

    mechanism: str
    scenario: Scenario
    todo: tuple[Arm, ...]


def ablation(
    scenario: Scenario | None = None,
    worlds: int = 60,
    seed: int = 1,
    jobs: int | None = None,
    only: Sequence[str] | None = None,
    patterns: Sequence[str] | None = None,
    progress: Progress | None = None,
    notify: Callable[[str], None] | None = None,
) -> Ablation:
    """Measure the patterns without each mechanism, beside those with all of them, in the same worlds.

    scenario : the baseline if left out     worlds : of every arm     jobs : threads, default one per core
    only : mechanisms, all if left out     patterns : ids, all if left out     progress : called with (done, in all)
    notify : called once, before the work, with a sentence that says how long it will take
    Raises InputError if an input is wrong, RunsFailedError if a run fails.
    """
    start = time.perf_counter()
    scenario = Scenario() if scenario is None else scenario
    if not isinstance(scenario, Scenario):
        raise InputError([Problem(f"{scenario!r} is not a Scenario; scenarios.load gives one", key="scenario")])
    check_amounts(worlds=worlds, seed=seed, jobs=jobs)
    mechanisms, names = check_mechanisms(only), _check_patterns(patterns)
    obstacles = {name: obstacle(scenario, one) for name, one in measures().items() if name in names}
    known = [measures()[name] for name, why in obstacles.items() if not why]
    arms = merged([BASE, *(arm for one in known for arm in one.arms)])
    plans = [_plan(scenario, mechanism, arms) for mechanism in mechanisms]
    runs = worlds * (len(arms) + sum(len(plan.todo) for plan in plans))
    if notify:
        seconds = _seconds(scenario, arms, seed, jobs, runs) + PER_PATTERN * len(known) * (1 + len(plans))
        size = f"{counted(1 + len(plans), 'scoreboard')} of up to {counted(len(arms), 'arm')}, {counted(worlds, 'world')} each"
        notify(f"{size}: {runs:,} runs, about {_minutes(seconds)}.")
    done = 0

    def report(finished: int, _: int) -> None:
        if progress:
            progress(done + finished, runs)

    everything = gather(scenario, arms, worlds, seed, jobs, report)
    done += worlds * len(arms)
    sample = Sample(everything, worlds)
    found = {one.id: row_of(one, sample, with_curve=False) for one in known}
    board_rows = (found.get(name, _untold(name, obstacles.get(name) or NOT_MEASURED)) for name in names)
    board = Scoreboard(scenario, worlds, seed, tuple(board_rows), time.perf_counter() - start)
    rows = []
    for plan in plans:
        fresh = gather(plan.scenario, plan.todo, worlds, seed, jobs, report) if plan.todo else {}
        done += worlds * len(plan.todo)
        rows.append(_row(plan, known, found, everything, everything | fresh, worlds))
    return Ablation(board, tuple(rows), time.perf_counter() - start)


def check_mechanisms(only: Sequence[str] | None) -> list[str]:
    """The mechanisms asked for, in the order of the model; all for None. Raises InputError with the nearest name."""
    asked = None if only is None else [str(name).strip().removeprefix("mechanisms.") for name in only]
    every = list(Mechanisms.model_fields)
    return check_names(asked, every, "mechanism", "`alliances mechanisms` lists them", "renegotiation,loyalty")


def _check_patterns(patterns: Sequence[str] | None) -> list[str]:
    try:
        return check_patterns(patterns)
    except InputError as error:
        raise InputError(Problem(problem.message, key="patterns") for problem in error.problems) from None


def _plan(scenario: Scenario, mechanism: str, arms: Sequence[Arm]) -> _Plan:
    """An arm in which the mechanism is at rest anyway need not be run again: the same settings, the same worlds."""
    without = scenario.with_({f"mechanisms.{mechanism}": False})
    todo = tuple(arm for arm in arms if arm.of(scenario).effective.digest != arm.of(without).effective.digest)
    return _Plan(mechanism, without, todo)


def _seconds(scenario: Scenario, arms: Sequence[Arm], seed: int, jobs: int | None, runs: int) -> float:
    """Seconds that so many runs will take, from one world of every arm; the first run of a process does not count."""
    gather(scenario, arms[:1], 1, seed, jobs)
    start = time.perf_counter()
    gather(scenario, arms, 2, seed, jobs)
    threads = min(cores(), jobs or cores())
    busy = min(threads, 2 * len(arms)) / threads
    return (time.perf_counter() - start) * busy * runs / (2 * len(arms))


def _minutes(seconds: float) -> str:
    return counted(math.ceil(seconds / 60), "minute") if seconds > 90 else counted(math.ceil(seconds), "second")


def _untold(name: str, why: str) -> Row:
    return Row(every_pattern()[name], {}, None, why)


def _row(
    plan: _Plan, known: Sequence[Measure], before: dict[str, Row], on: Evidence, off: Evidence, worlds: int
) -> AblationRow:
    """One mechanism: verdicts without it beside those with it, and five-year survival."""
    both = Sample({f"on {arm}": on[arm] for arm in on} | {f"off {arm}": off[arm] for arm in off}, worlds)
    survival = both.parts(Measure("", (), _survival_change, lambda parts: True))
    alone = Sample(off, worlds)
    after = {one.id: row_of(one, alone, with_curve=False) for one in known} if plan.todo else before
    lost: list[Flip] = []
    gained: list[Flip] = []
    for one in known:
        was, now = before[one.id], after[one.id]
        if (was.holds is True) != (now.holds is True):
            flip = Flip(
                one.id,
                was.pattern.name,
                was.headline,
                now.headline,
                now.reason or was.reason,
                _is_clear(one, was, now, both),
            )
            (lost if was.holds else gained).append(flip)
    held = sum(row.holds is True for row in after.values())
    meaning = Mechanisms.model_fields[plan.mechanism].description or ""
    return AblationRow(
        plan.mechanism, meaning, needed_for(plan.mechanism), tuple(lost), tuple(gained), held,
        survival["without"], survival["change"], not plan.todo,
    )  # fmt: skip


def _side(evidence: Evidence, side: str) -> Evidence:
    """The arms of worlds with ("on") or without ("off") the mechanism, from the evidence of both."""
    return {arm.removeprefix(f"{side} "): found for arm, found in evidence.items() if arm.startswith(f"{side} ")}


def _survival_change(both: Evidence) -> dict[str, float]:
    """Five-year survival without the mechanism, and how far it moves."""
    on, off = (survival_of(both[f"{side} {BASE.name}"], FIVE_YEARS) for side in ("on", "off"))
    return {"without": off, "change": off - on}


def _is_clear(measure: Measure, was: Row, now: Row, both: Sample) -> bool:
    """Whether a number of the pattern moved further than luck would, the same worlds paired.

    Also where it is undefined now or alike in all worlds: its arms differ by the mechanism only.
    """
    fixed = (name for name, item in now.parts.items() if item.low == item.high != was.parts[name].high)
    if now.holds is None or any(was.parts[name].low < was.parts[name].high for name in fixed):
        return True

    def change(evidence: Evidence) -> dict[str, float]:
        on, off = measure.value(_side(evidence, "on")), measure.value(_side(evidence, "off"))
        return {name: off[name] - on[name] for name in off if name in on}

    moved: dict[str, Interval] = both.parts(Measure("", (), change, measure.holds))
    return any(item.low > 0 or item.high < 0 for item in moved.values())
