"""Runs behind a question: each made once, in the same worlds, kept, and taken up again."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import simulation
from experiments import regret
from experiments.outcomes import OUTCOMES, outcomes
from experiments.provenance import BASE, manifest
from experiments.runner import RunsFailedError
from experiments.storage import ResultFolder
from experiments.sweeps.asking import Asker
from simulation.scenario import Scenario

TINY = Scenario().with_(firms__count=20, time__quarters=40, time__warm_up_quarters=8)
MORE = TINY.with_(trust__initial=0.8)


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The world of every run that is simulated."""
    real, seen = simulation.simulate, []

    def counted(scenario: Scenario, seed: int = 1, world: int = 0) -> Any:
        seen.append(world)
        return real(scenario, seed=seed, world=world)

    monkeypatch.setattr(simulation, "simulate", counted)
    return seen


def test_answers_are_the_outcomes_of_the_worlds_and_nothing_runs_twice(runs: list[int]) -> None:
    asker = Asker(seed=3)
    few = asker.ask([TINY, MORE], 2)
    many = asker.ask([MORE, TINY, MORE], 4)
    assert len(runs) == asker.evaluations == 8
    for place, name in enumerate(OUTCOMES):
        row = list(outcomes(simulation.simulate(MORE, seed=3, world=1)).values())
        np.testing.assert_array_equal(few[name][1, 1], row[place])
        np.testing.assert_array_equal(many[name][0], many[name][2])
        np.testing.assert_array_equal(many[name][:2, :2], few[name][::-1])


def test_processes_give_the_same_answers() -> None:
    here, there = (Asker(engine=engine, jobs=2).ask([TINY, MORE], 3) for engine in ("threads", "processes"))
    for name in OUTCOMES:
        np.testing.assert_array_equal(here[name], there[name])


def test_what_was_kept_is_not_run_again(tmp_path: Path, runs: list[int]) -> None:
    record = manifest("regret", {"seed": 1, "worlds": 3}, {BASE: TINY})
    with ResultFolder.claim(tmp_path / "out", record) as folder:
        first = Asker()
        first.keep_in(folder, record)
        before = first.ask([TINY], 3)
    with ResultFolder.claim(tmp_path / "out", record) as folder:
        other, again = Asker(seed=2), Asker()
        for one in (other, again):
            one.keep_in(folder, record)
        runs.clear()
        after = again.ask([TINY], 3)
        assert (runs, again.evaluations) == ([], 3)
        other.ask([TINY], 3)
        assert len(runs) == 3  # another seed is other luck
    for name in OUTCOMES:
        np.testing.assert_array_equal(before[name], after[name])


def test_runs_of_another_engine_are_not_taken_up(tmp_path: Path, runs: list[int]) -> None:
    record = manifest("regret", {"seed": 1, "worlds": 2}, {BASE: TINY})
    for source in ("engine", "outcomes"):
        with ResultFolder.claim(tmp_path / source, record) as folder:
            old = Asker()
            old.keep_in(folder, record | {source: "another"})
            old.ask([TINY], 2)
            runs.clear()
            fresh = Asker()
            fresh.keep_in(folder, record)
            fresh.ask([TINY], 2)
        assert len(runs) == 2
        assert len(list((tmp_path / source / "asked").iterdir())) == 1


def test_a_question_that_was_stopped_goes_on(tmp_path: Path, runs: list[int]) -> None:
    def ask() -> Any:
        futures = {"calm": {"environment.shock_rate": 0.0}, "storm": {"environment.shock_rate": 0.3}}
        return regret(TINY, {"trusting": {"trust.initial": 0.8}}, futures, worlds=4, out=tmp_path / "out")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("experiments.comparisons.regretting.regrets", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            ask()
    made = len(runs)
    assert made == 16
    result = ask()
    assert len(runs) == made
    assert result.runs == 16


def test_a_setting_that_never_runs_is_an_error_and_one_that_sometimes_fails_a_row(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = simulation.simulate

    def sometimes(scenario: Scenario, seed: int = 1, world: int = 0) -> Any:
        if world == 1:
            raise MemoryError("too large")
        return real(scenario, seed=seed, world=world)

    monkeypatch.setattr(simulation, "simulate", sometimes)
    asker = Asker()
    table = asker.ask([TINY], 3)
    assert np.isnan(table["mean_trust"][0, 1])
    assert [row["world"] for row in asker.failures] == [1]
    assert "MemoryError: too large" in asker.failures[0]["traceback"]
    monkeypatch.setattr(simulation, "simulate", lambda *_, **__: 1 / 0)
    with pytest.raises(RunsFailedError, match="ZeroDivisionError"):
        Asker().ask([TINY], 2)
