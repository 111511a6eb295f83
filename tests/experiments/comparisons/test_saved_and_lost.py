"""Which named alliances an arm saved and lost: hand-made worlds, real ones, folders, the command line."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

import simulation
from experiments.cli import app
from experiments.comparisons.comparing import Comparison, compare
from experiments.comparisons.comparison_folder import load_comparison
from experiments.comparisons.pairing import Pairing, lives_of
from experiments.comparisons.saved_and_lost import FIVE_YEARS, SavedAndLost
from experiments.provenance import BASE
from simulation.events import CAUSES
from simulation.problems import InputError
from simulation.scenario import Scenario

DISTRUST, COMPLETED = CAUSES.index("distrust"), CAUSES.index("completed")
Spell = tuple[int, int, int, int, int]
MANAGED = {"firms.alliance_function_share": 0.9}


def world(**settings: Any) -> Scenario:
    base = {"firms__count": 4, "time__quarters": 60, "time__warm_up_quarters": 10, "network__degree": 2}
    return Scenario().with_(**base | settings)


def run(scenario: Scenario, *spells: Spell) -> Any:
    """A run with given lives: first, second, born, ended, cause."""
    columns = np.array(spells, dtype=np.int64).reshape(-1, 5).T
    names = ("first", "second", "born", "ended", "cause")
    lives = SimpleNamespace(**dict(zip(names, columns, strict=True)))
    return SimpleNamespace(scenario=scenario, quarters=scenario.time.quarters, spells=lambda: lives)


def paired(
    *worlds: tuple[list[Spell], list[Spell]], scenario: Scenario | None = None, arm: Scenario | None = None
) -> SavedAndLost:
    """What the arm "other" saved and lost in hand-made worlds."""
    base = scenario or world()
    arms = {BASE: base, "other": arm or base}
    pairing = Pairing(arms, len(worlds))
    for number, pair in enumerate(worlds):
        for (name, one), spells in zip(arms.items(), pair, strict=True):
            pairing.add(number, name, lives_of(run(one, *spells)))
    return pairing.result()["other"]


AS_IT_IS = [(0, 1, 12, 18, DISTRUST), (0, 2, 12, 60, -1), (1, 2, 13, 15, DISTRUST), (2, 3, 14, 20, DISTRUST)]
IN_ARM = [(0, 1, 12, 60, -1), (0, 2, 12, 22, COMPLETED), (1, 2, 13, 15, DISTRUST), (1, 3, 14, 50, DISTRUST)]


def test_two_worlds_made_by_hand() -> None:
    found = paired((AS_IT_IS, IN_ARM), (AS_IT_IS, AS_IT_IS))
    assert found.total == {
        "shared": 7, "ended": 5, "saved": 1, "lost": 1, "formed_only_as_it_is": 1, "formed_only_in_arm": 1,
    }  # fmt: skip
    assert (found.saved_from, found.lost_to) == ({"distrust": 1}, {"completed": 1})
    assert (found.saved_share.mean, found.net_share.mean) == (1 / 7, 0.0)
    saved, lost = found.cases(0)
    assert (saved.first, saved.second, saved.born, saved.fate) == ("firm 0", "firm 1", 12, "saved")
    assert (saved.lived, saved.ended, saved.cause) == (6, 18, "distrust")
    assert (saved.lived_in_arm, saved.ended_in_arm, saved.cause_in_arm) == (48, None, "")
    assert (lost.first, lost.second, lost.ended, lost.ended_in_arm, lost.cause_in_arm) == (
        "firm 0", "firm 2", None, 22, "completed",
    )  # fmt: skip
    assert found.cases(1) == []
    assert found.cases(0, "lost") == [lost]
    assert found.sentence() == (
        "other saved 1 and lost 1 of the 7 alliances that exist either way (14.3 and 14.3 of 100); saved most often from "
        "distrust (1), lost most often to completion as intended (1). Formed only as it is: 1, only with other: 1. "
        "In world 0, among others, saved firm 0 – firm 1, formed in quarter 12: as it is it ended after 6 quarters "
        "(distrust), with other it still lived at the end, after 48 quarters."
    )


def test_the_one_told_by_name_is_of_the_more_frequent_fate() -> None:
    more = (1, 3, 12, 60, -1), (1, 3, 12, 18, DISTRUST)
    sentence = paired(([*AS_IT_IS, more[0]], [*IN_ARM, more[1]])).sentence()
    assert "In world 0, among others, lost firm 1 – firm 3, formed in quarter 12" in sentence


def test_what_was_born_in_the_warm_up_or_too_late_to_be_watched_does_not_count() -> None:
    early, last, late = ((0, 1, 9, 12, DISTRUST), (0, 2, 40, 45, DISTRUST), (0, 3, 41, 45, DISTRUST))
    alive = [(*spell[:3], 60, -1) for spell in (early, last, late)]
    found = paired(([early, last, late], alive))  # 60 quarters: who is born in quarter 40 is watched to its end
    assert [case.second for case in found.cases(0)] == ["firm 2"]


def test_without_a_warm_up_the_first_alliances_count_from_quarter_0() -> None:
    found = paired(([(0, 1, -8, 19, DISTRUST)], [(0, 1, -8, 20, DISTRUST)]), scenario=world(time__warm_up_quarters=0))
    assert found.total["saved"] == 1
    assert "there from the start: as it is it ended after 19 quarters" in found.sentence()
    with_warm_up = paired(([(0, 1, -8, 19, DISTRUST)], [(0, 1, -8, 20, DISTRUST)]))
    assert with_warm_up.total["shared"] == 0
    assert "none was saved or lost" in with_warm_up.sentence()


def test_a_firm_on_the_seat_of_a_failed_one_is_another_firm() -> None:
    # four seats: identity 5 is the second firm on seat 1
    found = paired(
        ([(0, 5, 12, 18, DISTRUST)], [(0, 1, 12, 60, -1)]), ([(0, 5, 12, 18, DISTRUST)], [(0, 5, 12, 60, -1)])
    )
    assert (found.total["shared"], found.total["formed_only_as_it_is"]) == (1, 1)
    assert found.cases(1)[0].second == "firm 1 (2nd on its seat)"
    assert "In world 1 saved" in found.sentence()


def test_arms_that_are_not_alike_are_matched_by_name_and_where_both_count() -> None:
    larger = world(firms__count=6, time__warm_up_quarters=15, time__quarters=50)
    ours = [(0, 5, 20, 22, DISTRUST), (0, 1, 12, 18, DISTRUST), (0, 1, 20, 22, DISTRUST), (0, 1, 35, 36, DISTRUST)]
    theirs = [(0, 7, 20, 50, -1), (0, 5, 20, 50, -1), (0, 1, 20, 50, -1)]
    found = paired((ours, theirs), arm=larger)
    # identity 5 of four seats and 7 of six: both the second firm on seat 1; 12 lies in a warm-up, 35 + 20 after an end;
    # seat 5 is in the arm only
    assert {(case.first, case.second, case.born) for case in found.cases(0)} == {
        ("firm 0", "firm 1", 20),
        ("firm 0", "firm 1 (2nd on its seat)", 20),
    }
    assert (found.total["formed_only_as_it_is"], found.total["formed_only_in_arm"]) == (0, 1)


def test_worlds_that_failed_either_way_are_left_out() -> None:
    pairing = Pairing({BASE: world(), "other": world()}, 3)
    ours, theirs = lives_of(run(world(), *AS_IT_IS)), lives_of(run(world(), *IN_ARM))
    for number, pair in enumerate(((None, theirs), (ours, None), (ours, theirs))):
        pairing.add(number, BASE, pair[0])
        pairing.add(number, "other", pair[1])
    found = pairing.result()["other"]
    assert (found.worlds, found.total["shared"], len(found.fates.first)) == (1, 3, 2)
    none = Pairing({BASE: world(), "other": world()}, 3).result()["other"]
    assert "no world ran both ways" in none.sentence()
    assert none.to_json()["saved_share"] == {"mean": None, "low": None, "high": None}
    assert none.frame().empty


def test_a_base_that_never_came_is_not_that_of_an_earlier_world() -> None:
    pairing = Pairing({BASE: world(), "other": world()}, 2)
    pairing.add(0, BASE, lives_of(run(world(), *AS_IT_IS)))
    pairing.add(1, "other", lives_of(run(world(), *IN_ARM)))
    assert pairing.result()["other"].worlds == 0


def test_firms_with_names_of_their_own_are_told_pair_by_pair() -> None:
    from simulation.scenario import Network, Tie

    network = Network(kind="file", firms=("Alibaba", "AWS", "Salesforce"), ties=(Tie(first=0, second=1),))
    named = world(network=network)
    saved = ([(0, 1, 12, 18, DISTRUST), (0, 3, 12, 18, DISTRUST)], [(0, 1, 12, 60, -1), (0, 3, 12, 60, -1)])
    lost = (saved[1], saved[0])
    twice = ([*saved[0], (0, 1, 30, 31, DISTRUST)], [*saved[1], (0, 1, 30, 60, -1)])
    found = paired(saved, lost, twice, saved, scenario=named)
    pairs = [(pair.first, pair.second, pair.saved_in, pair.lost_in, pair.worlds) for pair in found.pairs()]
    assert pairs == [("Alibaba", "AWS", 3, 1, 4)]  # a world counts once; "firm 3" is no name
    assert found.sentence().endswith("Most often: Alibaba – AWS saved in 3 and lost in 1 of 4 worlds.")
    assert paired(saved).pairs() == []


# --- real worlds ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def base() -> Scenario:
    return Scenario().with_(firms__count=30, time__quarters=80, time__warm_up_quarters=15)


@pytest.fixture(scope="module")
def result(base: Scenario) -> Comparison:
    return compare(base, {"managed": MANAGED, "same": base}, worlds=6, seed=3)


def test_an_arm_that_changes_nothing_saves_and_loses_nobody(result: Comparison) -> None:
    found = result.saved_and_lost("same")
    total = found.total
    assert total["shared"] > 0
    assert total["saved"] == total["lost"] == total["formed_only_as_it_is"] == total["formed_only_in_arm"] == 0
    assert found.sentence() == f"same saved and lost none of the {total['shared']:,} alliances that exist either way."


def test_counts_agree_with_the_spells(result: Comparison, base: Scenario) -> None:
    found = result.saved_and_lost("managed")
    columns = dict(zip(found.total, found.counts.T, strict=True))
    for number in range(6):
        ended, watched = [], []
        for scenario in (base, result.scenarios["managed"]):
            one = simulation.simulate(scenario, seed=3, world=number)
            spells = one.spells()
            seen = (spells.born >= one.scenario.time.warm_up_quarters) & (spells.born + FIVE_YEARS <= one.quarters)
            ended.append(int((seen & (spells.cause >= 0) & (spells.ended - spells.born < FIVE_YEARS)).sum()))
            watched.append(int(seen.sum()))
        row = {name: int(column[number]) for name, column in columns.items()}
        assert watched[0] == row["shared"] + row["formed_only_as_it_is"]
        assert watched[1] == row["shared"] + row["formed_only_in_arm"]
        assert row["saved"] <= row["ended"] <= min(ended[0], row["shared"])
        assert 0 <= row["ended"] - row["saved"] + row["lost"] <= ended[1]
    assert found.total["saved"] + found.total["lost"] == len(found.frame())
    assert sum(found.saved_from.values()) == found.total["saved"] > 0
    assert sum(found.lost_to.values()) == found.total["lost"]


def test_what_ended_before_a_late_intervention_is_untouched(base: Scenario) -> None:
    late = 40
    arm = base.with_(interventions=[{"quarter": late, "to": {"alliance_function": True}}])
    found = compare(base, {"late": arm}, worlds=6).saved_and_lost("late")
    assert found.total["saved"] + found.total["lost"] > 0
    assert (np.minimum(found.fates.ended, found.fates.ended_in_arm) >= late).all()
    for number in range(6):
        spells = simulation.simulate(base, world=number).spells()
        watched = (spells.born >= 15) & (spells.born + FIVE_YEARS <= 80)
        assert (watched & (spells.born < late)).sum() <= found.counts[
            number, 0
        ]  # who was formed before exists either way


def test_every_row_is_what_the_two_runs_say(result: Comparison, base: Scenario) -> None:
    frame = result.saved_and_lost("managed").frame()
    for number, rows in frame.groupby("world"):
        runs = [simulation.simulate(one, seed=3, world=int(number)) for one in (base, result.scenarios["managed"])]
        lives = [
            {(a, b, born): (ended, CAUSES[cause] if cause >= 0 else "") for a, b, born, ended, cause in rows_of}
            for rows_of in (zip(*(column.tolist() for column in (s.first, s.second, s.born, s.ended, s.cause)), strict=True)
                            for s in (one.spells() for one in runs))
        ]  # fmt: skip
        for row in rows.itertuples():
            key = (row.first_identity, row.second_identity, row.born)
            for side, (ended, cause) in (("as_it_is", lives[0][key]), ("in_arm", lives[1][key])):
                assert getattr(row, f"cause_{side}") == cause
                told = getattr(row, f"ended_{side}")
                assert (told == ended) if cause else np.isnan(told)
            early = [lives[k][key][1] != "" and lives[k][key][0] - row.born < FIVE_YEARS for k in (0, 1)]
            assert early == ([True, False] if row.fate == "saved" else [False, True])


def test_json_is_short_and_plain(result: Comparison) -> None:
    found = json.loads(json.dumps(result.to_json(), allow_nan=False))["saved_and_lost"]
    assert list(found) == ["managed", "same"]
    one, total = found["managed"], result.saved_and_lost("managed").total
    assert {name: one[name] for name in total} == total
    assert set(one["saved_share"]) == {"mean", "low", "high"}
    assert all(case["world"] == 0 for case in one["world_0"])
    assert set(one["world_0"][0]) >= {
        "first",
        "second",
        "born",
        "fate",
        "ended",
        "cause",
        "ended_in_arm",
        "cause_in_arm",
    }
    assert one["pairs"] == []


def test_arms_are_asked_for_by_name(result: Comparison) -> None:
    with pytest.raises(InputError, match='no arm "manged"; did you mean "managed"'):
        result.saved_and_lost("manged")
    assert "SavedAndLost(managed, 6 worlds; saved " in repr(result.saved_and_lost("managed"))


@pytest.mark.slow
def test_a_folder_holds_all_worlds_and_gives_them_back(base: Scenario, tmp_path: Path) -> None:
    out = tmp_path / "demo"
    first = compare(base, {"managed": MANAGED, "same": base}, worlds=4, out=out)
    again = load_comparison(out)
    assert again.to_json()["saved_and_lost"] == first.to_json()["saved_and_lost"]
    assert again.to_html() == first.to_html()
    lines = (out / "saved_and_lost.csv").read_text().splitlines()
    assert lines[0] == (
        "arm,world,first,second,born,fate,ended_as_it_is,cause_as_it_is,ended_in_arm,cause_in_arm,"
        "first_identity,second_identity"
    )
    assert len(lines) - 1 == len(first.saved_and_lost("managed").frame())
    assert len((out / "shared_alliances.csv").read_text().splitlines()) == 1 + 2 * 4
    page = (out / "report.html").read_text()
    assert "Alliances that each arm saved and lost" in page
    assert "World 0: what “managed” saved and lost" in page
    assert "World 0: what “same” saved and lost" not in page
    # a folder of an earlier version has no such tables: no such section, everything else as before
    for name in ("saved_and_lost", "shared_alliances"):
        (out / f"{name}.parquet").unlink()
    old = load_comparison(out)
    assert old.fates == {}
    assert "saved and lost" not in old.to_html()
    assert old.sentence() == first.sentence()
    with pytest.raises(InputError, match="does not tell who was saved and lost"):
        old.saved_and_lost("managed")


# --- the command line -------------------------------------------------------------------------------------------------

TINY = ["--set", "firms.count=20", "--set", "time.quarters=60", "--set", "time.warm_up_quarters=10"]
EIGHT = [word for k in range(8) for word in ("--arm", f"arm {k}: firms.flexibility={k / 10}")]


def alliances(*words: object) -> Any:
    return CliRunner().invoke(app, [str(word) for word in words])


def test_each_arm_gets_a_line_after_the_table() -> None:
    arm = ["--arm", "managed: firms.alliance_function_share=0.9", "--arm", "same: firms.count=20"]
    result = alliances("compare", "baseline", *arm, "--worlds", "4", *TINY)
    assert result.exit_code == 0, result.stderr
    *_, managed, same = result.stdout.splitlines()
    assert managed.startswith("managed saved ")
    assert same.startswith("same saved and lost none of the ")
    found = json.loads(alliances("compare", "baseline", *arm, "--worlds", "4", *TINY, "--json").stdout)
    assert found["saved_and_lost"]["managed"]["sentence"] == managed


def test_eight_arms_stand_one_below_the_other_and_nine_are_refused(tmp_path: Path) -> None:
    result = alliances("compare", "baseline", *EIGHT, "--worlds", "3", *TINY)
    assert result.exit_code == 0, result.stderr
    lines = result.stdout.splitlines()
    assert "Of 8 arms, most with arm " in lines[0]
    assert "Fewest with arm " in lines[0]
    table = lines[: next(place for place, line in enumerate(lines) if line.startswith("From the fifth column"))]
    assert [line.split()[1] for line in table[1:] if line.strip().startswith("arm ")][-8:] == [str(k) for k in range(8)]
    assert max(map(len, table[1:])) <= 180
    refused = alliances(
        "compare", "baseline", *EIGHT, "--arm", "more: firms.flexibility=0.9", *TINY, "--out", tmp_path / "no"
    )
    assert refused.exit_code == 2
    assert "9 arms; at most 8" in refused.stderr
    assert not (tmp_path / "no").exists()


@pytest.mark.slow
def test_the_report_of_eight_arms_splits_wide_tables(base: Scenario) -> None:
    arms = {f"arm {k}": {"firms.flexibility": k / 10} for k in range(8)}
    page = compare(base, arms, worlds=3).to_html()
    for part in ("Outcomes of each arm, 1 to 3 of 8", "Outcomes of each arm, 7 to 8 of 8", "How alliances ended"):
        assert part in page
