"""The scenarios that the lab offers, and the networks that were loaded into it: what an ask starts from."""

import threading
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from experiments.lab.together import still_there
from scenarios import load, names
from scenarios.network_files import FileNetwork
from simulation.problems import InputError, Problem, did_you_mean
from simulation.scenario import Scenario
from simulation.validation import Setting, settings

FIRMS, QUARTERS = (2, 300), (8, 400)  # of a world in the lab
KEPT_NETWORKS = 64


@dataclass(frozen=True, eq=False)
class Base:
    """A scenario within the limits of the lab. settings : what may be changed, by path; network : digest, "" if none"""

    name: str
    scenario: Scenario
    settings: dict[str, Setting] = field(repr=False)
    network: str = ""

    @cached_property
    def values(self) -> dict[str, Any]:
        """What each setting is, by path."""
        return {path: value_at(self.scenario, path) for path in self.settings}


class Worlds:
    """All that asks may start from. Safe to use from several threads."""

    def __init__(self, own: Scenario | None = None) -> None:
        """own : a scenario beside the shipped ones, which the lab opens with"""
        self._own = own
        self._bases: OrderedDict[tuple[str, str], Base] = OrderedDict()
        self._networks: OrderedDict[str, FileNetwork] = OrderedDict()
        self._lock = threading.Lock()
        self.names = names()
        self.first = self.names[0]
        if own is not None:
            self.first = own.name if own.name not in self.names or own == load(own.name) else f"{own.name} (file)"
            self.names = (self.first, *(name for name in self.names if name != self.first))

    def base(self, name: str, network: str = "") -> Base:
        """The scenario of that name, with a loaded network in place of its own. Raises InputError."""
        with self._lock:
            kept = self._bases.get((name, network))
            loaded = self._networks.get(network)
            if kept is not None:
                self._bases.move_to_end((name, network))
        if kept is not None and (loaded is not None or not network):
            return kept
        if name not in self.names:
            raise InputError([Problem(f"no such scenario; {did_you_mean(name, self.names)}".rstrip("; "), "scenario")])
        if network and loaded is None:
            raise InputError([Problem("is no longer in the lab's memory; load the file again", "network")])
        scenario = within_limits(self._own if self._own is not None and name == self.first else load(name))
        if loaded is not None:
            scenario = with_network(scenario, loaded)
        made = Base(name, scenario, changeable(scenario), network)
        with self._lock:
            self._bases[name, network] = made
            if len(self._bases) > len(self.names) + KEPT_NETWORKS:
                self._bases.popitem(last=False)
        return made

    def keep(self, digest: str, network: FileNetwork) -> None:
        """Remember a loaded network; the one that was used longest ago gives way."""
        with self._lock:
            self._networks[digest] = network
            self._networks.move_to_end(digest)
            while len(self._networks) > KEPT_NETWORKS:
                self._networks.popitem(last=False)


def value_at(scenario: Scenario, path: str) -> Any:
    """A setting of a scenario, by the path that `changeable` gives it."""
    group, _, name = path.partition(".")
    if group == "mix":
        return round(scenario.strategies[name].share, 12)
    if group == "strategies":
        row, _, column = name.partition(".")
        return getattr(scenario.strategies[row], column)
    return getattr(getattr(scenario, group), name)


def within_limits(scenario: Scenario) -> Scenario:
    """The scenario, no larger and no longer than the lab runs it. Raises InputError if its network names too many firms."""
    changes: dict[str, Any] = {}
    if len(scenario.network.firms) > FIRMS[1]:
        message = f"names {len(scenario.network.firms):,} firms; the lab shows at most {FIRMS[1]}"
        raise InputError([Problem(message, "network.firms")])
    if scenario.firms.count > FIRMS[1]:
        changes["firms.count"] = FIRMS[1]
    if not QUARTERS[0] <= scenario.time.quarters <= QUARTERS[1]:
        changes["time.quarters"] = quarters = min(max(scenario.time.quarters, QUARTERS[0]), QUARTERS[1])
        changes["time.warm_up_quarters"] = min(scenario.time.warm_up_quarters, quarters // 3)
    if not changes:
        return scenario
    count, quarters = changes.get("firms.count", FIRMS[1]), changes.get("time.quarters", QUARTERS[1])
    return scenario.with_(changes | still_there(scenario, count, quarters, scenario.firms.sectors))


def with_network(scenario: Scenario, network: FileNetwork) -> Scenario:
    """The scenario among the firms of a loaded network, whose alliances are what is to be measured: no warm-up."""
    return scenario.with_(
        {
            "network.kind": "file",
            "network.firms": network.firms,
            "network.ties": tuple(tie.model_dump() for tie in network.ties),
            "firms.count": max(FIRMS[0], len(network.firms)),
            "time.warm_up_quarters": 0,
        }
    )


def changeable(scenario: Scenario) -> dict[str, Setting]:
    """Every number, switch and choice of a scenario, by path, bounded by the limits of the lab; mix.NAME for shares."""
    found = {}
    for setting in settings(Scenario, defaults=scenario):
        if setting.kind not in ("number", "switch") and not setting.choices:
            continue
        is_share = setting.key.startswith("strategies.") and setting.key.endswith(".share")  # set as mix.NAME
        if is_share or setting.default is None:
            continue
        limits = {"firms.count": FIRMS, "time.quarters": QUARTERS}.get(setting.key)
        found[setting.key] = replace(setting, low=limits[0], high=limits[1]) if limits else setting
    for name, row in scenario.strategies.items():
        meaning = f"share of firms that are {name.replace('_', ' ')}s; the others keep their proportions"
        found[f"mix.{name}"] = Setting(f"mix.{name}", meaning, row.share, "share", 0.0, 1.0, "assumption A-03")
    return found
