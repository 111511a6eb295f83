"""The viewer's page: what it holds, and that nothing in it can break out."""

import base64
import gzip
import hashlib
import json
import re
import threading

import numpy as np
import pytest

from experiments.lab import offline
from experiments.lab.bounded import StoppedError
from experiments.lab.packing import pack, unpack
from simulation import Scenario, simulate
from simulation.problems import InputError

NASTY = '</script><script>alert(1)</script><!-- "&'


@pytest.fixture(scope="module")
def scenario():
    changes = {"firms.count": 14, "time.quarters": 48, "time.warm_up_quarters": 8}
    return Scenario(name="small_world").with_(changes)


@pytest.fixture(scope="module")
def packed(scenario):
    return offline.history_of(scenario, 3, 0, {"trust.initial": 0.5, "firms.names": ("a",)})


@pytest.fixture(scope="module")
def page(packed):
    arms = [offline.Arm(NASTY, packed, None, {2: {"alliance": {"index": 2, "ended": 9}, "answer": NASTY}})]
    return offline.offline_page(arms, NASTY, NASTY, NASTY, quarter=5)


def held(page):
    """The worlds that a page holds."""
    data = json.loads(re.search(r'<script type="application/json" id="worlds">(.*?)</script>', page, re.DOTALL)[1])
    return data, json.loads(gzip.decompress(base64.b64decode(data["worlds"])))


def test_a_page_holds_its_worlds(page, packed):
    data, worlds = held(page)
    assert (data["into"], data["quarter"]) == ("viewer", 5)
    (arm,) = worlds["arms"]
    assert (worlds["title"], arm["name"], arm["ensemble"]) == ("", NASTY, None) or worlds["title"] == NASTY
    assert gzip.decompress(base64.b64decode(arm["history"])) == offline.lighter(packed)
    assert arm["autopsies"]["2"]["answer"] == NASTY


def test_what_people_typed_is_text(page):
    assert "<script>alert" not in page
    assert page.count("<script") == 2
    assert page.count("</script") == 2
    assert "<!--" not in page


def test_the_policy_allows_the_one_script_and_nothing_else(page):
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)[1].replace("&#39;", "'")
    script = page[page.rindex("<script>") + len("<script>") : page.rindex("</script>")]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert policy == (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; img-src data: blob:"
    )
    assert page.index("Content-Security-Policy") < page.index("<style")


def test_the_same_worlds_give_the_same_page(packed):
    arms = [offline.Arm("one", packed)]
    assert offline.offline_page(arms, "title", "answer") == offline.offline_page(arms, "title", "answer")


def test_a_history_tells_by_what_its_arm_differs(scenario, packed):
    header, _ = unpack(packed)
    assert header["ask"]["changes"] == {"trust.initial": 0.5, "firms.names": "('a',)"}
    assert (header["scenario"], header["seed"], header["world"], header["firms"]) == ("small_world", 3, 0, 14)


def test_a_lighter_history_looks_the_same(packed):
    (before, full), (after, light) = unpack(packed), unpack(offline.lighter(packed))
    assert before == after
    assert full.keys() == light.keys()
    for name, values in full.items():
        if name not in ("capital", "trust", "records"):
            np.testing.assert_array_equal(values, light[name])
    # Held until 5 % off, then rounded to 1 part in 64.
    np.testing.assert_allclose(light["capital"], full["capital"], rtol=0.05 + 1 / 64 + 1e-6)
    assert np.abs(light["trust"].astype(int) - full["trust"]).max() <= 1
    np.testing.assert_allclose(light["records"], full["records"], rtol=2.0**-11)
    assert len(offline.light_text(packed)) < 0.75 * len(offline._text(packed))


def test_a_lighter_ensemble_keeps_what_is_compared():
    measures = ["survival_5y", "mean_capital"]
    outcomes = np.array([[1 / 3, 10 / 3], [np.nan, 7.0]], np.float32)
    packed = pack({"kind": "ensemble", "measures": measures}, {"outcomes": outcomes})
    _, light = unpack(offline.lighter(packed))
    np.testing.assert_array_equal(light["outcomes"][:, 0], outcomes[:, 0])
    np.testing.assert_allclose(light["outcomes"][:, 1], outcomes[:, 1], rtol=2.0**-13)


def test_stories_of_the_most_telling_come_first_then_a_life_of_each_cause(packed):
    _, arrays = unpack(packed)
    ended = np.flatnonzero(arrays["cause"] != offline.ALIVE)
    chosen = offline.chosen_alliances(packed, [int(ended[-1]), 0], 9)
    assert chosen[:2] == [int(ended[-1]), 0]
    assert len(chosen) == len(set(chosen)) == 9
    causes = arrays["cause"][chosen[2:]].tolist()
    assert offline.ALIVE not in causes
    known = len(set(arrays["cause"][ended].tolist()))
    assert len(set(causes[:known])) == min(known, len(causes))
    assert offline.chosen_alliances(packed, [], 10**6) == list(
        dict.fromkeys(offline.chosen_alliances(packed, [], 10**6))
    )


@pytest.mark.slow
def test_every_story_asked_for_is_told(scenario, packed):
    stories = offline.autopsies_of(scenario, 3, 0, packed, 5)
    assert offline.autopsies_of(scenario, 3, 0, packed, 5, jobs=1, stop=threading.Event()) == stories
    stop = threading.Event()
    stop.set()
    with pytest.raises(StoppedError):
        offline.autopsies_of(scenario, 3, 0, packed, 5, stop=stop)
    assert len(stories) == 5
    for index, story in stories.items():
        assert story["alliance"]["index"] == index
        assert story["answer"].endswith(".")
        json.dumps(story, allow_nan=False)
    lives = offline.some_lives(stories, "as it is")
    assert [life.index for life in lives] == list(stories)[:3]


def test_runs_by_name_are_run_again(scenario):
    run = simulate(scenario, seed=3)
    other = simulate(scenario.with_({"trust.initial": 0.8}), seed=3)
    (name, packed), (_, second) = offline.named_histories({"one": run, "two": other})
    header, arrays = unpack(packed)
    np.testing.assert_array_equal(arrays["records"][:, 0], run.series("living"))
    assert name == "one"
    assert header["ask"] != unpack(second)[0]["ask"]


@pytest.mark.parametrize("many", [0, 5])
def test_too_many_runs_or_none_are_refused(scenario, many):
    run = simulate(scenario, seed=3)
    with pytest.raises(InputError, match=f"runs: {many} runs; allowed: 1 to 4"):
        offline.named_histories({f"run {k}": run for k in range(many)})


def test_what_is_no_run_is_refused():
    with pytest.raises(InputError, match=r"runs\.one: int is not a run"):
        offline.named_histories({"one": 3})


def test_a_run_with_strategies_in_python_is_refused(scenario):
    name = next(iter(scenario.strategies))
    run = simulate(scenario, seed=3, policies={name: lambda seen: np.zeros(len(seen.trust))})
    with pytest.raises(InputError, match="strategies in Python"):
        offline.named_histories(run)
