"""A whole run in one answer: playing, scrubbing and clicking then happen in the browser."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.analysis.survival import kaplan_meier, survival_at
from experiments.lab.asks import Ask
from experiments.lab.bounded import traced_in_bounds
from experiments.lab.packing import pack
from experiments.outcomes import QUARTERS_PER_YEAR, YEARS, life_table
from experiments.sentences import run_sentence
from simulation.events import BREACH, CAUSES, ENDED, ENTERED, FAILED, FORMED, INTERVENED, KINDS, RENEGOTIATED, SHOCK
from simulation.records import COLUMNS
from simulation.run import Run
from simulation.trace import Trace

RECORDS = (
    "living", "formed", "ended", "mean_trust", "mean_sharing", "mean_fit", "shocks", "breaches", "failed",
    "mean_capital",
)  # fmt: skip
MANAGERS, HIT, DISTRESS, NEW = 1, 2, 4, 8  # bits of `marks`
SHOWN = (BREACH, FAILED, ENTERED, RENEGOTIATED, INTERVENED)  # events that the browser is told one by one
NOBODY, NO_ALLIANCE, ALIVE = 65535, 2**32 - 1, 255  # −1 in the unsigned types that are sent
AGES = tuple(years * QUARTERS_PER_YEAR for years in YEARS)
_PLACES = [COLUMNS.index(name) for name in RECORDS]
_IS_SHOWN = np.isin(np.arange(len(KINDS)), SHOWN)


def history(ask: Ask) -> bytes:
    """A whole run, packed. Raises InputError where settings do not go together."""
    found = traced_in_bounds(ask.scenario, ask.seed, ask.world, whole=False)
    run = found.run
    arrays = _firms(run, found.trace) | _alliances(run, found.trace) | _quarters(run) | _events(run)
    return pack(_header(ask, run), arrays)


def _header(ask: Ask, run: Run) -> dict[str, Any]:
    scenario = run.scenario
    return {
        "kind": "history",
        "ask": ask.normal,
        "title": scenario.title,
        "scenario": scenario.name,
        "seed": run.seed,
        "world": run.world,
        "firms": len(run.names),
        "quarters": run.quarters,
        "warm_up": scenario.time.warm_up_quarters,
        "names": run.names,
        "sectors": run.firms.sector[run.firms.row].tolist(),
        "strategies": run.strategies,
        "causes": CAUSES,
        "settings": ask.values,
        "sentence": _sentence(run),
        "record_names": RECORDS,
    }


def _firms(run: Run, trace: Trace) -> dict[str, NDArray[Any]]:
    events, count = run.events, len(run.names)
    marks = trace.managers * np.uint8(MANAGERS)
    marks |= (trace.capital < run.scenario.firms.safe_capital).astype(np.uint8) * np.uint8(DISTRESS)
    for kind, mark in ((SHOCK, HIT), (ENTERED, NEW)):
        chosen = events.kind == kind
        marks[events.quarter[chosen], events.first[chosen] % count] |= mark
    return {"strategy": trace.strategy, "marks": marks, "capital": trace.capital.astype(np.float32)}


def _alliances(run: Run, trace: Trace) -> dict[str, NDArray[Any]]:
    spells, count, last = run.spells(), len(run.names), run.quarters - 1
    lived = np.minimum(spells.ended, last) - spells.entered + 1
    trust_at = np.zeros(len(lived) + 1, np.uint32)
    np.cumsum(lived, out=trust_at[1:])
    quarter = np.repeat(np.arange(run.quarters), np.diff(trace.start))
    place = (trust_at[:-1] - spells.entered)[_places_of(run)[trace.about]] + quarter
    trust = np.zeros(int(trust_at[-1]), np.uint8)
    both = trace.trust
    trust[place] = (both[:, 0] + both[:, 1]) * (255 / 2) + 0.5
    return {
        "first": (spells.first % count).astype(np.uint16),
        "second": (spells.second % count).astype(np.uint16),
        "formed": spells.entered.astype(np.int16),
        "born": spells.born.astype(np.int16),
        "ended": spells.ended.astype(np.uint16),
        "cause": spells.cause.astype(np.uint8),
        "rival": spells.rival.astype(np.uint8),
        "equity": spells.equity.astype(np.uint8),
        "prior": np.minimum(spells.prior, 255).astype(np.uint8),
        "trust": trust,
        "trust_at": trust_at,
    }


def _places_of(run: Run) -> NDArray[np.int64]:
    """[events] place among the alliances of the one that an event formed; -1 for other events, and at the very end."""
    births = np.flatnonzero(run.events.kind == FORMED)
    found = np.full(len(run.events.kind) + 1, -1, np.int64)
    found[births] = np.arange(len(births))
    return found


def _quarters(run: Run) -> dict[str, NDArray[Any]]:
    events = run.events
    shock, kind = np.zeros(run.quarters, np.float32), np.zeros(run.quarters, np.uint8)
    hits = np.flatnonzero(events.kind == SHOCK)
    hits = hits[np.argsort(events.value[hits], kind="stable")]  # the largest of a quarter is written last
    shock[events.quarter[hits]] = events.value[hits]
    kind[events.quarter[hits]] = events.detail[hits]
    return {"records": run.records[:, _PLACES].astype(np.float32), "shock": shock, "shock_kind": kind}


def _events(run: Run) -> dict[str, NDArray[Any]]:
    events, count = run.events, len(run.names)
    told = np.flatnonzero(_IS_SHOWN[events.kind])
    first, second = (
        np.where(identity < 0, NOBODY, identity % count) for identity in (events.first[told], events.second[told])
    )
    return {
        "event_quarter": events.quarter[told].astype(np.uint16),
        "event_kind": events.kind[told].astype(np.uint8),
        "event_first": first.astype(np.uint16),
        "event_second": second.astype(np.uint16),
        "event_detail": np.clip(events.detail[told], 0, 255).astype(np.uint8),
        "event_alliance": _places_of(run)[events.about[told]].astype(np.uint32),  # −1, none, is the last entry
    }


def _sentence(run: Run) -> str:
    """How long alliances lived in this world and what ended them most."""
    table, events = life_table(run), run.events
    curve = kaplan_meier(table.at_risk, table.deaths.sum(axis=0))
    over = (events.kind == ENDED) & (events.quarter >= run.scenario.time.warm_up_quarters)
    causes = np.bincount(events.detail[over], minlength=len(CAUSES))
    shares = (causes / max(1, causes.sum())).tolist()
    survival = {str(age): float(survival_at(curve, age)) for age in AGES}
    found = {
        "firms": len(run.names),
        "quarters": run.quarters,
        "survival": {age: None if share != share else share for age, share in survival.items()},
        "endings": dict(zip(CAUSES, shares, strict=True)),
    }
    return run_sentence(found, run.scenario)
