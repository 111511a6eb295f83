"""Every rule: documented in full, its example holds, and whatever comes in within range goes out within range.

Ranges are read from the docstring, as people read it: `[unit, range]` behind each parameter and behind `Returns`.
"""

import doctest
import importlib
import inspect
import math
import pkgutil
import re
from collections.abc import Callable
from types import ModuleType
from typing import NamedTuple

import numpy as np
import pytest

import simulation.rules

UNITS = {
    "1", "share", "factor", "money", "knowledge", "knowledge²", "goal", "score", "utility", "quarter", "quarters",
    "alliance", "alliances", "firms", "search", "log units",
}  # fmt: skip
ROUNDING = 1e-12


class Described(NamedTuple):
    """What a docstring says of a number. span : such as "0..1", ">= 0", "any", "0 or 1"; empty if it says none."""

    unit: str
    span: str


def modules() -> list[ModuleType]:
    names = [name for _, name, _ in pkgutil.iter_modules(simulation.rules.__path__)]
    return [importlib.import_module(f"simulation.rules.{name}") for name in names]


def plain(rule: Callable[..., float]) -> Callable[..., float]:
    return getattr(rule, "py_func", rule)


def text_of(rule: Callable[..., float]) -> str:
    return inspect.getdoc(plain(rule)) or ""


RULES = [
    pytest.param(rule, id=f"{module.__name__.rsplit('.', 1)[-1]}.{name}")
    for module in modules()
    for name, rule in vars(module).items()
    if callable(rule) and getattr(plain(rule), "__module__", "") == module.__name__ and not name.startswith("_")
]


def described(bracket: str) -> Described:
    """`share, −1..1]` -> Described("share", "-1..1"), `share, 0..1)` -> Described("share", "0..1)")."""
    unit, _, span = bracket.removesuffix("]").replace("−", "-").partition(", ")
    span = span.split(":")[0].strip()
    return Described("1", "0 or 1") if unit == "0 or 1" else Described(unit, span)


def parameters_of(text: str) -> dict[str, Described]:
    """What the lines between the equation and `Returns` say of each parameter."""
    found: dict[str, Described] = {}
    entry = re.compile(r"(?:^|; )(\w+(?:, \w+)*) : (.*?)(?=; \w+(?:, \w+)* : |$)")
    for line in text.partition("Returns ")[0].splitlines():
        for names, said in entry.findall(line):
            brackets = re.findall(r"\[([^\[\]]*(?:\]|\)$))", said)
            assert len(brackets) == 1, f"one unit for {names}: {said}"
            for name in names.split(", "):
                found[name] = described(brackets[0])
    return found


def result_of(text: str) -> Described:
    """What is said of the number returned."""
    returned = re.search(r"^Returns (.+)", text, re.M)
    assert returned, "what is returned"
    bracket = re.search(r"\[([^\]]*)\]", returned[1])
    assert bracket, "its unit"
    return described(bracket[1])


@pytest.mark.parametrize("rule", RULES)
def test_docstring_has_every_section_in_order(rule: Callable[..., float]) -> None:
    text = text_of(rule)
    places = [text.find(part) for part in ("Equation:  ", "\nReturns ", "\nSource: ", "\n>>> ")]
    assert -1 not in places
    assert places == sorted(places)
    assert text.splitlines()[0].endswith(".")


@pytest.mark.parametrize("rule", RULES)
def test_parameters_described_are_those_of_the_signature_each_with_a_unit(rule: Callable[..., float]) -> None:
    said = parameters_of(text_of(rule))
    assert sorted(said) == sorted(inspect.signature(plain(rule)).parameters)
    for name, value in (said | {"result": result_of(text_of(rule))}).items():
        assert value.unit == "log units" or set(value.unit.split("/")) <= UNITS, f"{name}: unit {value.unit}"


def bounds(span: str, drawn: dict[str, float]) -> tuple[float, float]:
    """The least and the most that a range allows; C is the ceiling that was drawn."""
    if span in ("", "any"):
        return -math.inf, math.inf
    if span == "0 or 1":
        return 0.0, 1.0
    if span.startswith((">= ", "> ")):
        return float(span.split()[1]), math.inf
    low, high = span.removesuffix(")").split("..")
    return float(low), drawn["ceiling"] if high == "C" else float(high)


def draw(span: str, dice: np.random.Generator) -> float:
    """A number in range; the ends come up often."""
    low, high = bounds(span, {})
    if span == "0 or 1":
        return float(dice.integers(2))
    if math.isinf(low):
        return float(dice.choice([0.0, dice.normal(0, 3)]))
    if math.isinf(high):
        return low + float(
            dice.choice([1e-6 if span.startswith("> ") else 0.0, dice.uniform(0, 1), dice.exponential(8)])
        )
    inside = float(dice.uniform(low, high))
    return float(dice.choice([low, inside, inside, inside if span.endswith(")") else high]))


def points(rule: Callable[..., float], many: int = 200) -> list[dict[str, float]]:
    """Random inputs from the ranges that the docstring states."""
    dice = np.random.default_rng(7)
    said = parameters_of(text_of(rule))
    drawn = [{name: draw(value.span, dice) for name, value in said.items()} for _ in range(many)]
    for point in drawn:
        if "drift" in point:  # a sum of weights times differences of shares: no range of its own
            point["drift"] = point["drifting"] * float(dice.uniform(-point["share"], 1 - point["share"]))
    return drawn


@pytest.mark.parametrize("rule", RULES)
def test_whatever_is_in_range_comes_out_in_range(rule: Callable[..., float]) -> None:
    text = text_of(rule)
    may_be_infinite = "infinite" in text.partition("Returns ")[2].partition("Source")[0]
    span = result_of(text).span
    for point in points(rule):
        value = float(plain(rule)(**point))
        assert may_be_infinite or math.isfinite(value), point
        low, high = bounds(span, point)
        assert low - ROUNDING <= value <= high + ROUNDING, (value, span, point)
        assert not (span.startswith("> ") and value <= low), point


@pytest.mark.parametrize("rule", RULES)
def test_compiling_changes_no_bit(rule: Callable[..., float]) -> None:
    for point in points(rule):
        arguments = [point[name] for name in inspect.signature(plain(rule)).parameters]
        assert rule(*arguments) == plain(rule)(*arguments), point


@pytest.mark.parametrize("rule", RULES)
def test_example_holds_compiled_and_uncompiled(rule: Callable[..., float]) -> None:
    source = plain(rule)
    examples = doctest.DocTestParser().get_examples(text_of(rule))
    assert examples, "a rule shows an example"
    for version in (rule, source):
        names = dict(vars(inspect.getmodule(source))) | {source.__name__: version}
        for example in examples:
            assert math.isclose(float(eval(example.source, names)), float(example.want), rel_tol=1e-9, abs_tol=1e-12)
