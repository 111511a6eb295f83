"""The Mesa face: a world of firms and alliances as a `mesa.Model`, for people who think in agents and data collectors.

    model = AllianceModel("turbulent", rng=1, firms__count=50)
    model.run_model()
    model.datacollector.get_model_vars_dataframe()

The engine does the work; nothing else in the project imports this file or mesa. See docs/mesa.md.
"""

import copy
import random
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import mesa

from simulation.compiled import mark_warm, say_if_cold
from simulation.engine import run_world
from simulation.mesa_fork import copied, under
from simulation.mesa_inputs import ScenarioLike, dotted, plain, scenario_of, seed_of
from simulation.mesa_present import Present
from simulation.mesa_records import Records, Reporters
from simulation.mesa_views import Alliance, Firm
from simulation.policies import Policies, Policy
from simulation.records import COLUMNS
from simulation.run import Run
from simulation.scenario import Scenario
from simulation.state import EventLog, FirmArrays
from simulation.world import build_world, with_graph

if TYPE_CHECKING:
    import networkx


class AllianceModel(mesa.Model):
    """One world of firms and their alliances, quarter by quarter.

    scenario : name of a shipped scenario, path of a scenario file, or a Scenario
    rng : a whole number (also as text) gives the world that `simulate(scenario, seed=rng)` gives; a numpy generator, bit
        generator, seed sequence or list of numbers gives one number for it; None another world each time. See `seed`.
    world : number of the world, for several worlds of one seed
    graph : networkx graph of initial alliances, as in `simulate`
    policies : strategies in Python, name of a row of the strategy table -> function, see `simulation/policies.py`
    model_reporters, agent_reporters : collected each quarter besides the engine's measures, as in mesa.DataCollector
    parameters : settings to change, firms__count=50 or **{"firms.count": 50}
    Raises InputError for what is wrong with any of these.
    """

    def __init__(
        self, scenario: ScenarioLike = "baseline", rng: Any = None, world: int = 0,
        graph: "networkx.Graph[Any] | None" = None, policies: Mapping[str, Policy] | None = None,
        model_reporters: Reporters = None, agent_reporters: Reporters = None, **parameters: Any,
    ) -> None:  # fmt: skip
        seed = seed_of(rng)
        super().__init__(rng=seed)
        settings = scenario_of(scenario).with_(dotted(parameters))
        say_if_cold()
        self.state = build_world(with_graph(settings, graph) if graph is not None else settings, seed, plain(world))
        if policies:
            self.state.policies = Policies(policies, settings.strategies)
        self.datacollector = Records(self, model_reporters, agent_reporters)
        self._firms: tuple[Firm, ...] | None = None
        self._present: Present | None = None

    # --- time -------------------------------------------------------------------------------------------------------

    @property
    def settings(self) -> Scenario:
        """The scenario that rules the world."""
        return self.state.scenario

    @property
    def scenario(self) -> None:
        """None; ours is `settings`. SolaraViz of Mesa 3.5 would put Mesa's placeholder in its place at each reset."""

    @scenario.setter
    def scenario(self, placeholder: object) -> None:
        pass

    @property
    def seed(self) -> int:
        """Seed of the engine's luck: AllianceModel(..., rng=model.seed) and simulate(..., seed=model.seed) repeat it."""
        return self.state.seed

    @property
    def quarter(self) -> int:
        """Quarters run so far."""
        return self.state.counters.quarter.item()

    def step(self) -> None:
        """Run one quarter. Raises RuntimeError past the last one, and after a policy failed within a quarter."""
        state = self.state
        quarter, last = state.counters.quarter.item(), state.scenario.time.quarters
        if quarter >= last:
            self._refuse()
        try:
            run_world(state, quarter + 1)
        except BaseException:
            self.running = False
            raise
        self.datacollector.collect(self)
        if quarter == 0:
            mark_warm()
        if quarter + 1 >= last:
            self.running = False

    def _wrapped_step(self, *args: Any, **others: Any) -> None:
        """Mesa's own: it counts, then steps. An error within would stop the clock of Mesa 3.5 without a word."""
        if not self.running:
            self._refuse()
        super()._wrapped_step(*args, **others)

    def _refuse(self) -> None:
        last = self.settings.time.quarters
        if self.state.counters.waiting[0]:
            raise RuntimeError(
                f"a policy failed in quarter {self.quarter}, and left it half done; build the model anew"
            )
        if self.quarter >= last:
            raise RuntimeError(
                f"all {last} quarters have been run (model.running is False); for more, give time__quarters=..., "
                f"or go on from here with model.fork(time__quarters={last + 40})"
            )

    # --- what there is ----------------------------------------------------------------------------------------------

    @property
    def firms(self) -> tuple[Firm, ...]:
        """One view per seat [N], in the order of seats; made on first use."""
        if self._firms is None:
            self._firms = ()  # from here on `agents` is Mesa's own
            self._firms = tuple(Firm(self, seat) for seat in range(len(self.state.names)))
            getattr(mesa.Agent, "_ids", {}).pop(self, None)  # Mesa 3.3 would keep every model for ever
        return self._firms

    @mesa.Model.agents.getter  # type: ignore[untyped-decorator]
    def agents(self) -> Any:
        """AgentSet of the firms."""
        _ = self.firms
        return self._all_agents

    @property
    def agents_by_type(self) -> Any:
        """{Firm: AgentSet of the firms}."""
        _ = self.firms
        return self._agents_by_type

    @property
    def agent_types(self) -> list[type]:
        """[Firm], and types of agents that the user added."""
        return list(self.agents_by_type)

    @property
    def alliances(self) -> list[Alliance]:
        """The living alliances, ordered by the seats of the partners."""
        return [Alliance(self, number) for number in self.present.row_of]

    @property
    def graph(self) -> "networkx.Graph[Any]":
        """The network of this moment, as `Run.graph_at` gives it: seats, and edges with age, equity, trust and fit."""
        return self.present.graph

    @property
    def present(self) -> Present:
        """Which alliances live now, where; found once per quarter."""
        if self._present is None or self._present.quarter != self.quarter:
            self._present = Present(self.state, self.quarter)
        return self._present

    def result(self) -> Run:
        """The run so far, as `simulate` gives it: spells, frames, outcomes, story. It stays as it is when the model runs on."""
        run = Run.of(self.state)
        firms = FirmArrays._make(column.copy() for column in run.firms)
        events = EventLog._make(column.copy() for column in run.events)
        return replace(run, records=run.records.copy(), firms=firms, events=events)

    # --- what if ----------------------------------------------------------------------------------------------------

    def fork(self, policies: Mapping[str, Policy] | None = None, **changes: Any) -> "AllianceModel":
        """A branch from the present: same past, same luck; what is changed acts from now on.

        changes : settings, environment__shock_rate=0.2 or **{"environment.shock_rate": 0.2}. Settings of founding firms
            reach firms that enter from now on, those of new alliances alliances formed from now on.
        policies : strategies in Python from now on, {} for none; those of this model if left out
        Raises InputError for an unknown setting, a value out of bounds, or one that is settled when a world is built.
        """
        scenario = self.settings.with_(dotted(changes))
        branch = copy.deepcopy(self)
        if changes:
            branch.state = under(branch.state, scenario)
        if policies is not None:
            branch.state.policies = Policies(policies, scenario.strategies) if policies else None
        branch.running = branch.quarter < scenario.time.quarters and not branch.state.counters.waiting[0]
        return branch

    def __deepcopy__(self, memo: dict[int, Any]) -> "AllianceModel":
        memo[id(self.state)] = copied(self.state)
        memo[id(self.random)] = luck = random.Random()
        luck.setstate(self.random.getstate())  # 625 numbers, which deepcopy would take one by one
        branch = type(self).__new__(type(self))
        memo[id(self)] = branch
        branch.__dict__.update(copy.deepcopy(self.__getstate__(), memo))
        return branch

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_present": None}  # found again where it is asked for

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}({self.settings.name!r}, rng={self.seed}): {len(self.state.names)} firms, "
            f"quarter {self.quarter} of {self.settings.time.quarters}"
        )


def _measure(column: int, name: str) -> property:
    def last(model: AllianceModel) -> float:
        return float(model.state.records[model.quarter - 1, column]) if model.quarter else float("nan")

    return property(last, doc=f"{name.replace('_', ' ')} in the last quarter; NaN before the first")


for _column, _name in enumerate(COLUMNS):  # model.mean_trust and so on: what reporters name, and people type
    setattr(AllianceModel, _name, _measure(_column, _name))
