"""Sensitivity of real worlds: the same worlds at every point, an answer in words, a folder that can be read."""

import json
from pathlib import Path

import numpy as np
import pytest

from experiments.outcomes import outcomes
from experiments.provenance import BASE
from experiments.searches.sensing import Sensitivity, in_words, need, sensitivity
from experiments.storage import ResultFolder
from simulation import simulate
from simulation.problems import InputError
from simulation.scenario import Scenario

pytest.importorskip("SALib")
RANGES = {"exit.fixed_hazard": (0.01, 0.2), "trust.initial": (0.2, 0.8), "firms.income_noise": (0.4, 0.5)}


@pytest.fixture(scope="module")
def result() -> Sensitivity:
    tiny = Scenario().with_(firms__count=20, time__quarters=60, time__warm_up_quarters=10)
    return sensitivity(tiny, RANGES, "alliances_alive", worlds=3, samples=4, seed=2)


def test_every_point_is_a_run_of_the_same_worlds(result: Sensitivity, tiny: Scenario) -> None:
    assert result.points == 4 * 4
    assert result.runs == 48
    levels = dict(zip(RANGES, result.levels[5].tolist(), strict=True))
    run = simulate(tiny.with_(levels), seed=2, world=1)
    assert result.table["alliances_alive"][5, 1] == outcomes(run)["alliances_alive"]


def test_a_harder_hazard_leaves_fewer_alliances(result: Sensitivity) -> None:
    """With the oracle's constant hazard lives are 20 times as long at 0.01 as at 0.2; the others have no such say."""
    columns = result.columns()
    assert columns["setting"][0] == "exit.fixed_hazard"
    assert columns["mu"][0] < 0
    assert result.rows()[1][0][5] == "lowers it"
    sentence = result.sentence()
    assert sentence.startswith("Baseline, 3 settings, 3 worlds: “living alliances, mean over time” depends most on ")
    assert "exit.fixed_hazard (" in sentence
    assert "% of the spread is luck." in sentence


def test_luck_is_a_share(result: Sensitivity) -> None:
    assert 0 <= result.luck.low <= result.luck.share <= result.luck.high <= 1
    assert result.luck.share == pytest.approx(result.luck.common + result.luck.own)


def test_it_speaks_for_itself(result: Sensitivity) -> None:
    assert len(result.frame()) == 3
    assert "exit.fixed_hazard" in repr(result)
    assert "<script" not in result._repr_html_()
    found = json.loads(json.dumps(result.to_json(), allow_nan=False))
    assert found["settings"][0]["setting"] == "exit.fixed_hazard"
    assert found["luck"]["share"] == pytest.approx(result.luck.share)
    assert any("wider range" in note for note in result.notes())


def test_the_same_twice_whatever_the_threads(result: Sensitivity, tiny: Scenario) -> None:
    again = sensitivity(tiny, RANGES, "alliances_alive", worlds=3, samples=4, seed=2, jobs=1)
    assert again.sentence() == result.sentence()
    np.testing.assert_array_equal(again.table["survival_5y"], result.table["survival_5y"])


def test_what_changes_nothing_is_said_to(tiny: Scenario) -> None:
    still = tiny.with_(environment__shock_rate=0.0)
    idle = {"environment.shock_magnitude": (0.1, 0.9), "environment.spread": (0.1, 0.9)}
    found = sensitivity(still, idle, "alliances_alive", worlds=2, samples=4)
    assert found.sentence().endswith("nothing that was varied changes “living alliances, mean over time”.")
    assert found.luck.share == pytest.approx(1.0)
    shares = sensitivity(still, idle, "alliances_alive", "sobol", worlds=2, samples=8)
    assert "no answer" in shares.sentence()


def test_shares_of_variance(tiny: Scenario) -> None:
    found = sensitivity(tiny, RANGES, "alliances_alive", "sobol", worlds=2, samples=16)
    assert found.columns()["setting"][0] == "exit.fixed_hazard"
    assert "% of the variance goes with it" in found.sentence()
    assert found.lost() == []
    assert len(found.rows()[0]) == len(found.rows()[1][0])


@pytest.mark.slow
def test_a_folder_holds_all_of_it(tiny: Scenario, tmp_path: Path) -> None:
    said: list[str] = []
    out = tmp_path / "what matters"
    result = sensitivity(tiny, RANGES, worlds=2, samples=4, out=out, tell=said.append)
    assert said[0].startswith("16 points x 2 worlds = 32 runs: about ")
    assert (out / "sensitivity.svg").exists()
    assert json.loads((out / "sensitivity.json").read_text())["sentence"] == result.sentence()
    folder = ResultFolder(out)
    assert folder.manifest()["kind"] == "sensitivity"
    assert list(folder.manifest()["scenarios"]) == [BASE]
    design, rows = folder.read_table("design.parquet"), folder.rows(order="world, point")
    np.testing.assert_array_equal(design["trust.initial"], result.levels[:, 1])
    assert len(rows["point"]) == 32
    page = (out / "report.html").read_text()
    assert "which assumptions move" in page
    assert "<script" not in page
    with pytest.raises(InputError, match="holds another sensitivity"):
        sensitivity(tiny, RANGES, worlds=3, samples=4, out=out)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"method": "moris"}, 'did you mean "morris"?'),
        ({"outcome": "survival_5yr"}, 'did you mean "survival_5y"?'),
        ({"samples": 3}, "3 is not a whole number from 4"),
        ({"samples": 2.5}, "2.5 is not a whole number"),
        ({"method": "sobol", "samples": 100}, "the nearest are 64 and 128"),
        ({"worlds": 0}, "worlds"),
        ({"vary": {"trust.initial": (0.2, 0.8)}}, "1 setting; at least 2"),
        ({"scenario": "baseline"}, "is not a Scenario"),
    ],
)
def test_bad_input(given: dict, message: str, tiny: Scenario, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        sensitivity(**({"scenario": tiny, "vary": RANGES, "out": tmp_path / "never"} | given))
    assert message in str(caught.value)
    assert not (tmp_path / "never").exists()


def test_a_missing_package_is_named_with_what_installs_it() -> None:
    with pytest.raises(InputError, match=r"needs no_such_package; install it with: pip install 'alliance-dynamics\["):
        need("no_such_package")


def test_outcomes_as_subjects_of_a_sentence() -> None:
    assert in_words("failed_firms") == "“firms that failed”"
