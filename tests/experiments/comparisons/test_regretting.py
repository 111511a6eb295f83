"""Regret in real worlds: arms crossed with futures, the same worlds in all, and an answer in words."""

import json
from pathlib import Path

import numpy as np
import pytest

from experiments.analysis.regret import regrets
from experiments.comparisons.regretting import Regret, regret
from experiments.outcomes import outcomes
from experiments.provenance import BASE
from experiments.storage import ResultFolder
from simulation import simulate
from simulation.problems import InputError
from simulation.scenario import Scenario

ARMS = {"lasting": {"exit.base_hazard": 0.01}, "hasty": {"exit.base_hazard": 0.1}}
FUTURES = {"calm": {"environment.shock_rate": 0.0}, "storm": {"environment.shock_rate": 0.3}}


@pytest.fixture(scope="module")
def result() -> Regret:
    tiny = Scenario().with_(firms__count=20, time__quarters=60, time__warm_up_quarters=10)
    return regret(tiny, ARMS, FUTURES, "alliances_alive", worlds=12, seed=2)


def test_arms_are_crossed_with_futures_in_the_same_worlds(result: Regret, tiny: Scenario) -> None:
    assert result.arms == [BASE, "lasting", "hasty"]
    assert result.futures == ["calm", "storm"]
    both = tiny.with_({"exit.base_hazard": 0.1, "environment.shock_rate": 0.3})
    assert result.scenarios["hasty"]["storm"] == both
    row = 2 * len(FUTURES) + 1
    assert result.table["alliances_alive"][row, 4] == outcomes(simulate(both, seed=2, world=4))["alliances_alive"]
    assert result.runs == 3 * 2 * 12


def test_the_arm_under_which_alliances_last_is_regretted_least(result: Regret) -> None:
    assert result.arms[result.found.order[0]] == "lasting"
    sentence = result.sentence()
    assert sentence.startswith(
        "Baseline, 3 arms in 2 futures, 12 worlds, living alliances, mean over time: “lasting” is regretted least: the best "
        "in every future. That is so in 100 of 100 resamples of the worlds."
    )
    assert "“hasty”: never the best, and never more than " in sentence
    assert "going on as it is: never the best" in sentence.replace("Going", "going")
    values = result.table["alliances_alive"].reshape(3, 2, 12)
    np.testing.assert_allclose(result.found.regret, regrets(values).regret)


def test_a_future_may_be_another_scenario(tiny: Scenario) -> None:
    other = tiny.with_(trust__initial=0.8, name="trusting")
    found = regret(tiny, {"lasting": tiny.with_(exit__base_hazard=0.01)}, FUTURES | {"trusting": other}, worlds=2)
    mixed = found.scenarios["lasting"]["trusting"]
    assert (mixed.trust.initial, mixed.exit.base_hazard, mixed.name) == (0.8, 0.01, "trusting")
    assert found.sentence().count("Too few worlds to say how sure that is.") == 1


def test_arms_that_change_nothing_do_equally_well(tiny: Scenario) -> None:
    found = regret(tiny, {"same": tiny}, FUTURES, worlds=3)
    assert found.sentence().endswith("all arms do equally well in all futures.")


def test_it_speaks_for_itself(result: Regret) -> None:
    assert len(result.frame()) == 6
    assert set(result.frame().columns) >= {"arm", "future", "mean", "regret", "worst_regret", "mean_regret"}
    assert "lasting" in repr(result)
    assert "<script" not in result._repr_html_()
    found = json.loads(json.dumps(result.to_json(), allow_nan=False))
    assert found["least_regret"] == "lasting"
    assert found["arms"]["hasty"]["futures"]["storm"]["regret"] > 0
    for names, rows in (result.rows(), result.outcome_rows()):
        assert all(len(row) == len(names) for row in rows)


def test_mean_columns_do_not_clash(result: Regret) -> None:
    columns = result.columns()
    np.testing.assert_array_equal(columns["mean"], result.found.means.ravel())
    np.testing.assert_array_equal(columns["mean_regret"], np.repeat(result.found.mean, 2))


def test_a_world_that_fails_is_left_out_of_all_cells(tiny: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    import simulation

    def fails(scenario: Scenario, seed: int, world: int) -> object:
        if world == 1 and scenario.exit.base_hazard == 0.1:
            raise MemoryError("no room")
        return simulate(scenario, seed=seed, world=world)

    monkeypatch.setattr(simulation, "simulate", fails)
    found = regret(tiny, ARMS, FUTURES, "alliances_alive", worlds=3)
    assert (found.failed, found.found.worlds) == (2, 2)
    assert found.notes() == ["1 of 3 worlds lack a cell and are left out."]


@pytest.mark.slow
def test_a_folder_holds_all_of_it(tiny: Scenario, tmp_path: Path) -> None:
    out = tmp_path / "safe"
    result = regret(tiny, ARMS, FUTURES, worlds=3, out=out)
    folder = ResultFolder(out)
    assert folder.manifest()["kind"] == "regret"
    assert len(folder.rows(order="world, arm, future")["world"]) == 18
    assert json.loads((out / "regret.json").read_text())["sentence"] == result.sentence()
    assert (out / "regret.svg").exists()
    page = (out / "report.html").read_text()
    assert "is the safe choice?" in page
    assert "environment.<wbr>shock_<wbr>rate" in page or "environment.shock_rate" in page
    with pytest.raises(InputError, match="holds another regret"):
        regret(tiny, ARMS, FUTURES, worlds=4, out=out)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"arms": {}}, "nothing to compare with"),
        ({"futures": {}}, "nothing to compare in; give at least two"),
        ({"futures": {"calm": {"environment.shock_rate": 0.0}}}, "one future only; give at least two"),
        ({"arms": {"a": {"exit.base_hazrd": 1}}}, 'did you mean "exit.base_hazard"?'),
        ({"futures": {"a": {"fit.rate": 7}, "b": {}}}, 'future "a": fit.rate: 7 is not a number from 0 to 1'),
        ({"futures": {"a": {"exit.base_hazard": 0.2}, "b": {}}}, 'is set by the arm "lasting" and by the future "a"'),
        ({"futures": {BASE: {}, "b": {}}}, 'a future cannot be called "as it is"'),
        ({"outcome": "alliances_formed"}, "have no better side, so nothing to regret; allowed: survival_3y"),
        ({"outcome": "survival_5yr"}, 'did you mean "survival_5y"?'),
        ({"worlds": 0}, "worlds"),
        ({"scenario": "baseline"}, "is not a Scenario"),
        ({"futures": 3}, "is not a mapping of names to changes"),
    ],
)
def test_bad_input(given: dict, message: str, tiny: Scenario, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        regret(**({"scenario": tiny, "arms": ARMS, "futures": FUTURES, "out": tmp_path / "never"} | given))
    assert message in str(caught.value)
    assert not (tmp_path / "never").exists()
