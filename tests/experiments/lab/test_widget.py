"""The viewer as a widget of a notebook."""

import builtins
from pathlib import Path

import pytest

from experiments.lab import widget
from simulation import Scenario, simulate
from simulation.problems import InputError

NOTEBOOK = Path(__file__).parents[3] / "docs" / "examples" / "notebook_viewer.ipynb"


@pytest.fixture(scope="module")
def runs():
    scenario = Scenario(name="small_world").with_({"firms.count": 12, "time.quarters": 40, "time.warm_up_quarters": 4})
    managed = scenario.with_({"firms.alliance_function_share": 0.9})
    return {"as it is": simulate(scenario, seed=2), "managed": simulate(managed, seed=2)}


@pytest.mark.slow
def test_it_holds_the_worlds_and_the_viewer(runs):
    pytest.importorskip("anywidget")
    shown = widget.show(runs)
    assert [arm["name"] for arm in shown.worlds["arms"]] == ["as it is", "managed"]
    assert all(arm["autopsies"] for arm in shown.worlds["arms"])
    assert "export default" in str(shown._esm)
    assert ".viewer" in str(shown._css)
    one = widget.show(runs["managed"])
    assert [arm["name"] for arm in one.worlds["arms"]] == ["this world"]


def test_without_anywidget_it_says_how_to_get_it(runs, monkeypatch):
    real = builtins.__import__

    def without(name, *rest, **more):
        if name == "anywidget":
            raise ImportError(name)
        return real(name, *rest, **more)

    widget._widget.cache_clear()
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(InputError, match=r"pip install 'alliance-dynamics\[notebook\]'"):
        widget.show(runs)


@pytest.mark.slow
def test_the_example_runs_and_keeps_no_output():
    pytest.importorskip("anywidget")
    nbformat = pytest.importorskip("nbformat")
    book = nbformat.read(NOTEBOOK, as_version=nbformat.NO_CONVERT)
    nbformat.validate(book)
    cells = [cell for cell in book.cells if cell.cell_type == "code"]
    assert all(not cell.outputs and cell.execution_count is None for cell in cells)
    names = {}
    for cell in cells:
        exec(compile(cell.source, cell.id, "exec"), names)
    assert len(names["viewer"].worlds["arms"]) == 2
