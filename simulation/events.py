"""The event log: what kinds of events there are, what they carry, and how kernels write them."""

from simulation.compiled import helper
from simulation.state import Counters, EventLog

FORMED, ENDED, SHOCK, BREACH, FAILED, ENTERED, CAPABILITY, RENEGOTIATED, INTERVENED = range(9)
KINDS = ("formed", "ended", "shock", "breach", "failed", "entered", "capability", "renegotiated", "intervened")
# formed: detail = rival + 2·equity + 4·prior ties, value = mean initial trust
# ended: detail = index into CAUSES, value = age · shock: first = firm hit, detail and value = kind and
# magnitude of the largest shock that it felt in the quarter, one event however many struck
# breach: first = deceiver, second = victim, value = age · failed, entered: first = the firm, value = its capital
# capability: first = the firm, detail = bit mask of the new domains, value = how many
# renegotiated: detail = 1 if the talks succeeded, value = fit won back
# intervened: first = the firm, detail = position among the scenario's interventions

DECEIT, DISTRUST, MISFIT, UNDERPERFORMANCE, LEARNED_OUT, BETTER_OPTION, COMPLETED, PARTNER_FAILED, NEVER_STARTED = (
    range(9)
)
CAUSES = (
    "deceit", "distrust", "misfit", "underperformance", "learned_out", "better_option",
    "completed", "partner_failed", "never_started",
)  # fmt: skip


@helper
def write_event(
    log: EventLog, counters: Counters, kind: int, first: int, second: int, detail: int, value: float, about: int
) -> int:
    """Append one event at the current quarter. Returns its number. The caller has made room before the quarter began."""
    number = int(counters.logged[0])
    log.quarter[number] = counters.quarter[0]
    log.kind[number] = kind
    log.first[number] = first
    log.second[number] = second
    log.detail[number] = detail
    log.value[number] = value
    log.about[number] = about
    counters.logged[0] = number + 1
    return number
