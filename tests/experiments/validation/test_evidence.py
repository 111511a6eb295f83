"""Evidence: arms merge, worlds are watched after the warm-up, sums are stacked by world."""

from typing import ClassVar

import numpy as np
import pytest

from experiments.runner import RunsFailedError
from experiments.validation.evidence import Arm, Floats, Observer, gather, merged, observe, quarter_of
from simulation import Scenario, simulate
from simulation.problems import InputError
from simulation.run import Run
from simulation.world import World


class Watched(Observer):
    def __init__(self) -> None:
        self.quarters: list[int] = []

    def see(self, world: World) -> None:
        self.quarters.append(quarter_of(world))

    def sums(self, run: Run) -> dict[str, Floats]:
        return {"watched": np.array([self.quarters[0], self.quarters[-1], len(self.quarters)], dtype=np.float64)}


class Formed(Observer):
    quarterly: ClassVar[bool] = False

    def sums(self, run: Run) -> dict[str, Floats]:
        return {"formed": run.series("formed")}


class Broken(Observer):
    def see(self, world: World) -> None:
        raise ZeroDivisionError("no luck")


def double(scenario: Scenario) -> float:
    return 2 * scenario.formation.rate


def test_arms_of_one_name_merge_their_observers() -> None:
    arms = merged([Arm("base", {}, (Watched,)), Arm("base", {}, (Watched, Formed)), Arm("calm", {"a": 1}, (Formed,))])
    assert [(arm.name, arm.observers) for arm in arms] == [("base", (Watched, Formed)), ("calm", (Formed,))]


def test_arms_of_one_name_must_change_the_same() -> None:
    with pytest.raises(ValueError, match="change different settings"):
        merged([Arm("base", {}, ()), Arm("base", {"trust.initial": 0.5}, ())])


def test_every_quarter_after_the_warm_up_is_seen_and_watching_changes_nothing(tiny: Scenario) -> None:
    found = observe(tiny, (Watched, Formed), seed=3, world=2)
    assert found["watched"].tolist() == [10, 59, 50]
    np.testing.assert_array_equal(found["formed"], simulate(tiny, seed=3, world=2).series("formed"))


def test_evidence_is_stacked_by_world_and_does_not_depend_on_threads(tiny: Scenario) -> None:
    arms = [Arm("base", {}, (Formed,)), Arm("busy", {"formation.rate": double}, (Formed, Watched))]
    calls: list[tuple[int, int]] = []
    found = gather(tiny, arms, worlds=3, jobs=2, progress=lambda done, total: calls.append((done, total)))
    again = gather(tiny, arms, worlds=3, jobs=1)
    assert found["base"]["formed"].shape == (3, 60)
    assert found["busy"]["watched"].shape == (3, 3)
    for arm, columns in found.items():
        for key, value in columns.items():
            np.testing.assert_array_equal(value, again[arm][key])
    assert found["busy"]["formed"].sum() > 1.3 * found["base"]["formed"].sum()
    assert calls == [(done, 6) for done in range(7)]


def test_an_arm_that_the_scenario_cannot_have_is_an_input_error(tiny: Scenario) -> None:
    with pytest.raises(InputError, match="initial"):
        gather(tiny, [Arm("wrong", {"trust.intial": 1.0}, (Formed,))], worlds=1)


def test_a_run_that_fails_names_arm_and_world(tiny: Scenario) -> None:
    with pytest.raises(RunsFailedError, match=r'arm "base", world 0, .*ZeroDivisionError: no luck'):
        gather(tiny, [Arm("base", {}, (Broken,))], worlds=1)


def test_two_observers_may_not_report_the_same(tiny: Scenario) -> None:
    class Again(Formed): ...

    with pytest.raises(ValueError, match='report "formed"'):
        observe(tiny, (Formed, Again), seed=1, world=0)
