"""A portfolio under stress: known answers of the engine, paired changes, what is told and kept."""

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

import simulation
from experiments import stress
from experiments.cli import app
from experiments.portfolios.fates import Fates, effect_of
from experiments.portfolios.portfolio import HORIZON, read_portfolio
from experiments.portfolios.remedies import Remedy, remedies
from experiments.portfolios.stressing import Stress
from experiments.runner import RunsFailedError
from experiments.storage import ResultFolder
from scenarios import load
from simulation import simulate
from simulation.problems import InputError
from simulation.scenario import Scenario

FULL = 77  # a seed at which all runs fail
PAIRS = [("A", "B"), ("B", "C"), ("C", "D")]


@pytest.fixture(scope="module")
def small() -> Scenario:
    return Scenario().with_(firms__count=12)


@pytest.fixture(scope="module")
def found(small: Scenario) -> Stress:
    return stress(small, PAIRS, worlds=8, closely=2)


def test_fates_are_those_of_the_first_spells(small: Scenario, found: Stress) -> None:
    for world in range(3):
        spells = simulate(found.world, seed=1, world=world).spells()
        assert found.lived[world].tolist() == spells.ended[:3].tolist()
        assert found.cause[world].tolist() == spells.cause[:3].tolist()


def test_without_reasons_to_part_everything_lives_and_nothing_endangers(small: Scenario) -> None:
    quiet = small.with_({"exit.fixed_hazard": 0.0, "exit.completion": 0.0, "firms.least_capital": -1e9})
    result = stress(quiet, PAIRS, worlds=4)
    assert (result.lived == HORIZON).all()
    assert result.frame()["main_danger"].tolist() == ["", "", ""]
    assert result.expected.mean == 3.0
    for effects in result.closely.values():
        assert {float(effect.own.mean) for effect in effects} == {0.0}
    assert "what would help it cannot be told from luck" in result.sentence()


def test_a_constant_hazard_gives_its_own_survival(small: Scenario) -> None:
    """Oracle L3: partners part with chance h per quarter, so that (1 − h)^20 live five years."""
    hazard, worlds = 0.05, 200
    dull = small.with_({"exit.fixed_hazard": hazard, "exit.completion": 0.0, "firms.least_capital": -1e9})
    lived = Fates(3, 3).of({None: read_portfolio(PAIRS).world(dull)}, range(worlds))[None][0]
    for quarters in (4, 12, 20):
        share, expected = float((lived >= quarters).mean()), (1 - hazard) ** quarters
        assert abs(share - expected) < 4 * np.sqrt(expected * (1 - expected) / (3 * worlds))


def test_a_change_that_cannot_matter_has_difference_exactly_zero(small: Scenario) -> None:
    portfolio = read_portfolio(PAIRS)
    world = portfolio.world(small.with_({"environment.shock_rate": 0.0, "fit.blindness": 0.0}))
    bends = Remedy("flexible", "nothing without shocks", "firms", to=(("flexibility", 1.0),))
    tables = Fates(1, 3).of({None: world, "flexible": bends.apply(world, portfolio, [0, 1, 2])}, range(6))
    effect = effect_of(bends, tables[None], tables["flexible"])
    assert effect.own.mean.tolist() == [0.0, 0.0, 0.0]
    assert (effect.portfolio.mean, effect.portfolio.low, effect.portfolio.high) == (0.0, 0.0, 0.0)


def test_a_change_reaches_the_two_firms_and_never_lowers_what_they_have(small: Scenario) -> None:
    firms = [{"name": "A", "flexibility": 0.95, "activity": 0.05}, {"name": "C", "strategy": "hoarder"}]
    portfolio = read_portfolio(PAIRS, firms=firms)
    world = portfolio.world(small)
    known = {remedy.name: remedy for remedy in remedies(world)}
    changed = known["more flexibility"].apply(world, portfolio, [0])
    added = changed.interventions[len(world.interventions) :]
    assert [(one.firms, one.to.flexibility) for one in added] == [(("A",), 0.95), (("B",), 0.8)]
    quiet = known["no search for others"].apply(world, portfolio, [0])
    assert [one.to.activity for one in quiet.interventions[-2:]] == [0.05, 0.1]
    loyal = simulate(known["steadfast loyalty"].apply(world, portfolio, [2]))
    strategies = [loyal.strategies[row] for row in loyal.firms.strategy[loyal.firms.row[[2, 3]]]]
    assert strategies == ["loyalist", "loyalist"]
    equity = known["equity"].apply(world, portfolio, [1])
    assert [tie.equity for tie in equity.network.ties] == [None, True, None]


def test_what_cannot_change_anything_is_not_tried(small: Scenario) -> None:
    calm = small.with_(environment__shock_rate=0.0, trust__initial=1.0)
    ties = [{"a": "A", "b": "B", "governance": "equity"}]
    names = [remedy.name for remedy in remedies(read_portfolio(ties).world(calm))]
    assert not {"half as many shocks", "more trust from the outset", "equity"} & set(names)
    assert "alliance managers" in names


@pytest.mark.slow
def test_two_loyal_partners_outlive_an_opportunist_and_a_hoarder() -> None:
    """200 worlds: a difference of 4 standard errors is certain; the model's is far larger."""
    firms = [{"name": name, "strategy": strategy} for name, strategy in
             (("A", "loyalist"), ("B", "loyalist"), ("C", "opportunist"), ("D", "hoarder"))]  # fmt: skip
    worlds = 200
    result = stress(load("baseline").with_(firms__count=20), [("A", "B"), ("C", "D")], firms, worlds=worlds, closely=0)
    loyal, doomed = result.chances[5].mean
    assert loyal - doomed > 4 * np.sqrt(0.5 / worlds)
    assert result.ranking == [1, 0]
    assert result.sentence().startswith("Baseline, 200 worlds: of your 2 alliances ")
    assert "the most endangered is C – D" in result.sentence()


def test_the_best_change_is_measured_in_worlds_that_did_not_choose_it(found: Stress) -> None:
    assert list(found.closely) == list(found.best) == found.ranking[:2]
    for place, effects in found.closely.items():
        gains = [float(effect.own.mean) for effect in effects]
        assert gains == sorted(gains, reverse=True)
        best = next(effect.remedy for effect in effects if effect.remedy.in_hand)
        fates = Fates(1, 3).of({None: found.world, 1: best.apply(found.world, found.portfolio, [place])}, range(8, 16))
        again = effect_of(best, fates[None], fates[1], place)
        assert (found.best[place].remedy, float(found.best[place].own.mean)) == (best, float(again.own.mean))


def test_the_table_is_ranked_and_whole(found: Stress) -> None:
    table = found.frame()
    assert table["live_5y"].is_monotonic_increasing
    assert set(zip(table["a"], table["b"], strict=True)) == set(PAIRS)
    assert (table["live_5y_low"] <= table["live_5y"]).all()
    assert (table["live_1y"] >= table["live_3y"]).all()
    assert (table["live_3y"] >= table["live_5y"]).all()
    effects = found.effects()
    tried = len(found.tried)
    assert len(effects["gain"]) == 3 * tried + 2 * tried + 2
    assert json.loads(json.dumps(found.to_json()))["alliances"][0]["a"] == table["a"][0]
    assert found.runs == 8 * (1 + tried + 2 * (tried - 2) + 3)
    assert repr(found).startswith("Stress(baseline, 8 worlds; ")
    assert "<script" not in found._repr_html_()


def test_a_single_alliance_has_a_sentence_of_its_own(small: Scenario) -> None:
    text = stress(small, [("A", "B")], worlds=4).sentence()
    assert text.startswith("Baseline, 4 worlds: your alliance lives five years in ")
    assert "nine of ten" not in text


def test_worlds_that_fail_are_left_out(small: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    real = simulate

    def fails(scenario: Scenario, seed: int = 1, world: int = 0) -> simulation.Run:
        if world == 1 or seed == FULL:
            raise MemoryError("no room")
        return real(scenario, seed=seed, world=world)

    monkeypatch.setattr(simulation, "simulate", fails)
    result = stress(small, PAIRS, worlds=3, closely=0)
    assert len(result.lived) == 2
    assert {row["world"] for row in result.failures} == {1}
    with pytest.raises(RunsFailedError, match="all runs failed, the first with MemoryError: no room"):
        stress(small, PAIRS, worlds=1, seed=FULL, closely=0)


def test_bad_input(small: Scenario, tmp_path: Path) -> None:
    for arguments, message in (
        ({"worlds": 0}, "worlds"),
        ({"closely": -1}, "closely"),
        ({"others": -1}, "others"),
        ({"firms": [{"name": "A", "strategy": "loyalst"}]}, 'no such strategy "loyalst"; did you mean "loyalist"'),
    ):
        with pytest.raises(InputError, match=message):
            stress(small, PAIRS, out=tmp_path / "out", **arguments)  # type: ignore[arg-type]
    assert not (tmp_path / "out").exists()
    with pytest.raises(InputError, match="is not a Scenario"):
        stress("baseline", PAIRS)  # type: ignore[arg-type]


# --- the command -----------------------------------------------------------------------------------------------------


def alliances(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words], prog_name="alliances")


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    place = tmp_path / "mine.csv"
    place.write_text("org_a,org_b,kind\nA,B,x\nB,C,x\nA,C,y\n", encoding="utf-8")
    return place


TINY = ["--set", "firms.count=12", "--worlds", "3", "--closely", "1"]


def test_the_command_answers_first_and_tells_who_is_there(mine: Path) -> None:
    result = alliances(
        "stress", "baseline", "--alliances", mine, "--columns", "a=org_a,b=org_b", "--only", "kind=x", *TINY
    )
    assert result.exit_code == 0, result.stderr
    assert result.stdout.startswith("Baseline, 3 worlds: of your 2 alliances ")
    for words in ("main danger", "what would help most", "not tried", "change in all your firms", "not in your hands",
                  "3 firms of yours and 9 other firms without alliances"):  # fmt: skip
        assert words in " ".join(result.stdout.split())


def test_the_command_gives_json_and_says_what_is_wrong(mine: Path) -> None:
    result = alliances("stress", "baseline", "--alliances", mine, "--columns", "a=org_a,b=org_b", *TINY, "--json")
    assert result.exit_code == 0, result.stderr
    assert len(json.loads(result.stdout)["alliances"]) == 3
    for words, message in (
        (["--columns", "org_a"], "--columns: \"org_a\" is not of the form NAME=COLUMN"),
        (["--columns", "a=org_a,a=org_b"], '"a" is given twice'),
        (["--only", "kind"], '--only: "kind" is not of the form COLUMN=VALUE'),
        ([], "which columns hold the two firms? Say it with columns: a=org_a,b=org_b"),
    ):  # fmt: skip
        result = alliances("stress", "baseline", "--alliances", mine, *words)
        assert result.exit_code == 2
        assert message in result.stderr


@pytest.mark.slow
def test_a_folder_holds_tables_pictures_and_a_page_and_is_the_same_twice(mine: Path, tmp_path: Path) -> None:
    out, kept = tmp_path / "out", []
    for _ in range(2):
        result = alliances(
            "stress", "baseline", "--alliances", mine, "--columns", "a=org_a,b=org_b", *TINY, "--out", out
        )
        assert result.exit_code == 0, result.stderr
        names = ("stress.json", "stress.csv", "effects.csv", "chances.svg", "course.png", "report.html")
        kept.append({name: (out / name).read_bytes() for name in names})
    assert kept[0] == kept[1]
    assert ResultFolder(out).manifest()["kind"] == "stress"
    page = kept[0]["report.html"].decode()
    assert "<script" not in page
    assert json.loads(kept[0]["stress.json"])["sentence"].split(",")[0] in page
    again = alliances("stress", "baseline", "--alliances", mine, "--columns", "a=org_a,b=org_b", "--out", out)
    assert again.exit_code == 2
    assert "holds another stress: " in again.stderr
