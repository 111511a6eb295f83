"""Every sentence of a story, in this one place: to tell it in another language, translate this file and no other.

Names in braces are filled in. A firm is written as the network calls it; quarters are counted from 0.
"""

import math
from collections.abc import Sequence

MOST_DIGITS = 8  # of a chance in percent

CAUSES = {
    "deceit": "deceit",
    "distrust": "distrust",
    "misfit": "misfit",
    "underperformance": "underperformance",
    "learned_out": "nothing left to learn",
    "better_option": "a better option",
    "completed": "completion as intended",
    "partner_failed": "failure of a partner",
    "never_started": "a false start",
}
LEFT = {  # of one who decided to go, or of both
    "deceit": "left over deceit",
    "distrust": "left out of distrust",
    "misfit": "left over misfit",
    "underperformance": "left over underperformance",
    "learned_out": "left with nothing more to learn",
    "better_option": "left for a better option",
    "never_started": "left before it had really begun",
}
STRATEGIES = {
    "sharer": "a sharer",
    "hoarder": "a hoarder",
    "reciprocator": "a reciprocator",
    "learning_racer": "a learning racer",
    "opportunist": "an opportunist",
    "loyalist": "a loyalist",
}
INSTEAD = {"hoarder": "hoarding", "learning_racer": "racing to learn", "opportunist": "turning and burning"}
SHOCKS = {
    "competence_destroying": "a new technology that makes old knowledge worth less",
    "demand_slump": "a slump in demand",
    "competence_enhancing": "a new technology that builds on what firms know",
    "dearer_coordination": "a regulation that makes alliances dearer",
    "rival_ban": "a ban on alliances of rivals",
    "leakage_protection": "a law that protects knowledge",
    "strategy_shift": "a shift of strategies",
    "entrant_wave": "a wave of entrants",
}
REGIMES = (
    "no deal: sharing costs more than it can ever bring",
    "a dilemma: both gain if both share, and each gains more by holding back",
    "harmony: sharing pays whatever the other does",
)

SENTENCES = {
    # beginnings
    "formed": "{a} ({a_strategy}) and {b} ({b_strategy}) form an alliance under {governance}{rivals}{prior}. "
    "Trust begins at {a_trust} and {b_trust}.",
    "found": "{a} ({a_strategy}) and {b} ({b_strategy}) are allied already, for {age}, under {governance}{rivals}. "
    "Trust stands at {a_trust} and {b_trust}.",
    "contract": "contract",
    "equity": "equity",
    "rivals": "; they are rivals in one sector",
    "prior": "; they have been allied before",
    "unequal": "Over its whole life {more} shares {much} of what it could, {less} only {little}.",
    "equal": "Over its whole life both share about alike, {much} and {little} of what they could.",
    # on the way
    "peak": "Trust is at its highest, {trust} on the mean of both.",
    "shock": "{who} hit by {what}: fit falls from {before} to {after}.",
    "shock_only": "{who} hit by {what}.",
    "is": "{a} is",
    "are": "Both are",
    "breach": "{b} finds out that {a} has dealt with a competitor behind its back. Its trust falls from {before} to {after}.",
    "breach_low": "{b} finds out that {a} has dealt with a competitor behind its back. Its trust stays at {after}.",
    "talks_won": "They talk about what the shock has done, and settle it: fit is back at {after}.",
    "talks_lost": "They talk about what the shock has done, and fail. That strains the alliance.",
    "intervention": "From outside: {what}.",
    "agreed_equity": "{a} and {b} agree on equity",
    "agreed_good_faith": "{a} and {b} agree to deal in good faith",
    "agreed_settlement": "{a} and {b} agree to settle what shocks do",
    "regime": "What they play now is {regime}.",
    # endings
    "left": "{who} leaves: its draw of {drawn} is below its chance to leave, {chance} in this quarter. The last straw: {cause}.",
    "both_left": "Both leave. The last straw: {cause}.",
    "completed": "The alliance has done what it was for, and is completed.",
    "partner_failed": "{who} fails, and takes its alliances along.",
    "learned_out": "A learning racer sees nothing left to learn, and leaves.",
    "ended": "The alliance ends, by {cause}.",
    "lives": "The alliance still lives when the run ends.",
    # a long life in short
    "shorter": "Up to quarter {quarter}, {many} hit one or both.{talks}",
    "shorter_talks": " Of {talks} that followed, {won} settled what had been done.",
    # answers
    "answer_ended": "{a} and {b} were allied for {lived}, until {ending} in quarter {ended}. {but_for}",
    "answer_lives": "{a} and {b} have been allied for {lived} and still are when the run ends.",
    "ending_left": "{who} {left}",
    "ending_both_left": "both {left}",
    "ending_ended": "it ended by {cause}",
    "ending_completed": "it was completed as intended",
    "ending_partner_failed": "{who} failed",
    "ending_learned_out": "a racer had nothing left to learn",
    "saved_best": "With the same luck and {change}, {fate}.",
    "saved_none": "None of the {many} single changes that were tried would have made it live longer.",
    "saved_nothing": "There was no single change to try.",
    # what becomes of a pair
    "fate_lives": "it lives on to the end of the run ({longer} longer)",
    "fate_later": "it lives to quarter {quarter} ({longer} longer), and then ends by {cause}",
    "fate_same": "it ends in the same quarter, by {cause}",
    "fate_sooner": "it ends sooner, in quarter {quarter}, by {cause}",
    "fate_never": "the two never ally at that time",
    "text": "With the same luck and {change}, {fate}.",
    # where two worlds part
    "part_first": "The two worlds first part, for this pair, in quarter {quarter}: {what} is {after} instead of {before}.",
    "of_trust": "the trust of {firm} in {other}",
    "of_sharing": "the sharing of {firm}",
    "of_payoff": "the payoff of {firm}",
    "of_performance": "the performance that {firm} sees",
    "part_hair": "The two worlds first part, for this pair, in quarter {quarter}, by a hair: {what} is no longer quite the same.",
    "part_same": "Nothing changes for this pair up to quarter {quarter}.",
    "part_draw": "In quarter {quarter} {who} draws {drawn} again: below its chance to leave of {before}, "
    "not below the {after} of now.",
    "part_draw_low": "In quarter {quarter} {who} draws {drawn} again, and its chance to leave is {after} now instead of "
    "{before}: it still leaves.",
    "part_draw_same": "In quarter {quarter} {who} draws {drawn} again, and its chance to leave is {after} as before: it "
    "still leaves.",
    "part_now": "What happens now: {ending}.",
    "part_not_failed": "{who} does not fail in quarter {quarter} now.",
    "part_completed": "Completion is drawn by lot, whatever partners do: the same lot falls again.",
    "part_others": "Of all other alliances {many} come out otherwise.",
    # changes
    "no_shock": "no shock in quarter {quarter}",
    "no_shocks": "none of its {many} shocks",
    "managers": "alliance managers at {firm}",
    "reciprocates": "{firm} reciprocating instead of {instead}",
    "reciprocates_else": "{firm} reciprocating",
    "good_faith": "no side deals between the two",
    "governed": "equity instead of contract",
    "settled": "talks that succeed from quarter {quarter} on",
    "flexible": "both firms fully flexible",
    "open": "open communication at both firms",
    "capital": "fresh capital for {firm} in quarter {quarter}",
    # firms
    "firm_answer": "{firm} ({strategy}) has had {many} by quarter {quarter}{living}{mean}.",
    "firm_living_0": "; none of them lives",
    "firm_living_1": "; one of them lives",
    "firm_living": "; {many} of them live",
    "firm_mean": "; those that ended lived {life} on the mean, and ended most often by {cause}",
    "firm_entered": "{firm} enters, with a capital of {capital}.",
    "firm_failed": "{firm} fails with a capital of {capital}.",
    "firm_allies": "{firm} allies with {other}.",
    "firm_ended": "The alliance with {other} ends after {lived}, by {cause}.",
    "firm_breach_by": "{other} finds out that {firm} has dealt behind its back.",
    "firm_breach_of": "{firm} finds out that {other} has dealt behind its back.",
    "firm_shock": "{firm} is hit by {what}.",
    "firm_managers": "{firm} gets alliance managers.",
    "firm_strategy": "{firm} is {strategy} from now on.",
    # runs
    "telling": "Of {many} alliances that ended, these tell most: {listed}.",
    "telling_none": "No alliance that was formed after the warm-up has ended otherwise than as intended.",
    "why_broken": "its trust fell far",
    "why_eventful": "much happened to it",
    "why_long": "it lived long",
}


def say(sentence: str, **values: object) -> str:
    """A sentence with its values filled in, its first letter a capital one."""
    text = SENTENCES[sentence].format(**values)
    return text[:1].upper() + text[1:] if text.endswith(".") else text


def share(value: float) -> str:
    """A share as stories say it.

    >>> share(0.4049)
    '0.40'
    """
    return f"{value:.2f}"


def chances(*values: float) -> list[str]:
    """Chances and draws that stand in one sentence: as many digits as tell apart what differs.

    >>> chances(0.0349), chances(0.001, 0.25), chances(0.00141, 0.00142)
    (['3.5 %'], ['0.10 %', '25.00 %'], ['0.141 %', '0.142 %'])
    """
    smallest = min((value for value in values if value > 0), default=1.0)
    digits = max(0, 1 - math.floor(math.log10(100 * smallest)))
    while digits < MOST_DIGITS:
        told = [f"{100 * value:.{digits}f} %" for value in values]
        if len(set(told)) == len(set(values)):
            return told
        digits += 1
    return [f"{100 * value:.{MOST_DIGITS}f} %" for value in values]


def span(quarters: int) -> str:
    """A length of time.

    >>> span(1), span(34)
    ('1 quarter', '34 quarters')
    """
    return f"{quarters:,} quarter{'' if quarters == 1 else 's'}"


def counted(many: int, one: str) -> str:
    """How many of something.

    >>> counted(1, "shock"), counted(12, "talk")
    ('1 shock', '12 talks')
    """
    return f"{many:,} {one}{'' if many == 1 else 's'}"


def listed(parts: Sequence[str]) -> str:
    """a, b and c."""
    return f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else "".join(parts)


def strategy(name: str) -> str:
    """A strategy with its article: a row of one's own under its own name.

    >>> strategy("hoarder"), strategy("cautious_one")
    ('a hoarder', 'of the strategy “cautious one”')
    """
    return STRATEGIES.get(name, f"of the strategy “{name.replace('_', ' ')}”")
