"""One world: the same whatever runs it; its log is the whole truth; nothing ever leaves its bounds."""

import hashlib
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from simulation import Run, Scenario, simulate
from simulation.engine import run_world
from simulation.events import ENDED, FORMED
from simulation.problems import InputError
from simulation.state import empty_workspace, grown
from simulation.world import World, build_world

BUSY = Scenario().with_(
    {"firms.count": 40, "time.quarters": 80, "time.warm_up_quarters": 10, "environment.shock_rate": 0.15,
     "mix.opportunist": 0.2, "firms.initial_capital": 1.0}
)  # fmt: skip


def bytes_of(run: Run) -> str:
    return hashlib.sha256(b"".join(column.tobytes() for column in [*run.events, run.records])).hexdigest()


def test_the_same_seed_gives_the_same_bytes_and_another_does_not() -> None:
    assert bytes_of(simulate(BUSY, seed=4)) == bytes_of(simulate(BUSY, seed=4))
    assert bytes_of(simulate(BUSY, seed=4)) != bytes_of(simulate(BUSY, seed=5))
    assert bytes_of(simulate(BUSY, seed=4, world=0)) != bytes_of(simulate(BUSY, seed=4, world=1))


def test_threads_change_nothing() -> None:
    alone = [bytes_of(simulate(BUSY, world=world)) for world in range(6)]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda world: bytes_of(simulate(BUSY, world=world)), range(6)))
    assert alone == together


@pytest.mark.slow
def test_switching_the_compiler_off_changes_no_byte() -> None:
    script = Path(__file__).with_name("fingerprint.py")
    printed = [
        subprocess.run(
            [sys.executable, str(script)], env=os.environ | switch, capture_output=True, text=True, check=True
        ).stdout
        for switch in ({"NUMBA_DISABLE_JIT": "0"}, {"NUMBA_DISABLE_JIT": "1"})
    ]
    assert printed[0] == printed[1]


def test_permuting_the_firms_changes_nothing_but_their_order() -> None:
    order = np.random.default_rng(3).permutation(40)
    usual = Run.of(run_world(build_world(BUSY, seed=2)))
    other = Run.of(run_world(build_world(BUSY, seed=2, row_order=order)))
    assert usual.series("failed").sum() > 0, "entry is part of what must not depend on order"
    assert bytes_of(usual) == bytes_of(other)
    for name, ours, theirs in zip(usual.firms._fields, usual.firms, other.firms, strict=True):
        if name not in ("seat", "row"):
            np.testing.assert_array_equal(ours, theirs[other.firms.row], err_msg=name)
    np.testing.assert_array_equal(usual.alliances.first, other.firms.seat[other.alliances.first])
    np.testing.assert_array_equal(usual.alliances.trust, other.alliances.trust)


def test_growing_tables_on_the_way_changes_nothing() -> None:
    roomy = build_world(BUSY, seed=2)
    roomy.alliances = grown(roomy.alliances, 50_000)
    roomy.workspace = empty_workspace(40, 50_000)
    roomy.log = grown(roomy.log, 200_000)
    tight = build_world(BUSY, seed=2)
    before = len(tight.log.kind)
    assert bytes_of(Run.of(run_world(roomy))) == bytes_of(Run.of(run_world(tight)))
    assert len(tight.log.kind) > before, "the log did grow on the way"


def test_a_run_in_steps_is_the_run_at_once() -> None:
    world = build_world(BUSY, seed=2)
    for quarter in (1, 7, 8, 40, 80):
        run_world(world, quarter)
    assert bytes_of(Run.of(world)) == bytes_of(simulate(BUSY, seed=2))


def test_being_watched_changes_nothing() -> None:
    seen: list[tuple[int, float]] = []

    def watch(world: World) -> None:
        done = int(world.counters.quarter[0])
        seen.append((done, float(world.records[done - 1, 0])))

    run = simulate(BUSY, seed=2, watch=watch)
    assert bytes_of(run) == bytes_of(simulate(BUSY, seed=2))
    assert seen == [(quarter + 1, living) for quarter, living in enumerate(run.series("living").tolist())]


def test_what_a_run_shows_stays_when_its_world_runs_on() -> None:
    world = build_world(BUSY, seed=2)
    half = Run.of(run_world(world, 30))
    logged = [column.copy() for column in half.events]
    run_world(world)
    assert all(np.array_equal(before, now) for before, now in zip(logged, half.events, strict=True))


def test_replaying_the_log_rebuilds_who_was_allied_when() -> None:
    run = simulate(BUSY, seed=6)
    living: set[tuple[int, int]] = set()
    for quarter in range(run.quarters):
        for event in np.flatnonzero(run.events.quarter == quarter):
            pair = (int(run.events.first[event]), int(run.events.second[event]))
            if run.events.kind[event] == FORMED:
                assert pair not in living, "no pair has two alliances at once"
                living.add(pair)
            elif run.events.kind[event] == ENDED:
                living.remove(pair)
        assert len(living) == run.series("living")[quarter]
        if quarter % 13 == 0 or quarter == run.quarters - 1:
            graph = run.graph_at(quarter)
            assert {tuple(sorted(edge)) for edge in graph.edges} == {tuple(sorted((a % 40, b % 40))) for a, b in living}
    assert sum(run.series("ended")) > 100


def test_spells_tell_the_life_of_each_alliance() -> None:
    run = simulate(BUSY, seed=6)
    spells = run.spells()
    assert len(spells.born) == (run.events.kind == FORMED).sum()
    assert (spells.cause >= 0).sum() == (run.events.kind == ENDED).sum()
    assert (spells.ended >= spells.born).all()
    assert (spells.ended[spells.cause < 0] == run.quarters).all()
    ages = run.events.value[run.events.kind == ENDED]
    np.testing.assert_array_equal(np.sort(ages), np.sort((spells.ended - spells.born)[spells.cause >= 0]))


@pytest.mark.parametrize(
    "wrong", [{"seed": -1}, {"seed": 1.5}, {"seed": 2**63}, {"world": -3}, {"seed": True}, {"seed": "1"}]
)
def test_wrong_seeds_are_named(wrong: dict[str, object]) -> None:
    with pytest.raises(InputError, match="whole number from 0"):
        simulate(BUSY, **wrong)  # type: ignore[arg-type]


def test_unknown_measure_and_quarter_are_named() -> None:
    run = simulate(BUSY)
    with pytest.raises(InputError, match='did you mean "mean_trust"'):
        run.series("mean_thrust")
    with pytest.raises(InputError, match="0 to 79"):
        run.graph_at(80)


def test_run_shows_itself() -> None:
    run = simulate(BUSY)
    assert "40 firms, 80 quarters" in repr(run)
    assert "<script" not in run._repr_html_()
    assert run._repr_html_().startswith("<table>")
    frame = run.frame()
    assert list(frame.index) == list(range(80))
    assert frame["living"].iloc[-1] == len(run.alliances.first)
