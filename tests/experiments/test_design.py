"""Designs: levels, cells, ids, and what a person may mistype."""

from typing import Any

import numpy as np
import pytest

from experiments.design import Range, cell_id, check_amounts, factorial, read_arms, read_vary
from simulation.problems import InputError
from simulation.scenario import Scenario


def test_levels_are_evenly_spaced_with_exact_ends() -> None:
    design = factorial(Scenario(), {"environment.shock_rate": (0, 0.3, 7)})
    assert design.vary["environment.shock_rate"] == (0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3)


def test_cells_are_all_combinations_the_last_key_fastest() -> None:
    design = factorial(Scenario(), {"environment.shock_rate": [0.0, 0.1], "trust.initial": [0.2, 0.5, 0.8]})
    pairs = [(cell.levels["environment.shock_rate"], cell.levels["trust.initial"]) for cell in design.cells]
    assert pairs == [(0.0, 0.2), (0.0, 0.5), (0.0, 0.8), (0.1, 0.2), (0.1, 0.5), (0.1, 0.8)]
    assert [cell.index for cell in design.cells] == list(range(6))
    assert design.cells[3].scenario == Scenario().with_(environment__shock_rate=0.1, trust__initial=0.2)


def test_a_cell_has_the_same_id_in_every_design() -> None:
    coarse = factorial(Scenario(), {"trust.initial": (0.2, 0.8, 3)})
    fine = factorial(Scenario(), {"trust.initial": (0.2, 0.8, 7)})
    assert {cell.cell for cell in coarse.cells} <= {cell.cell for cell in fine.cells}
    assert len({cell.cell for cell in fine.cells}) == 7
    assert coarse.cells[0].cell == cell_id(Scenario().with_(trust__initial=0.2))


def test_whole_settings_take_whole_levels() -> None:
    design = factorial(Scenario(), {"firms.count": (20, 100, 5)})
    assert design.vary["firms.count"] == (20, 40, 60, 80, 100)
    with pytest.raises(InputError, match=r"firms\.count.*whole"):
        factorial(Scenario(), {"firms.count": (20, 100, 4)})


def test_words_truth_values_and_the_mix_can_be_varied() -> None:
    design = factorial(Scenario(), {"environment.shock_scope": ["global", "local"], "mix.hoarder": [0.1, 0.5]})
    assert [cell.scenario.environment.shock_scope for cell in design.cells] == ["global", "global", "local", "local"]
    assert design.cells[1].scenario.strategies["hoarder"].share == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("vary", "message"),
    [
        ({}, "nothing to vary"),
        ({"trust.inital": [0.1, 0.2]}, "trust.initial"),
        ({"trust.initial": (0.2, 1.8, 3)}, "0 to 1"),
        ({"trust.initial": [0.2, 0.2]}, "twice"),
        ({"trust.initial": []}, "no levels"),
        ({"trust.initial": (0.8, 0.2, 3)}, "below"),
        ({"trust.initial": (0.2, 0.8, 1)}, "at least 2"),
        ({"trust.initial": (0.2, 0.8, 2.5)}, "whole number"),
        ({"trust.initial": 0.5}, "neither a list"),
        ({"trust.initial": ["much", "little"]}, "number"),
        ({"network.ties": [[], [1]]}, "levels are"),
        ({"trust.initial": (0.1, 0.9, 30000), "sharing.openness": (0.1, 0.9, 30000)}, "more than"),
        ({"trust.initial": (0.2, float("inf"), 3)}, "too much"),
        ({"environment.shock_scope": ["global", "sektor"]}, "sector"),
        ({"title": ["one", "two"]}, "vary title: does not change the world"),
        ({"name": ["a", "b"]}, "vary name: does not change the world"),
        ({"trust.initial": (0.2, 0.5, 0.8)}, r"for three levels write a list: \[0\.2, 0\.5, 0\.8\]"),
        (["trust.initial"], "not a table"),
        ({3: [0.2]}, "3 is not the name of a setting"),
        ({"trust.initial": np.array(0.2)}, "neither a list"),
        ({"trust.initial": np.ones((2, 2))}, "neither a list"),
    ],
)
def test_wrong_designs_are_refused(vary: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        factorial(Scenario(), vary)


def test_a_scenario_must_be_loaded_first() -> None:
    with pytest.raises(InputError, match=r'load it first: scenarios\.load\("baseline"\)'):
        factorial("baseline", {"trust.initial": [0.2]})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("levels", "found"),
    [
        (np.linspace(0.2, 0.8, 3), (0.2, 0.5, 0.8)),
        ((np.float64(0.2), 0.8, np.int64(3)), (0.2, 0.5, 0.8)),
        ([np.float32(0.5), np.float64(0.25)], (0.25, 0.5)),
        (range(2), (0, 1)),
    ],
)
def test_numbers_of_numpy_become_numbers_of_python(levels: Any, found: tuple[float, ...]) -> None:
    made = factorial(Scenario(), {"trust.initial": levels}).vary["trust.initial"]
    assert made == pytest.approx(found)
    assert {type(level) for level in made} <= {int, float}


def test_arrays_of_whole_numbers_words_and_truth_values_are_levels() -> None:
    assert factorial(Scenario(), {"firms.count": range(20, 61, 20)}).vary["firms.count"] == (20, 40, 60)
    scopes = factorial(Scenario(), {"environment.shock_scope": np.array(["global", "local"])})
    assert scopes.vary["environment.shock_scope"] == ("global", "local")


def test_all_wrong_keys_are_named_at_once() -> None:
    with pytest.raises(InputError) as caught:
        factorial(Scenario(), {"trust.inital": [0.1], "environment.shock_rat": [0.1]})
    assert len(caught.value.problems) == 2


def test_vary_is_read_as_range_or_list() -> None:
    assert read_vary(["a.b=0:0.3:7", "c.d=1, 2,3", "e=global,local", "f=true,false"]) == {
        "a.b": (0, 0.3, 7),
        "c.d": [1, 2, 3],
        "e": ["global", "local"],
        "f": [True, False],
    }
    assert read_vary(["a.b=0:0.3"]) == {"a.b": Range(0.0, 0.3)}


@pytest.mark.parametrize("text", ["", "a", "=1,2", "a=", "a=1:x", "a=1:2:3:4", "a=x:2:3", "a=1,,2", "a=1,2,", "a = "])
def test_wrong_vary_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="--vary"):
        read_vary([text])


def test_three_levels_written_as_a_range_are_told_how() -> None:
    with pytest.raises(InputError, match=r"for three levels write a list: 0\.2,0\.5,0\.8"):
        read_vary(["trust.initial=0.2:0.5:0.8"])


def test_a_setting_varied_twice_is_refused() -> None:
    with pytest.raises(InputError, match="twice"):
        read_vary(["a=1,2", "a=3,4"])


def test_arms_are_read_as_name_and_settings() -> None:
    assert read_arms(["managed: firms.alliance_function_share=0.5", "both:a.b=1, c.d=[1, 2] ,e=x"]) == {
        "managed": ["firms.alliance_function_share=0.5"],
        "both": ["a.b=1", "c.d=[1, 2]", "e=x"],
    }


def test_arms_are_not_split_inside_brackets_and_quotes() -> None:
    events = "environment.events=[{quarter=100, scope='global'}, {quarter=120}]"
    assert read_arms([f"a: {events}, trust.gain=0.2"]) == {"a": [events, "trust.gain=0.2"]}
    assert read_arms(["a: name='one, b=2', c=x"]) == {"a": ["name='one, b=2'", "c=x"]}
    assert read_arms(["a: title=the firm's, b=it's"]) == {"a": ["title=the firm's", "b=it's"]}


@pytest.mark.parametrize("text", ["", "managed", "managed:", ": a=1", "a=1", "managed: a", "a=1: b=2"])
def test_wrong_arms_are_refused(text: str) -> None:
    with pytest.raises(InputError, match="arm"):
        read_arms([text])


def test_two_arms_of_one_name_are_refused() -> None:
    with pytest.raises(InputError, match="two arms"):
        read_arms(["a: x=1", "a: x=2"])


@pytest.mark.parametrize(
    "amounts",
    [
        {"worlds": 0},
        {"worlds": -1},
        {"seed": -1},
        {"seed": 2**63},
        {"world": -1},
        {"jobs": 0},
        {"worlds": True},
        {"worlds": 1.5},
    ],
)
def test_amounts_out_of_range_are_refused(amounts: dict[str, int]) -> None:
    with pytest.raises(InputError, match=next(iter(amounts))):
        check_amounts(**amounts)


def test_amounts_may_be_numbers_of_numpy() -> None:
    check_amounts(worlds=np.int64(3), seed=np.uint8(0))  # type: ignore[arg-type]
    with pytest.raises(InputError, match="worlds"):
        check_amounts(worlds=np.bool_(True))  # type: ignore[arg-type]
