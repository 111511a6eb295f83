"""What to write instead: advice on tables that come in lists, on switches, and on what an intervention sets."""

import difflib
import re
from collections.abc import Iterable
from dataclasses import replace

from simulation.problems import Problem, nearest
from simulation.scripted import Intervention, Traits

# One entry of each setting that is a list of tables, as the command line takes it.
LISTS = {
    "interventions": "{quarter=40,share=0.3,to={flexibility=0.9}}",
    "environment.events": "{quarter=40,kind='demand_slump'}",
    "network.ties": "{first=0,second=1}",
}
EXAMPLE = "to = { flexibility = 0.9 }"
ALIKE = 0.75  # as a misspelt word and the word
_ENTRY = re.compile(r"(interventions\.\d+)\.(\w+)")
_FIRM = re.compile(r"(interventions\.\d+\.firms\.\d+)\.(?:int|str)")


def advised(problems: Iterable[Problem], in_file: bool = True) -> list[Problem]:
    """Problems with advice added where the schema alone has none.

    in_file : whether a person wrote TOML tables, [[interventions]], or one value after `--set`
    """
    return list(dict.fromkeys(_advised(problem, in_file) for problem in problems))


def _advised(problem: Problem, in_file: bool) -> Problem:
    key, message = problem.key, problem.message
    if found := _unknown_entry(problem):
        return replace(problem, message=_of_entry(found[2]))
    if found := _FIRM.fullmatch(key):
        value = message.partition(": ")[0]
        return replace(
            problem, key=found[1], message=f"{value} is not a firm: its position from 0, or its name in quotes"
        )
    if message.startswith("no such setting") and (base := _list_of(key)):
        return replace(problem, message=f"no such setting; the list is set as a whole: {base}=[{LISTS[base]}]")
    return replace(problem, message=message + _form(key, message, in_file))


def _list_of(key: str) -> str:
    """The list of tables that a key is, or points into; "" if none."""
    return next((name for name in LISTS if key == name or key.startswith(f"{name}.")), "")


def _unknown_entry(problem: Problem) -> re.Match[str] | None:
    found = _ENTRY.fullmatch(problem.key)
    return found if found and problem.message.startswith("unknown setting") else None


def _of_entry(word: str) -> str:
    """What to say of a key that no intervention has: a misspelt one, a trait, which belongs into `to`, or any other."""
    if word in Traits.model_fields:
        return f"unknown setting here; what is set goes into to, such as {EXAMPLE}"
    close = nearest(word, Intervention.model_fields)
    alike = difflib.SequenceMatcher(None, word, close).ratio() if close else 0.0
    if alike >= ALIKE or (close and (close.startswith(word) or word.startswith(close))):
        return f'unknown setting; did you mean "{close}"?'
    return f'unknown setting; did you mean "to"? It says what is set: {EXAMPLE}'


def _form(key: str, message: str, in_file: bool) -> str:
    """How to write a list of tables, a list of firms or a table of switches, "" if that is not the matter."""
    if message.endswith("is not a list") and key in LISTS:
        one = f"open each with double brackets: [[{key}]]" if message.startswith("a table") else f"write [[{key}]]"
        return f"; {one}" if in_file else f"; write {key}=[{LISTS[key]}]"
    if message.endswith("is not a list") and key.endswith(".firms"):
        return f"; put it in brackets: firms = [{message.removesuffix(' is not a list')}]"
    if key == "mechanisms" and message.endswith("is not a table of settings"):
        return (
            "; write [mechanisms] and below it loyalty = false" if in_file else "; name one: mechanisms.loyalty=false"
        )
    if key.startswith("mechanisms.") and message == "unknown setting":
        return "; `alliances mechanisms` lists them"
    return ""
