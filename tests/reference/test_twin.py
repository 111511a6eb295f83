"""The engine and its slow twin agree event by event: integers exactly, numbers to rounding."""

import ast
import sys
from collections import Counter
from itertools import zip_longest
from pathlib import Path
from statistics import NormalDist
from typing import get_args

import numpy as np
import pytest

import scenarios
from simulation import Run, Scenario, simulate
from simulation.events import CAUSES, ENDED, KINDS, RENEGOTIATED, SHOCK
from simulation.records import COLUMNS
from simulation.scenario import Transfer
from simulation.scripted import Agreement, ShockKind, ShockScope
from simulation.state import GOOD_FAITH, NEVER, SETTLEMENT

# There is no __init__.py below tests/ and pytest leaves sys.path alone, so the folder of this file is put on it by hand.
# Only `reference_world` can then be found there (a folder without __init__.py is a package, too); nothing else has its name.
sys.path.insert(0, str(Path(__file__).parent))

from reference_world.draws import quantile
from reference_world.small_worlds import small_world
from reference_world.world import ReferenceWorld, Result

QUICK, WORLDS = 30, 480  # worlds that `make check` compares, and all
TOLERANCE = 1e-12  # of the larger of the number and 1: rounding, added up over some 30 quarters


def agree(scenario: Scenario, seed: int, world: int) -> None:
    """Fail at the first event, record or state in which engine and twin differ."""
    run = simulate(scenario, seed=seed, world=world)
    twin = ReferenceWorld(scenario, seed, world).run()
    where = f"{scenario.name}, seed {seed}, world {world}"
    compare_events(where, run, twin)
    compare_records(where, run, twin)
    compare_firms(where, run, twin)
    compare_alliances(where, run, twin)


def close(where: str, of_engine: float, of_twin: float) -> None:
    """Equal but for rounding."""
    allowed = TOLERANCE * max(1.0, abs(of_engine), abs(of_twin))
    assert abs(of_engine - of_twin) <= allowed, f"{where}: engine {of_engine!r}, twin {of_twin!r}"


def compare_events(where: str, run: Run, twin: Result) -> None:
    """The logs, line by line."""
    of_engine = list(zip(*(column.tolist() for column in run.events), strict=True))
    for number, (ours, theirs) in enumerate(zip_longest(of_engine, twin.events)):
        line = f"{where}, event {number}: engine {ours}, twin {theirs}"
        assert ours is not None, line
        assert theirs is not None, line
        assert ours[:5] == theirs[:5], line
        assert ours[6] == theirs[6], line
        close(line, ours[5], theirs[5])


def compare_records(where: str, run: Run, twin: Result) -> None:
    """What was measured, quarter by quarter."""
    assert len(run.records) == len(twin.records), where
    for quarter, (line, record) in enumerate(zip(run.records.tolist(), twin.records, strict=True)):
        assert tuple(record) == COLUMNS
        for name, measured in zip(COLUMNS, line, strict=True):
            close(f"{where}, quarter {quarter}, {name}", measured, record[name])


def compare_firms(where: str, run: Run, twin: Result) -> None:
    """Every field of every firm at the end."""
    whole = ("seat", "identity", "sector", "capabilities", "noticed_kind")
    numbers = ("flexibility", "openness", "absorptive_capacity", "founding_capacity", "activity", "goal", "reputation",
               "capital", "munificence", "outside_option", "felt", "noticed", "income")  # fmt: skip
    for row, firm in zip(run.firms.row, twin.firms, strict=True):
        here = f"{where}, firm on seat {firm.seat}"
        for name in whole:
            assert getattr(run.firms, name)[row] == getattr(firm, name), f"{here}, {name}"
        assert run.firms.strategy[row] == firm.strategy_number, f"{here}, strategy"
        assert run.firms.alliance_function[row] == firm.alliance_function, f"{here}, alliance function"
        assert run.firms.last_shock[row] == (NEVER if firm.last_shock is None else firm.last_shock), f"{here}, shock"
        assert run.firms.degree[row] == sum(firm.seat in a.seats for a in twin.alliances), f"{here}, degree"
        past = zip(run.firms.past_partner[row], run.firms.past_ties[row], strict=True)
        newest_first = [(identity, ties) for identity, ties in past if identity >= 0]
        assert newest_first == list(firm.past_ties.items())[::-1], f"{here}, past partners"
        for name in numbers:
            close(f"{here}, {name}", getattr(run.firms, name)[row], getattr(firm, name))
        for name in ("knowledge", "profile", "founding_profile", "regulation"):
            for k, (ours, theirs) in enumerate(zip(getattr(run.firms, name)[row], getattr(firm, name), strict=True)):
                close(f"{here}, {name} {k}", ours, theirs)


def compare_alliances(where: str, run: Run, twin: Result) -> None:
    """Every field of every alliance that lives at the end."""
    table = run.alliances
    assert len(table.first) == len(twin.alliances), where
    for a, alliance in enumerate(twin.alliances):
        here = f"{where}, alliance {alliance.seats}"
        assert (run.firms.seat[table.first[a]], run.firms.seat[table.second[a]]) == alliance.seats, here
        for ours, theirs in (
            (table.born, alliance.born), (table.about, alliance.number), (table.equity, alliance.equity),
            (table.prior_ties, alliance.prior_ties), (table.is_rival, alliance.is_rival), (table.strained, alliance.strained),
            (table.pledge, GOOD_FAITH * alliance.keeps_faith + SETTLEMENT * alliance.will_settle),
            (table.shaken, NEVER if alliance.shaken is None else alliance.shaken),
        ):  # fmt: skip
            assert ours[a] == theirs, here
        for name in ("fit", "potential", "lost_fit", "accord"):
            close(f"{here}, {name}", getattr(table, name)[a], getattr(alliance, name))
        for k, (side, _) in enumerate(alliance.sides()):
            assert table.found_out[a, k] == (NEVER if side.found_out is None else side.found_out), here
            for name in ("trust", "ceiling", "observed", "performance", "learned", "sharing", "payoff", "cost"):
                close(f"{here}, {name} of side {k}", getattr(table, name)[a, k], getattr(side, name))


@pytest.mark.parametrize(
    "first", [pytest.param(first, marks=[pytest.mark.slow] if first else []) for first in range(0, WORLDS, QUICK)]
)
def test_engine_and_twin_agree_on_small_worlds(first: int) -> None:
    for number in range(first, first + QUICK):
        agree(small_world(number), seed=number % 7, world=number)


@pytest.mark.parametrize("count", [QUICK, pytest.param(WORLDS, marks=pytest.mark.slow)])
def test_everything_happens_in_these_worlds(count: int) -> None:
    """Or agreement on them would say nothing about what never happened."""
    kinds, causes, shocks, talks = Counter[int](), Counter[int](), Counter[int](), Counter[int]()
    networks, scopes, transfers, switched_off = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    for number in range(count):
        scenario = small_world(number)
        log = simulate(scenario, seed=number % 7, world=number).events
        kinds.update(log.kind.tolist())
        causes.update(log.detail[log.kind == ENDED].tolist())
        shocks.update(log.detail[log.kind == SHOCK].tolist())
        talks.update(log.detail[log.kind == RENEGOTIATED].tolist())
        networks[scenario.network.kind] += 1
        scopes.update(event.scope for event in scenario.environment.events)
        transfers[scenario.knowledge.transfer] += 1
        switched_off.update(name for name, on in scenario.mechanisms if not on)
    assert set(kinds) == set(range(len(KINDS)))
    assert set(causes) == set(range(len(CAUSES))), [CAUSES[k] for k in range(len(CAUSES)) if k not in causes]
    assert set(shocks) == set(range(len(get_args(ShockKind))))
    assert set(talks) == {0, 1}
    assert len(networks) == 6
    assert set(scopes) == set(get_args(ShockScope))
    assert set(transfers) == set(get_args(Transfer))
    assert set(switched_off) == set(type(scenario.mechanisms).model_fields)
    if count == WORLDS:  # and not by a single chance
        assert min(causes.values()) >= 20, causes


@pytest.mark.slow
@pytest.mark.parametrize("name", scenarios.names())
def test_engine_and_twin_agree_on_shipped_scenarios(name: str) -> None:
    scenario = scenarios.load(name)
    count = max(16, len(scenario.network.firms))
    early = {  # what is scripted happens within the first 40 quarters
        key: [entry.model_dump() | {"quarter": entry.quarter % 40} for entry in entries]
        for key, entries in (
            ("environment.events", scenario.environment.events),
            ("interventions", scenario.interventions),
        )
    }
    agree(
        scenario.with_(early | {"firms.count": count, "time.quarters": 40, "time.warm_up_quarters": 0}), seed=3, world=1
    )


@pytest.mark.parametrize("agree_on", get_args(Agreement))
def test_engine_and_twin_agree_on_what_partners_agree_on(agree_on: str) -> None:
    """Between real partners, in a world of opportunists and shocks, where it matters."""
    changes = {"firms.count": 12, "firms.sectors": 2, "time.quarters": 40, "time.warm_up_quarters": 0,
               "mix.opportunist": 0.5, "opportunism.side_deal_rate": 0.5, "environment.shock_rate": 0.2}  # fmt: skip
    base = Scenario().with_(changes)
    spells, before, mattered = simulate(base, seed=2).spells(), simulate(base, seed=2).events, 0
    for k in np.argsort(spells.entered - spells.ended, kind="stable")[:6]:
        pair = [int(spells.first[k] % 12), int(spells.second[k] % 12)]
        orders = [{"quarter": int(spells.entered[k]) + 1, "between": pair, "agree": agree_on}]
        changed = base.with_({"interventions": orders})
        agree(changed, seed=2, world=0)
        ours = simulate(changed, seed=2).events
        told = ours.kind == KINDS.index("intervened")
        assert sorted(ours.first[told].tolist()) == sorted(spells._asdict()[side][k] for side in ("first", "second"))
        mattered += not np.array_equal(ours.value[~told], before.value)
    assert mattered >= 3  # some were governed by equity anyway


def test_engine_and_twin_agree_on_calm_quarters() -> None:
    """In every second quarter with a shock, for all or for one sector."""
    base = small_world(3).with_(
        {"environment.shock_rate": 0.5, "environment.shock_scope": "global", "interventions": []}
    )
    struck = sorted(set(simulate(base, seed=2).events.quarter[simulate(base, seed=2).events.kind == SHOCK].tolist()))
    orders = [{"quarter": quarter, "calm": True} for quarter in struck[::2]]
    orders += [{"quarter": quarter, "calm": True, "sector": 0} for quarter in struck[1::4]]
    changed = base.with_({"interventions": orders})
    agree(changed, seed=2, world=0)
    log = simulate(changed, seed=2).events
    assert not set(struck[::2]) & set(log.quarter[log.kind == SHOCK].tolist())


@pytest.mark.slow
def test_engine_and_twin_agree_on_a_larger_world() -> None:
    """Long enough for firms to have had more partners than they remember."""
    scenario = Scenario().with_(firms__count=40, time__quarters=60, time__warm_up_quarters=0, formation__rate=0.3)
    agree(scenario, seed=1, world=0)


def test_the_twin_takes_nothing_of_the_theory_from_the_engine() -> None:
    # settings, initial ties, names of events, causes, purposes
    lent = {"scenario", "scripted", "settings", "strategies", "networks", "events", "draws", "records"}
    for file in (Path(__file__).parent / "reference_world").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("simulation"):
                assert node.module.removeprefix("simulation.") in lent, f"{file.name} imports {node.module}"
                assert "draws" not in node.module or [name.name for name in node.names] == ["Purpose"], file.name
            if isinstance(node, ast.Import):
                assert not any(name.name.startswith(("simulation", "numpy", "numba")) for name in node.names), file.name


def test_quantiles_are_those_of_the_normal_distribution() -> None:
    exact = NormalDist()
    for u in np.concatenate([np.linspace(0.0005, 0.9995, 2001), 10.0 ** -np.arange(4, 16)]):
        assert abs(quantile(float(u)) - exact.inv_cdf(float(u))) < 1e-6


def test_each_firm_hit_is_logged_with_the_kind_of_its_own_shock() -> None:
    events = [
        {"quarter": 2, "scope": "sector", "sector": 0, "kind": "competence_destroying", "magnitude": 0.5},
        {"quarter": 2, "scope": "sector", "sector": 1, "kind": "demand_slump", "magnitude": 0.5},
    ]
    settings = {"environment.events": events, "environment.shock_rate": 0.0, "firms.sectors": 2, "firms.count": 6}
    agree(Scenario().with_(settings | {"time.quarters": 4, "time.warm_up_quarters": 0}), seed=1, world=0)
