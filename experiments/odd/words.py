"""What the words of the model mean where its sources give them a name only: kinds and scopes of shocks, causes of endings."""

from collections.abc import Mapping

# Kind of shock -> what it does to a firm in its scope, m being its magnitude.
KINDS: Mapping[str, str] = {
    "competence_destroying": "the sector's market moves (θ to θ'); the firm loses knowledge in domains that lost weight",
    "demand_slump": "the demand that the firm meets falls by `environment.slump_depth`·m, and recovers (N5)",
    "competence_enhancing": "the sector's market moves; the firm wins knowledge in domains that won weight",
    "dearer_coordination": "the grip of regulation on coordination rises to m at least (N6)",
    "rival_ban": "the grip of regulation on new ties between rivals rises to m at least (N6)",
    "leakage_protection": "the grip of regulation on leakage rises to m at least (N6)",
    "strategy_shift": "with chance `environment.switching`·m the firm's strategy is drawn again from the shares of "
    "the table; its absorptive capacity stays",
    "entrant_wave": "with chance `environment.displacement`·m entrants drive the firm out: it fails at the end of the quarter",
}
# The kinds that also move goals (E13) and cut fit (E12).
SHAKING = ("competence_destroying", "demand_slump", "strategy_shift")

# Scope -> (who has a chance of a drawn shock, who is hit, what becomes of the market).
SCOPES: Mapping[str, tuple[str, str, str]] = {
    "global": ("the world", "all firms", "each sector's market moves, each to one of its own"),
    "sector": ("each sector", "the firms of the sector", "the sector's market moves"),
    "local": ("each firm", "that firm", "stays; the firm's own customers move"),
    "correlated": ("each firm, as an origin", "the origins and all that hangs together with them by open ties; a tie is "
                   "open with chance `environment.spread`", "stays; the customers of firms that are hit move"),
    "half": ("the world", "each firm with chance one half", "stays; the customers of firms that are hit move"),
}  # fmt: skip

# Cause of an ending -> when an alliance is given it.
CAUSES: Mapping[str, str] = {
    "deceit": "a partner leaves that found the other deceiving it less than `exit.breach_memory` quarters ago",
    "distrust": "the leaver's largest grievance is trust below that in a stranger (`trust.initial`)",
    "misfit": "the leaver's largest grievance is the cost of misfit and of goals apart, beyond that of mature partners "
    "(fit 0.75, goals 0.25 apart)",
    "underperformance": "the leaver's largest grievance is losses, or it has none; also every end by `exit.fixed_hazard`",
    "learned_out": "the leaver's largest grievance is its own lead in learning; or a racer leaves (E24)",
    "better_option": "the leaver's largest grievance is its outside option",
    "completed": "completed as intended (E21)",
    "partner_failed": "a partner failed (E22) and nothing else had ended the alliance in that quarter",
    "never_started": "a partner leaves while feeling out, without a breach found lately",
}
