from experiments.report.sources import reproduce_rows
from simulation.draws import VERSION
from simulation.scenario import Scenario


def test_seed_digest_and_versions_are_there():
    base = Scenario()
    rows = dict(reproduce_rows({"as it is": base, "b": base.with_({"firms.count": 9})}, 4, "0 to 9"))
    assert rows["scenario as it is"] == f"baseline, digest {base.digest}"
    assert rows["scenario b"] != rows["scenario as it is"]
    assert rows["seed"] == "4"
    assert rows["random numbers"] == f"version {VERSION}"
    assert {"Python", "numpy", "alliance-dynamics"} <= set(rows)


def test_one_scenario_needs_no_arm():
    assert "scenario" in dict(reproduce_rows({"this world": Scenario()}, 1, "0"))
