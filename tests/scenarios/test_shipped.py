"""The scenarios that come with the project: they load, say what they are about, and hold what they promise."""

import csv
import json
import re
import tomllib
from collections import Counter
from itertools import pairwise
from pathlib import Path

import networkx as nx
import pytest

from scenarios import load, names, path
from scenarios.dates import first_day
from scenarios.schema import schema_path, schema_text
from simulation import Scenario, simulate
from simulation.events import INTERVENED, SHOCK
from simulation.problems import InputError

AIRLINES = path("airlines").parent / "networks" / "airlines.csv"
# Real observations lie beside the project, where there are any; they are not part of it.
FACTS = Path(__file__).resolve().parents[3] / "shared" / "data" / "optd_airline_alliance_membership.csv"


def test_the_scenarios_that_the_project_promises() -> None:
    promised = {"calm", "constant_change", "turn_and_burn", "hoarders", "honeymoon", "florentine", "airlines"} | {
        "turbulent", "wave", "regulation", "contagion", "rescue"
    }  # fmt: skip
    assert names()[0] == "baseline"
    assert promised <= set(names())


@pytest.mark.parametrize("name", names())
def test_each_loads_and_says_what_it_is_about(name: str) -> None:
    scenario = load(name)
    assert scenario.name == name == path(name).stem
    assert scenario.title.endswith(".")
    assert 40 <= len(scenario.title) <= 100
    assert sum(row.share for row in scenario.strategies.values()) == pytest.approx(1, abs=1e-9)
    text = path(name).read_text(encoding="utf-8")
    assert text.startswith("#:schema ./scenario.schema.json\n# "), "says why, and where editors find the schema"
    assert max(map(len, text.splitlines())) <= 120


@pytest.mark.parametrize("name", [name for name in names() if name != "baseline"])
def test_each_differs_from_the_baseline(name: str) -> None:
    assert load(name).digest != load("baseline").digest


def test_the_baseline_is_the_defaults() -> None:
    assert load("baseline").digest == Scenario().digest


@pytest.mark.parametrize("name", names())
def test_what_comments_say_of_defaults_is_true(name: str) -> None:
    """ "key = value  # ...; the default is 0.45" """
    group, base = "", load("baseline").model_dump()
    for line in path(name).read_text(encoding="utf-8").splitlines():
        if header := re.match(r"\[([a-z.]+)\]", line):
            group = header[1]
        if told := re.match(r"(\w+) = .*# .*the default is ([\d.]*\d)", line):
            assert base[group][told[1]] == float(told[2]), f"{group}.{told[1]}"


def test_what_the_scenarios_change() -> None:
    base = load("baseline")
    assert load("constant_change").environment.shock_rate > 2 * base.environment.shock_rate
    assert load("calm").environment.shock_rate == 0
    assert load("turn_and_burn").strategies["opportunist"].share == 0.30
    assert load("hoarders").strategies["hoarder"].share == 0.5
    assert load("honeymoon").exit.honeymoon > base.exit.honeymoon
    wave = load("wave").environment
    assert (
        load("wave").time.warm_up_quarters
        <= wave.wave_quarter
        < wave.wave_quarter + wave.wave_length
        < base.time.quarters
    )
    (law,) = load("regulation").environment.events
    assert (law.kind, load("regulation").environment.regulation_reversion) == ("leakage_protection", 0)
    assert load("contagion").environment.shock_scope == "correlated"


def test_a_turbulent_world_is_as_often_shocked_as_an_even_one() -> None:
    world = load("turbulent").environment
    turbulent = world.turbulence_start / (world.turbulence_start + world.turbulence_end)  # share of the time
    mean = world.shock_rate * (1 - turbulent + turbulent * world.turbulence_factor)
    assert mean == pytest.approx(0.05)


def test_help_comes_to_a_third_of_the_firms_after_the_first_shocks() -> None:
    rescue = load("rescue")
    (shocks,), (help_,) = rescue.environment.events, rescue.interventions
    assert rescue.time.warm_up_quarters < shocks.quarter < help_.quarter
    assert help_.to.alliance_function
    events = simulate(rescue, seed=1).events
    assert set(events.quarter[events.kind == SHOCK]) == set(
        range(shocks.quarter, rescue.time.quarters, shocks.every or 1)
    )
    helped = events.quarter[events.kind == INTERVENED]
    assert set(helped) == {help_.quarter}
    assert len(helped) == 33


def test_shocks_of_contagion_hit_partners_together() -> None:
    world = load("contagion")
    events = simulate(world.with_(time__quarters=120), seed=1).events
    shocks = events.quarter[events.kind == SHOCK]
    several = Counter(shocks.tolist())
    assert max(several.values()) > 10
    assert 0.02 < len(shocks) / (120 * world.firms.count) < 0.1


def test_florentine_has_a_seat_for_each_family() -> None:
    florentine = load("florentine")
    assert florentine.firms.count == nx.florentine_families_graph().number_of_nodes()
    assert florentine.time.warm_up_quarters == 0


def test_path_of_an_unknown_scenario_offers_the_nearest() -> None:
    with pytest.raises(InputError, match='did you mean "hoarders"'):
        path("hoarder")


# --- airlines ---------------------------------------------------------------------------------------------------------


def airline_rows() -> list[dict[str, str]]:
    lines = [line for line in AIRLINES.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines))


def test_airlines_are_tied_within_the_alliances_of_july_2000() -> None:
    world = load("airlines").network
    tied = Counter(world.firms[seat] for tie in world.ties for seat in (tie.first, tie.second))
    assert [tied[name] for name in ("Lufthansa", "British Airways", "Delta Air Lines")] == [12, 7, 3]
    assert not {"Canadian Airlines", "Northwest Airlines"} & set(tied)
    assert len(world.firms) == len({row["firm"] for row in airline_rows()})
    oldest = max(world.ties, key=lambda tie: tie.age)
    assert {world.firms[oldest.first], world.firms[oldest.second]} <= {
        "Air Canada", "Lufthansa", "SAS", "Thai Airways", "United Airlines"
    }  # fmt: skip
    assert oldest.age == 12  # May 1997 to July 2000


def test_airlines_were_in_one_alliance_at_a_time() -> None:
    spells: dict[str, list[tuple[str, str]]] = {}
    for row in airline_rows():
        spells.setdefault(row["firm"], []).append((row["from"], row["to"] or "9999"))
    for several in spells.values():
        ordered = sorted(several)
        assert all(end < start for (_, end), (start, _) in pairwise(ordered))


def test_airlines_agree_with_what_others_recorded() -> None:
    """Joining dates within two months, but for two rows that are wrong there."""
    if not FACTS.exists():
        pytest.skip(f"no observations to compare with: {FACTS.name} is not there")
    ours = {(row["firm"], row["group"].lower()): row["from"] for row in airline_rows()}
    with FACTS.open(encoding="utf-8") as file:
        theirs = {
            (row["airline_name"], row["alliance_name"].lower()): row["from_date"]
            for row in csv.DictReader(file, delimiter="^")
            if row["alliance_type"] == "Member"
        }
    both = set(ours) & set(theirs)
    apart = {who for who in both if abs((first_day(ours[who]) - first_day(theirs[who])).days) > 62}
    assert len(both) >= 60
    assert apart == {
        ("Lufthansa", "star alliance"),  # a founder, not of 1999
        ("ITA Airways", "skyteam"),  # its row began as Alitalia's
    }


# --- schema -----------------------------------------------------------------------------------------------------------


def test_the_schema_file_is_current() -> None:
    assert schema_path().read_text(encoding="utf-8") == schema_text(), "run `make schema`"


def test_the_schema_knows_every_word_of_the_shipped_scenarios() -> None:
    schema = json.loads(schema_text())
    for name in names():
        for key, value in tomllib.loads(path(name).read_text(encoding="utf-8")).items():
            known = schema["properties"][key]
            if isinstance(value, dict) and "$ref" in known:
                table = schema["$defs"][known["$ref"].rpartition("/")[2]]
                assert set(value) <= set(table["properties"])
                assert table["additionalProperties"] is False
