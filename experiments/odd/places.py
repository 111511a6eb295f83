"""Which submodel a setting, a rule and a test belong to. Tests keep these tables complete: nothing is left without a place."""

import re
from collections.abc import Mapping

# E1 to E25 are numbered in the design; N1 to N10 are what the code does beside them.
TITLES: Mapping[str, str] = {
    "E1": "What two firms could learn from each other", "E2": "Own research", "E3": "Sharing",
    "E4": "Absorption of knowledge", "E5": "Joint value", "E6": "Payoff", "E7": "Coordination", "E8": "Observation",
    "E9": "Trust", "E10": "Deception found out", "E11": "Fit", "E12": "A shock on fit", "E13": "Goals", "E14": "Exit",
    "E15": "Renegotiation", "E16": "Formation", "E17": "Initial trust", "E18": "Side deals",
    "E19": "Mutual strengthening", "E20": "Core erosion", "E21": "Completion", "E22": "Capital, failure and entry",
    "E23": "Governance", "E24": "Racers leave", "E25": "Burdens",
    "N1": "Founding a firm", "N2": "The first network", "N3": "When a shock comes, and whom it hits",
    "N4": "What a shock does", "N5": "The level of demand", "N6": "Regulation", "N7": "The name of an ending",
    "N8": "Which game two partners are in", "N9": "Interventions", "N10": "What is measured",
}  # fmt: skip
INPUT = "6"  # settings that only name a scenario stand in element 6

# Group of settings -> place of all that `HOMES` does not name.
GROUPS: Mapping[str, str] = {
    "name": INPUT, "title": INPUT, "time": "N10", "firms": "N1", "strategies": "E3", "network": "N2", "knowledge": "E4",
    "sharing": "E8", "value": "E6", "trust": "E9", "fit": "E11", "exit": "E14", "renegotiation": "E15",
    "formation": "E16", "opportunism": "E18", "environment": "N4", "interventions": "N9",
}  # fmt: skip
# Setting -> place, where it is another than that of its group. A trailing * stands for the rest of a name.
HOMES: Mapping[str, str] = {
    "time.renewal_quarters": "E14",
    "firms.initial_reputation": "E10", "firms.reputation_reversion": "E10", "firms.safe_capital": "E25",
    "firms.least_capital": "E22", "firms.income_*": "E22", "firms.fixed_cost": "E22", "firms.payout": "E22",
    "firms.function_fee*": "E22", "firms.activity_sigma": "E16",
    "strategies.NAME.share": "N1", "strategies.NAME.absorptive_capacity": "N1", "strategies.NAME.loyalty": "E14",
    "strategies.NAME.side_deals": "E18", "strategies.NAME.race": "E24",
    "knowledge.decay": "E2", "knowledge.research*": "E2", "knowledge.strengthening*": "E19", "knowledge.erosion*": "E20",
    "sharing.rival_caution": "E3", "sharing.burden": "E25",
    "value.joint": "E5", "value.fit_floor": "E5", "value.distance_floor": "E5", "value.tacit_loss": "E5",
    "value.coordination*": "E7", "value.equity_cost": "E7",
    "trust.initial*": "E17", "trust.breach_*": "E10",
    "fit.blindness": "E12", "fit.goal_*": "E13",
    "exit.completion": "E21", "exit.racer_*": "E24", "exit.breach_memory": "N7",
    "formation.equity_*": "E23",
    "environment.shock_rate": "N3", "environment.shock_magnitude": "N3", "environment.shock_scope": "N3",
    "environment.spread": "N3", "environment.turbulence_*": "N3", "environment.events": "N3",
    "environment.munificence*": "N5", "environment.slump_depth": "N5", "environment.wave_*": "N5",
    "environment.regulation_*": "N6",
}  # fmt: skip
# Submodel -> settings of other submodels that it reads, too.
ALSO: Mapping[str, tuple[str, ...]] = {
    "E4": ("firms.absorptive_capacity",),
    "E5": ("knowledge.tacitness",),
    "E9": ("sharing.burden", "firms.safe_capital"),
    "E12": ("firms.flexibility",),
    "E14": ("formation.option_memory",),
    "E15": ("sharing.openness", "firms.flexibility"),
    "E16": ("environment.regulation_ban",),
    "E17": ("firms.initial_reputation",),
    "E19": ("knowledge.research", "firms.absorptive_capacity"),
    "E20": ("firms.profile_sigma",),
    "E21": ("trust.feeling_out_quarters", "time.renewal_quarters"),
    "E22": ("firms.initial_capital", "environment.munificence", "renegotiation.cost"),
    "E24": ("time.renewal_quarters", "knowledge.research", "knowledge.decay"),
    "N1": ("knowledge.research", "knowledge.decay", "knowledge.capability", "environment.munificence",
           "sharing.openness", "firms.initial_reputation", "firms.activity_sigma"),
    "N2": ("fit.initial", "fit.rate"),
    "N4": ("environment.slump_depth", "fit.goal_shock", "fit.goal_common"),
    "N7": ("trust.feeling_out_quarters", "trust.initial"),
    "N8": ("value.sharing_cost", "value.sharing_cost_saved", "value.leakage", "value.leakage_rival",
           "value.leakage_equity", "value.leakage_gain"),
}  # fmt: skip

# Rule -> submodel, where its docstring names no equation of its own or not the one that it belongs to first.
RULES: Mapping[str, str] = {
    "environment.demand_after_shock": "N4", "learning.knowledge_after_obsolescence": "N4",
    "learning.knowledge_after_enhancement": "N4", "environment.shock_chance": "N3",
    "environment.munificence_after_slump": "N5", "environment.munificence_next": "N5",
    "environment.usual_munificence": "N5", "environment.protected": "N6", "environment.rival_loss": "N6",
    "formation.outside_option_next": "E16",
    "value.marginal_cost": "N8", "value.best_reply": "N8", "value.regime": "N8", "value.escape_trust": "N8",
}  # fmt: skip
# Mechanism -> submodels, where its description names no equation.
MECHANISMS: Mapping[str, tuple[str, ...]] = {"alliance_function": ("N1",), "shocks": ("E12", "E13", "N3")}

KNOWN, BEST = "tests/oracles/test_known_worlds.py::", "tests/oracles/test_best_reply.py::"
STATISTICAL, TWIN = "tests/statistical/test_baseline.py::", "tests/reference/test_twin.py::"
# A trailing * stands for all tests whose names begin so.
BATTERY = ("tests/simulation/rules/test_rules.py::test_*",)
TWINS = (TWIN + "test_engine_and_twin_agree_*", TWIN + "test_everything_happens_in_these_worlds")
# Known answers: configurations in which the model must give a number that is known before it runs.
ORACLES: Mapping[str, tuple[str, ...]] = {
    "L1": ("tests/oracles/test_dilemma.py::test_l1_*",),
    "L2": ("tests/oracles/test_dilemma.py::test_l2_*",),
    "L3": (KNOWN + "test_l3_*",),
    "L4": ("tests/oracles/test_diffusion.py::test_l4_*",),
    "L5": ("tests/oracles/test_diffusion.py::test_l5_*",),
    "L6": ("tests/oracles/test_diffusion.py::test_l6_*",),
    "L8": (KNOWN + "test_l8_*",),
    "L9": ("tests/oracles/test_trust.py::test_l9_*",),
    "L10": (KNOWN + "test_l10_*",),
    "L11": (KNOWN + "test_l11_*",),
    "L12": ("tests/oracles/test_trust.py::test_l12_*",),
    "L14": (KNOWN + "test_l14_*",),
    "L15": (STATISTICAL + "test_l15_*",),
    "L18": ("tests/properties/test_invariants.py::test_nothing_leaves_its_bounds_and_capital_balances",),
    "L19": (BEST + "test_*",),
}
# What each asks, in a few words.
ASKED: Mapping[str, str] = {
    "L1": "repeated prisoner's dilemma with mistakes: cooperation and payoffs as published",
    "L2": "how much generosity resists a defector, and how long a future makes tit-for-tat stable",
    "L3": "a constant chance of exit gives geometric survival; independent causes add",
    "L4": "diffusion by barter over fixed networks: small worlds above random ones above hubs",
    "L5": "the same by gift: more spreads, and hubs are no longer the worst",
    "L6": "growth along ties: the rate is the largest eigenvalue of the network",
    "L8": "drawn shocks arrive at random, scripted ones on their day",
    "L9": "trust as a random walk: first passage is inverse Gaussian",
    "L10": "knowledge without partners follows its closed form",
    "L11": "identical firms trust alike, and names do not matter",
    "L12": "one deception lowers the ceiling by exactly E10, early more than late",
    "L14": "shocks of magnitude 0 leave a run bit-identical",
    "L15": "survival answers shocks, trust, flexibility, opportunists, noise and tacitness in the right direction",
    "L18": "nothing leaves its bounds, and money is accounted for",
    "L19": "the closed form of the dilemma against a search",
}
# Submodel -> what checks it beside the battery of rules, the twin and L18, which check all of them.
CHECKS: Mapping[str, tuple[str, ...]] = {
    "E2": ("L10", "tests/simulation/test_parameters.py::test_research_luck_is_a_log_normal_of_the_stated_spread"),
    "E3": ("L1", "L2", "tests/simulation/test_parameters.py::test_strategy_table_reaches_the_kernels_row_by_row",),
    "E4": ("L4", "L5", "L6", "L15"),
    "E5": ("L19", "L15"),
    "E6": ("L19",),
    "E8": ("L1", "L9", "L15"),
    "E9": ("L9", "L11", "L15",
           "tests/experiments/validation/measures/test_trust.py::test_the_impulse_is_that_of_the_rule_with_the_scenarios_numbers"),
    "E10": ("L12",),
    "E12": ("L14", "L15"),
    "E13": ("L14",),
    "E14": ("L3", "L15"),
    "E17": ("L9", "L15"),
    "E18": ("L15",),
    "E21": ("L3",),
    "E22": (STATISTICAL + "test_no_strategy_is_absurdly_rich", STATISTICAL + "test_alliance_functions_stay_in_business"),
    "N1": ("tests/simulation/test_draws.py::test_uniforms_are_even_and_neighbours_unrelated",),
    "N2": (KNOWN + "test_graph_with_names_and_ages_becomes_the_first_network",
           "tests/simulation/test_front_door.py::test_a_graph_goes_out_and_in_with_its_governance_and_is_measured_from_the_first_quarter",
           "tests/scenarios/test_networks_files.py::test_ties_have_names_ages_and_governance"),
    "N3": ("L8", "L14"),
    "N4": ("L14", TWIN + "test_each_firm_hit_is_logged_with_the_kind_of_its_own_shock"),
    "N5": ("L14",),
    "N6": ("L14",),
    "N7": (STATISTICAL + "test_every_cause_and_every_regime_occurs",),
    "N8": ("L19", "tests/experiments/validation/measures/test_dilemma.py::test_the_regime_is_that_of_the_records",
           STATISTICAL + "test_every_cause_and_every_regime_occurs"),
    "N10": ("tests/simulation/test_engine.py::test_replaying_the_log_rebuilds_who_was_allied_when",
            "tests/simulation/test_engine.py::test_spells_tell_the_life_of_each_alliance"),
}  # fmt: skip


def generic(key: str) -> str:
    """A setting's name with that of a strategy left open: "strategies.sharer.base" -> "strategies.NAME.base"."""
    return re.sub(r"^strategies\.[^.]+\.", "strategies.NAME.", key)


def home(key: str) -> str:
    """The submodel that a setting belongs to, or INPUT. Mechanisms have places of their own: see `switches_of`."""
    key = generic(key)
    for name, place in HOMES.items():
        if key == name or (name.endswith("*") and key.startswith(name[:-1])):
            return place
    return GROUPS[key.partition(".")[0]]
