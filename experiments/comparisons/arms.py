"""The arms of a comparison: what each does differently, checked before anything runs."""

from collections.abc import Mapping
from typing import Any

from experiments.provenance import BASE
from simulation.problems import InputError, Problem
from simulation.scenario import Scenario

MOST_ARMS = 8  # beside "as it is": what pictures can tell apart and a table can show
LONGEST_NAME = 60  # letters: what a table and a legend can hold
UNEVEN = {"time.quarters": "quarters", "time.warm_up_quarters": "quarters of warm-up", "firms.count": "firms"}


def arms_of(
    base: Scenario, arms: Mapping[str, Mapping[str, Any] | Scenario], most: int | None = None
) -> dict[str, Scenario]:
    """The scenario of every arm, the base first. Raises InputError with the problems of all arms.

    most : arms that are allowed beside the base, None for any number
    """
    if not isinstance(base, Scenario):
        raise InputError([Problem(f"{_a(base)} is not a Scenario; scenarios.load gives one", key="scenario")])
    if not isinstance(arms, Mapping):
        example = '{"managed": {"firms.alliance_function_share": 0.5}}'
        raise InputError([Problem(f"{_a(arms)} is not a mapping of names to changes, such as {example}", key="arms")])
    found, problems = {BASE: base}, []
    if not arms:
        problems.append(
            Problem(
                'nothing to compare with; give at least one, such as "managed: firms.alliance_function_share=0.5"',
                key="arm",
            )
        )
    if most is not None and len(arms) > most:
        problems.append(Problem(f"{len(arms)} arms; at most {most}, so that they can be told apart", key="arm"))
    for name, changes in arms.items():
        wrong = _wrong_name(name) or _wrong_changes(name, changes)
        if wrong:
            problems.append(Problem(wrong, key="arm"))
            continue
        try:
            found[name] = changes if isinstance(changes, Scenario) else base.with_(dict(changes))
        except InputError as error:
            problems += [
                Problem(item.message, f'arm "{name}": {item.key}', item.file, item.line) for item in error.problems
            ]
    if problems:
        raise InputError(problems)
    return found


def _wrong_name(name: object) -> str:
    """What is wrong with the name of an arm, "" if nothing."""
    if not isinstance(name, str):
        return f"{_a(name)} is not a name; arms are named by text"
    if name == BASE or not name.strip() or not name.isprintable():
        return f"an arm cannot be called {name!r}" if not name.isprintable() else f'an arm cannot be called "{name}"'
    if len(name) > LONGEST_NAME:
        return f'the name "{name[:20]}…" has {len(name)} letters; at most {LONGEST_NAME}'
    return ""


def _wrong_changes(name: str, changes: object) -> str:
    if isinstance(changes, Scenario) or (isinstance(changes, Mapping) and all(isinstance(key, str) for key in changes)):
        return ""
    example = '{"firms.alliance_function_share": 0.5}'
    return f'the arm "{name}" is {_a(changes)}; it must be a Scenario or a mapping of settings, such as {example}'


def _a(value: object) -> str:
    """A value of a wrong type, as a message names it."""
    text = repr(value)
    return f"{text if len(text) <= 40 else text[:39] + '…'} ({type(value).__name__})"


def uneven_sentence(scenarios: Mapping[str, Scenario]) -> str:
    """A warning where arms differ in how long or how large their worlds are; "" where none does.

    >>> uneven_sentence({BASE: Scenario(), "long": Scenario().with_(time__quarters=400)})
    'Counts are not alike: “long” has 400 quarters instead of 240.'
    """
    base = scenarios[BASE]
    parts = []
    for arm, scenario in scenarios.items():
        pairs = {
            "time.quarters": (scenario.time.quarters, base.time.quarters),
            "time.warm_up_quarters": (scenario.time.warm_up_quarters, base.time.warm_up_quarters),
            "firms.count": (scenario.firms.count, base.firms.count),
        }
        told = [f"{now:,} {UNEVEN[key]} instead of {then:,}" for key, (now, then) in pairs.items() if now != then]
        if told:
            parts.append(f"“{arm}” has {' and '.join(told)}")
    return f"Counts are not alike: {'; '.join(parts)}." if parts else ""
