"""Phase 2: knowledge decays, and own research adds to it (E2)."""

from typing import TYPE_CHECKING

from simulation.draws import Purpose
from simulation.scenario import DOMAINS

if TYPE_CHECKING:
    from reference_world.world import ReferenceWorld


def research(world: "ReferenceWorld") -> None:
    """Every firm forgets a little and learns by itself, mostly in its own direction."""
    for firm in world.firms:
        drawn = world.luck.bits(Purpose.RESEARCH, world.quarter, firm.identity, DOMAINS)
        firm.do_research([world.luck_in_research[k] for k in drawn], world.scenario.knowledge)
