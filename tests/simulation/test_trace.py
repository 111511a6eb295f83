"""A traced run is the same run, its trace says what was seen each quarter, and the chance to leave is the one that decided."""

import numpy as np
import pytest

from simulation import Scenario, simulate
from simulation.draws import Purpose
from simulation.engine import run_world
from simulation.events import CAUSES, COMPLETED, ENDED, LEARNED_OUT, PARTNER_FAILED
from simulation.lots import pair_lots
from simulation.records import COLUMNS
from simulation.trace import Traced, followed, traced
from simulation.world import World, build_world

SMALL = Scenario().with_(
    {
        "firms.count": 30,
        "time.quarters": 60,
        "time.warm_up_quarters": 0,
        "environment.shock_rate": 0.2,
        "formation.rate": 0.2,
    }
)


def test_tracing_changes_nothing() -> None:
    plain, written = simulate(SMALL, seed=5, world=2), traced(SMALL, seed=5, world=2).run
    np.testing.assert_array_equal(plain.records, written.records)
    for ours, theirs in zip(plain.events, written.events, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_the_trace_is_what_one_sees_by_stopping_after_each_quarter() -> None:
    seen: list[tuple[np.ndarray, ...]] = []

    def look(world: World) -> None:
        rows, table, firms = int(world.counters.rows[0]), world.alliances, world.firms
        order = firms.row
        columns = (table.about, table.trust, table.sharing, table.performance, table.payoff, table.fit)
        of_firms = (firms.strategy, firms.alliance_function, firms.capital)
        seen.append((*(column[:rows].copy() for column in columns), *(column[order].copy() for column in of_firms)))

    simulate(SMALL, seed=5, watch=look)
    trace = traced(SMALL, seed=5).trace
    for quarter, columns in enumerate(seen):
        here = slice(trace.start[quarter], trace.start[quarter + 1])
        ours = (trace.about, trace.trust, trace.sharing, trace.performance, trace.payoff, trace.fit)
        for mine, theirs in zip(ours, columns, strict=False):
            np.testing.assert_array_equal(mine[here], theirs)
        for mine, theirs in zip((trace.strategy, trace.managers, trace.capital), columns[len(ours) :], strict=True):
            np.testing.assert_array_equal(mine[quarter], theirs)
    assert trace.start[-1] == len(trace.about) > 1000


def test_a_trace_of_trust_alone_is_part_of_the_whole() -> None:
    found = Traced.of(run_world(followed(build_world(SMALL, seed=5), whole=False)))
    whole = traced(SMALL, seed=5)
    np.testing.assert_array_equal(found.run.records, whole.run.records)
    for name in ("start", "about", "trust", "strategy", "managers", "capital"):
        np.testing.assert_array_equal(getattr(found.trace, name), getattr(whole.trace, name))


def test_who_leaves_drew_below_the_chance_in_the_trace_and_who_stays_did_not() -> None:
    found = traced(SMALL, seed=5)
    run, trace = found.run, found.trace
    key = build_world(SMALL, seed=5).key
    log = run.events
    over = log.kind == ENDED
    parties = {int(about): (int(log.first[about]), int(log.second[about])) for about in np.unique(trace.about)}
    how = zip(log.quarter[over].tolist(), log.detail[over].tolist(), strict=True)
    ends = dict(zip(log.about[over].tolist(), how, strict=True))
    for quarter in range(SMALL.time.quarters):
        here = np.arange(trace.start[quarter], trace.start[quarter + 1])
        firms = np.array([parties[int(about)] for about in trace.about[here]])
        drawn = [pair_lots(key, quarter, int(Purpose.EXIT), firms[:, side], firms[:, 1 - side]) for side in range(2)]
        left = (np.stack(drawn, axis=1) < trace.chance[here]).any(axis=1)
        for about, leaves in zip(trace.about[here], left, strict=True):
            ended, cause = ends.get(int(about), (-1, -1))
            by_other_means = ended == quarter and cause in (COMPLETED, LEARNED_OUT, PARTNER_FAILED)
            assert by_other_means or leaves == (ended == quarter), CAUSES[cause]


def test_regimes_add_up_to_the_records() -> None:
    found = traced(SMALL, seed=5)
    dilemma = COLUMNS.index("dilemma")
    ended = set(zip(found.run.events.quarter[found.run.events.kind == ENDED].tolist(),
                    found.run.events.about[found.run.events.kind == ENDED].tolist(), strict=True))  # fmt: skip
    trace = found.trace
    for quarter in range(SMALL.time.quarters):
        here = range(trace.start[quarter], trace.start[quarter + 1])
        living = [k for k in here if (quarter, int(trace.about[k])) not in ended]
        assert sum(trace.regime[k] == 1 for k in living) == found.run.records[quarter, dilemma]


@pytest.mark.parametrize("firms", [2, 30])
def test_rows_of_one_alliance_are_its_quarters(firms: int) -> None:
    found = traced(SMALL.with_({"firms.count": firms, "network.kind": "empty", "formation.rate": 1.0}), seed=1)
    spells, births = found.run.spells(), np.flatnonzero(found.run.events.kind == 0)
    for k, about in enumerate(births[:40]):
        last = min(int(spells.ended[k]), found.run.quarters - 1)
        assert len(found.trace.rows_of(int(about))) == last - spells.entered[k] + 1
