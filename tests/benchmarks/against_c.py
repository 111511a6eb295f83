"""How far the engine is from the limit: the same worlds by a hand-written translation into C, below `limit/`.

python tests/benchmarks/against_c.py        prints the ratios, in about two minutes; compiles into a temporary folder

The translation follows the same rules and the same addressed draws, with records and loops of its own: see
`limit/state.h` and `limit/limit.c`. Each run of it is compared with the engine's, event by event and number by number.
Times are processor times of one thread each, so that whatever else the machine does matters less.
"""

import ctypes
import json
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation import Scenario
from simulation.engine import run_world
from simulation.records import COLUMNS
from simulation.world import World, build_world

LIMIT = Path(__file__).parent / "limit"
OPTIONS = ("-std=c11", "-O3", "-march=native", "-ffp-contract=off", "-fno-math-errno")
TOLERANCE = 1e-9  # relative: sums are taken in another order
KINDS = {
    "double": np.float64, "int64_t": np.int64, "uint64_t": np.uint64, "int32_t": np.int32, "uint32_t": np.uint32,
    "uint16_t": np.uint16, "uint8_t": np.uint8, "int8_t": np.int8,
}  # fmt: skip
SIZES = ((100, 240, 21), (10_000, 60, 5), (200_000, 30, 3))  # firms, quarters, pairs of runs
SCRATCH = {  # of the translation alone
    "asked", "mutual", "drifting", "move", "valued", "distress", "talks", "failing", "gain", "drift", "partners", "room",
    "unused",
}  # fmt: skip
Table = NDArray[Any]


@cache
def structures() -> dict[str, np.dtype[Any]]:
    """numpy's types of the structures that the headers define: one place for both languages."""
    found: dict[str, np.dtype[Any]] = {}
    for header in ("state.h", "parameters.h"):
        text = re.sub(r"/\*.*?\*/", "", (LIMIT / header).read_text(encoding="utf-8"), flags=re.S)
        for name, body in re.findall(r"struct (\w+) \{(.*?)\n\};", text, flags=re.S):
            fields = []
            for kind, members in re.findall(r"(\w+) ([\w\s,\[\]]+);", body.replace("struct ", "")):
                for member, length in re.findall(r"(\w+)(?:\[(\d+)\])?", members):
                    base = found[kind] if kind in found else KINDS[kind]
                    fields.append((member, base, (int(length),)) if length else (member, base))
            found[name] = np.dtype(fields, align=True)
    return found


def compiler() -> str | None:
    """The system's C compiler, or None where there is none."""
    return next((path for name in ("cc", "gcc", "clang") if (path := shutil.which(name))), None)


@cache
def translation(options: tuple[str, ...] = OPTIONS) -> ctypes.CDLL:
    """The compiled translation. Raises RuntimeError without a compiler, or if it and numpy see records differently."""
    program = compiler()
    if program is None:
        raise RuntimeError("there is no C compiler (cc, gcc or clang), so there is no limit to compare with")
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "limit.so"
        command = [program, *options, "-shared", "-fPIC", str(LIMIT / "limit.c"), "-o", str(library), "-lm"]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{program} cannot compile the translation (gcc 12 or clang can):\n{done.stderr}")
        loaded = ctypes.CDLL(str(library))  # stays in memory when the folder is gone
    loaded.sizes.restype = ctypes.c_int64
    for which, name in enumerate(("Firm", "Alliance", "Event", "World", "Parameters")):
        if loaded.sizes(which) != structures()[name].itemsize:
            raise RuntimeError(f"struct {name} is {loaded.sizes(which)} bytes in C, {structures()[name].itemsize} here")
    return loaded


def records(kind: str, count: int) -> Table:
    """Zeros that begin at a cache line."""
    size = structures()[kind].itemsize * count
    raw = np.zeros(size + 64, np.uint8)
    skip = -raw.ctypes.data % 64
    return raw[skip : skip + size].view(structures()[kind])


def refuse(world: World) -> None:
    """Raise ValueError for a scenario that asks for what was not translated."""
    scenario = world.scenario.effective
    environment, plain = scenario.environment, Scenario().environment
    beyond = {
        "knowledge.transfer": scenario.knowledge.transfer != "absorption",
        "time.renewal_quarters": scenario.time.renewal_quarters != 1,
        "exit.fixed_hazard": scenario.exit.fixed_hazard >= 0,
        "interventions": bool(scenario.interventions),
        "environment.events": bool(environment.events),
        "environment.shock_kind": environment.shock_kind != plain.shock_kind,
        "environment.shock_scope": environment.shock_scope != plain.shock_scope,
        "environment.wave_height": environment.wave_height != 0,
        "policies": world.policies is not None,
        "row_order": not np.array_equal(world.firms.seat, np.arange(len(world.firms.seat))),
        "quarter": int(world.counters.quarter[0]) > 0,
    }
    if any(beyond.values()):
        raise ValueError(f"not translated into C: {', '.join(name for name, asked in beyond.items() if asked)}")


@dataclass
class Twin:
    """A world as the translation keeps it. `events` and the rest are there once it has run."""

    world: Table
    parameters: Table
    firms: Table
    tables: list[Table]
    log: Table
    lines: NDArray[np.float64]

    @classmethod
    def of(cls, world: World, most_events: int) -> "Twin":
        """Copy a world at quarter 0 by the names of its fields, with room for so many events."""
        refuse(world)
        count, rows = len(world.firms.seat), int(world.counters.rows[0])
        most = 2 * rows + 2 * count
        head, log = records("World", 1), records("Event", most_events)
        head["key"], head["firms"], head["sectors"] = world.key, count, len(world.environment.demand)
        head["rows"], head["most_rows"] = rows, most
        head["logged"], head["most_logged"] = world.counters.logged[0], most_events
        head["demand"][0, : world.environment.demand.size] = world.environment.demand.ravel()
        tables = [records("Alliance", most) for _ in range(2)]
        firms = records("Firm", count)
        fill(firms, world.firms, count)
        fill(tables[0], world.alliances, rows)
        fill(log, world.log, int(world.counters.logged[0]))
        return cls(head, parameters(world), firms, tables, log, np.zeros_like(world.records))

    def run(self, loaded: ctypes.CDLL) -> float:
        """Run all quarters; returns the processor seconds. Raises RuntimeError where room ran out."""
        tables = [
            table.ctypes.data_as(ctypes.c_void_p) for table in (self.world, self.parameters, self.firms, *self.tables)
        ]
        rest = [array.ctypes.data_as(ctypes.c_void_p) for array in (self.log, self.lines)]
        start = time.thread_time()
        place = loaded.advance(*tables, *rest, ctypes.c_int64(len(self.lines)))
        taken = time.thread_time() - start
        if place < 0:
            raise RuntimeError("the table of alliances or the log was too small")
        self.tables = [self.tables[place]]
        return taken


def fill(target: Table, source: Any, count: int) -> None:
    """Copy the fields of a NamedTuple of arrays into the table of records that has the same."""
    for name in fields(target):
        target[name][:count] = getattr(source, name)[:count]


def fields(table: Table) -> list[str]:
    """Names of what a record shares with the engine."""
    return sorted(set(table.dtype.names or ()) - SCRATCH)


def parameters(world: World) -> Table:
    """The numbers of a scenario as one record."""
    filled, p = records("Parameters", 1), world.parameters
    filled["count"], filled["research_luck"] = len(p.strategies.base), p.research_luck
    for row in fields(filled["strategies"]):
        filled["strategies"][row][0, : len(p.strategies.base)] = getattr(p.strategies, row)
    for group in set(p._fields) & set(filled.dtype.names or ()) - {"strategies", "research_luck"}:
        for name, value in getattr(p, group)._asdict().items():
            filled[group][name] = value
    return filled


def differences(twin: Twin, world: World) -> list[str]:
    """Where a twin that ran and a world that the engine ran are not the same; numbers may differ by TOLERANCE."""
    logged = int(world.counters.logged[0])
    if int(twin.world["logged"][0]) != logged:
        return [f"{int(twin.world['logged'][0])} events, not {logged}"]
    found = compared("log", twin.log[:logged], world.log, slice(logged))
    found += compared("firms", twin.firms, world.firms, slice(None))
    living = np.flatnonzero(world.alliances.cause[: world.counters.rows[0]] == -1)
    table = twin.tables[0][: int(twin.world["rows"][0])]
    found += compared("alliances", table[table["cause"] == -1], world.alliances, living)
    if not np.allclose(twin.lines, world.records, rtol=TOLERANCE, atol=TOLERANCE):
        far = ~np.isclose(twin.lines, world.records, rtol=TOLERANCE, atol=TOLERANCE).all(axis=0)
        found.append(f"records: columns {', '.join(np.array(COLUMNS)[far])}")
    return found


def compared(kind: str, mine: Table, theirs: Any, rows: Any) -> list[str]:
    """Names of the fields that differ."""
    found = []
    for name in fields(mine):
        here, there = mine[name], getattr(theirs, name)[rows]
        if here.shape != there.shape:
            found.append(f"{kind}.{name}: {here.shape} and {there.shape}")
        elif here.dtype.kind == "f":
            if not np.allclose(here, there, rtol=TOLERANCE, atol=TOLERANCE):
                found.append(f"{kind}.{name}: off by up to {np.abs(here - there).max():.1e}")
        elif not np.array_equal(here.astype(np.int64), there.astype(np.int64)):
            found.append(f"{kind}.{name}: {int((here.astype(np.int64) != there.astype(np.int64)).sum())} differ")
    return found


def one_pair(scenario: Scenario, number: int, options: tuple[str, ...] = OPTIONS) -> tuple[float, float, float]:
    """Processor seconds of the engine and of C for one world, and its entity-quarters.

    Raises AssertionError where the two do not leave the same behind.
    """
    loaded, world = translation(options), build_world(scenario, seed=1, world=number)
    twin = Twin.of(world, most_events=16 * len(world.log.kind))
    start = time.thread_time()
    run_world(world)
    engine = time.thread_time() - start
    limit = twin.run(loaded)
    if found := differences(twin, world):
        raise AssertionError("the translation into C did other work: " + "; ".join(found))
    return engine, limit, float((world.records[:, 0] + scenario.firms.count).sum())


def ratio_to_c(sizes: tuple[tuple[int, int, int], ...] = SIZES) -> dict[str, dict[str, float]]:
    """Time of the engine over that of C, by number of firms: medians of paired runs. Empty where no compiler is."""
    if compiler() is None:
        print("no C compiler (cc, gcc or clang): ratio_to_c is left out", file=sys.stderr)
        return {}
    found = {}
    for firms, quarters, times in sizes:
        scenario = Scenario().with_(
            firms__count=firms, time__quarters=quarters, time__warm_up_quarters=0, network__kind="erdos_renyi",
            network__degree=2,
        )  # fmt: skip
        pairs = [one_pair(scenario, number) for number in range(times + 1)][1:]  # the first warms up
        found[str(firms)] = {
            "ratio": statistics.median(engine / limit for engine, limit, _ in pairs),
            "c_ns_per_entity_quarter": statistics.median(limit / entities * 1e9 for _, limit, entities in pairs),
            "engine_ns_per_entity_quarter": statistics.median(engine / entities * 1e9 for engine, _, entities in pairs),
        }
    return found


if __name__ == "__main__":
    print(json.dumps(ratio_to_c(), indent=2))
