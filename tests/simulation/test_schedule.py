"""The order of a quarter stands in one place: what people read is what the compiler runs."""

import ast
import inspect

from simulation import schedule


def test_step_lists_the_phases_in_the_order_in_which_they_are_called() -> None:
    source = inspect.getsource(getattr(schedule.advance, "py_func", schedule.advance))
    loop = next(node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.While))
    calls = [
        node.value.func.id for node in ast.walk(loop) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    ]
    calls = [name for name in calls if not name.startswith("trace_")]  # looks, and changes nothing
    in_order = sorted(calls, key=lambda name: source.index(f" {name}("))
    assert sorted(in_order) == sorted({phase.name for phase in schedule.STEP}), "each phase once"
    assert in_order == [phase.name for phase in schedule.STEP]


def test_each_phase_has_a_file_of_its_name_and_a_sentence() -> None:
    for phase in schedule.STEP:
        function = getattr(schedule, phase.name)
        assert getattr(function, "py_func", function).__module__ == f"simulation.phases.{phase.name}"
        assert phase.sentence.endswith(".")
