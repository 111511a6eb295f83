"""The mechanisms of the model, and the settings at which each is at rest.

Switching one off changes settings and nothing else, so all other luck stays as it was. `alliances ablation` shows which
patterns of real alliances are lost without each.
"""

import re
from typing import Any

from pydantic import Field

from simulation.settings import Group

# fmt: off
# one line per mechanism, however long: the file is read as a table


STATEMENTS = {  # what the user's documents say of alliances, in our words, and two tensions of the design
    "S01": "an alliance begins with a stage of feeling out",
    "S02": "suspected deception ends it, or leaves little trust and far more work",
    "S03": "trust is needed from the outset",
    "S04": "sharing knowledge builds trust, yet is ambiguous and hard to control and to track",
    "S05": "partners must share and absorb in return",
    "S06": "alliance managers broker information, trust and goodwill",
    "S07": "partners must share goals and seek consensus",
    "S08": "compatibility ripens with time and effort; partners learn each other's burdens",
    "S09": "without a team that steers it the firm's own knowledge base is impaired",
    "S10": "no turn and burn",
    "S11": "open communication",
    "S12": "most alliances fail because the environment keeps changing",
    "S13": "trust and steadfast loyalty",
    "S14": "trust allows the difficult discussions that transform an alliance and make it last",
    "S15": "trust and flexibility make it last, but trust can blind",
    "S16": "shared learning: iron sharpens iron",
}


def switch(meaning: str, needed: str, **at_rest: Any) -> Any:
    """A mechanism.

    needed : ids of statements and patterns that ask for it     at_rest : settings with __ for dots, at which it
    rests; a text such as "trust.gain" stands for the value of that setting
    """
    settings = {path.replace("__", ".").replace(".each.", ".*."): value for path, value in at_rest.items()}
    return Field(default=True, description=meaning, json_schema_extra={"at_rest": settings, "needed": needed})


class Mechanisms(Group):
    """Each can be switched off: mechanisms.renegotiation = false."""

    shocks: bool = switch("the environment changes: drawn and scripted shocks (E12, E13)", "S12", environment__shock_rate=0.0, environment__events=())
    blindness: bool = switch("trust blinds partners to change (E12)", "S15", fit__blindness=0.0)
    shared_shocks: bool = switch("a shock felt by both does not part them: only what goes beyond the partner's does (E14)", "P29", exit__shock_weight=0.0)
    goal_shocks: bool = switch("shocks move goals apart (E13)", "S07", fit__goal_shock=0.0)
    goal_convergence: bool = switch("goals of partners converge (E13)", "S07; P33", fit__goal_pull=0.0)
    fit_growth: bool = switch("partners learn each other's ways (E11)", "S08", fit__rate=0.0)
    renegotiation: bool = switch("difficult discussions after a shock (E15)", "S14; P32", renegotiation__attempt=0.0)
    accord: bool = switch("talks that succeed put the goal gap aside (E15)", "S14; P32", renegotiation__accord=0.0)
    strain: bool = switch("talks that fail strain the alliance (E15)", "S14", renegotiation__strain=1.0)
    openness: bool = switch("open communication (E8, E15)", "S11; P33", sharing__openness=0.0, interventions__each__to__openness=None)
    observation_noise: bool = switch("sharing is seen through noise (E8)", "S04; P33", sharing__observation_noise=0.0)
    trust_losses: bool = switch("trust is lost faster than it is won (E9)", "P14", trust__loss="trust.gain")
    feeling_out: bool = switch("losses of trust weigh more in the first quarters (E9)", "S01", trust__feeling_out_weight=1.0)
    reputation: bool = switch("those found out are trusted less by others, too (E10)", "S10", trust__breach_reputation=1.0)
    breach_ceiling: bool = switch("deception lowers what trust can ever be again (E10)", "S02; P16", trust__breach_ceiling=0.0)
    side_deals: bool = switch("opportunists turn and burn (E18)", "S10; P33", opportunism__side_deal_rate=0.0)
    tacitness: bool = switch("knowledge that moves only with trust (E4, E5)", "S04; P33", knowledge__tacitness=0.0)
    attention: bool = switch("attention is finite (E4)", "S05", knowledge__attention=1e9)
    leakage: bool = switch("unwanted outflow, most to rivals (E6)", "S04; P09", value__leakage=0.0)
    rivalry: bool = switch("rivals are more dangerous: more leaks to them, they share less, are sought less and deceive more (E3, E6, E16, E18)", "P09", value__leakage_rival=0.0, sharing__rival_caution=0.0, formation__rival_weight=0.0, opportunism__rival_factor=1.0)
    strengthening: bool = switch("two-way sharing strengthens absorptive capacity (E19)", "S16", knowledge__strengthening=0.0)
    core_erosion: bool = switch("firms without alliance managers drift to their partners' profiles (E20)", "S09", knowledge__erosion=0.0)
    alliance_function: bool = switch("dedicated alliance managers", "S06; P11, P12", firms__alliance_function_share=0.0, interventions__each__to__alliance_function=None)
    racing: bool = switch("learning racers leave once they have learned (E24)", "P20", exit__racer_chance=0.0)
    learned_out: bool = switch("who has learned more than the partner stays less gladly (E14)", "P20", exit__learned_weight=0.0)
    loyalty: bool = switch("loyalists weigh trust more when deciding to stay (E14)", "S13; P33", strategies__each__loyalty=1.0)
    honeymoon: bool = switch("initial trust is a buffer of expected performance (E14)", "S03; P06", exit__honeymoon=0.0)
    outside_options: bool = switch("better candidates pull partners away (E14)", "P30", exit__outside_weight=0.0)
    prior_ties: bool = switch("shared history is trusted, sought and kept (E14, E16, E17)", "P10, P24", exit__prior_weight=0.0, formation__prior_weight=0.0, trust__initial_prior=0.0)
    common_partners: bool = switch("partners of partners are met, sought and trusted (E16, E17)", "P22, P24", formation__embedded_candidates=0, formation__common_weight=0.0, trust__initial_common=0.0)
    search_after_shocks: bool = switch("firms search more after a shock (E16)", "P28", formation__search_boost=0.0)
    equity: bool = switch("some alliances are governed by equity (E23)", "P05", formation__equity_share=0.0, formation__equity_rival=0.0, network__ties__each__equity=False)
    completion: bool = switch("some alliances end as intended (E21)", "P08", exit__completion=0.0)
    failure: bool = switch("firms without capital fail and others enter (E22)", "P31", firms__least_capital=-1e12)
    burdens: bool = switch("firms in distress share less, and partners who fit well understand (E25)", "S08", sharing__burden=0.0)

# fmt: on


def neutral_settings(mechanism: str) -> dict[str, Any]:
    """Dotted settings at which a mechanism is at rest; `*` stands for every row of a table or list."""
    extra: Any = Mechanisms.model_fields[mechanism].json_schema_extra
    return dict(extra["at_rest"])


def put_at_rest(settings: dict[str, Any], mechanism: str) -> None:
    """Set, in nested tables of settings, those at which a mechanism is at rest."""
    for path, value in neutral_settings(mechanism).items():
        if isinstance(value, str):
            group, name = value.split(".")
            value = settings[group][name]
        _put(settings, path.split("."), value)


def _put(table: Any, path: list[str], value: Any) -> None:
    every = range(len(table)) if isinstance(table, tuple | list) else list(table)
    for key in every if path[0] == "*" else path[:1]:
        if len(path) == 1:
            table[key] = value
        else:
            _put(table[key], path[1:], value)


def asked_by(mechanism: str) -> tuple[str, ...]:
    """Ids of the statements and patterns that ask for a mechanism."""
    extra: Any = Mechanisms.model_fields[mechanism].json_schema_extra
    return tuple(re.findall(r"[SP]\d\d", extra["needed"]))


def needed_for(mechanism: str) -> str:
    """What asks for a mechanism, in words: statements in full, patterns by their ids."""
    ids = asked_by(mechanism)
    patterns = ", ".join(name for name in ids if name not in STATEMENTS)
    return "; ".join([*(STATEMENTS[name] for name in ids if name in STATEMENTS), *([patterns] if patterns else [])])
