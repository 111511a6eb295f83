import itertools

import numpy as np
import pytest
from matplotlib.figure import Figure

from experiments.report import sweep_report
from experiments.report.sweep import sweep_figure

SHOCKS = "environment.shock_rate"


def test_answer_gives_both_ends_with_their_intervals(sweep):
    text = sweep_report(sweep)
    low, high = f"{SHOCKS} = 0 and trust.initial = 0.3", f"{SHOCKS} = 0.2 and trust.initial = 0.9"
    assert f"from 20.1 % (95 % 18.1 to 22.1) at {low} to 70.1 % (95 % 68.1 to 72.1) at {high}" in text
    assert "3 of 240 runs failed and are left out." in text
    assert "3 levels from 0 to 0.2" in text


def test_map_is_drawn_the_right_way_round(sweep):
    figure = sweep_figure(sweep)
    drawn = np.asarray(figure.axes[0].collections[0].get_array())
    assert drawn.shape == (4, 3)  # trust upwards, shocks to the right
    values = sweep.columns()["survival_5y"]
    for cell, (shock, trust) in enumerate(itertools.product(range(3), range(4))):
        assert drawn[trust, shock] == values[cell]
    assert figure.axes[0].get_xlabel().startswith("chance of a shock")


@pytest.mark.parametrize(
    ("vary", "charts"),
    [
        ({"trust.initial": (0.3, 0.5)}, 1),
        ({"environment.shock_scope": ("global", "local")}, 1),
        ({"mix.hoarder": (0.0, 0.5), "opportunism.detection": (0.1, 0.9)}, 1),
        ({"trust.initial": (0.3, 0.5), SHOCKS: (0.0, 0.1), "trust.gain": (0.1, 0.2)}, 0),
        ({"trust.initial": tuple(np.linspace(0.1, 0.9, 9)), SHOCKS: tuple(np.linspace(0, 0.3, 7))}, 1),
    ],
)
def test_any_number_of_settings(make_sweep, vary, charts):
    text = sweep_report(make_sweep(vary))
    assert text.count("<svg ") == charts
    assert ("The 6 highest and the 6 lowest of 63 combinations" in text) == (np.prod([*map(len, vary.values())]) == 63)


def test_three_settings_have_no_picture(make_sweep):
    with pytest.raises(ValueError, match="one or two"):
        sweep_figure(make_sweep({"trust.initial": (0.3,), SHOCKS: (0.1,), "trust.gain": (0.1,)}))
    assert isinstance(sweep_figure(make_sweep({"trust.initial": (0.3, 0.6)})), Figure)


def test_nothing_defined_anywhere(make_sweep):
    empty = make_sweep({"trust.initial": (0.3, 0.6)})
    empty.columns()["survival_5y"][:] = np.nan
    assert "No world defines alliances that live five years." in sweep_report(empty)
