"""The slow twin of the engine: the same world, quarter by quarter, with one object per firm and per alliance."""

from dataclasses import dataclass

from reference_world.alliance import Alliance
from reference_world.draws import Luck, research_luck
from reference_world.endings import endings
from reference_world.exchange import exchange
from reference_world.firm import Firm
from reference_world.formation import formation
from reference_world.founding import first_alliances, first_firms, first_market
from reference_world.interventions import intervene
from reference_world.money import payoffs
from reference_world.partners import fit, sharing, side_deals, trust
from reference_world.record import Flows, record
from reference_world.renegotiation import renegotiation
from reference_world.research import research
from reference_world.shocks import shocks
from reference_world.turnover import turnover

from simulation.scenario import Scenario

# the order of a quarter (section 3 of the model)
PHASES = (
    shocks, research, formation, sharing, exchange, trust, side_deals, fit, payoffs, renegotiation, endings, turnover,
    record,
)  # fmt: skip

Event = tuple[int, int, int, int, int, float, int]  # quarter, kind, first, second, detail, value, about


@dataclass(frozen=True)
class Result:
    """What came of a world."""

    events: list[Event]
    records: list[dict[str, float]]  # one per quarter, with the names of simulation.records.COLUMNS
    firms: list[Firm]  # by seat, at the end
    alliances: list[Alliance]  # living at the end, by seats


class ReferenceWorld:
    """One world. `firms` stand in the order of their seats, `alliances` in the order of their two seats (lower, higher)."""

    def __init__(self, scenario: Scenario, seed: int, world: int) -> None:
        scenario = scenario.effective  # mechanisms that are switched off get neutral settings
        self.scenario = scenario
        self.luck = Luck(seed, world)
        self.luck_in_research = research_luck(scenario.knowledge.research_noise)
        self.quarter = 0
        self.turbulent = False
        self.calm_sectors: set[int] = set()  # where no shock strikes this quarter
        self.events: list[Event] = []
        self.records: list[dict[str, float]] = []
        self.flows = Flows()
        spread = scenario.environment.demand_spread
        self.demand = [first_market(self.luck, sector, spread) for sector in range(scenario.firms.sectors)]
        self.firms = first_firms(self)
        self.alliances = first_alliances(self)

    def run(self) -> Result:
        """All quarters of the scenario."""
        for quarter in range(self.scenario.time.quarters):
            self.quarter = quarter
            intervene(self)
            for phase in PHASES:
                phase(self)
        return Result(self.events, self.records, self.firms, self.alliances)

    def alliances_of(self, firm: Firm) -> list[Alliance]:
        """The alliances of a firm, in the order of its partners' seats."""
        return [alliance for alliance in self.alliances if firm.seat in alliance.seats]

    def log(
        self, kind: int, first: Firm, second: Firm | None = None, detail: int = 0, value: float = 0.0, about: int = -1
    ) -> None:
        """Write an event into the log."""
        whom = -1 if second is None else second.identity
        self.events.append((self.quarter, kind, first.identity, whom, detail, value, about))
