"""The Mesa face: the same world as `simulate`, stepped, watched and collected as Mesa users do."""

import gc
import re
import subprocess
import sys
import weakref
from pathlib import Path
from typing import Any

import mesa
import networkx as nx
import numpy as np
import pytest

from scenarios import load, path
from simulation import Run, Scenario, simulate
from simulation.mesa_model import AllianceModel
from simulation.problems import InputError
from simulation.records import COLUMNS

SMALL: dict[str, Any] = {"firms__count": 30, "time__quarters": 40, "time__warm_up_quarters": 0}
HARSH = SMALL | {"firms__initial_capital": 1.0}  # many fail, many enter


def same(one: Run, other: Run) -> bool:
    """Whether two runs are equal to the last bit: events, records, firms and alliances."""
    parts = [(*run.events, run.records, *run.firms, *run.alliances) for run in (one, other)]
    return all(a.tobytes() == b.tobytes() for a, b in zip(*parts, strict=True))


@pytest.mark.parametrize("name", ["baseline", "rescue", "regulation", "turn_and_burn", "florentine", "wave"])
def test_stepping_gives_what_simulate_gives(name: str) -> None:
    scenario = load(name).with_({"time.quarters": 150})
    model = AllianceModel(name, rng=7, time__quarters=150)
    model.run_model()
    assert same(model.result(), simulate(scenario, seed=7))


def test_those_scenarios_have_interventions_shocks_on_schedule_and_entrants() -> None:
    kinds = set()
    for name in ("rescue", "regulation", "turn_and_burn"):
        scenario = load(name)
        kinds |= {"intervention"} if scenario.interventions else set()
        kinds |= {"scripted shock"} if scenario.environment.events else set()
        kinds |= (
            {"entrant"} if simulate(scenario.with_({"time.quarters": 150}), seed=7).series("failed").any() else set()
        )
    assert kinds == {"intervention", "scripted shock", "entrant"}


def test_another_world_a_graph_and_policies_are_those_of_simulate() -> None:
    scenario = Scenario().with_(**SMALL)
    graph = nx.florentine_families_graph()
    policies = {"reciprocator": generous}
    model = AllianceModel(scenario, rng=2, world=5, graph=graph, policies=policies)
    model.run_model()
    assert same(model.result(), simulate(scenario, 2, 5, graph=graph, policies=policies))
    assert model.firms[0].name == next(iter(graph)), "seats are the nodes, in their order"


def generous(seen: Any) -> float:
    return 1.0


# --- the clock --------------------------------------------------------------------------------------------------------


def test_the_clock_is_mesas_and_stops_at_the_last_quarter() -> None:
    model = AllianceModel(rng=1, **SMALL)
    assert (model.running, model.steps, model.quarter) == (True, 0, 0)
    model.step()
    assert (model.running, model.steps, model.quarter) == (True, 1, 1)
    if hasattr(model, "time"):
        assert model.time == 1.0
    model.run_model()
    assert (model.running, model.steps, model.quarter) == (False, 40, 40)


def test_stepping_past_the_end_is_an_error_each_time_and_counts_nothing() -> None:
    model = AllianceModel(rng=1, **SMALL | {"time__quarters": 1})
    model.step()
    for _ in range(2):
        with pytest.raises(RuntimeError, match=r"all 1 quarters have been run .*model\.fork\(time__quarters=41\)"):
            model.step()
    assert (model.steps, model.quarter) == (1, 1)


def test_a_policy_that_fails_leaves_no_world_that_runs_on() -> None:
    model = AllianceModel(rng=1, policies={"hoarder": lambda seen: "much"}, **SMALL)
    with pytest.raises(InputError, match=r"policies\.hoarder"):
        model.step()
    for stuck in (model, model.fork(policies={})):
        with pytest.raises(RuntimeError, match="a policy failed in quarter 0"):
            stuck.step()


def test_mesas_own_schedule_drives_it_where_there_is_one() -> None:
    model = AllianceModel(rng=1, **SMALL)
    if not hasattr(model, "run_for"):
        pytest.skip("this Mesa has no run_for")
    model.run_for(3)
    assert (model.steps, model.quarter) == (3, 3)


# --- what goes in -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rng", [7, np.int64(7), np.uint8(7), "7", " 7 "])
def test_whole_numbers_of_any_kind_are_the_seed(rng: Any) -> None:
    assert AllianceModel(rng=rng, **SMALL).seed == 7


@pytest.mark.parametrize("make", [np.random.default_rng, np.random.SeedSequence, np.random.PCG64, lambda seed: [seed]])
def test_generators_give_one_seed(make: Any) -> None:
    seed = AllianceModel(rng=make(5), **SMALL).seed
    assert seed == AllianceModel(rng=make(5), **SMALL).seed != AllianceModel(rng=make(6), **SMALL).seed


def test_without_rng_each_world_is_another_and_says_its_seed() -> None:
    models = [AllianceModel(**SMALL) for _ in range(2)]
    assert models[0].seed != models[1].seed
    again = AllianceModel(rng=models[0].seed, **SMALL)
    for model in (models[0], again):
        model.run_model()
    assert same(models[0].result(), again.result())


@pytest.mark.parametrize("rng", [-1, True, 1.5, "seven", 2**63, "-1", object()])
def test_other_seeds_are_refused(rng: Any) -> None:
    with pytest.raises(InputError, match="rng: "):
        AllianceModel(rng=rng, **SMALL)


@pytest.mark.parametrize("given", [path("calm"), str(path("calm")), "calm", load("calm")])
def test_a_scenario_is_a_name_a_path_or_a_scenario(given: Any) -> None:
    assert AllianceModel(given, rng=1).settings.digest == load("calm").digest


def test_settings_have_dots_or_two_underscores_and_numpy_numbers_count() -> None:
    model = AllianceModel(rng=1, firms__count=np.int64(12), **{"environment.shock_rate": np.float64(0.2)})
    assert model.settings.firms.count == len(model.firms) == 12
    assert model.settings.environment.shock_rate == 0.2


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"scenario": "basline"}, 'did you mean "baseline"'),
        ({"scenario": 3}, "scenario: 3 is neither a name"),
        ({"firms__cuont": 3}, "firms.cuont: .*count"),
        ({"firms__count": 1}, "firms.count"),
        ({"seed": 3}, "seed: the seed is called rng here, as in Mesa: rng=3"),
        ({"world": -1}, "world: -1"),
        ({"policies": {"hoader": generous}}, 'did you mean "hoarder"'),
        ({"model_reporters": {"living": generous}}, "model_reporters.living: is measured by the engine"),
    ],
)
def test_bad_input_says_what_is_right(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        AllianceModel(**{"rng": 1} | wrong)


# --- data -------------------------------------------------------------------------------------------------------------


def test_the_datacollector_holds_the_records() -> None:
    model = AllianceModel(rng=3, **SMALL)
    assert model.datacollector.get_model_vars_dataframe().shape == (0, len(COLUMNS))
    for _ in range(5):
        model.step()
    frame = model.datacollector.get_model_vars_dataframe()
    assert list(frame.columns) == list(model.datacollector.model_reporters) == list(COLUMNS)
    np.testing.assert_array_equal(frame.to_numpy(), model.result().frame().to_numpy())
    assert model.mean_trust == frame["mean_trust"].iloc[-1]  # type: ignore[attr-defined]
    model.step()
    assert len(model.datacollector.get_model_vars_dataframe()) == 6


def test_own_reporters_are_collected_beside_the_records() -> None:
    model = AllianceModel(
        rng=3, model_reporters={"richest": lambda m: m.agents.agg("capital", max), "seed": "seed"},
        agent_reporters={"capital": "capital", "partners": lambda firm: len(firm.partners)}, **SMALL,
    )  # fmt: skip
    model.datacollector.collect(model)  # the beginning, which the engine has not measured yet
    model.step()
    model.step()
    frame = model.datacollector.get_model_vars_dataframe()
    assert list(frame.columns) == [*COLUMNS, "richest", "seed"]
    assert frame["living"].isna().tolist() == [True, False, False]
    assert frame["seed"].tolist() == [3, 3, 3]
    assert frame["richest"].iloc[-1] == max(firm.capital for firm in model.firms)
    agents = model.datacollector.get_agent_vars_dataframe()
    assert agents.index.get_level_values("Step").tolist() == [float(step) for step in range(3) for _ in range(30)]
    assert agents["capital"].tail(30).tolist() == [firm.capital for firm in model.firms]
    assert agents["partners"].tail(30).sum() == 2 * model.living  # type: ignore[attr-defined]


def test_a_plain_datacollector_of_the_users_own_takes_its_place() -> None:
    class Own(AllianceModel):
        def __init__(self, **others: Any) -> None:
            super().__init__(**others)
            self.datacollector = mesa.DataCollector({"trust": "mean_trust"}, {"capital": "capital"})
            self.datacollector.collect(self)

    model = Own(rng=1, **SMALL)
    model.run_model()
    frame = model.datacollector.get_model_vars_dataframe()
    np.testing.assert_array_equal(frame["trust"].iloc[1:], model.result().series("mean_trust"))
    assert np.isnan(frame["trust"].iloc[0])


def batch(parameters: dict[str, Any], seeds: list[Any], **others: Any) -> list[dict[str, Any]]:
    """mesa.batch_run with one run per seed, which each Mesa wants to be told in its own way."""
    if "rng" in mesa.batch_run.__code__.co_varnames:
        return list(mesa.batch_run(AllianceModel, parameters, rng=seeds, display_progress=False, **others))
    return list(mesa.batch_run(AllianceModel, parameters | {"rng": seeds}, display_progress=False, **others))


def test_batch_run_ends_with_the_last_quarter_of_each_world() -> None:
    rows = batch(
        SMALL | {"scenario": ["baseline", "calm"], "environment.shock_magnitude": np.linspace(0.2, 0.8, 2)}, [4, 5]
    )
    assert len(rows) == 8
    for row in rows:
        settings = {"environment.shock_magnitude": float(row["environment.shock_magnitude"])}
        run = simulate(load(row["scenario"]).with_(settings, **SMALL), seed=row["rng"])
        assert [row[name] for name in COLUMNS] == run.records[-1].tolist()


def test_batch_run_without_seeds_gives_other_worlds() -> None:
    parameters = SMALL | {"scenario": "baseline"}
    if "rng" in mesa.batch_run.__code__.co_varnames:
        rows = batch(parameters, [None, None])
    else:
        rows = mesa.batch_run(AllianceModel, parameters, iterations=2, display_progress=False)
    assert rows[0]["mean_capital"] != rows[1]["mean_capital"]


def test_batch_run_keeps_quarters_and_firms_together() -> None:
    rows = batch(SMALL | {"agent_reporters": [{"capital": "capital"}]}, [4], data_collection_period=1)
    run = simulate(Scenario().with_(**SMALL), seed=4)
    assert len(rows) == 40 * 30
    for quarter, start in enumerate(range(0, len(rows), 30)):
        firms = rows[start : start + 30]
        assert [row["AgentID"] for row in firms] == list(range(30))
        np.testing.assert_allclose(
            np.mean([row["capital"] for row in firms]), run.series("mean_capital")[quarter], rtol=1e-12
        )


@pytest.mark.slow
def test_batch_run_in_two_processes_is_batch_run_in_one() -> None:
    def told(many: int) -> list[list[float]]:
        rows = batch(SMALL, [1, 2, 3], number_processes=many)
        return sorted([row["rng"], *(row[name] for name in COLUMNS)] for row in rows)

    assert told(2) == told(1)


# --- docs -------------------------------------------------------------------------------------------------------------


def test_the_page_for_mesa_users_is_true() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "mesa.md").read_text(encoding="utf-8")
    blocks = [block for block in re.findall(r"```python\n(.*?)```", page, flags=re.DOTALL) if "batch_run" not in block]
    assert len(blocks) == 4
    names: dict[str, Any] = {}
    for block in blocks:
        exec(block, names)
        if "branch" in block:
            assert f"{names['model'].living:.0f} alliances, and {names['branch'].living:.0f}" in block
    assert isinstance(names["model"], AllianceModel)


# --- house ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("watched", [False, True])
def test_a_model_that_is_dropped_is_freed(watched: bool) -> None:
    model = AllianceModel(rng=1, agent_reporters={"capital": "capital"} if watched else None, **SMALL)
    if watched:
        assert len(model.agents) == 30
        assert model.graph is not None
    model.step()
    alive = weakref.ref(model)
    world = weakref.ref(model.state)
    del model
    gc.collect()
    assert alive() is None
    assert world() is None


def test_a_result_stays_as_it_is_when_the_model_runs_on() -> None:
    model = AllianceModel(rng=1, **HARSH)
    for _ in range(10):
        model.step()
    kept, at_once = model.result(), simulate(Scenario().with_(**HARSH | {"time__quarters": 10}), seed=1)
    model.run_model()
    assert kept.quarters == 10
    assert same(kept, at_once)


@pytest.mark.slow
def test_nothing_else_imports_mesa() -> None:
    code = (
        "import sys, experiments, experiments.cli, scenarios, simulation\n"
        "import experiments.running, experiments.runner\n"
        "simulation.simulate(simulation.Scenario().with_(firms__count=8, time__quarters=2, time__warm_up_quarters=0))\n"
        "print([name for name in sys.modules if name.split('.')[0] == 'mesa' or 'simulation.mesa' in name])"
    )
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[0] == "[]"


def test_it_says_what_it_is() -> None:
    model = AllianceModel("calm", rng=1, **SMALL)
    model.step()
    assert repr(model) == "AllianceModel('calm', rng=1): 30 firms, quarter 1 of 40"
