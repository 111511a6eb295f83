"""Every rule: its example holds compiled and uncompiled, it is documented in full, and compiling changes no bit."""

import doctest
import importlib
import inspect
import math
import pkgutil
import re
from collections.abc import Callable
from types import ModuleType

import numpy as np
import pytest

import simulation.rules


def modules() -> list[ModuleType]:
    names = [name for _, name, _ in pkgutil.iter_modules(simulation.rules.__path__)]
    return [importlib.import_module(f"simulation.rules.{name}") for name in names]


def plain(rule: Callable[..., float]) -> Callable[..., float]:
    return getattr(rule, "py_func", rule)


RULES = [
    pytest.param(rule, id=f"{module.__name__.rsplit('.', 1)[-1]}.{name}")
    for module in modules()
    for name, rule in vars(module).items()
    if callable(rule) and getattr(plain(rule), "__module__", "") == module.__name__ and not name.startswith("_")
]


@pytest.mark.parametrize("rule", RULES)
def test_example_holds_compiled_and_uncompiled(rule: Callable[..., float]) -> None:
    source = plain(rule)
    examples = doctest.DocTestParser().get_examples(inspect.getdoc(source) or "")
    assert examples, "a rule shows an example"
    for version in (rule, source):
        names = dict(vars(inspect.getmodule(source))) | {source.__name__: version}
        for example in examples:
            assert math.isclose(float(eval(example.source, names)), float(example.want), rel_tol=1e-9, abs_tol=1e-12)


@pytest.mark.parametrize("rule", RULES)
def test_docstring_has_equation_units_source_and_every_parameter(rule: Callable[..., float]) -> None:
    text = inspect.getdoc(plain(rule)) or ""
    assert "Equation:" in text
    assert "Source:" in text
    assert re.search(r"Returns .*\[", text), "what is returned, with its unit"
    described = set(re.findall(r"\w+", " ".join(re.findall(r"^([\w, ]+) :", text.replace("; ", "\n"), re.M))))
    assert set(inspect.signature(plain(rule)).parameters) <= described
    assert text.count("[") >= 2


def points(rule: Callable[..., float], n: int = 40) -> np.ndarray:
    """Random inputs: shares mostly; every rule must be finite there."""
    return np.random.default_rng(7).uniform(0.01, 0.99, (n, len(inspect.signature(plain(rule)).parameters)))


@pytest.mark.parametrize("rule", RULES)
def test_compiling_changes_no_bit_and_results_are_finite(rule: Callable[..., float]) -> None:
    for point in points(rule):
        compiled, uncompiled = rule(*point), plain(rule)(*map(float, point))
        assert compiled == uncompiled
        assert math.isfinite(compiled)
