"""What the engine's own sources say of it: comments beside fields, docstrings of rules, and who writes, draws and calls what.

Read from the text of the modules, so that no table of the protocol is typed a second time.
"""

import ast
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from types import ModuleType

import simulation.phases
import simulation.rules
from simulation.compiled import uncompiled
from simulation.schedule import STEP

# Where a module that is no phase of its own does its work.
LABELS = {"phases.striking": "shocks", "founding": "founding", "world": "start", "interventions": "interventions",
          "policies": "policies"}  # fmt: skip
UNITS = ("share", "money", "knowledge", "factor")  # a comment of one such word is a unit and no meaning


@dataclass(frozen=True)
class Variable:
    """One field of the state. shape : as the comment says it; unit : "" where the comment names none."""

    name: str
    shape: str
    meaning: str
    unit: str


@dataclass(frozen=True)
class Rule:
    """One rule as its docstring describes it. arguments : (names, meaning); numbers : of the equations that it serves."""

    module: str
    name: str
    summary: str
    equation: tuple[str, ...]
    arguments: tuple[tuple[str, str], ...]
    returns: str
    source: str
    numbers: tuple[str, ...]

    @property
    def id(self) -> str:
        """Module and name, as the tests of rules call it."""
        return f"{self.module}.{self.name}"


@cache
def modules() -> dict[str, ModuleType]:
    """Modules in which something happens, by label: the phases in their order, then what happens outside them."""
    found = {phase.name: importlib.import_module(f"simulation.phases.{phase.name}") for phase in STEP}
    return found | {name: importlib.import_module(f"simulation.{name}") for name in LABELS}


@cache
def tree_of(module: ModuleType) -> ast.Module:
    """The syntax tree of a module."""
    return ast.parse(inspect.getsource(module))


def _by_label(found: dict[str, set[str]]) -> dict[str, tuple[str, ...]]:
    """Sets per module -> per thing found, the labels of the modules in their order, none twice."""
    labels: dict[str, list[str]] = {}
    for module, things in found.items():
        label = LABELS.get(module, module)
        for thing in sorted(things):
            if label not in labels.setdefault(thing, []):
                labels[thing].append(label)
    order = [phase.name for phase in STEP]
    place = {label: order.index(label) if label in order else -1 for names in labels.values() for label in names}
    return {thing: tuple(sorted(names, key=lambda label: place[label])) for thing, names in labels.items()}


def variables(kind: type, source: str) -> list[Variable]:
    """The fields of a NamedTuple with the comments beside them, scratch memory left out."""
    lines = source.splitlines()
    (definition,) = (
        node for node in ast.parse(source).body if isinstance(node, ast.ClassDef) and node.name == kind.__name__
    )
    found = [
        _variable(node.target.id, lines[node.lineno - 1].partition("  # ")[2])
        for node in definition.body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    ]
    return [variable for variable in found if not variable.meaning.startswith("scratch")]


def _variable(name: str, comment: str) -> Variable:
    parts = re.fullmatch(r"(?:(\[[^\]]*\])\s*)?(.*?)\s*(?:\[([^\]]+)\])?", comment)
    shape, meaning, unit = parts.groups(default="") if parts else ("", comment, "")
    if meaning in UNITS:
        meaning, unit = "", meaning
    return Variable(name, shape, meaning or name.replace("_", " "), unit)


def _targets(tree: ast.AST) -> Iterator[ast.expr]:
    """What is assigned to; eight domains at once are written by `set_line(array, row, numbers)`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "set_line":
            yield ast.Subscript(node.args[0], node.args[1], ast.Store())
        if isinstance(node, ast.Assign):
            for target in node.targets:
                yield from target.elts if isinstance(target, ast.Tuple) else [target]
        elif isinstance(node, ast.AugAssign):
            yield node.target


@cache
def writers() -> dict[str, tuple[str, ...]]:
    """Who writes a state variable: "firms.goal" -> ("founding", "shocks", "fit")."""
    from simulation.interventions import PLAIN_TRAITS

    found: dict[str, set[str]] = {}
    for label, module in modules().items():
        found[label] = {
            f"{target.value.value.id}.{target.value.attr}"
            for target in _targets(tree_of(module))
            if isinstance(target, ast.Subscript)
            and isinstance(target.value, ast.Attribute)
            and isinstance(target.value.value, ast.Name)
        }
    found["interventions"] |= {f"firms.{trait}" for trait in PLAIN_TRAITS}
    return _by_label(found)


@cache
def drawn_in() -> dict[str, tuple[str, ...]]:
    """Where numbers of a purpose are drawn: "EXIT" -> ("endings",)."""
    return _by_label({label: _purposes(tree_of(module)) for label, module in modules().items()})


def _purposes(tree: ast.Module) -> set[str]:
    """Purposes that a module uses: a name given to one at the top counts where it is read again."""
    read = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    found: set[str] = set()
    for statement in tree.body:
        named = re.findall(r"Purpose\.([A-Z_]+)", ast.unparse(statement))
        if isinstance(statement, ast.Assign) and named:
            targets = [node.id for node in ast.walk(statement.targets[0]) if isinstance(node, ast.Name)]
            one_each = len(targets) == len(named)
            named = (
                [purpose for purpose, name in zip(named, targets, strict=True) if name in read] if one_each else named
            )
        found |= set(named)
    return found


@cache
def logged_in() -> dict[str, tuple[str, ...]]:
    """Where events of a kind are written: "ENDED" -> ("turnover",)."""
    found: dict[str, set[str]] = {}
    for label, module in modules().items():
        found[label] = set()
        for node in ast.walk(tree_of(module)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "write_event":
                found[label] |= {node.args[2].id} if isinstance(node.args[2], ast.Name) else set()
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]).endswith("log.kind[here]"):
                found[label] |= {ast.unparse(node.value)}
    return _by_label(found)


@cache
def called_in() -> dict[str, tuple[str, ...]]:
    """Where a rule is called: "learning.learning_potential" -> ("formation", "exchange", "endings")."""
    found: dict[str, set[str]] = {}
    for label, module in modules().items():
        found[label] = {
            f"{(node.module or '').removeprefix('simulation.rules.')}.{name.name}"
            for node in ast.walk(tree_of(module))
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("simulation.rules.")
            for name in node.names
        }
    return _by_label(found)


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule, in the order of modules and of lines."""
    found = []
    for _, name, _ in pkgutil.iter_modules(simulation.rules.__path__):
        module = importlib.import_module(f"simulation.rules.{name}")
        for node in tree_of(module).body:
            if isinstance(node, ast.FunctionDef):
                found.append(_rule(name, node.name, inspect.getdoc(uncompiled(getattr(module, node.name))) or ""))
    return tuple(found)


def _rule(module: str, name: str, text: str) -> Rule:
    summary, _, rest = text.partition("\n\nEquation:")
    equation, _, rest = rest.partition("\n\n")
    described, _, _ = rest.partition("\n\n")
    arguments, _, rest = described.partition("\nReturns ")
    returns, _, source = rest.partition("\nSource: ")
    lines = [line.strip() for line in equation.splitlines()]
    return Rule(
        module, name, _joined(summary), tuple(line for line in lines if line), tuple(_arguments(arguments)),
        _joined(returns), _joined(source).removesuffix("."), tuple(re.findall(r"\bE\d+\b", source)),
    )  # fmt: skip


def _joined(text: str) -> str:
    return " ".join(text.split())


def _arguments(text: str) -> Iterator[tuple[str, str]]:
    """Names and meanings: a line each, or two parted by a semicolon."""
    for line in re.split(r"\n(?=[\w, ]+ : )", text):
        for part in re.split(r"; (?=\w+ : )", _joined(line)):
            names, _, meaning = part.partition(" : ")
            yield names, meaning


def step_equations() -> dict[str, tuple[str, ...]]:
    """Equations of each phase, ranges spelled out: "exchange" -> ("E1", "E4", "E5", "E6", "E19", "E20")."""
    found = {}
    for phase in STEP:
        numbers: list[int] = []
        for first, last in re.findall(r"E(\d+)(?:-E(\d+))?", phase.equations):
            numbers += range(int(first), int(last or first) + 1)
        found[phase.name] = tuple(f"E{number}" for number in numbers)
    return found


def comment_parts(source: str, kinds: tuple[str, ...]) -> dict[str, str]:
    """What the comment below a list of kinds says of each: "kind, kind: what · kind: what", over several lines."""
    text = " · ".join(re.findall(r"^# (.*)$", source, re.M))
    head = rf"(?:{'|'.join(kinds)})"
    found = {}
    for names, what in re.findall(rf"({head}(?:, {head})*): (.*?)(?=(?: · )?{head}(?:, {head})*: |$)", text):
        for kind in names.split(", "):
            found[kind] = re.sub(r" · (?=[a-z])", " ", what).strip(" ·")
    return found


def columns_with_units() -> list[tuple[str, str]]:
    """What is measured each quarter, and its unit: the comments beside `COLUMNS`."""
    from simulation import records

    lines = inspect.getsource(records).splitlines()
    found = [re.fullmatch(r'\s+"(\w+)",  # (.*)', line) for line in lines]
    return [(match[1], match[2]) for match in found if match]
