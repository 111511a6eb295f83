"""Looking things up: mechanisms, entries of lists, habits of strategies."""

import json
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from experiments.cli import app
from experiments.commands.listing import habits
from simulation.mechanisms import Mechanisms, needed_for, neutral_settings
from simulation.scripted import Event, Intervention, Traits
from simulation.strategies import Strategy


def alliances(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def json_of(*words: str) -> Any:
    result = alliances(*words, "--json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_mechanisms_are_listed_with_what_they_do_and_who_asks_for_them() -> None:
    found = json_of("mechanisms")
    assert [row["name"] for row in found] == list(Mechanisms.model_fields)
    for row in found:
        assert row["key"] == f"mechanisms.{row['name']}"
        assert row["asked_for_by"] == needed_for(row["name"])
        assert set(row["at_rest"]) == set(neutral_settings(row["name"]))
        assert row["meaning"]
    text = alliances("mechanisms").stdout
    assert "difficult discussions after a shock" in text
    assert "environment.events=[]" in text
    assert "strategies.NAME.loyalty=1" in text
    assert "--set mechanisms.loyalty=false" in text


@pytest.mark.parametrize(
    ("word", "first", "others"),
    [
        ("mechanisms", "mechanisms.shocks", {f"mechanisms.{name}" for name in Mechanisms.model_fields}),
        ("renegotiation", "renegotiation.attempt", {"renegotiation.strain", "mechanisms.renegotiation"}),
        (
            "interventions",
            "interventions",
            {f"interventions.N.{name}" for name in Intervention.model_fields if name != "to"}
            | {f"interventions.N.to.{name}" for name in Traits.model_fields},
        ),
        ("events", "environment.events", {f"environment.events.N.{name}" for name in Event.model_fields}),
    ],
)
def test_parameters_are_found_by_the_name_of_their_group(word: str, first: str, others: set[str]) -> None:
    found = [row["key"] for row in json_of("parameters", word)]
    assert found[0] == first
    assert others <= set(found)
    assert first in alliances("parameters", word).stdout


def test_entries_of_lists_say_what_is_allowed() -> None:
    rows = {row["key"]: row for row in json_of("parameters")}
    assert rows["interventions.N.quarter"]["default"] is None
    assert rows["interventions.N.to.alliance_function"]["allowed"] == "true or false"
    assert (rows["interventions.N.share"]["low"], rows["interventions.N.share"]["high"]) == (0, 1)
    assert "rival_ban" in rows["environment.events.N.kind"]["allowed"]
    assert rows["environment.events.N.every"]["allowed"] == "a whole number from 1 to 4,000"


def test_what_strategies_do_beside_sharing() -> None:
    assert "races: learns and leaves" in alliances("strategies").stdout
    assert {row["name"]: row["race"] for row in json_of("strategies")}["learning_racer"] is True
    assert habits(Strategy(race=True, side_deals=True)) == [
        "makes side deals",
        "races: learns and leaves",
    ]
    assert habits(Strategy()) == []
