"""What can be switched off by name, and what is said where there is nothing to switch off."""

import pytest

from experiments.comparisons.arms import LONGEST_NAME
from experiments.comparisons.suspects import suspect, suspects
from simulation.events import BREACH, SHOCK
from simulation.problems import InputError
from simulation.scenario import Scenario

SCRIPTED = {"environment.shock_rate": 0.0, "environment.events": ({"quarter": 20},)}


def refused(scenario, **asked):
    with pytest.raises(InputError) as caught:
        suspect(scenario, **asked)
    return str(caught.value)


def test_shocks_are_meant_if_nothing_is_said(tiny):
    found = suspect(tiny)
    assert (found.name, found.off, found.event) == ("shocks", "without shocks", SHOCK)
    assert found.scenario == tiny.with_(environment__shock_rate=0.0)


def test_scripted_shocks_are_switched_off_too(tiny):
    found = suspect(tiny.with_(SCRIPTED), "shocks")
    assert found.scenario.environment.events == ()


def test_side_deals_leave_the_opportunists_where_they_are(tiny):
    found = suspect(tiny, "side_deals")
    assert found.event == BREACH
    assert found.scenario == tiny.with_(opportunism__side_deal_rate=0.0)


def test_a_strategy_is_replaced_by_the_others(tiny):
    found = suspect(tiny, "learning_racer")
    assert (found.off, found.subject, found.event) == ("without learning racers", "learning racers", None)
    assert found.scenario == tiny.with_({"mix.learning_racer": 0.0})


def test_settings_are_a_suspect_of_their_own(tiny):
    found = suspect(tiny, without={"trust.initial": 0.7, "sharing.openness": 1})
    assert found.off == "with trust.initial=0.7, sharing.openness=1"
    assert found.scenario == tiny.with_(trust__initial=0.7, sharing__openness=1.0)
    long = suspect(tiny, without={"trust.initial": 0.7, "environment.shock_rate": 0.01, "sharing.openness": 1})
    assert len(long.arm) == LONGEST_NAME
    assert long.arm.endswith("…")


@pytest.mark.skipif("mechanisms" not in Scenario.model_fields, reason="this engine has no switches")
def test_every_switch_of_the_engine_is_a_suspect(tiny):
    found = suspect(tiny, "renegotiation")
    assert (found.off, found.is_plural) == ("without renegotiation", False)
    assert found.scenario == tiny.with_({"mechanisms.renegotiation": False})
    assert suspect(tiny, "outside_options").is_plural
    assert "switched off here already" in refused(tiny.with_({"mechanisms.strain": False}), of="strain")
    assert "there are no shocks here" in refused(tiny.with_({"mechanisms.shocks": False}))
    assert "at rest here already" in refused(tiny.with_(sharing__openness=0.0), of="openness")


@pytest.mark.parametrize(
    ("changes", "of", "message"),
    [
        ({"environment.shock_rate": 0.0}, "shocks", "there are no shocks here; what is at work here: side_deals, "),
        ({"environment.shock_magnitude": 0.0}, "shocks", "there are no shocks here"),
        ({"mix.opportunist": 0.0}, "side_deals", "there are no side deals here"),
        ({"mix.opportunist": 0.0}, "opportunist", "there are no opportunists here"),
        ({}, "shoks", '"shoks" cannot be switched off by name; did you mean "shocks"?'),
        ({"mix.sharer": 1.0}, "sharer", "no other strategy has a share"),
    ],
)
def test_nothing_to_attribute_is_said_plainly(tiny, changes, of, message):
    assert message in refused(tiny.with_(changes) if changes else tiny, of=of)


def test_a_scripted_shock_of_no_magnitude_is_none(tiny):
    still = {"environment.shock_rate": 0.0, "environment.events": ({"quarter": 20, "magnitude": 0.0},)}
    assert suspects(tiny.with_(still))["shocks"]
    assert not suspects(tiny.with_(SCRIPTED))["shocks"]


def test_settings_that_change_nothing_or_do_not_exist(tiny):
    rate = tiny.environment.shock_rate
    assert "these settings change nothing here" in refused(tiny, without={"environment.shock_rate": rate})
    assert 'did you mean "trust.initial"?' in refused(tiny, without={"trust.initail": 0.1})
    assert "not both" in refused(tiny, of="shocks", without={"trust.initial": 0.1})
    assert "give settings such as" in refused(tiny, without={})
