import threading

import numpy as np
import pytest
from matplotlib.figure import Figure

from experiments.figures import style

pytestmark = pytest.mark.slow  # seconds in all: `make test` runs them, `make check` does not


def figure():
    made = style.new_figure(4, 3)
    axes = made.add_subplot()
    axes.plot([0, 1], [0, 1], marker="s")
    axes.fill_between([0, 1], [0, 1], hatch="//")
    style.set_title(made, "A message that is long enough to be wrapped somewhere in the middle")
    style.dress(axes, "age of the alliance [years]", "alive [%]")
    return made


def test_svg_is_the_same_every_time_and_says_what_it_shows():
    first = style.to_svg(figure(), "one", alt='two "arms" & <more>')
    assert first == style.to_svg(figure(), "one", alt='two "arms" & <more>')
    assert first.startswith("<svg ")
    assert 'role="img" aria-label="two &quot;arms&quot; &amp; &lt;more&gt;"' in first
    assert "<metadata" not in first
    assert "<script" not in first


def test_svg_ids_carry_their_prefix_and_every_reference_finds_one():
    import re

    text = style.to_svg(figure(), "chart7")
    ids = re.findall(r'\bid="([^"]+)"', text)
    assert len(ids) == len(set(ids)) > 10
    assert all(name.startswith("chart7-") for name in ids)
    references = re.findall(r'href="#([^"]+)"', text) + re.findall(r"url\(#([^)]+)\)", text)
    assert len(references) > 10
    assert set(references) <= set(ids)


def test_figures_may_be_drawn_in_threads():
    expected = style.to_svg(figure())
    found = []
    threads = [threading.Thread(target=lambda: found.append(style.to_svg(figure()))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 6


def test_drawing_leaves_no_pyplot_state():
    import subprocess
    import sys

    code = (
        "import sys; from experiments.figures import network, survival, endings, living, differences, heatmap; "
        "assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("values", [[0.5] * 7, [0.0, 0.01, 0.99, 1.0], [0.3], [], [0.9, 0.1, 0.5, 0.5]])
def test_labels_are_spread_in_order_and_inside(values):
    placed = style.spread(values, 0.1, 0.0, 1.0)
    order = np.argsort(values, kind="stable")
    assert (np.diff(placed[order]) >= 0.1 - 1e-9).all()
    assert ((placed >= -1e-9) & (placed <= 1 + 1e-9)).all()


def test_labels_without_room_share_what_there_is():
    assert style.spread([0.0] * 5, 0.5, 0.0, 1.0) == pytest.approx([0, 0.25, 0.5, 0.75, 1.0])


def test_labels_with_room_stay_where_they_are():
    assert style.spread([0.1, 0.5, 0.9], 0.1, 0.0, 1.0) == pytest.approx([0.1, 0.5, 0.9])


def test_every_arm_of_nine_has_its_own_colour_and_marker():
    looks = [style.arm_look(position) for position in range(9)]
    assert len({colour for colour, _ in looks}) == len({marker for _, marker in looks}) == 9
    assert style.arm_look(9) == style.arm_look(0)


def test_the_later_of_nine_arms_have_dashes_of_their_own():
    lines = [style.arm_line(position) for position in range(9)]
    assert lines[:5] == ["-"] * 5
    assert len(set(lines[5:])) == 4
    assert style.arm_line(9) == style.arm_line(0)


@pytest.mark.parametrize("last", [0.25, 1, 2, 7, 15, 60, 1000])
def test_years_on_the_axis_are_few(last):
    axes = Figure().add_subplot()
    style.year_ticks(axes, last)
    assert 2 <= len(axes.get_xticks()) <= 10


def test_text_in_any_colour_has_contrast_on_white():
    def luminance(colour):
        from matplotlib.colors import to_rgb

        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(colour)]
        return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))

    for colour in (*map(style.on_white, style.ARM_COLOURS), style.INK, style.MUTED):
        assert 1.05 / (luminance(colour) + 0.05) >= 4.5 or colour == style.VERMILION
    # Vermilion reaches 3.9: enough for the large type it is used for (WCAG asks 3).
    assert 1.05 / (luminance(style.VERMILION) + 0.05) >= 3


def test_a_dollar_in_a_name_is_no_formula():
    made = figure()
    style.set_title(made, r"What $\foo$ changes")
    made.axes[0].set_yticks([0.5], [r"$\bar{x$"])
    made.axes[0].plot([0, 1], [1, 0], label=r"$\nonsense$")
    made.legend()
    assert style.to_svg(made).startswith("<svg ")
