from typing import Any

import numpy as np
import pytest

from experiments.commands.common import read_scenario
from experiments.lab.asks import Ask, ask_of
from experiments.lab.history import ALIVE, DISTRESS, HIT, MANAGERS, NEW, NO_ALLIANCE, NOBODY, RECORDS, history
from experiments.lab.packing import unpack
from experiments.lab.worlds import Worlds
from experiments.outcomes import summary
from experiments.sentences import run_sentence
from simulation import simulate
from simulation.events import BREACH, CAUSES, ENTERED, FAILED, INTERVENED, KINDS, RENEGOTIATED, SHOCK
from simulation.world import World

WORLDS = Worlds()
ASK = {
    "scenario": "turn_and_burn",
    "changes": {"firms.count": 40, "time.quarters": 90, "firms.initial_capital": 4.5},
    "interventions": [{"quarter": 40, "share": 0.5, "to": {"alliance_function": True}}],
    "seed": 5,
}


@pytest.fixture(scope="module")
def ask() -> Ask:
    return ask_of(ASK, WORLDS)


@pytest.fixture(scope="module")
def unpacked(ask: Ask) -> tuple[dict[str, Any], dict[str, Any]]:
    return unpack(history(ask))


class Watched:
    """The same world, looked at with `watch`: the slow way, and another one."""

    def __init__(self, ask: Ask) -> None:
        self.trust: dict[tuple[int, int], float] = {}  # (event that formed it, quarter)
        self.firms: list[dict[str, Any]] = []
        self.run = simulate(ask.scenario, ask.seed, ask.world, watch=self.look)

    def look(self, world: World) -> None:
        quarter, rows = int(world.counters.quarter[0]) - 1, int(world.counters.rows[0])
        for row in range(rows):
            self.trust[int(world.alliances.about[row]), quarter] = float(world.alliances.trust[row].mean())
        seats, firms = world.firms.row, world.firms
        names = ("strategy", "alliance_function", "capital")
        self.firms.append({name: getattr(firms, name)[seats].copy() for name in names})


@pytest.fixture(scope="module")
def watched(ask: Ask) -> Watched:
    return Watched(ask)


def test_the_header_says_what_was_asked_and_what_world_it_is(ask: Ask, unpacked: Any, watched: Watched) -> None:
    header, run = unpacked[0], watched.run
    assert (header["kind"], header["ask"], header["firms"], header["quarters"]) == ("history", ask.normal, 40, 90)
    assert (header["warm_up"], header["seed"], header["world"]) == (80, 5, 0)
    assert header["names"] == list(run.names)
    assert header["strategies"] == list(run.strategies)
    assert header["causes"] == list(CAUSES)
    assert header["settings"] == ask.values
    assert header["sectors"] == run.firms.sector[run.firms.row].tolist()
    assert header["sentence"] == run_sentence(summary(run), ask.scenario)
    for name in RECORDS:
        series = unpacked[1]["records"][:, header["record_names"].index(name)]
        np.testing.assert_allclose(series, run.series(name), rtol=1e-6)


def test_alliances_are_those_of_the_run_with_the_trust_of_every_quarter(unpacked: Any, watched: Watched) -> None:
    arrays, spells, last = unpacked[1], watched.run.spells(), watched.run.quarters - 1
    np.testing.assert_array_equal(arrays["first"], spells.first % 40)
    np.testing.assert_array_equal(arrays["second"], spells.second % 40)
    np.testing.assert_array_equal(arrays["formed"], spells.entered)
    np.testing.assert_array_equal(arrays["born"], spells.born)
    np.testing.assert_array_equal(arrays["ended"], spells.ended)
    np.testing.assert_array_equal(arrays["cause"], np.where(spells.cause < 0, ALIVE, spells.cause))
    for name in ("rival", "equity", "prior"):
        np.testing.assert_array_equal(arrays[name], getattr(spells, name))
    births = np.flatnonzero(watched.run.events.kind == 0)
    seen = {}
    for k, about in enumerate(births):
        row = arrays["trust"][arrays["trust_at"][k] : arrays["trust_at"][k + 1]]
        quarters = range(int(arrays["formed"][k]), min(int(arrays["ended"][k]), last) + 1)
        seen |= {(int(about), quarter): value for quarter, value in zip(quarters, row, strict=True)}
    assert seen.keys() == watched.trust.keys()
    assert max(abs(float(value) / 255 - watched.trust[key]) for key, value in seen.items()) <= 0.5 / 255 + 1e-6


def test_who_is_alive_in_a_quarter_is_the_network_of_that_quarter(unpacked: Any, watched: Watched) -> None:
    arrays = unpacked[1]
    for quarter in (0, 31, 89):
        alive = (arrays["formed"] <= quarter) & (quarter < arrays["ended"])
        pairs = set(zip(arrays["first"][alive].tolist(), arrays["second"][alive].tolist(), strict=True))
        assert pairs == {(min(pair), max(pair)) for pair in watched.run.graph_at(quarter).edges}


def test_firms_are_as_they_were_at_the_end_of_each_quarter(unpacked: Any, watched: Watched) -> None:
    arrays, run = unpacked[1], watched.run
    marks = np.zeros((90, 40), np.uint8)
    for quarter, seen in enumerate(watched.firms):
        np.testing.assert_array_equal(arrays["strategy"][quarter], seen["strategy"])
        np.testing.assert_allclose(arrays["capital"][quarter], seen["capital"], rtol=1e-6)
        marks[quarter] = MANAGERS * seen["alliance_function"]
        marks[quarter][seen["capital"] < run.scenario.firms.safe_capital] |= DISTRESS
    for quarter, kind, first in zip(run.events.quarter, run.events.kind, run.events.first, strict=True):
        if kind in (SHOCK, ENTERED):
            marks[quarter, first % 40] |= HIT if kind == SHOCK else NEW
    np.testing.assert_array_equal(arrays["marks"], marks)
    assert all((marks & bit).any() for bit in (MANAGERS, HIT, DISTRESS, NEW))


def test_the_shock_of_a_quarter_is_the_largest_that_anyone_felt(unpacked: Any, watched: Watched) -> None:
    arrays, events = unpacked[1], watched.run.events
    for quarter in range(90):
        felt = events.value[(events.kind == SHOCK) & (events.quarter == quarter)]
        assert arrays["shock"][quarter] == pytest.approx(felt.max(initial=0.0))


def test_events_name_seats_and_alliances(unpacked: Any, watched: Watched) -> None:
    arrays, events = unpacked[1], watched.run.events
    shown = np.flatnonzero(np.isin(events.kind, (BREACH, FAILED, ENTERED, RENEGOTIATED, INTERVENED)))
    births = np.flatnonzero(events.kind == 0).tolist()
    assert {KINDS[kind] for kind in arrays["event_kind"]} == {
        "breach",
        "failed",
        "entered",
        "renegotiated",
        "intervened",
    }
    assert len(arrays["event_kind"]) == len(shown)
    for place, number in enumerate(shown):
        first, second, about = (int(column[number]) for column in (events.first, events.second, events.about))
        assert arrays["event_quarter"][place] == events.quarter[number]
        assert arrays["event_first"][place] == first % 40
        assert arrays["event_second"][place] == (NOBODY if second < 0 else second % 40)
        assert arrays["event_alliance"][place] == (NO_ALLIANCE if about < 0 else births.index(about))


@pytest.mark.parametrize("name", WORLDS.names)
def test_every_scenario_has_a_history(name: str) -> None:
    header, arrays = unpack(history(ask_of({"scenario": name, "changes": {"time.quarters": 24}}, WORLDS)))
    assert header["title"] == read_scenario(name, None).title
    assert arrays["strategy"].shape == (24, header["firms"])
    assert arrays["trust_at"][-1] == len(arrays["trust"])


@pytest.mark.parametrize("changes", [
    {"network.kind": "empty", "formation.rate": 0.0},
    {"firms.count": 2, "firms.sectors": 1},
    {"environment.shock_rate": 1.0, "environment.shock_kind": "entrant_wave", "environment.displacement": 1.0},
    {"exit.fixed_hazard": 1.0},
])  # fmt: skip
def test_worlds_at_the_edge_have_one_too(changes: dict[str, Any]) -> None:
    header, arrays = unpack(
        history(ask_of({"scenario": "baseline", "changes": changes | {"time.quarters": 12}}, WORLDS))
    )
    assert header["sentence"].endswith(".")
    assert len(arrays["first"]) == len(arrays["ended"]) == len(arrays["trust_at"]) - 1


def test_an_agreement_is_told_with_both_partners() -> None:
    asked = {"scenario": "baseline", "changes": {"time.quarters": 12}}
    run = simulate(ask_of(asked, WORLDS).scenario)
    spells = run.spells()
    k = int(np.argmax((spells.entered <= 2) & (spells.ended > 4)))
    pair = [int(spells.first[k]) % 100, int(spells.second[k]) % 100]
    done = [{"quarter": 3, "between": pair, "agree": "equity"}, {"quarter": 4, "calm": True}]
    _, arrays = unpack(history(ask_of(asked | {"interventions": done}, WORLDS)))
    told = arrays["event_kind"] == INTERVENED
    assert arrays["event_first"][told].tolist() == pair
    assert arrays["event_quarter"][told].tolist() == [3, 3]
