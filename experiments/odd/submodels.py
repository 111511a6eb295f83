"""One submodel of element 7 as Markdown: prose from the template, all else generated."""

from collections.abc import Mapping

from experiments.odd import markdown, places, reading
from experiments.odd.reading import Rule
from simulation.schedule import STEP

# Where submodels are at work that no rule and no line of the schedule puts there.
ELSEWHERE: Mapping[str, set[str]] = {
    "N1": {"start", "turnover"}, "N2": {"start"}, "N6": {"shocks", "payoffs", "endings"}, "N7": {"endings", "turnover"},
    "N9": {"interventions"}, "N10": {"record"},
}  # fmt: skip


def rule_place(rule: Rule) -> str:
    """The submodel in which a rule is described."""
    return places.RULES.get(rule.id) or rule.numbers[0]


def rules_of(place: str) -> list[Rule]:
    """The rules described in a submodel."""
    return [rule for rule in reading.rules() if rule_place(rule) == place]


def where(place: str) -> list[str]:
    """Phases in which a submodel is at work: by the schedule, or because they call its rules."""
    called = reading.called_in()
    found = {phase for phase, numbers in reading.step_equations().items() if place in numbers}
    found |= {label for rule in rules_of(place) for label in called.get(rule.id, ())}
    found |= ELSEWHERE.get(place, set())
    order = [phase.name for phase in STEP]
    numbered = [f"`{name}` ({order.index(name) + 1})" for name in order if name in found]
    outside = {"start": "the start of a world", "interventions": "interventions"}
    return [text for label, text in outside.items() if label in found] + numbered


def described(rule: Rule) -> str:
    """A rule: what it says, its equation, its symbols, its source."""
    symbols = [f"- {markdown.code(names.split(', '))}: {meaning}" for names, meaning in rule.arguments]
    return "\n".join(
        [f"**`{rule.id}`** {rule.summary}", "", "```text", *rule.equation, "```", *symbols,
         f"- returns {rule.returns}", f"- source: {markdown.source(rule.source)}", ""]
    )  # fmt: skip


def checks(place: str) -> str:
    """The sentence that says which tests check a submodel."""
    rules = [rule.id for rule in rules_of(place)]
    battery = f"the battery of rules for {markdown.code(rules)}; " if rules else ""
    own = [name if name in places.ORACLES else f"`{name}`" for name in places.CHECKS.get(place, ())]
    return f"Checked by {battery}the twin; the bounds L18{'; ' + '; '.join(own) if own else ''}."


def submodel(place: str, prose: str) -> str:
    """One submodel: heading, prose, rules, parameters, switches, tests. prose : what the sources do not say."""
    phases = where(place)
    parts = [
        f"### {place} {places.TITLES[place]}",
        f"*At work in: {', '.join(phases)}.*" if phases else "",
        prose.strip(),
    ]
    parts += [described(rule) for rule in rules_of(place)]
    parts.append(markdown.parameters(place))
    names = markdown.switches_of(place)
    if names:
        listed = [f"`mechanisms.{name}` (off means {markdown.at_rest(name)})" for name in names]
        parts.append(f"Switches: {'; '.join(listed)}.")
    parts.append(checks(place))
    return "\n\n".join(part.strip() for part in parts if part.strip()) + "\n"
