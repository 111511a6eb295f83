"""Kernels read what the schema says: no setting is missing, none is misspelt."""

import numpy as np

from simulation.parameters import Parameters, read_parameters
from simulation.scenario import Scenario

NOT_FOR_KERNELS = {"count", "sectors", "events", "shock_kind", "shock_scope"}
LAWS = ("absorption", "barter", "growth")


def test_every_number_of_a_group_reaches_the_kernels_under_its_own_name() -> None:
    scenario = Scenario()
    parameters = read_parameters(scenario)
    for name in Parameters._fields[3:]:
        group = getattr(scenario, name)
        numbers = getattr(parameters, name)
        assert set(numbers._fields) == set(type(group).model_fields) - NOT_FOR_KERNELS
        for field in numbers._fields:
            value = getattr(group, field)
            assert getattr(numbers, field) == (LAWS.index(value) if field == "transfer" else float(value)), field


def test_choices_reach_the_kernels_as_their_place_in_the_list() -> None:
    for place, law in enumerate(LAWS):
        assert read_parameters(Scenario().with_(knowledge__transfer=law)).knowledge.transfer == place


def test_a_mechanism_that_is_off_reaches_the_kernels_as_its_neutral_setting() -> None:
    scenario = Scenario().with_({"mechanisms.tacitness": False, "mechanisms.loyalty": False})
    parameters = read_parameters(scenario)
    assert parameters.knowledge.tacitness == 0.0
    assert (parameters.strategies.loyalty == 1.0).all()
    assert scenario.knowledge.tacitness > 0.0, "the scenario itself still says what it said"


def test_strategy_table_reaches_the_kernels_row_by_row() -> None:
    table = read_parameters(Scenario()).strategies
    assert table.upto[-1] == 1.0
    np.testing.assert_allclose(np.diff(table.upto, prepend=0), [row.share for row in Scenario().strategies.values()])
    racer = list(Scenario().strategies).index("learning_racer")
    assert table.absorptive_capacity[racer] == 0.9
    assert table.early[racer] == 0.35


def test_research_luck_is_a_log_normal_of_the_stated_spread() -> None:
    luck = np.log(read_parameters(Scenario()).research_luck)
    assert abs(luck.mean()) < 1e-9
    assert abs(luck.std() - 0.5) < 0.002


def test_scenarios_are_equal_by_their_settings_whatever_was_computed_from_them() -> None:
    one, other = Scenario(), Scenario()
    assert one.effective is one
    assert one == other
    assert {one.trust, other.trust} == {one.trust}
    assert one != one.with_(trust__initial=0.7)
    assert one != one.with_(name="twin")
    assert one != "baseline"
