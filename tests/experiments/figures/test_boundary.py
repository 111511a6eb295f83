import numpy as np

from experiments.figures.boundary import boundary_figure

GRID = np.linspace(0.0, 1.0, 21)
SURFACE = 0.5 - 0.3 * GRID[None, :] + 0.2 * GRID[:, None]
LINE = np.array([[0.1, 0.0], [0.3, 0.9]])


def drawn(surface=SURFACE, band=None, lines=(LINE,), **more):
    band = 0.02 - np.abs(surface - 0.4) if band is None else band
    points = np.random.default_rng(1).random((30, 2)) * [0.3, 0.9]
    return boundary_figure(surface, band, lines, points, (0.0, 0.3), (0.0, 0.9), "chance of a shock [1/quarter]",
                           "trust in an unknown partner [share]", "alliances that live five years",
                           "35 of 100 alliances live five years", **more)  # fmt: skip


def test_line_band_points_and_the_scenario_are_named(legible):
    texts = legible(drawn(base=(0.2, 0.45), title="At least 35 of 100 alliances live five years below a line"))
    assert {"as it is", "35 of 100 alliances live five years", "may lie here (95 %)", "was run"} <= set(texts)
    assert "alliances that live five years [%]" in texts


def test_a_scenario_outside_the_map_is_not_drawn(legible):
    assert "as it is" not in legible(drawn(base=(0.5, 0.45)))
    legible(drawn(base=(0.3, 0.9)))


def test_without_a_boundary_only_the_points_are_explained(legible):
    texts = legible(drawn(lines=()))
    assert "may lie here (95 %)" not in texts
    legible(drawn(surface=np.full((21, 21), np.nan), band=np.full((21, 21), np.nan), lines=()))


def test_without_intervals_and_with_other_units(legible):
    texts = legible(drawn(band=np.full((21, 21), np.nan), share=False, unit="quarters"))
    assert "alliances that live five years [quarters]" in texts
