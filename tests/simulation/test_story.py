"""Stories say what the log says, and what they promise of a changed world is what that world does."""

import json
import tomllib
from collections import Counter
from functools import cache

import numpy as np
import pytest

from simulation import Scenario, simulate
from simulation.events import CAUSES
from simulation.phases.striking import KINDS as SHOCK_KINDS
from simulation.problems import InputError
from simulation.story import Autopsy, autopsy, find_alliance, firm_story, look_back, telling
from simulation.story_changes import changes
from simulation.story_fates import with_change
from simulation.story_life import MOST_TOLD, Life
from simulation.story_words import CAUSES as CAUSE_WORDS
from simulation.story_words import LEFT, REGIMES, SHOCKS
from simulation.trace import Traced

BASE = Scenario().with_(
    {"firms.count": 24, "firms.sectors": 3, "time.quarters": 60, "time.warm_up_quarters": 0, "environment.shock_rate": 0.2,
     "mix.opportunist": 0.25, "opportunism.side_deal_rate": 0.2, "firms.initial_capital": 3.0}
)  # fmt: skip


@cache
def found() -> Traced:
    return look_back(BASE, seed=4)


@cache
def every_autopsy() -> list[Autopsy]:
    """One of each cause, and a few that live."""
    spells, seen = found().run.spells(), Counter[int]()
    chosen = []
    for k, cause in enumerate(spells.cause.tolist()):
        seen[cause] += 1
        if seen[cause] <= 3:
            chosen.append(autopsy(BASE, 4, 0, k, found()))
    return chosen


def test_every_cause_is_told() -> None:
    assert {one.life.cause for one in every_autopsy()} >= set(CAUSES) - {"learned_out", "deceit", "misfit"}
    assert None in {one.life.cause for one in every_autopsy()}


def test_a_life_is_what_the_log_says() -> None:
    spells = found().run.spells()
    for one in every_autopsy():
        told, k = one.to_json(), one.life.index
        assert told["alliance"]["formed"] == spells.entered[k]
        assert told["alliance"]["ended"] == (spells.ended[k] if spells.cause[k] >= 0 else None)
        assert told["alliance"]["cause"] == (CAUSES[spells.cause[k]] if spells.cause[k] >= 0 else None)
        quarters = told["trace"]["quarter"]
        assert quarters == list(range(spells.entered[k], min(int(spells.ended[k]), 59) + 1))
        assert len(told["trace"]["trust"][1]) == len(quarters)
        json.dumps(told, allow_nan=False)


def test_sentences_come_in_the_order_of_time_and_a_long_life_stays_short() -> None:
    for one in every_autopsy():
        sentences = one.to_json()["sentences"]
        dated = [line["quarter"] for line in sentences if line["quarter"] is not None]
        assert dated == sorted(dated)
        assert len(sentences) <= 2 * MOST_TOLD
        for line in sentences:
            assert line["text"].endswith(".")
            assert "{" not in line["text"]


def test_who_left_is_said_with_the_draw_that_decided() -> None:
    left = [one for one in every_autopsy() if len(one.life.leavers()) == 1]
    assert len(left) >= 4
    for one in left:
        side = one.life.leavers()[0]
        assert one.life.drawn[side] < one.life.column("chance")[-1, side]
        assert one.to_json()["sentences"][-2]["text"].startswith(
            one.life.name(side)[:1].upper() + one.life.name(side)[1:]
        )
        assert LEFT[one.life.cause or ""] in one.answer


def test_the_fate_after_each_change_is_that_of_the_changed_scenario() -> None:
    """Rerun by hand: the interventions as a person would write them, and the pair looked up in the run's own table."""
    tried = 0
    for one in every_autopsy():
        for fate in one.to_json()["but_for"]:
            rows = tomllib.loads(fate["toml"])["interventions"]
            assert rows == [{**row} for row in fate["interventions"]]
            option = tomllib.loads(fate["set"])["interventions"]
            assert option == rows
            spells = simulate(BASE.with_({"interventions": rows}), seed=4).spells()
            first, second = one.life.pair
            there = (spells.first == first) & (spells.second == second) & (spells.entered == one.life.entered)
            assert fate["met"] == there.any()
            if not there.any():
                assert "never ally" in fate["text"]
                continue
            k = int(np.flatnonzero(there)[0])
            assert fate["ended"] == (spells.cause[k] >= 0)
            assert fate["quarter"] == (spells.ended[k] if spells.cause[k] >= 0 else None)
            assert fate["cause"] == (CAUSES[spells.cause[k]] if spells.cause[k] >= 0 else None)
            tried += 1
    assert tried > 100


def test_some_are_saved_and_the_best_comes_first() -> None:
    saved = [one for one in every_autopsy() if one.but_for and one.but_for[0].saved]
    assert len(saved) >= 5
    for one in saved:
        gained = [fate.gained for fate in one.but_for]
        assert gained == sorted(gained, reverse=True)
        assert one.but_for[0].change.words in one.answer


def test_a_change_leaves_the_past_as_it_was() -> None:
    base = found().run
    for one in every_autopsy():
        for change in changes(one.life):
            first = min(row["quarter"] for row in change.interventions)
            assert first >= one.life.entered
            run = simulate(with_change(BASE, change), seed=4)
            np.testing.assert_array_equal(run.records[:first], base.records[:first])


def test_own_interventions_stay_and_come_first() -> None:
    own = BASE.with_({"interventions": [{"quarter": 5, "firms": [3], "to": {"capital": 50.0}}]})
    one = autopsy(own, 4, 0, 0)
    if one.life.ended is None:
        pytest.skip("the first alliance lives")
    for fate in one.but_for:
        assert with_change(own, fate.change).interventions[0] == own.interventions[0]
        assert tomllib.loads(fate.option)["interventions"][0] == {"quarter": 5, "firms": [3], "to": {"capital": 50.0}}


def test_what_lives_has_no_but_for() -> None:
    living = next(one for one in every_autopsy() if one.life.ended is None)
    assert living.but_for == []
    assert "still are when the run ends" in living.answer


def test_three_telling_alliances_each_another_that_ended() -> None:
    told = telling(BASE, 4, found=found())
    assert len(told.chosen) == 3
    spells = found().run.spells()
    assert all(spells.cause[k] >= 0 for k in told.chosen)
    assert len({int(spells.cause[k]) for k in told.chosen}) == 3
    assert told.answer().count("quarters,") == 3


def test_a_run_in_which_nothing_ended_says_so() -> None:
    calm = BASE.with_(
        {"exit.base_hazard": 0.0, "exit.completion": 0.0, "exit.racer_chance": 0.0, "firms.least_capital": -1e12}
    )
    assert (
        telling(calm, 1).answer()
        == "No alliance that was formed after the warm-up has ended otherwise than as intended."
    )
    alone = BASE.with_({"network.kind": "empty", "formation.rate": 0.0})
    assert telling(alone, 1).to_json() == {
        "answer": "No alliance that was formed after the warm-up has ended otherwise than as intended.",
        "alliances": [],
    }


def test_a_firm_knows_its_alliances() -> None:
    spells, count = found().run.spells(), BASE.firms.count
    for seat in range(0, count, 5):
        story = firm_story(BASE, 4, 0, seat, 40, found())
        mine = [k for k in range(len(spells.first)) if story.identity in (spells.first[k], spells.second[k])]
        assert story.alliances() == [k for k in mine if spells.entered[k] <= 40]
        assert story.identity % count == seat
        assert all(line["quarter"] <= 40 for line in story.to_json()["sentences"])
        json.dumps(story.to_json(), allow_nan=False)


def test_entrants_are_other_firms() -> None:
    generations = {
        firm_story(BASE, 4, 0, seat, 59, found()).identity // BASE.firms.count for seat in range(BASE.firms.count)
    }
    assert max(generations) >= 1
    assert any(one.life.name(side).endswith(")") for one in every_autopsy() for side in range(2))


@pytest.mark.parametrize("alliance", [-1, 10**6, True, "3", 1.5])
def test_an_alliance_that_there_is_not(alliance: object) -> None:
    with pytest.raises(InputError, match="is not an alliance of this run, 0 to"):
        Life(found(), alliance)  # type: ignore[arg-type]


def test_firms_that_were_not_allied_are_told_who_their_partners_were() -> None:
    spells, count = found().run.spells(), BASE.firms.count
    pairs = {(int(a % count), int(b % count)) for a, b in zip(spells.first, spells.second, strict=True)}
    strangers = next((a, b) for a in range(count) for b in range(a + 1, count) if (a, b) not in pairs)
    with pytest.raises(InputError, match=f"firm {strangers[0]} was at some time, with"):
        find_alliance(found(), *strangers)
    with pytest.raises(InputError, match="no alliance with itself"):
        find_alliance(found(), 3, 3)
    a, b = min(pairs)
    assert find_alliance(found(), b, a) == find_alliance(found(), a, b)


def test_too_large_a_world_is_not_looked_back_on() -> None:
    with pytest.raises(InputError, match="too many to look back on"):
        look_back(Scenario().with_(firms__count=100_000))


def test_every_cause_shock_and_regime_has_words() -> None:
    assert set(CAUSE_WORDS) == set(CAUSES)
    assert set(SHOCKS) == set(SHOCK_KINDS)
    assert len(REGIMES) == 3


def test_lives_of_every_shape_can_be_told() -> None:
    """Many happenings with few shocks, and the other way round: a sum is told only where there is something to sum up."""
    crowded = [{"quarter": quarter, "firms": [0, 1, 2, 3], "to": {"openness": 0.5}} for quarter in range(2, 40, 2)]
    for rate in (0.0, 0.03, 0.3):
        world = look_back(BASE.with_({"environment.shock_rate": rate, "interventions": crowded}), seed=7)
        for k in range(len(world.run.spells().first)):
            told = Life(world, k).in_short()
            assert len(told) <= 2 * MOST_TOLD
            assert len(set(told)) == len(told)
            sums = [one.quarter for one in told if one.kind == "sum"]
            common = [one.quarter for one in told if one.kind in ("shock", "talks")]
            assert not sums or min(common) >= sums[0]  # nothing is told twice
            assert not any("Of 0" in one.text for one in told)


def test_an_agreement_with_somebody_else_is_no_part_of_a_life() -> None:
    spells, count = found().run.spells(), BASE.firms.count
    ours = [
        (int(spells.first[k]), int(spells.second[k]))
        for k in range(len(spells.first))
        if spells.entered[k] < 10 < spells.ended[k]
    ]
    pair = next((a, b) for a, b in ours if a < count and b < count and sum(a in other for other in ours) > 1)
    agreed = look_back(
        BASE.with_({"interventions": [{"quarter": 10, "between": list(pair), "agree": "good_faith"}]}), seed=4
    )
    told = {}
    for k, (a, b) in enumerate(
        zip(agreed.run.spells().first.tolist(), agreed.run.spells().second.tolist(), strict=True)
    ):
        for one in Life(agreed, k).happenings():
            if one.kind == "intervention":
                told[a, b] = one.text
    assert list(told) == [pair]
    assert told[pair].endswith("agree to deal in good faith.")


def test_both_are_said_to_be_hit_by_one_thing_only_if_they_were() -> None:
    spells = found().run.spells()
    k = int(np.flatnonzero((spells.entered == 0) & (spells.ended > 3))[0])
    seats = [int(spells.first[k]), int(spells.second[k])]
    events = [{"quarter": 2, "scope": "local", "firm": seats[0], "kind": "demand_slump", "magnitude": 0.5},
              {"quarter": 2, "scope": "local", "firm": seats[1], "kind": "competence_enhancing", "magnitude": 0.6}]  # fmt: skip
    hit = look_back(BASE.with_({"environment.shock_rate": 0.0, "environment.events": events}), seed=4)
    index = find_alliance(hit, *seats, quarter=2)
    told = [one.text for one in Life(hit, index).happenings() if one.kind == "shock"]
    assert len(told) == 2
    assert not any(text.startswith("Both") for text in told)


def test_what_is_switched_off_is_not_tried() -> None:
    off = BASE.with_({"mechanisms.alliance_function": False, "mechanisms.openness": False})
    told = [one.change.words for one in autopsy(off, 4, 0, telling(off, 4).chosen.popitem()[0]).but_for]
    assert told
    assert not any("managers" in words or "communication" in words for words in told)


def test_names_with_quotes_survive_as_toml() -> None:
    from simulation.story_changes import as_toml

    rows = [{"firms": ['B "x"', "O'Neill \\ Söhne"], "calm": True}]
    assert tomllib.loads(f"rows = {as_toml(rows)}")["rows"] == rows


def test_with_yearly_renewal_the_chance_is_that_of_the_quarters_that_decide() -> None:
    yearly = look_back(BASE.with_(time__renewal_quarters=4), seed=4)
    for k, cause in enumerate(yearly.run.spells().cause.tolist()):
        life = Life(yearly, k)
        age = np.arange(life.entered - life.born, life.entered - life.born + len(life.rows))
        assert (life.column("chance")[(age + 1) % 4 != 0] == 0).all()
        if cause >= 0 and CAUSES[cause] not in ("completed", "partner_failed", "learned_out"):
            assert life.leavers()
