"""The viewer in a notebook: `from experiments.lab.widget import show; show(run)`."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.lab.bundle import module, style
from experiments.lab.offline import Arm, autopsies_of, named_histories, worlds_json
from simulation.problems import InputError, Problem

if TYPE_CHECKING:
    from simulation import Run

ENTRY = "notebook.js"
STORIES, LEAST_STORIES, STORY_WORK = 12, 3, 600_000  # autopsies of an arm, and firm-quarters of all of them


def show(runs: "Run | Mapping[str, Run]") -> Any:
    """The viewer of a run, or of up to four by name, as a widget: `show({"as it is": run, "managed": other})`.

    Each world is run once more, for its trust over time. Raises InputError if anywidget is missing, or for what cannot be
    shown: more than four, something that is no run, one that had strategies in Python.
    """
    make = _widget()
    packed = named_histories(runs)
    chosen: Sequence[Run] = list(runs.values()) if isinstance(runs, Mapping) else [runs]
    work = sum(run.scenario.firms.count * run.quarters for run in chosen)
    stories = int(np.clip(STORY_WORK // work, LEAST_STORIES, STORIES))
    arms = [
        Arm(name or "this world", history, None, autopsies_of(run.scenario, run.seed, run.world, history, stories))
        for (name, history), run in zip(packed, chosen, strict=True)
    ]
    return make(worlds=worlds_json(arms, "", ""))


@cache
def _widget() -> Any:
    """The class of the widget. anywidget is imported here: it is an extra, and slow to load."""
    try:
        import anywidget
        import traitlets
    except ImportError as error:
        told = (
            "a notebook shows the viewer through anywidget, which is missing: pip install 'alliance-dynamics[notebook]'"
        )
        raise InputError([Problem(told, key="notebook")]) from error

    class WorldsWidget(anywidget.AnyWidget):
        """Up to four worlds, as `worlds_json` writes them."""

        _esm = module(ENTRY)
        _css = style()
        worlds = traitlets.Dict().tag(sync=True)

    return WorldsWidget
