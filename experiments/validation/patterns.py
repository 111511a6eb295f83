"""The patterns of real alliances as data: what `patterns.toml` says."""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

FITTED_APART = "P27"  # to real spells, on top of the settings under test: see membership.py
SURE_ENOUGH = 0.75  # of random settings: a pattern that holds at so many follows from the mechanisms


@dataclass(frozen=True)
class Pattern:
    """One finding about real alliances that a simulated world should show.

    band : where the headline number should lie, or in words where one band does not say it
    limits : further numbers that the verdict rests on, by name     reach : settings that may be moved to show it
    evidence : how the number is known: text, abstract, secondary (quoted by others) or design (asked of ourselves)
    """

    id: str
    name: str
    measure: str
    band: tuple[float, float] | str
    source: str
    evidence: str
    reach: tuple[str, ...] = ()
    limits: Mapping[str, Any] = field(default_factory=dict)

    @property
    def wanted(self) -> str:
        """The band as a table shows it: "0.4 to 0.7", or its words."""
        return self.band if isinstance(self.band, str) else f"{self.band[0]:g} to {self.band[1]:g}".replace("-", "−")


@cache
def anywhere() -> dict[str, Any]:
    """What `alliances calibrate --anywhere` found: draws, worlds, seed, and how often each pattern held."""
    found: dict[str, Any] = json.loads(
        files("experiments.validation").joinpath("anywhere.json").read_text(encoding="utf-8")
    )
    return found


def fitted_or_followed(pattern: str) -> str:
    """Whether a pattern holds wherever one looks or only where settings were fitted, with the count behind it."""
    found = anywhere()
    if pattern == FITTED_APART:
        return "fitted apart"
    held, draws = found["held"][pattern], found["draws"]
    return f"{'followed' if held >= SURE_ENOUGH * draws else 'fitted'} ({held} of {draws})"


@cache
def patterns() -> dict[str, Pattern]:
    """All patterns by id, in the order of the file."""
    text = files("experiments.validation").joinpath("patterns.toml").read_text(encoding="utf-8")
    return {row["id"]: _pattern(row) for row in tomllib.loads(text)["pattern"]}


def _pattern(row: dict[str, Any]) -> Pattern:
    band = row["band"]
    wanted = band if isinstance(band, str) else (float(band[0]), float(band[1]))
    return Pattern(**(row | {"band": wanted, "reach": tuple(row.get("reach", ()))}))
