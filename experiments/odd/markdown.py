"""The tables of the protocol as Markdown: generated from the schema, the state, the schedule and the docstrings."""

import ast
import inspect
import re
from collections.abc import Iterable, Sequence
from typing import Any

from experiments.odd import places, reading, words
from experiments.validation.patterns import patterns
from simulation import events, state
from simulation.draws import Purpose
from simulation.mechanisms import Mechanisms, needed_for, neutral_settings
from simulation.scenario import Scenario
from simulation.schedule import STEP
from simulation.scripted import Event, Intervention, Traits
from simulation.strategies import Strategy
from simulation.validation import Setting, plain, settings

ENTITIES = {"firms": state.FirmArrays, "alliances": state.AllianceArrays, "environment": state.EnvironmentArrays}
PARAMETERS = ("setting", "meaning", "default", "unit", "allowed", "source")


def at(phase: str) -> str:
    """A phase by its number in the schedule."""
    return f"phase {[line.name for line in STEP].index(phase) + 1}"


def table(names: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = [names, ["---"] * len(names), *rows]
    return "\n".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines)


def code(names: Iterable[str]) -> str:
    """Names as code, with commas; a dash if there are none."""
    return ", ".join(f"`{name}`" for name in names) or "–"


def value(given: Any) -> str:
    """A setting's value as a scenario file would say it; a dash for what is empty."""
    if given is None or given in ((), ""):
        return "–"
    if isinstance(given, bool):
        return str(given).lower()
    return minus(given) if isinstance(given, int | float) else str(given)


def minus(number: float) -> str:
    """A number as people write it, with a minus sign."""
    return plain(number).replace("-", "−")


def allowed(item: Setting) -> str:
    """Bounds of a number, else what may stand there."""
    if item.low is not None and item.high is not None:
        return f"{minus(item.low)} to {minus(item.high)}"
    return "one of " + code(item.choices) if item.choices else item.allowed


def source(text: str) -> str:
    """A source; numbered assumptions lead to their list."""
    return re.sub(r"(assumption )?(A-\d\d)", r"[\1\2](assumptions.md)", text) or "–"


def leaves() -> dict[str, Setting]:
    """Every setting but the mechanisms, rows of the strategy table taken together as NAME."""
    return {
        places.generic(item.key): item for item in settings(Scenario) if not item.key.startswith("mechanisms.")
    }  # fmt: skip


def setting_rows(items: Iterable[tuple[str, Setting]]) -> list[list[str]]:
    """Rows of a table of parameters."""
    return [
        [f"`{key}`", item.meaning, "by row" if key.startswith("strategies.") else value(item.default), item.unit or "–",
         allowed(item), source(item.source)]
        for key, item in items
    ]  # fmt: skip


def parameters(place: str) -> str:
    """The settings of one place, then those of others that it reads; "" if there are none."""
    every = leaves()
    own = [(key, item) for key, item in every.items() if places.home(key) == place]
    text = table(PARAMETERS, setting_rows(own)) if own else ""
    also = places.ALSO.get(place, ())
    if also:
        listed = ", ".join(f"`{key}` ({places.home(key)})" for key in also)
        text += f"\n\n{'Reads, too' if own else 'Reads'}: {listed}."
    return text.strip()


def switches_of(place: str) -> list[str]:
    """Mechanisms whose description names a submodel, or that are put there."""
    return [name for name in Mechanisms.model_fields if place in mechanism_places(name)]


def mechanism_places(name: str) -> tuple[str, ...]:
    """Submodels that a mechanism belongs to."""
    meaning = Mechanisms.model_fields[name].description or ""
    return places.MECHANISMS.get(name) or tuple(re.findall(r"\b[EN]\d+\b", meaning))


def at_rest(name: str) -> str:
    """The settings at which a mechanism is at rest, in one line."""
    return ", ".join(
        f"`{key.replace('*', 'NAME')}` = {'none' if put == () else value(put)}"
        for key, put in neutral_settings(name).items()
    )


def mechanisms() -> str:
    """All mechanisms, what asks for each, and what switching it off does."""
    return table(
        ("switch", "mechanism", "asked for by", "off means"),
        [
            (f"`mechanisms.{name}`", field.description, needed_for(name), at_rest(name))
            for name, field in Mechanisms.model_fields.items()
        ],
    )


def strategies() -> str:
    """The strategy table: one line per strategy of the default world."""
    default = Scenario().strategies
    names = tuple(Strategy.model_fields)
    return table(
        ("strategy", *(f"`{name}`" for name in names)),
        [(f"`{name}`", *(value(getattr(row, column)) for column in names)) for name, row in default.items()],
    )


def nested(kind: str) -> str:
    """What an entry of a list of settings may say: a scripted event, or an intervention."""
    given: Event | Intervention = Event(quarter=0) if kind == "event" else Intervention(quarter=0, to=Traits())
    required = {name for name, field in type(given).model_fields.items() if field.is_required()}
    rows = setting_rows((item.key, item) for item in settings(type(given), defaults=given))
    return table(
        PARAMETERS[:5], [[*row[:2], "needed" if row[0].strip("`") in required else row[2], *row[3:5]] for row in rows]
    )


def variables(kind: str) -> str:
    """The state variables of one kind of entity, and who writes them."""
    found = reading.variables(ENTITIES[kind], inspect.getsource(state))
    writers, begins = reading.writers(), ["start"] if kind == "environment" else []
    rows = []
    for one in found:
        written = ", ".join([*begins, *writers.get(f"{kind}.{one.name}", ())])
        rows.append((f"`{one.name}`", one.shape, one.meaning, one.unit or "–", written))
    return table(("variable", "shape", "meaning", "unit", "written in"), rows)


def phases() -> str:
    """The schedule: what each phase does, which luck it draws and which events it writes."""
    drawn, logged = reading.drawn_in(), reading.logged_in()
    return table(
        ("", "phase", "equations", "what happens", "draws", "events"),
        [
            (number, f"`{phase.name}`", phase.equations or "–", phase.sentence,
             code(name for name, where in drawn.items() if phase.name in where),
             code(name.lower() for name, where in logged.items() if phase.name in where))
            for number, phase in enumerate(STEP, 1)
        ],
    )  # fmt: skip


def pseudo_code() -> str:
    """The schedule as pseudo code."""
    width = max(len(phase.name) for phase in STEP)
    lines = [
        f"        {number:>2}  {phase.name:<{width}}  {phase.sentence}{f' [{phase.equations}]' if phase.equations else ''}"
        for number, phase in enumerate(STEP, 1)
    ]
    head = ["build the world  [N1, N2]", "for t = 0, 1, ..., time.quarters − 1:",
            "    the interventions of quarter t, in the order of the scenario  [N9]",
            "    each phase, from the state that the one before left:"]  # fmt: skip
    return "\n".join([*head, *lines])


def diagram() -> str:
    """The schedule as a mermaid flowchart."""
    lines = ["flowchart TD", '    start["<b>the world is built</b><br/>firms, first network"] --> done']
    lines.append('    done["<b>interventions</b> of the quarter, if any"] --> phase1')
    for number, phase in enumerate(STEP, 1):
        text = phase.sentence.rstrip(".").replace("; ", "<br/>")
        equations = f" · {phase.equations}" if phase.equations else ""
        lines.append(f'    phase{number}["<b>{number} {phase.name}</b>{equations}<br/>{text}"]')
    lines.append("    " + " --> ".join(f"phase{number}" for number in range(1, len(STEP) + 1)))
    lines.append(f"    phase{len(STEP)} -->|next quarter| done")
    return "\n".join(lines)


def step_details() -> str:
    """What the function of each phase says of itself."""
    text = inspect.getsource(state)
    known = {f"{kind}.{one.name}" for kind, entity in ENTITIES.items() for one in reading.variables(entity, text)}
    found = []
    for number, phase in enumerate(STEP, 1):
        body = reading.tree_of(reading.modules()[phase.name]).body
        (function,) = (node for node in body if isinstance(node, ast.FunctionDef) and node.name == phase.name)
        words_of_it = (ast.get_docstring(function) or "").partition("\n\n")[0].replace("\n", " ")
        written = sorted(key for key, where in reading.writers().items() if phase.name in where and key in known)
        found.append((number, f"`{phase.name}`", words_of_it, code(written)))
    return table(("", "phase", "in the words of its function", "writes"), found)


def purposes() -> str:
    """What random numbers are for, and where they are drawn."""
    drawn = reading.drawn_in()
    return table(
        ("number", "purpose", "drawn in"),
        [(int(item), f"`{item.name}`", ", ".join(drawn.get(item.name, ())) or "–") for item in Purpose],
    )


def event_kinds() -> str:
    """The event log: what each kind of event carries, and which phase writes it."""
    said, logged = reading.comment_parts(inspect.getsource(events), events.KINDS), reading.logged_in()
    return table(
        ("number", "event", "carries", "written in"),
        [
            (number, f"`{kind}`", said.get(kind, "–"), ", ".join(logged.get(kind.upper(), ())) or "–")
            for number, kind in enumerate(events.KINDS)
        ],
    )


def causes() -> str:
    """Causes of endings."""
    rows = [(number, f"`{cause}`", words.CAUSES[cause]) for number, cause in enumerate(events.CAUSES)]
    return table(("number", "cause", "given when"), rows)


def shock_kinds() -> str:
    """Kinds of shock."""
    shakes = [(kind, "yes" if kind in words.SHAKING else "no") for kind in words.KINDS]
    return table(
        ("kind", "what it does to a firm", "shakes goals and fit"),
        [(f"`{kind}`", words.KINDS[kind], yes) for kind, yes in shakes],
    )


def shock_scopes() -> str:
    """Scopes of shocks."""
    return table(
        ("scope", "who has a chance of it", "who is hit", "the market, where it moves"),
        [(f"`{scope}`", *cells) for scope, cells in words.SCOPES.items()],
    )


def measures() -> str:
    """What is recorded each quarter."""
    return table(("measure", "unit"), [(f"`{name}`", unit) for name, unit in reading.columns_with_units()])


def pattern_table() -> str:
    """The patterns of real alliances that the model is judged by."""
    return table(
        ("", "pattern", "measure", "wanted", "source"),
        [(one.id, one.name, one.measure, one.wanted, one.source) for one in patterns().values()],
    )


def oracles() -> str:
    """Known answers and the tests that ask for them."""
    rows = []
    for name, tests in places.ORACLES.items():
        rows.append((name, places.ASKED[name], "<br/>".join(code([test]) for test in tests)))
    return table(("oracle", "asks", "tests"), rows)
