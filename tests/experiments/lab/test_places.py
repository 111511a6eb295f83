import json
import shutil
import subprocess

import numpy as np
import pytest

from experiments.lab import places
from experiments.lab.bundle import STATIC
from experiments.lab.offline import history_of
from experiments.lab.packing import unpack
from simulation import Scenario

NODE = shutil.which("node")


@pytest.fixture(scope="module")
def arrays():
    scenario = Scenario().with_({"firms.count": 30, "time.quarters": 40, "time.warm_up_quarters": 0})
    return unpack(history_of(scenario, 1, 0))[1]


def test_every_firm_has_a_place_of_its_own_in_the_unit_square(arrays):
    points = places.place_firms(30, arrays, 40)
    assert points.shape == (30, 2)
    assert points.min() == 0.0
    assert points.max() == 1.0
    apart = np.hypot(*(points[:, None] - points[None]).T) + np.eye(30)
    assert apart.min() > 0.3 / np.sqrt(30)
    np.testing.assert_array_equal(points, places.place_firms(30, arrays, 40))


def test_firms_without_any_alliance_have_places_too():
    none = {name: np.zeros(0, np.int16) for name in ("first", "second", "formed", "ended")}
    assert places.place_firms(2, none, 8).shape == (2, 2)
    assert np.isfinite(places.place_firms(9, none, 8)).all()


@pytest.mark.skipif(NODE is None, reason="no node on this machine")
def test_the_rules_are_those_of_the_viewer(arrays, tmp_path, monkeypatch):
    # For a few rounds only: later the forces amplify the last digits, in which sums in another order differ.
    rounds = 20
    text = (STATIC / "layout.js").read_text(encoding="utf-8")
    assert f"const ROUNDS = {places.ROUNDS};" in text
    (tmp_path / "layout.mjs").write_text(text.replace(f"ROUNDS = {places.ROUNDS}", f"ROUNDS = {rounds}"))
    monkeypatch.setattr(places, "ROUNDS", rounds)
    names = ("first", "second", "formed", "ended")
    history = {"quarters": 40, "alliances": len(arrays["first"])} | {name: arrays[name].tolist() for name in names}
    (tmp_path / "run.mjs").write_text(
        'import { placeFirms } from "./layout.mjs";\n'
        f"const {{ x, y }} = placeFirms(30, {json.dumps(history)});\n"
        "console.log(JSON.stringify([Array.from(x), Array.from(y)]));\n"
    )
    told = subprocess.run([NODE, tmp_path / "run.mjs"], capture_output=True, text=True, check=True, timeout=60).stdout
    np.testing.assert_allclose(places.place_firms(30, arrays, 40), np.array(json.loads(told)).T, atol=1e-6)
