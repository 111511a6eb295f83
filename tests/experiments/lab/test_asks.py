import json
from typing import Any
from urllib.parse import quote

import pytest

from experiments.lab.asks import LONGEST, MOST_INTERVENTIONS, Ask, ask_of, read_ask
from experiments.lab.networks import keep_network
from experiments.lab.serving import LARGEST_HEAD
from experiments.lab.worlds import Worlds
from scenarios import load
from simulation.problems import InputError

WORLDS = Worlds()


def ask(**asked: Any) -> Ask:
    return read_ask(json.dumps({"scenario": "baseline"} | asked), WORLDS)


def refused(text: str) -> str:
    with pytest.raises(InputError) as error:
        _ = read_ask(text, WORLDS).scenario
    return str(error.value)


def test_an_ask_becomes_the_scenario_that_with_would_make() -> None:
    changes = {
        "environment.shock_rate": 0.1,
        "mix.hoarder": 0.4,
        "mechanisms.loyalty": False,
        "knowledge.transfer": "barter",
    }
    made = ask(scenario="constant_change", changes=changes, seed=7, world=3)
    assert made.scenario == load("constant_change").with_(changes)
    assert (made.seed, made.world) == (7, 3)


def test_the_settings_are_those_of_the_world() -> None:
    made = ask(changes={"mix.hoarder": 0.4, "firms.count": 61, "time.quarters": 60})
    mix = {name: row.share for name, row in made.scenario.strategies.items()}
    assert {name: made.values[f"mix.{name}"] for name in mix} == pytest.approx(mix)
    assert (made.values["firms.count"], made.values["time.warm_up_quarters"]) == (61, 20)
    assert made.values["trust.loss"] == made.scenario.trust.loss
    assert set(made.values) == set(made.base.settings)


def test_numbers_are_brought_within_bounds() -> None:
    made = ask(
        changes={"firms.count": 10**400, "time.quarters": -3, "trust.initial": 5, "mix.sharer": -1, "network.degree": 3.2},
        seed=10**30, world=-4,
    )  # fmt: skip
    scenario = made.scenario
    assert (scenario.firms.count, scenario.time.quarters, scenario.trust.initial) == (300, 8, 1.0)
    assert (scenario.strategies["sharer"].share, scenario.network.degree) == (0.0, 2)
    assert (made.seed, made.world) == (2**31 - 1, 0)


def test_equal_asks_have_equal_texts() -> None:
    one = read_ask('{"scenario": "calm", "changes": {"trust.gain": 1, "trust.loss": 9}}', WORLDS)
    same = read_ask(
        '{"seed": 1, "changes": {"trust.loss": 2.0, "trust.gain": 1.0}, "scenario": "calm", "world": 0}', WORLDS
    )
    assert one.text == same.text
    assert json.loads(one.text) == one.normal
    assert ask_of(one.normal, WORLDS).text == one.text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "ask: is not JSON"),
        ("[]", "ask: a list is not a table"),
        ("{}", "scenario: is missing"),
        ('{"scenario": 3}', "scenario: 3 is not the name"),
        ('{"scenario": "baselin"}', 'did you mean "baseline"?'),
        ('{"scenario": "../baseline"}', "scenario: no such scenario"),
        ('{"scenario": "baseline", "change": {}}', 'change: no such key; did you mean "changes"?'),
        ('{"scenario": "baseline", "changes": {"trust.initia": 1}}', 'did you mean "trust.initial"?'),
        ('{"scenario": "baseline", "changes": {"trust.initial": "1"}}', 'trust.initial: "1" is not a number'),
        ('{"scenario": "baseline", "changes": {"trust.initial": true}}', "true is not a number"),
        ('{"scenario": "baseline", "changes": {"trust.initial": NaN}}', "NaN is not a number"),
        ('{"scenario": "baseline", "seed": 1e999}', "ask: holds 1e999, larger than any number"),
        ('{"scenario": "baseline", "interventions": [{"quarter": 1, "x": [-1e999]}]}', "ask: holds -1e999, larger"),
        ('{"scenario": "base\\ud800line"}', "ask: holds \\ud800 alone, which is half of a letter"),
        ('{"\\udc00": {}, "scenario": "baseline"}', "ask: holds \\udc00 alone"),
        ('{"scenario": "baseline", "changes": {"mechanisms.loyalty": 1}}', "1 is not true or false"),
        ('{"scenario": "baseline", "changes": {"network.kind": "ring"}}', "is not one of"),
        ('{"scenario": "baseline", "changes": {"network.kind": "file"}}', "needs a network that was loaded"),
        ('{"scenario": "baseline", "changes": {"strategies.sharer.share": 1}}', "no such setting"),
        ('{"scenario": "baseline", "changes": {"network.file": "/etc/passwd"}}', "no such setting"),
        ('{"scenario": "baseline", "changes": {"mix.sharer": 0.7, "mix.hoarder": 0.7}}', "sum to 1.4"),
        ('{"scenario": "baseline", "changes": []}', "changes: a list is not a table"),
        ('{"scenario": "baseline", "seed": "1"}', "seed: "),
        ('{"scenario": "baseline", "network": "beef"}', "network: is no longer"),
        ('{"scenario": "baseline", "network": 1}', "network: 1 is not"),
        ('{"scenario": "baseline", "interventions": {}}', "interventions: is not a list"),
        ('{"scenario": "baseline", "interventions": [[]]}', "interventions: is not a list of tables"),
        ('{"scenario": "baseline", "interventions": [{"quarter": 3}]}', "interventions"),
        ('{"scenario": "baseline", "interventions": [{"quarter": 9999, "calm": true}]}', "interventions"),
        ('{"scenario": "baseline", "interventions": [{"a": [[[[[]]]]]}]}', "nested more deeply"),
        ("[" * 100_000, "ask: has 100,000 characters"),
        ("[" * 5_000, "too deeply nested"),
        ('{"scenario": "baseline", "seed": ' + "9" * 5000 + "}", "ask: is not JSON"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(text: str, said: str) -> None:
    assert said in refused(text)


def test_interventions_are_added_and_those_behind_the_end_are_left_out() -> None:
    done = [{"quarter": 13, "firms": [3], "to": {"alliance_function": True}}, {"quarter": 57, "calm": True}]
    made = ask(scenario="rescue", interventions=done)
    assert [one.quarter for one in made.scenario.interventions] == [130, 13, 57]
    shorter = ask(scenario="rescue", interventions=[*done, {"quarter": 60, "x": "y"}], changes={"time.quarters": 50})
    assert [one.quarter for one in shorter.scenario.interventions] == [13]
    assert shorter.normal["interventions"] == done[:1]  # nothing that was not checked is said again
    assert "at most" in refused(
        json.dumps({"scenario": "baseline", "interventions": [done[0]] * (MOST_INTERVENTIONS + 1)})
    )


def test_a_calm_in_every_quarter_of_the_longest_run_can_be_asked_for() -> None:
    calm = [{"quarter": quarter, "calm": True} for quarter in range(400)]
    made = ask(changes={"time.quarters": 400}, interventions=calm)
    assert len(made.scenario.interventions) == 400
    assert len(made.text) < LONGEST
    hundred = json.dumps({"scenario": "baseline", "changes": made.base.values, "interventions": calm[:100]})
    assert len(read_ask(hundred, WORLDS).normal["interventions"]) == 100  # beside every setting
    assert len(quote(hundred)) < LARGEST_HEAD


@pytest.mark.parametrize("name", WORLDS.names)
@pytest.mark.parametrize(
    "path", ["firms.count", "firms.sectors", "time.quarters", "time.warm_up_quarters", "network.degree"]
)
@pytest.mark.parametrize("end", [0, 10**9])
def test_no_slider_is_refused_because_of_where_another_stands(name: str, path: str, end: int) -> None:
    assert ask(scenario=name, changes={path: end}).scenario.firms.count <= 300


@pytest.mark.parametrize("kind", ["empty", "watts_strogatz", "erdos_renyi", "barabasi_albert", "regular", "florentine"])
@pytest.mark.parametrize("name", ["baseline", "airlines", "florentine"])
def test_every_first_network_goes_with_every_size(kind: str, name: str) -> None:
    for count in (2, 3, 15, 300):
        for degree in (0, 1, 7, 1000):
            changes = {"network.kind": kind, "firms.count": count, "network.degree": degree, "time.quarters": 8}
            assert ask(scenario=name, changes=changes).scenario.network.kind == kind


def test_a_loaded_network_takes_the_place_of_the_scenarios_own() -> None:
    found = keep_network(b"a,b\nA,B\nB,C\n", "", WORLDS)
    made = ask(scenario="constant_change", network=found["digest"])
    assert made.scenario.network.firms == ("A", "B", "C")
    assert (made.scenario.firms.count, made.scenario.time.warm_up_quarters) == (3, 0)
    assert ask(network=found["digest"], changes={"firms.count": 2}).scenario.firms.count == 3
    assert ask(network=found["digest"], changes={"firms.count": 9}).scenario.firms.count == 9
    assert made.normal["network"] == found["digest"]


def test_a_scenario_of_ones_own_stands_first_and_within_the_labs_limits() -> None:
    own = load("regulation").with_(firms__count=5000, time__quarters=900, time__warm_up_quarters=500)
    worlds = Worlds(own)
    made = ask_of({"scenario": worlds.first}, worlds).scenario
    assert worlds.names[0] == worlds.first == "regulation (file)"
    assert (made.firms.count, made.time.quarters, made.time.warm_up_quarters) == (300, 400, 133)
    assert len(made.environment.events) == 1
