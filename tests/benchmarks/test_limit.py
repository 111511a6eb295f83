"""The translation into C lives the engine's worlds event by event: otherwise `ratio_to_c` would compare different work."""

import sys
from collections import Counter
from pathlib import Path

import pytest

from simulation import Scenario
from simulation.engine import run_world
from simulation.events import KINDS
from simulation.world import build_world

# There is no __init__.py below tests/ and pytest leaves sys.path alone, so the folder of this file is put on it by hand.
sys.path.insert(0, str(Path(__file__).parent))

from against_c import Twin, compiler, differences, one_pair, structures, translation

needs_compiler = pytest.mark.skipif(compiler() is None, reason="there is no C compiler (cc, gcc or clang) here")
PLAIN = Scenario().with_(
    firms__count=60, time__quarters=60, time__warm_up_quarters=0, network__kind="erdos_renyi", network__degree=2
)
LIVELY = PLAIN.with_(
    {"environment.shock_rate": 0.3, "environment.turbulence_start": 0.2, "environment.complexity": 0.5,
     "mix.opportunist": 0.3, "firms.initial_capital": 1.0, "sharing.openness": 0.3, "formation.rate": 0.2}
)  # fmt: skip


@needs_compiler
@pytest.mark.parametrize("scenario", [PLAIN, LIVELY], ids=["plain", "lively"])
@pytest.mark.parametrize("number", range(3))
def test_c_leaves_the_same_world_behind_as_the_engine(scenario: Scenario, number: int) -> None:
    *_, entities = one_pair(scenario, number)  # raises where the two differ
    assert entities > 60 * 60


@needs_compiler
def test_a_lively_world_knows_every_kind_of_event_that_was_translated() -> None:
    world = run_world(build_world(LIVELY, seed=1, world=0))
    seen = Counter(KINDS[kind] for kind in world.log.kind[: world.counters.logged[0]])
    assert set(seen) == set(KINDS) - {"intervened"}


@needs_compiler
def test_a_difference_is_found() -> None:
    world = build_world(PLAIN, seed=1)
    twin = Twin.of(world, most_events=16 * len(world.log.kind))
    twin.parameters["trust"]["gain"] *= 1 + 1e-6
    twin.run(translation())
    assert differences(twin, run_world(world))


@needs_compiler
def test_a_log_that_is_too_small_is_told_and_not_overrun() -> None:
    world = build_world(PLAIN, seed=1)
    twin = Twin.of(world, most_events=int(world.counters.logged[0]) + 5)
    with pytest.raises(RuntimeError, match="too small"):
        twin.run(translation())


@pytest.mark.parametrize(
    "changes",
    [{"knowledge.transfer": "barter"}, {"environment.shock_scope": "local"}, {"time.renewal_quarters": 4},
     {"environment.shock_kind": "demand_slump"}, {"exit.fixed_hazard": 0.1}],
)  # fmt: skip
def test_what_was_not_translated_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(changes))):
        Twin.of(build_world(PLAIN.with_(changes), seed=1), most_events=1000)


def test_records_fill_whole_cache_lines() -> None:
    assert structures()["Firm"].itemsize % 64 == 0
    assert structures()["Alliance"].itemsize % 64 == 0
    assert structures()["Firm"].fields["knowledge"][1] % 64 == 0  # type: ignore[index]
