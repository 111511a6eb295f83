"""Attribution of whole worlds: known answers of the engine, the hasty reading counted by hand, what is kept."""

import json
from pathlib import Path

import numpy as np
import pytest

from experiments import attribute
from experiments.comparisons.attributing import Attribution, soon_after
from experiments.comparisons.comparison_folder import load_comparison
from experiments.outcomes import life_table
from experiments.provenance import BASE
from experiments.storage import ResultFolder
from scenarios import load
from simulation import simulate
from simulation.events import BREACH, CAUSES, ENDED, SHOCK
from simulation.problems import InputError
from simulation.scenario import Scenario


@pytest.fixture(scope="module")
def result() -> Attribution:
    base = Scenario().with_(firms__count=20, time__quarters=60, time__warm_up_quarters=10, environment__shock_rate=0.2)
    return attribute(base, worlds=6, seed=4)


def test_the_pairs_are_those_of_a_comparison(result: Attribution) -> None:
    lives = result.comparison.life
    survived = [
        np.prod([1 - died / risk for died, risk in zip(life.deaths.sum((0, 1))[:20], life.at_risk.sum(0)[:20], strict=True)])
        for life in (lives[BASE], lives["without shocks"])
    ]  # fmt: skip
    assert result.main.total.caused.mean == pytest.approx(1 - (1 - survived[1]) / (1 - survived[0]))
    assert sum(part.caused.mean for part in result.main.parts[1:]) == pytest.approx(result.main.total.caused.mean)


def test_shocks_of_no_magnitude_cause_exactly_nothing(tiny: Scenario) -> None:
    still = tiny.with_(environment__shock_magnitude=0.0, environment__shock_rate=0.3)
    found = attribute(still, without={"environment.shock_rate": 0.0}, worlds=4)
    for age in found.ages.values():
        for part in age.parts:
            assert part.caused.mean == part.caused.low == part.caused.high == 0.0
    assert "0 of 100 endings within five years would not have happened" in found.sentence()
    with pytest.raises(InputError, match="there are no shocks here"):
        attribute(still)


def test_with_a_shock_in_every_quarter_everything_comes_soon_after_one(tiny: Scenario) -> None:
    run = simulate(tiny.with_(environment__shock_rate=1.0), seed=2)
    soon, lives = soon_after(run, SHOCK), life_table(run)
    np.testing.assert_array_equal(soon.exposed, lives.at_risk)
    np.testing.assert_array_equal(soon.deaths, lives.deaths)


@pytest.mark.parametrize("warm_up", [0, 10])
def test_soon_after_a_shock_counted_by_hand(tiny: Scenario, warm_up: int) -> None:
    run = simulate(tiny.with_(environment__shock_rate=0.1, time__warm_up_quarters=warm_up), seed=2)
    log, spells = run.events, run.spells()
    hit = {(int(firm), int(quarter)) for firm, quarter in zip(log.first[log.kind == SHOCK], log.quarter[log.kind == SHOCK],
                                                              strict=True)}  # fmt: skip
    exposed, deaths = 0, np.zeros(len(CAUSES), dtype=int)
    for a in range(len(spells.born)):
        if spells.born[a] < warm_up and warm_up:
            continue
        last = int(spells.ended[a]) if spells.cause[a] >= 0 else run.quarters - 1
        for quarter in range(int(spells.entered[a]), last + 1):
            partners = (int(spells.first[a]), int(spells.second[a]))
            near = any((firm, then) in hit for firm in partners for then in range(quarter - 3, quarter + 1))
            exposed += near
            if near and quarter == spells.ended[a]:
                deaths[spells.cause[a]] += 1
    soon = soon_after(run, SHOCK)
    assert soon.exposed.sum() == exposed > 0
    np.testing.assert_array_equal(soon.deaths.sum(axis=1), deaths)


def test_a_discovered_side_deal_is_the_alliance_s_own(tiny: Scenario) -> None:
    run = simulate(tiny.with_({"mix.opportunist": 0.6, "opportunism.side_deal_rate": 0.5}), seed=2)
    soon = soon_after(run, BREACH, quarters=1)
    log = run.events
    betrayed = {
        (int(a), int(q)) for a, q in zip(log.about[log.kind == BREACH], log.quarter[log.kind == BREACH], strict=True)
    }
    ended = np.flatnonzero(log.kind == ENDED)
    at_once = [n for n in ended if (int(log.about[n]), int(log.quarter[n])) in betrayed]
    measured = [n for n in at_once if log.quarter[n] - log.value[n] >= run.scenario.time.warm_up_quarters]
    assert soon.deaths.sum() == len(measured) > 0


def test_it_speaks_for_itself(result: Attribution) -> None:
    assert result.sentence().startswith("Baseline, 6 worlds: ")
    assert repr(result).startswith("Attribution(baseline, without shocks, 6 worlds; ")
    assert "<script" not in result._repr_html_()
    assert "all endings" in result._repr_html_()
    frame = result.frame()
    assert len(frame) == 3 * (1 + len(CAUSES))
    assert frame.loc[(frame.quarters == 20) & (frame.cause == "all"), "caused"].item() == result.main.total.caused.mean
    assert result.plot().axes


def test_json_has_the_shape_that_scripts_rely_on(result: Attribution) -> None:
    found = json.loads(json.dumps(result.to_json(), allow_nan=False))
    assert (found["of"], found["off"], found["worlds"], found["runs"]) == ("shocks", "without shocks", 6, 12)
    assert found["changes"] == {"environment.shock_rate": 0.0}
    assert set(found["ages"]) == {"12", "20", "28"}
    five = found["ages"]["20"]
    assert set(five["by_cause"]) == set(CAUSES)
    assert set(five["total"]) == {"endings", "caused", "within_four_quarters", "risk_ratio"}
    blamed = five["total"]["within_four_quarters"]
    assert blamed["confirmed"] == pytest.approx(five["total"]["caused"]["mean"] / blamed["mean"])


def test_progress_ends_at_its_total(tiny: Scenario) -> None:
    said: list[tuple[int, int]] = []
    attribute(tiny, worlds=3, progress=lambda done, total: said.append((done, total)))
    assert said[-1] == (9, 9)
    assert {total for _, total in said} == {9}
    said.clear()
    attribute(tiny, of="hoarder", worlds=3, progress=lambda done, total: said.append((done, total)))
    assert said[-1] == (6, 6)


def test_a_world_that_fails_is_left_out_of_both_arms(tiny: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    import simulation

    calm = tiny.with_(environment__shock_rate=0.0)

    def fails(scenario: Scenario, seed: int, world: int) -> object:
        if world == 1 and scenario == calm:
            raise MemoryError("no room")
        return simulate(scenario, seed=seed, world=world)

    whole = attribute(tiny, worlds=1)
    monkeypatch.setattr(simulation, "simulate", fails)
    found = attribute(tiny, worlds=2)
    assert (found.main.worlds, found.comparison.failed) == (1, 1)
    assert found.main.total == whole.main.total or found.main.total.caused.mean == whole.main.total.caused.mean


@pytest.mark.slow
def test_a_folder_is_that_of_the_comparison_and_more(tiny: Scenario, tmp_path: Path) -> None:
    out = tmp_path / "shocks"
    kept = []
    for _ in range(2):
        result = attribute(tiny, worlds=3, out=out)
        kept.append(
            {name: (out / name).read_bytes() for name in ("attribute.json", "attribution.svg", "attribution.csv")}
        )
    assert kept[0] == kept[1]
    assert json.loads(kept[0]["attribute.json"])["sentence"] == result.sentence()
    table = ResultFolder(out).read_table("attribution.parquet")
    np.testing.assert_array_equal(table["caused"], result.columns()["caused"])
    assert set(load_comparison(out).scenarios) == {BASE, "without shocks"}
    assert not list(out.rglob(".*"))
    with pytest.raises(InputError, match="holds another compare"):
        attribute(tiny, of="hoarder", worlds=3, out=out)


@pytest.mark.slow
def test_shocks_precede_most_endings_and_cause_fewer() -> None:
    """The attribution table of the design in shape: the more shocks, the more of both; never as many as it seems."""
    base = load("baseline")
    found = [attribute(base.with_(environment__shock_rate=rate), worlds=20).main for rate in (0.05, 0.2, 0.4)]
    caused, soon = ([getattr(one.total, name) for one in found] for name in ("caused", "soon"))
    for less, more in ((0, 1), (1, 2)):
        assert caused[less].high < caused[more].low
        assert soon[less].high < soon[more].low
    assert all(part.high < blamed.low / 2 for part, blamed in zip(caused, soon, strict=True))
    assert all(one.total.caused.mean <= one.survival_off.mean for one in found)


def test_bad_input() -> None:
    with pytest.raises(InputError, match="is not a Scenario"):
        attribute("baseline")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="worlds"):
        attribute(Scenario(), worlds=0)
