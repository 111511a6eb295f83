"""Each mechanism can be switched off alone: that changes the world, but not the luck, and nothing before it first acts."""

import hashlib
from typing import Any

import numpy as np
import pytest

from simulation import Run, Scenario, simulate
from simulation.events import CAUSES, ENDED, FAILED, INTERVENED, RENEGOTIATED, SHOCK
from simulation.mechanisms import Mechanisms, needed_for, neutral_settings
from simulation.validation import settings

NAMES = sorted(Mechanisms.model_fields)

# a world in which every mechanism is at work, whatever the defaults are
AT_WORK: dict[str, Any] = {
    "firms.count": 40, "firms.sectors": 2, "time.quarters": 60, "time.warm_up_quarters": 0, "mix.opportunist": 0.2,
    "mix.learning_racer": 0.2, "mix.loyalist": 0.2,
    "environment.shock_rate": 0.15, "environment.shock_magnitude": 0.6, "environment.shock_kind": "competence_destroying",
    "environment.shock_scope": "sector", "fit.blindness": 0.5, "exit.shock_weight": 0.5, "fit.goal_shock": 0.3,
    "fit.goal_pull": 0.1, "fit.rate": 0.03, "renegotiation.attempt": 1.0, "renegotiation.accord": 1.0,
    "renegotiation.strain": 3.0, "sharing.openness": 0.3, "sharing.observation_noise": 0.3, "trust.loss": 0.4,
    "trust.feeling_out_weight": 1.5, "trust.breach_reputation": 0.8, "trust.breach_ceiling": 0.4,
    "opportunism.side_deal_rate": 0.1, "opportunism.detection": 0.5, "knowledge.tacitness": 0.5, "knowledge.attention": 0.05,
    "value.leakage": 0.3, "value.leakage_rival": 4.0, "sharing.rival_caution": 0.1, "knowledge.strengthening": 0.01,
    "knowledge.erosion": 0.02, "firms.alliance_function_share": 0.2, "exit.racer_chance": 0.3, "exit.racer_potential": 0.3,
    "exit.racer_surplus": 0.3, "exit.learned_weight": 0.3, "strategies.loyalist.loyalty": 2.5, "exit.honeymoon": 0.6,
    "exit.outside_weight": 0.3, "exit.prior_weight": 0.1, "formation.prior_weight": 0.1, "trust.initial_prior": 0.1,
    "formation.embedded_candidates": 4, "formation.common_weight": 0.05, "trust.initial_common": 0.03, "formation.rate": 0.15,
    "formation.search_boost": 0.7, "formation.equity_share": 0.3, "formation.equity_rival": 0.2, "exit.completion": 0.02,
    "exit.base_hazard": 0.035, "firms.initial_capital": 6.0, "firms.least_capital": 0.0, "firms.safe_capital": 8.0,
    "sharing.burden": 0.3,
}  # fmt: skip
BASE = Scenario().with_(AT_WORK)


def digest(run: Run, quarters: int | None = None) -> str:
    quarters = run.quarters if quarters is None else quarters
    before = run.events.quarter < quarters
    parts = [column[before] for column in run.events] + [run.records[:quarters]]
    return hashlib.sha256(b"".join(np.ascontiguousarray(part).tobytes() for part in parts)).hexdigest()


@pytest.fixture(scope="module")
def usual() -> Run:
    return simulate(BASE, seed=7)


def spelled_out(name: str) -> dict[str, Any]:
    """The settings at which a mechanism is at rest, rows of the strategy table one by one."""
    found = {}
    for path, value in neutral_settings(name).items():
        if isinstance(value, str):  # the value of another setting
            value = BASE.model_dump()[value.split(".")[0]][value.split(".")[1]]
        head, star, tail = path.partition(".*.")
        if star and head != "strategies":  # of lists that are empty here
            continue
        found |= {f"{head}.{row}.{tail}": value for row in BASE.strategies} if star else {path: value}
    return found


@pytest.mark.parametrize("name", NAMES)
def test_each_mechanism_off_alone_runs_and_changes_the_world(name: str, usual: Run) -> None:
    without = simulate(BASE.with_({f"mechanisms.{name}": False}), seed=7)
    assert digest(without) != digest(usual)
    assert np.isfinite(without.records).all()


@pytest.mark.parametrize("name", NAMES)
def test_off_is_to_set_the_settings_at_rest_and_nothing_else(name: str) -> None:
    resting = BASE.with_(spelled_out(name))
    off = simulate(BASE.with_({f"mechanisms.{name}": False}), seed=7)
    assert digest(simulate(resting, seed=7)) == digest(off)
    assert digest(simulate(resting.with_({f"mechanisms.{name}": False}), seed=7)) == digest(off), "at rest anyway"


@pytest.mark.parametrize("name", NAMES)
def test_each_mechanism_says_what_it_is_needed_for_and_rests_at_settings_that_exist(name: str) -> None:
    assert needed_for(name)
    known = {setting.key for setting in settings(Scenario)} | {"environment.events"}
    for path in spelled_out(name):
        parts = path.split(".")
        assert path in known or (parts[0] == "strategies" and parts[1] in BASE.strategies), path
    assert Mechanisms.model_fields[name].default is True
    assert BASE.mechanisms.model_dump()[name] is True


def first_quarter(run: Run, told: Any) -> int:
    """The first quarter with an event that a condition holds for."""
    return int(run.events.quarter[np.flatnonzero(told(run.events))[0]])


def ended_by(cause: str) -> Any:
    return lambda log: (log.kind == ENDED) & (log.detail == CAUSES.index(cause))


FIRST_ACTS = {
    "shocks": lambda log: log.kind == SHOCK,
    "blindness": lambda log: log.kind == SHOCK,
    "goal_shocks": lambda log: log.kind == SHOCK,
    "renegotiation": lambda log: log.kind == RENEGOTIATED,
    "accord": lambda log: (log.kind == RENEGOTIATED) & (log.detail == 1),
    "strain": lambda log: (log.kind == RENEGOTIATED) & (log.detail == 0),
    "completion": ended_by("completed"),
    "failure": lambda log: log.kind == FAILED,
}


@pytest.mark.parametrize("name", FIRST_ACTS)
def test_until_a_mechanism_first_acts_its_switch_changes_no_byte(name: str, usual: Run) -> None:
    """Luck is addressed: what is not drawn leaves all else as it was."""
    quarter = first_quarter(usual, FIRST_ACTS[name])
    without = simulate(BASE.with_({f"mechanisms.{name}": False}), seed=7)
    assert quarter > 0, "there is something to compare"
    assert digest(without, quarter) == digest(usual, quarter)


def test_all_off_is_a_world_too_and_keeps_what_the_scenario_says() -> None:
    off = BASE.with_({f"mechanisms.{name}": False for name in NAMES})
    run = simulate(off, seed=7)
    assert run.series("shocks").sum() == run.series("renegotiated").sum() == run.series("failed").sum() == 0
    assert run.series("breaches").sum() == 0
    assert off.trust.loss == BASE.trust.loss
    assert off.effective.trust.loss != BASE.trust.loss
    assert off.digest != BASE.digest
    assert BASE.effective is BASE
    assert off.effective.effective is off.effective


def test_scripted_shocks_are_shocks_too() -> None:
    scripted = BASE.with_({"environment.shock_rate": 0.0, "environment.events": [{"quarter": 5}]})
    assert simulate(scripted).series("shocks").sum() > 0
    assert simulate(scripted.with_({"mechanisms.shocks": False})).series("shocks").sum() == 0


def test_an_intervention_cannot_bring_back_what_is_switched_off() -> None:
    done = [
        {"quarter": 5, "share": 0.5, "to": {"alliance_function": True}},
        {"quarter": 6, "share": 0.5, "to": {"flexibility": 0.9}},
    ]
    safe = BASE.with_({"interventions": done, "mechanisms.failure": False})
    both, off = simulate(safe, seed=7), simulate(safe.with_({"mechanisms.alliance_function": False}), seed=7)
    assert both.firms.alliance_function.sum() > 0
    assert off.firms.alliance_function.sum() == 0
    told = [
        set(run.events.first[(run.events.kind == INTERVENED) & (run.events.detail == 1)].tolist())
        for run in (both, off)
    ]
    assert told[0] == told[1], "the other intervention reaches the same firms"
