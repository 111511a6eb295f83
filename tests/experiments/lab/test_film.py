"""Films: that they hold what the history says, within their bounds."""

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw

from experiments.lab import film
from experiments.lab.offline import history_of
from experiments.lab.packing import unpack
from simulation import Scenario, simulate
from simulation.problems import InputError


@pytest.fixture(scope="module")
def scenario():
    return Scenario().with_({"firms.count": 16, "time.quarters": 30, "time.warm_up_quarters": 6})


@pytest.fixture(scope="module")
def packed(scenario):
    return history_of(scenario, 2, 0)


def opened(data):
    return Image.open(io.BytesIO(data))


def test_a_frame_for_every_quarter_and_the_last_stays(packed):
    image = opened(film.gif([("", packed)]))
    assert image.format == "GIF"
    assert image.n_frames == 30
    assert image.width == film.WIDTHS[1]
    assert image.info["loop"] == 0
    times = []
    for number in range(image.n_frames):
        image.seek(number)
        times.append(image.info["duration"])
    assert times == [film.SLOW] * 29 + [film.LAST]


def test_arms_stand_side_by_side_even_if_one_is_shorter(scenario, packed):
    short = history_of(scenario.with_({"time.quarters": 20}), 2, 0)
    data = film.gif([("as it is", packed), ("a name so long that no film has room for all of it, by far", short)])
    image = opened(data)
    assert (image.n_frames, image.width) == (30, 2 * film.WIDTHS[2])
    assert film.gif([("as it is", packed), ("a", short)]) == film.gif([("as it is", packed), ("a", short)])


def test_long_runs_are_told_in_fewer_frames(scenario):
    long = history_of(scenario.with_({"time.quarters": 250, "firms.count": 6}), 2, 0)
    assert opened(film.gif([("", long)])).n_frames == 84  # every third quarter, the last one among them


def test_a_film_that_is_too_large_is_made_smaller(packed, monkeypatch):
    whole = film.gif([("", packed)])
    monkeypatch.setattr(film, "MOST_BYTES", round(0.7 * len(whole)))
    half = film.gif([("", packed)])
    assert len(half) <= 0.7 * len(whole)
    assert (opened(half).n_frames, opened(half).size) == (15, opened(whole).size)
    monkeypatch.setattr(film, "MOST_BYTES", round(0.3 * len(whole)))
    assert opened(film.gif([("", packed)])).width < film.WIDTHS[1]


@pytest.mark.parametrize("many", [0, 5])
def test_one_to_four_arms(packed, many):
    with pytest.raises(InputError, match=f"1 to 4 arms, not {many}"):
        film.gif([("", packed)] * many)


def test_the_living_and_those_that_went_are_those_of_the_run(scenario, packed):
    run = simulate(scenario, seed=2)
    past = film.Past("", *unpack(packed))
    alive, gone, trust = past.living(29, 28)
    assert len(alive) == run.series("living")[-1]
    assert len(gone) == int(((run.spells().ended == 29) & (run.spells().entered <= 28)).sum())
    assert trust.mean() == pytest.approx(run.series("mean_trust")[-1], abs=1 / 255)


@pytest.mark.parametrize("shape", ["o", "s", "^", "v", "D", "X", "P", "p"])
def test_every_shape_is_drawn_about_where_it_stands(shape):
    image = Image.new("RGB", (80, 80), film.WHITE)
    film._mark(ImageDraw.Draw(image), (40.0, 40.0), 16.0, (shape, "#56B4E9"), ring=False)
    rows, columns = np.nonzero((np.asarray(image) != 255).any(axis=2))
    assert abs(columns.mean() - 40) < 1
    assert abs(rows.mean() - 40) < 4
    assert 350 < len(rows) < 1100  # a circle of that radius has 804


def test_a_run_becomes_a_file(scenario, tmp_path):
    path = film.film(simulate(scenario, seed=2), tmp_path / "world.gif")
    assert opened(path.read_bytes()).n_frames == 30
    with pytest.raises(InputError, match="cannot be written"):
        film.film(simulate(scenario, seed=2), tmp_path / "no" / "world.gif")
