"""Worlds as data: the shipped scenarios, and how a scenario file becomes a `Scenario`."""

from scenarios.overrides import apply_set, parse_sets
from scenarios.reading import load
from scenarios.shipped import names, path

__all__ = ["apply_set", "load", "names", "parse_sets", "path"]
