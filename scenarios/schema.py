"""The JSON schema of scenario files, for completion and checks in editors. Written to `scenario.schema.json`."""

import json
from pathlib import Path
from typing import Any

from scenarios.shipped import folder
from simulation.scenario import Scenario
from simulation.strategies import STRATEGIES

NAME = "scenario.schema.json"


def schema_text() -> str:
    """The schema as JSON text: what `Scenario` says, and the words that only files know (extends, mix, study)."""
    schema: dict[str, Any] = {"$schema": "https://json-schema.org/draft/2020-12/schema"} | Scenario.model_json_schema()
    share = {"type": "number", "minimum": 0, "maximum": 1}
    schema["properties"] = {
        "extends": {
            "type": "string",
            "description": "a shipped scenario, or the path of one from here; it holds where this file is silent",
        },
        "mix": {
            "type": "object",
            "description": "shares of some strategies; the others keep their proportions",
            "properties": {name: share for name in STRATEGIES},
            "additionalProperties": share,
        },
        "study": {
            "type": "object",
            "description": "what `alliances sweep` runs with this file: design, vary, points, worlds, seed, outcome, until",
        },
    } | schema["properties"]
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def schema_path() -> Path:
    """Where the schema lies beside the scenarios."""
    return folder() / NAME
