"""Settings that must go together: a slider is never refused because of where another one stands."""

from collections.abc import Mapping
from typing import Any

from simulation.problems import InputError, Problem
from simulation.scenario import FAMILIES, Scenario

MOST_DEGREE = 50  # partners at the start: more of them cost seconds and mean little
GENERATED_EVEN = ("watts_strogatz", "barabasi_albert")  # each firm brings degree/2 ties


def going_together(scenario: Scenario, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Changes to a scenario, with what must go along with them.

    Raises InputError for network.kind "file" where there is no file.
    """
    changes = dict(asked)
    count = changes.get("firms.count", scenario.firms.count)
    quarters = changes.get("time.quarters", scenario.time.quarters)
    kind = changes.get("network.kind", scenario.network.kind)
    if kind != scenario.network.kind or (kind == "file" and not scenario.network.ties):
        if kind == "file":
            raise InputError([Problem('kind "file" needs a network that was loaded', "network.kind")])
        changes |= {"network.ties": (), "network.firms": (), "network.file": "", "network.at": ""}
    else:
        count = max(count, len(scenario.network.firms))
    if kind == "florentine":
        count = max(count, FAMILIES)
    if count != scenario.firms.count or "firms.count" in changes:
        changes["firms.count"] = count
    warm_up = changes.get("time.warm_up_quarters", scenario.time.warm_up_quarters)
    if warm_up >= quarters:  # a third of the run, as by default
        changes["time.warm_up_quarters"] = quarters // 3
    degree = changes.get("network.degree", scenario.network.degree)
    fitting = fitting_degree(kind, degree, count)
    if fitting != degree:
        changes["network.degree"] = fitting
    if count < scenario.firms.count or quarters < scenario.time.quarters or "firms.sectors" in changes:
        changes |= still_there(scenario, count, quarters, changes.get("firms.sectors", scenario.firms.sectors))
    return changes


def fitting_degree(kind: str, degree: int, count: int) -> int:
    """The nearest number of partners that a generator can give to so many firms."""
    degree = min(degree, MOST_DEGREE, count - 1)
    odd_ties = kind == "regular" and degree * count % 2
    return degree - 1 if odd_ties or (kind in GENERATED_EVEN and degree % 2) else degree


def still_there(scenario: Scenario, count: int, quarters: int, sectors: int) -> dict[str, Any]:
    """Scripted shocks and interventions of the scenario that a smaller or shorter world still has."""

    def fits(one: Any) -> bool:
        seats = [one.firm] if hasattr(one, "firm") else [firm for firm in one.firms if isinstance(firm, int)]
        seats += [seat for seat in getattr(one, "between", None) or () if isinstance(seat, int)]
        in_time = one.quarter < quarters and (one.sector is None or one.sector < sectors)
        return in_time and all(seat is None or seat < count for seat in seats)

    events, done = scenario.environment.events, scenario.interventions
    kept: dict[str, Any] = {}
    if not all(map(fits, events)):
        kept["environment.events"] = tuple(event.model_dump() for event in events if fits(event))
    if not all(map(fits, done)):
        kept["interventions"] = tuple(one.model_dump() for one in done if fits(one))
    return kept
