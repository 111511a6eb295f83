"""The same world as a Mesa model: what somebody who knows Mesa would write, and the engine is measured against.

One `mesa.Agent` per firm; every phase that firms go through is one `self.agents.do(...)`, all firms reading the state as it
stood when the phase began. What happens once per pair is a loop over the alliances, which a networkx graph holds as
edges; each firm also keeps its own alliances in a dict, because asking the graph for them costs a view each time.
Rules that are seldom asked (founding, shocks, talks, interventions) are those of the reference, by reuse; those that every
firm or alliance meets every quarter are written here as a careful user would: one loop per firm and phase, settings in local
variables, nothing computed twice that can be kept, nothing quadratic. Eight domains are plain lists: with numpy arrays of
eight numbers, research takes four times and learning twice as long. Nothing is turned into arrays over firms, for then
there would be no agents. Settings are plain objects, for pydantic's are slow to read.

Luck: Python's own random numbers (`self.random`), or with `addressed=True` those of the engine, and then the same trajectory.
"""

from operator import attrgetter

import mesa
import networkx as nx
from mesa_world.alliance import Alliance
from mesa_world.firm import Firm
from mesa_world.luck import PythonLuck
from mesa_world.measures import measure
from mesa_world.settings import plain
from reference_world.climate import turn_of_the_times, usual_munificence
from reference_world.draws import Luck, research_luck
from reference_world.founding import entrant, first_firms, first_market, governed_by_equity, new_side
from reference_world.interventions import intervene
from reference_world.record import Flows
from reference_world.renegotiation import renegotiation
from reference_world.scopes import drawn_shocks, scripted_shocks
from reference_world.shocks import strike

from simulation.events import BREACH, CAPABILITY, CAUSES, ENDED, ENTERED, FAILED, FORMED, PARTNER_FAILED, SHOCK
from simulation.networks import initial_ties
from simulation.records import COLUMNS
from simulation.scenario import Scenario

Event = tuple[int, int, int, int, int, float, int]  # quarter, kind, first, second, detail, value, about


class MesaWorld(mesa.Model):
    """One world. One step is a quarter; `datacollector` holds the engine's records, `events` its log."""

    def __init__(self, scenario: Scenario, seed: int = 1, world: int = 0, addressed: bool = False) -> None:
        super().__init__(rng=[seed, world])
        scenario = scenario.effective  # mechanisms that are switched off get neutral settings
        self.scenario = plain(scenario)
        self.addressed = Luck(seed, world) if addressed else None
        self.luck = self.addressed or PythonLuck(self.random)
        self.luck_in_research = research_luck(scenario.knowledge.research_noise)
        self.quarter, self.turbulent = 0, False
        self.calm_sectors: set[int] = set()  # where no shock strikes this quarter
        self.events: list[Event] = []
        self.measured_events = 0
        self.flows = Flows()
        self.proposals: dict[tuple[int, int], int] = {}  # pair of seats: partners in common
        self.new_capabilities: list[tuple[int, int]] = []  # seat, bits
        self.breaches: list[tuple[Alliance, object, object]] = []
        spread = scenario.environment.demand_spread
        self.demand = [first_market(self.luck, sector, spread) for sector in range(scenario.firms.sectors)]
        self.mean_demand: list[list[list[float]]] = []  # of two sectors, by domain
        self.firms = [Firm(self, **vars(firm)) for firm in first_firms(self)]  # by seat
        self.graph = nx.Graph()
        self.graph.add_nodes_from(range(len(self.firms)))
        self.alliances: list[Alliance] = []
        self.first_alliances(scenario)
        self.measured: dict[str, float] = {}
        self.datacollector = mesa.DataCollector(
            model_reporters={name: lambda model, name=name: model.measured[name] for name in COLUMNS}
        )

    def step(self) -> None:
        """A quarter, in the order of section 3 of the model."""
        intervene(self)
        if any(order.quarter == self.quarter and order.agree for order in self.scenario.interventions):
            for alliance in self.alliances:  # one may be governed by equity now
                alliance.leaks = alliance.leakage_rate(self.scenario.value)
        self.shocks()
        self.agents.do("research")
        self.formation()
        self.agents.do("share")
        self.exchange()
        self.agents.do("watch_partners")
        self.side_deals()
        for alliance in self.alliances:
            alliance.mature(self)
        self.agents.do("move_goal")
        self.agents.do("settle")
        renegotiation(self)
        self.turnover()
        self.measured = measure(self)
        self.datacollector.collect(self)
        self.quarter += 1

    def shocks(self) -> None:
        """E12, E13: demand recovers; shocks strike one after the other; then fit falls once, by the largest felt."""
        self.agents.do("recover", usual_munificence(self.quarter, self.scenario.environment))
        self.turbulent = turn_of_the_times(self)
        striking = [shock for shock in [*drawn_shocks(self), *scripted_shocks(self)] if shock.magnitude > 0.0]
        for shock in striking:
            strike(self, shock)
        self.calm_sectors.clear()
        if striking:
            for firm in self.firms:
                if firm.noticed > 0.0:
                    self.log(SHOCK, firm, detail=firm.noticed_kind, value=firm.noticed)
            for alliance in self.alliances:
                alliance.lose_fit(self.quarter, self.scenario.fit)

    def formation(self) -> None:
        """E16: proposals are simultaneous; duplicates merge."""
        self.proposals.clear()
        self.agents.do("seek_partner")
        for (low, high), common in sorted(self.proposals.items()):
            i, j = self.firms[low], self.firms[high]
            self.found_alliance(i, j, max(i.prior_ties(j), j.prior_ties(i)), common)
        if self.addressed and self.proposals:  # the log has the order of pairs
            self.alliances.sort(key=attrgetter("seats"))

    def exchange(self) -> None:
        """E4-E6, E19, E20: value is created together, knowledge moves; all from what firms are as the phase begins."""
        self.mean_demand = [
            [[0.5 * (a + b) for a, b in zip(here, there, strict=True)] for there in self.demand] for here in self.demand
        ]
        for alliance in self.alliances:
            alliance.create_value(self)
        self.new_capabilities.clear()
        self.agents.do("learn")
        self.agents.do("advance")
        for seat, bits in sorted(self.new_capabilities):
            self.log(CAPABILITY, self.firms[seat], detail=bits, value=float(bits.bit_count()))

    def side_deals(self) -> None:
        """E10, E18: opportunists deal behind their partner's back; those found out go into the log."""
        self.breaches.clear()
        self.agents.do("keep_faith_or_not")
        for alliance, deceiver, victim in sorted(self.breaches, key=lambda row: (row[0].seats, row[1] is row[0].high)):
            age = float(self.quarter - alliance.born)
            self.log(BREACH, deceiver.firm, victim.firm, value=age, about=alliance.number)

    def turnover(self) -> None:
        """E14, E21, E22, E24: alliances end; firms without capital fail and take their alliances along; others enter."""
        for alliance in self.alliances:
            cause = alliance.ending(self)
            alliance.cause = None if cause is None else CAUSES.index(cause)
        least = self.scenario.firms.least_capital
        failed = [firm for firm in self.firms if firm.capital < least or firm.displaced]
        for firm in failed:
            self.log(FAILED, firm, value=firm.capital)
            for _, _, alliance in firm.alliances.values():
                if alliance.cause is None:
                    alliance.cause = PARTNER_FAILED
        self.part_ended()
        for firm in failed:
            self.replace(firm)

    def part_ended(self) -> None:
        """Alliances that ended go into the log and into the memory of both partners, and leave the network."""
        for alliance in self.alliances:
            if alliance.cause is not None:
                i, j = alliance.low.firm, alliance.high.firm
                age = float(self.quarter - alliance.born)
                self.log(ENDED, i, j, detail=alliance.cause, value=age, about=alliance.number)
                i.remember(j)
                j.remember(i)
                del i.alliances[j.seat], j.alliances[i.seat]
                self.graph.remove_edge(i.seat, j.seat)
        self.alliances = [alliance for alliance in self.alliances if alliance.cause is None]

    def replace(self, failed: Firm) -> None:
        """An entrant takes the seat of a firm that failed."""
        newcomer = Firm(self, **vars(entrant(self, failed)))
        failed.remove()
        self.firms[failed.seat] = newcomer
        self.flows.failed_capital += failed.capital
        self.flows.entry_capital += newcomer.capital
        self.log(ENTERED, newcomer, value=newcomer.capital)

    def found_alliance(
        self, i: Firm, j: Firm, prior: int, common: int, age: int = 0, equity: bool | None = None
    ) -> Alliance:
        """A new alliance, i on the lower seat; governance is drawn unless given. It goes into the log."""
        if equity is None:
            equity = governed_by_equity(self, i, j, prior)
        low, high = new_side(self, i, j, prior, common), new_side(self, j, i, prior, common)
        number = len(self.events)
        alliance = Alliance(low, high, self.quarter - age, number, equity, prior, self.scenario.fit.initial)
        alliance.leaks = alliance.leakage_rate(self.scenario.value)
        detail = int(alliance.is_rival) + 2 * int(equity) + 4 * prior
        self.log(FORMED, i, j, detail, alliance.mean_trust, about=number)
        self.alliances.append(alliance)
        i.alliances[j.seat], j.alliances[i.seat] = (low, high, alliance), (high, low, alliance)
        self.graph.add_edge(i.seat, j.seat, alliance=alliance)
        return alliance

    def first_alliances(self, scenario: Scenario) -> None:
        """The ties of the scenario's network. Those with a past have the fit that partners of their age would have."""
        for low, high, age, governance in zip(*initial_ties(scenario.network, len(self.firms)), strict=True):
            i, j = self.firms[int(low)], self.firms[int(high)]
            equity = None if governance < 0 else bool(governance)
            alliance = self.found_alliance(i, j, prior=0, common=0, age=int(age), equity=equity)
            for _ in range(int(age)):
                alliance.grow_fit(0, alliance.mean_trust, self.scenario.fit)

    def alliances_of(self, firm: Firm) -> list[Alliance]:
        """The alliances of a firm: the rules that are shared with the reference ask for them."""
        return [alliance for _, _, alliance in firm.alliances.values()]

    def log(
        self, kind: int, first: Firm, second: Firm | None = None, detail: int = 0, value: float = 0.0, about: int = -1
    ) -> None:
        """Write an event into the log."""
        whom = -1 if second is None else second.identity
        self.events.append((self.quarter, kind, first.identity, whom, detail, value, about))
