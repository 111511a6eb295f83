"""`survival`: known answers, the same numbers as everywhere else, what is said, kept and refused."""

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import experiments
from experiments import Spells, survival
from experiments.analysis.survival import kaplan_meier, median_life
from experiments.cli import app
from experiments.histories.births import births, life_of, together
from experiments.histories.covariates import FEW, SAME, hazard_ratios
from experiments.histories.lifetimes import AGES, ENDED_BY
from experiments.histories.survival_folder import load_survival
from experiments.histories.surviving import Survival
from experiments.outcomes import life_table
from simulation import simulate
from simulation.events import CAUSES, FORMED
from simulation.problems import InputError
from simulation.scenario import Scenario
from simulation.world import with_graph

MINE = "a,b,start,end,cause\nA,B,2001-01-01,2004-01-01,deceit\nA,C,2002-01-01,,\nC,D,2003-01-01,2009-01-01,\n"


@pytest.fixture(scope="module")
def small() -> Scenario:
    return Scenario().with_(firms__count=30, time__quarters=100, time__warm_up_quarters=20)


@pytest.fixture(scope="module")
def result(small: Scenario) -> Survival:
    return survival(small, Spells.of([2.0, 4.0, 6.0, 7.0], [1, 1, 0, 1], cause=["deceit", "", "", "merger"]), worlds=12)


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    (tmp_path / "mine.csv").write_text(MINE, encoding="utf-8")
    return tmp_path / "mine.csv"


# --- what was known at birth ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("warm_up", [0, 10])
def test_births_are_those_of_the_run_and_its_table(tiny: Scenario, warm_up: int) -> None:
    scenario = tiny.with_(time__warm_up_quarters=warm_up)
    run, born = births(scenario, 3, 1)
    whole = simulate(scenario, seed=3, world=1)
    np.testing.assert_array_equal(run.records, whole.records)
    table = life_table(whole)
    for ours, theirs in zip(life_of(born, run.quarters), table, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    ages = np.arange(run.quarters)
    at_risk = [(born.entry <= age) & (age < born.duration) for age in ages]
    np.testing.assert_array_equal(np.sum(at_risk, axis=1), table.at_risk)
    ended = born.cause >= 0
    found = np.bincount(born.duration[ended] - 1, minlength=run.quarters)
    np.testing.assert_array_equal(found, table.deaths.sum(axis=0))


def test_old_ties_count_from_the_age_at_which_the_world_begins() -> None:
    import networkx as nx

    graph = nx.random_regular_graph(4, 20, seed=1)
    for place, (a, b) in enumerate(graph.edges):
        graph.edges[a, b]["age"] = 3 * place  # up to 117 quarters in a run of 40
    scenario = with_graph(Scenario().with_(firms__count=20, time__quarters=40, time__warm_up_quarters=0), graph)
    run, born = births(scenario, 1, 0)
    assert born.entry.max() > run.quarters
    for ours, theirs in zip(life_of(born, run.quarters), life_table(run), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_who_the_partners_were_is_known_even_if_they_failed_since(tiny: Scenario) -> None:
    """Strategies of those who have not failed are in the final state; those of the others are theirs, not entrants'."""
    harsh = tiny.with_(firms__initial_capital=1.0, time__warm_up_quarters=0)
    run, born = births(harsh, 1, 0)
    log, spells = run.events, run.spells()
    formed = np.flatnonzero(log.kind == FORMED)
    kept = spells.entered < run.quarters
    np.testing.assert_array_equal(born.trust, log.value[formed][kept])
    final = dict(zip(run.firms.identity.tolist(), run.firms.strategy.tolist(), strict=True))
    managed = dict(zip(run.firms.identity.tolist(), run.firms.alliance_function.tolist(), strict=True))
    firms = np.stack([spells.first[kept], spells.second[kept]], axis=1).tolist()
    both = [k for k, pair in enumerate(firms) if set(pair) <= set(final)]
    assert 0 < len(both) < len(firms)  # some partners failed
    for k in both:
        plays = np.bincount([final[firm] for firm in firms[k]], minlength=len(run.strategies))
        np.testing.assert_array_equal(born.strategies[k], plays)
        assert born.managed[k] == sum(managed[firm] for firm in firms[k])
    assert (born.strategies.sum(axis=1) == 2).all()
    # The same firm has the same strategy in all of its alliances: nothing here lets one change it.
    common = [set(np.flatnonzero(born.strategies[k])) for k in range(len(firms))]
    for firm in {one for pair in firms for one in pair}:
        mine = [plays for plays, pair in zip(common, firms, strict=True) if firm in pair]
        assert set.intersection(*mine)


def test_ratios_follow_what_the_model_does(small: Scenario) -> None:
    """Rivals leak more, equity and trust hold: over 30 worlds this is far from luck."""
    worlds = [births(small, 1, world)[1] for world in range(30)]
    found = {row.name: row for row in hazard_ratios(worlds, list(small.strategies)).rows}
    assert found["between rivals"].low > 1
    assert found["equity"].high < 1
    assert found["0.1 more initial trust"].high < 1
    assert found["hoarder as a partner"].is_told
    table, world = together(worlds)
    assert len(table.duration) == len(world) == sum(len(one.duration) for one in worlds)


def test_what_cannot_be_told_is_left_out_by_name(tiny: Scenario) -> None:
    alone = tiny.with_(firms__alliance_function_share=0.0, environment__shock_rate=0.0)
    found = hazard_ratios([births(alone, 1, world)[1] for world in range(3)], list(alone.strategies))
    assert found.left_out["alliance managers on one side"] == SAME
    assert found.left_out["struck within a year of a shock"] == SAME
    assert "equity" in {row.name for row in found.rows}
    one = hazard_ratios([births(alone, 1, 0)[1]], list(alone.strategies))
    assert FEW in one.left_out.values()
    assert all(np.isnan(row.low) for row in one.rows)  # one world has no errors by world


def test_a_world_without_alliances_has_nothing_to_tell(tiny: Scenario) -> None:
    found = survival(tiny.with_(formation__rate=0.0), worlds=2)
    assert "too few were seen long enough to say how many live a year" in found.sentence()
    assert found.ratios is not None
    assert not found.ratios.rows
    assert found.to_json()["simulated"]["median_life_years"]["mean"] is None
    assert found.to_html()
    short = survival(tiny.with_(time__quarters=14), worlds=2)  # four quarters are measured: hardly anything ends
    assert short.to_json()["hazard_ratios"] == []


# --- the numbers ------------------------------------------------------------------------------------------------------


def test_the_numbers_are_those_of_the_worlds(small: Scenario, result: Survival) -> None:
    lives = [life_table(simulate(small, seed=1, world=world)) for world in range(12)]
    risk, deaths = sum(life.at_risk for life in lives), sum(life.deaths for life in lives)
    curve = kaplan_meier(risk, deaths.sum(axis=0))
    told = result.simulated
    assert told is not None
    assert told.median.mean == pytest.approx(float(median_life(curve)) / 4)
    assert [item.mean for item in told.survival] == pytest.approx([curve[4 * age] for age in AGES])
    assert told.ended == deaths.sum()
    ended = sum(items[ENDED_BY.index(5)].mean for items in told.incidence.values())
    assert ended + told.survival[AGES.index(5)].mean == pytest.approx(1.0)
    for k in range(1, len(AGES)):
        chance = 1 - told.survival[k].mean / told.survival[k - 1].mean
        assert told.chance[k].mean == pytest.approx(chance)


def test_observed_spells_have_their_own_numbers(result: Survival) -> None:
    told = result.observed
    assert told is not None
    assert (told.alliances, told.ended, told.median.mean) == (4, 3, 4.0)
    assert [item.mean for item in told.survival[:6]] == [1.0, 0.75, 0.75, 0.5, 0.5, 0.5]
    assert told.mean_within[0].mean == pytest.approx(2 + 0.75 * 2 + 0.5)
    five = {cause: items[2].mean for cause, items in told.incidence.items()}
    assert five == {"deceit": 0.25, "merger": 0.0, "cause unknown": 0.25}
    assert told.incidence["merger"][3].mean == 0.5
    assert told.survival[AGES.index(8)].mean == 0.0  # the last one ended at seven


def test_it_speaks_for_itself(result: Survival) -> None:
    sentence = result.sentence()
    assert sentence.startswith("Baseline, 12 worlds: half of the alliances are gone after ")
    assert "Your spells, 4 spells of which 3 ended: half of the alliances are gone after 4.0 years" in sentence
    notes = result.notes()
    assert "within the band of the spells at" in notes[0]
    assert any(note.startswith(("End sooner", "Live longer")) for note in notes)
    assert repr(result).startswith("Survival(baseline, 12 worlds, ")
    html = result._repr_html_()
    assert "<script" not in html
    assert "alive" in html
    frame = result.frame()
    assert set(frame.measure) == {
        "median life", "survival", "mean life within", "chance to end in year", "ended by", "hazard ratio",
    }  # fmt: skip
    row = frame[(frame.of == "spells") & (frame.measure == "survival") & (frame.age == 2)]
    assert row["value"].item() == 0.75
    assert set(frame[(frame.of == "scenario") & (frame.measure == "ended by")].name) == set(CAUSES)


def test_json_has_the_shape_that_scripts_rely_on(result: Survival) -> None:
    found = json.loads(json.dumps(result.to_json(), allow_nan=False))
    assert (found["scenario"], found["worlds"], found["failed"]) == ("baseline", 12, 0)
    assert set(found["simulated"]) == {
        "alliances", "ended", "median_life_years", "survival", "mean_life_within_years", "chance_to_end_in_year", "ended_by",
    }  # fmt: skip
    assert set(found["simulated"]["ended_by"]["deceit"]) == {"1", "3", "5", "7"}
    assert set(found["simulated"]["mean_life_within_years"]) == {"5", "10"}
    assert found["observed"]["survival"]["2"]["mean"] == 0.75
    assert {"name", "against", "mean", "low", "high", "naive_low", "naive_high", "with_it"} == set(
        found["hazard_ratios"][0]
    )


@pytest.mark.slow
def test_pictures_and_page(result: Survival, tmp_path: Path) -> None:
    for name in ("survival", "endings", "hazards"):
        assert result.plot(name).axes
    with pytest.raises(InputError, match='no picture "hazard" of this; there are survival, endings, hazards'):
        result.plot("hazard")
    page = result.to_html(tmp_path / "page.html")
    assert (tmp_path / "page.html").read_text(encoding="utf-8") == page
    assert "<script" not in page
    assert "how long do alliances live?" in page
    alone = survival(spells=Spells.of([1.0, 2.0], [1, 0]))
    assert "Nothing was simulated" in alone.to_html()
    assert list(alone.plot().axes)


def test_more_threads_give_the_same_numbers(tiny: Scenario) -> None:
    first, second = (survival(tiny, worlds=4, jobs=jobs).to_json() for jobs in (1, 3))
    assert {**first, "seconds": 0} == {**second, "seconds": 0}


def test_late_entries_and_a_curve_that_falls_to_zero_are_mentioned() -> None:
    late = survival(spells=Spells.of([1.0, 5.0, 5.0], [1, 0, 1], entry=[0, 2, 2]))
    notes = late.notes()
    assert any(
        "2 of 3 spells were first seen when they had lasted for a while (up to 2.0 years)" in note for note in notes
    )
    assert any(note.startswith("At 1.0 years all who were seen then had ended") for note in notes)


def test_a_world_that_fails_is_left_out(tiny: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    import experiments.histories.births as home

    whole = home.births

    def fails(scenario: Scenario, seed: int, world: int) -> object:
        if world == 1:
            raise MemoryError("no room")
        return whole(scenario, seed, world)

    monkeypatch.setattr(home, "births", fails)
    found = survival(tiny, worlds=3)
    assert [row["world"] for row in found.failures] == [1]
    assert found.life is not None
    assert len(found.life.at_risk) == 2
    assert found.sentence().startswith("Baseline, 2 worlds")


def test_progress_ends_at_its_total(tiny: Scenario) -> None:
    said: list[tuple[int, int]] = []
    survival(tiny, worlds=3, progress=lambda done, total: said.append((done, total)))
    assert (said[0], said[-1]) == ((0, 3), (3, 3))


@pytest.mark.slow
def test_a_folder_holds_everything_and_is_the_same_again(tiny: Scenario, tmp_path: Path, mine: Path) -> None:
    kept = []
    for _ in range(2):
        result = survival(tiny, mine, worlds=3, out=tmp_path / "out")
        files = ("survival.json", "survival.csv", "survival.svg", "endings.png", "hazards.svg", "report.html")
        kept.append({name: (tmp_path / "out" / name).read_bytes() for name in files})
    assert kept[0] == kept[1]
    assert json.loads(kept[0]["survival.json"])["sentence"] == result.sentence()
    assert not list((tmp_path / "out").rglob(".*"))
    again = load_survival(tmp_path / "out")
    assert {**again.to_json(), "seconds": 0} == {**result.to_json(), "seconds": 0}
    assert again.to_html() == result.to_html()
    with pytest.raises(InputError, match="holds another survival"):
        survival(tiny, Spells.of([1.0], [1]), worlds=3, out=tmp_path / "out")
    with pytest.raises(InputError, match="worlds is 3 there, 4 now"):
        survival(tiny, mine, worlds=4, out=tmp_path / "out")


def test_bad_input(tiny: Scenario, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        survival("baseline", 3)  # type: ignore[arg-type]
    said = [problem.message for problem in caught.value.problems]
    assert any("is not a Scenario" in message for message in said)
    assert any("neither spells nor a file" in message for message in said)
    with pytest.raises(InputError, match="whose survival"):
        survival()
    with pytest.raises(InputError, match="give a scenario to set beside"):
        survival(spells=Spells.of([1.0], [1]), out=tmp_path / "out")
    assert not (tmp_path / "out").exists()
    with pytest.raises(InputError, match="worlds"):
        survival(tiny, worlds=0)


def test_names_of_the_front_door() -> None:
    assert experiments.survival is survival
    assert {"survival", "Survival", "Spells", "read_spells"} <= set(experiments.__all__)


# --- the command ------------------------------------------------------------------------------------------------------

SMALL = ["--set", "firms.count=20", "--set", "time.quarters=60", "--set", "time.warm_up_quarters=10", "--worlds", "3"]


def test_the_command_answers_in_a_sentence_first(mine: Path) -> None:
    done = CliRunner().invoke(app, ["survival", "baseline", "--spells", str(mine), *SMALL])
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert lines[0].startswith("Baseline, 3 worlds: half of the alliances are gone after ")
    assert "mine.csv, 3 spells of which 2 ended" in lines[0]
    for text in ("year of life", "of the first", "ended by [of 100]", "known at birth"):
        assert text in done.stdout


def test_the_command_prints_one_json_value(mine: Path) -> None:
    done = CliRunner().invoke(app, ["survival", "--spells", str(mine), "--columns", "label=a,end = end", "--json"])
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert found["simulated"] is None
    assert found["observed"]["alliances"] == 3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "whose survival? Give a scenario, a file of spells, or both"),
        (["baseline", "--only", "a=A"], "--only: is about a file of spells; give one with --spells"),
        (["--spells", "MINE", "--columns", "start"], '--columns: "start" is not of the form NAME=VALUE'),
        (["--spells", "MINE", "--only", "a=A", "--only", "a=B"], '--only: "a" is given twice'),
        (["--spells", "MINE", "--only", "x=A"], 'the file has no column "x"'),
        (["--spells", "MINE", "--set", "firms.count=20"], "--set: changes settings of a scenario; name one"),
        (["basline"], "baseline"),
        (["--spells", "nowhere.csv"], "no such file"),
    ],
)
def test_the_command_refuses_in_plain_words(mine: Path, arguments: list[str], message: str) -> None:
    done = CliRunner().invoke(app, ["survival", *[str(mine) if word == "MINE" else word for word in arguments]])
    assert done.exit_code == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert not done.stdout
