"""The part of a report that plays: what it holds, what it says, and when there is none."""

import base64
import gzip
import hashlib
import json
import re
from dataclasses import replace

import numpy as np
import pytest

from experiments.comparisons.comparing import compare
from experiments.lab.packing import unpack
from experiments.outcomes import OUTCOMES
from experiments.pictures import comparison_page, run_page
from experiments.provenance import BASE
from experiments.report import viewer
from simulation import Scenario, simulate

pytestmark = pytest.mark.slow  # some tens of small worlds

SMALL = {"firms.count": 14, "time.quarters": 48, "time.warm_up_quarters": 8}
ARMS = {f"arm {k}": {"firms.alliance_function_share": 0.1 * k} for k in range(1, 6)}


@pytest.fixture(scope="module")
def result():
    scenario = Scenario(name="small_world").with_(SMALL)
    return compare(scenario, {"managed": {"firms.alliance_function_share": 0.9}, "</script>": {}}, worlds=6, seed=2)


@pytest.fixture(scope="module")
def play(result):
    return viewer.comparison_play(result)


@pytest.fixture(scope="module")
def page(result):
    return comparison_page(result, "alliances compare small_world")


def worlds_of(player):
    data = json.loads(re.search(r">(.*)</script>", player.data, re.DOTALL)[1])
    return data, json.loads(gzip.decompress(base64.b64decode(data["worlds"])))


def packed(text):
    return unpack(gzip.decompress(base64.b64decode(text)))


def test_the_arms_are_those_of_world_0(result, play):
    data, worlds = worlds_of(play.player)
    assert data["quarter"] == 8  # the warm-up is over
    assert [arm["name"] for arm in worlds["arms"]] == list(result.scenarios)
    for arm in worlds["arms"]:
        header, arrays = packed(arm["history"])
        living = arrays["records"][:, header["record_names"].index("living")]
        np.testing.assert_array_equal(living, result.examples[arm["name"]].series("living"))
    asks = [json.dumps(packed(arm["history"])[0]["ask"]) for arm in worlds["arms"][:2]]
    assert asks[0] != asks[1]


def test_the_worlds_behind_are_those_of_the_comparison(result, play):
    _, worlds = worlds_of(play.player)
    for arm in worlds["arms"]:
        header, arrays = packed(arm["ensemble"])
        name = arm["name"]
        assert (header["first"], header["count"], header["measures"]) == (0, 6, list(OUTCOMES))
        np.testing.assert_array_equal(arrays["living"], result.series[name])
        np.testing.assert_array_equal(arrays["at_risk"], result.life[name].at_risk[:, : header["ages"]])
        survival = arrays["outcomes"][:, header["measures"].index("survival_5y")]
        np.testing.assert_allclose(survival, result.table[name]["survival_5y"], rtol=1e-6)
        assert np.isnan(arrays["trust"]).all()  # nobody kept it
    assert "all 6 worlds" in play.told


def test_every_story_has_an_answer_that_the_page_may_tell(play):
    _, worlds = worlds_of(play.player)
    assert [len(arm["autopsies"]) for arm in worlds["arms"]] == [viewer.STORIES] * 3
    assert len(play.lives) == 3
    for life in play.lives:
        story = worlds["arms"][0]["autopsies"][str(life.index)]
        assert life.answer == story["answer"]
        assert life.quarter == story["alliance"]["ended"]


def test_large_worlds_get_fewer_stories(result, monkeypatch):
    monkeypatch.setattr(viewer, "STORY_WORK", 1)
    told = viewer.autopsies([result.scenario], 2, 0, [viewer_history(result)])
    assert [len(one) for one in told] == [viewer.LEAST_STORIES]


def viewer_history(result):
    from experiments.lab.offline import history_of

    return history_of(result.scenario, result.seed, 0)


def test_what_finds_no_room_is_left_out(result, play, monkeypatch):
    monkeypatch.setattr(viewer, "ENSEMBLES", (200, 2))
    sizes = worlds_of(play.player)[1]["arms"]
    whole = sum(len(arm["history"]) + len(arm["ensemble"]) for arm in sizes)
    arms = [viewer_arm(arm) for arm in sizes]
    monkeypatch.setattr(viewer, "MOST_BYTES", whole - 1000)
    fewer, count = viewer.with_worlds(arms, result)
    assert count == 2
    assert all(arm.ensemble for arm in fewer)
    monkeypatch.setattr(viewer, "MOST_BYTES", 10)
    assert viewer.with_worlds(arms, result) == (arms, 0)


def viewer_arm(arm):
    from experiments.lab.offline import Arm

    return Arm(arm["name"], gzip.decompress(base64.b64decode(arm["history"])))


def test_a_world_that_failed_is_in_no_ensemble(result):
    series = {arm: values.copy() for arm, values in result.series.items()}
    series["managed"][3] = np.nan
    broken = replace(result, series=series)
    assert viewer.ensemble_of(broken, "managed", 6) is None
    assert viewer.ensemble_of(broken, "managed", 3) is not None


def test_the_page_shows_it_after_the_pictures(page):
    titles = re.findall(r"<h2>(.*?)</h2>", page)
    assert titles[:3] == ["In pictures", "Play it", "In numbers"]
    assert page.count('<div id="viewer"><p>Playing needs scripts') == 1
    assert page.index('class="answer"') < page.index('href="#play"') < page.index("<svg")
    assert page.count("<li data-arm=") == 3
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_its_policy_allows_the_one_script(page):
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)[1].replace("&#39;", "'")
    script = page[page.rindex("<script>") + len("<script>") : page.rindex("</script>")]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert policy == f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; img-src data:"
    assert page.count("</script") == 2


def test_the_same_comparison_gives_the_same_page(result, page):
    assert comparison_page(result, "alliances compare small_world") == page


def test_of_many_arms_four_are_shown():
    many = compare(Scenario().with_(SMALL), ARMS, worlds=2)
    play = viewer.comparison_play(many)
    assert [arm["name"] for arm in worlds_of(play.player)[1]["arms"]] == [BASE, "arm 1", "arm 2", "arm 3"]
    assert "Here are 4 of the 6 arms." in play.told


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"other_engine": True}, "another version of the engine"),
        ({"examples": {}}, "its run as it is failed"),
    ],
)
def test_where_nothing_can_be_played_it_says_why(result, change, told):
    changed = replace(result, **change)
    play = viewer.comparison_play(changed)
    assert play.player is None
    assert told in play.told
    page = comparison_page(changed)
    assert "<h2>Play it</h2>" in page
    assert told in page
    assert "<script" not in page
    assert "script-src" not in page


def test_an_arm_that_failed_is_left_out(result):
    play = viewer.comparison_play(replace(result, examples={BASE: result.examples[BASE]}))
    assert [arm["name"] for arm in worlds_of(play.player)[1]["arms"]] == [BASE]
    assert "Here are 1 of the 3 arms." in play.told


@pytest.mark.parametrize("change", [{"firms.count": 301}, {"time.quarters": 401}])
def test_large_worlds_are_not_played(change):
    scenario = Scenario().with_(SMALL | change)
    told = viewer.too_large([scenario])
    assert told.startswith("A report plays worlds of up to 300 firms and 400 quarters; this one has ")
    assert viewer.too_large([Scenario().with_(SMALL)]) == ""


def test_a_run_is_played_before_other_worlds_of_its_seed():
    run = simulate(Scenario().with_(SMALL), seed=5, world=2)
    page = run_page(run)
    play = viewer.run_play(run)
    _, worlds = worlds_of(play.player)
    header, _ = packed(worlds["arms"][0]["history"])
    assert (header["seed"], header["world"]) == (5, 2)
    behind, arrays = packed(worlds["arms"][0]["ensemble"])
    assert (behind["first"], behind["count"]) == (0, viewer.MANY)
    np.testing.assert_array_equal(arrays["living"][2], run.series("living"))
    assert "<h2>Play it</h2>" in page
    assert "World 2." in page
