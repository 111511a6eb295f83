"""What manifests say: whether one is whole, and in what two describe different plans."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from experiments.provenance import BASE, FORMAT

AMOUNTS = {  # of each plan
    "run": ("seed", "world"),
    "explain": ("seed", "world", "alliance"),
    "survival": ("seed", "worlds"),
    "stress": ("seed", "worlds"),
    "fit": ("seed", "worlds"),
    "compare": ("seed", "worlds"),
    "sweep": ("seed", "worlds"),
    "sensitivity": ("seed", "worlds"),
    "discover": ("seed", "worlds"),
    "regret": ("seed", "worlds"),
    "tipping": ("seed", "worlds"),
    "boundary": ("seed", "worlds"),
}
# The engine makes the runs, the outcomes read them: rows that either made in two ways must not stand in one table.
SOURCES = {"engine": "the engine", "outcomes": "the definition of outcomes"}


def damage(content: Any) -> str:
    """Why the content of a manifest cannot be used, "" if it can."""
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        return f"is not of format {FORMAT}, the one that this version reads"
    kind, plan, scenarios = (content.get(name) for name in ("kind", "plan", "scenarios"))
    if not isinstance(kind, str) or kind not in AMOUNTS:
        return f"is damaged: its kind is {_shown(kind)}, not {', '.join(AMOUNTS)}"
    if not isinstance(plan, dict) or not isinstance(scenarios, dict):
        return f"is damaged: it lacks {'the plan' if not isinstance(plan, dict) else 'the scenarios'}"
    for name in AMOUNTS[kind]:
        if not isinstance(plan.get(name), int) or plan[name] < (name == "worlds"):
            return f"is damaged: {name} is {_shown(plan.get(name))} in its plan"
    vary = plan.get("vary")
    if kind == "sweep" and not (
        isinstance(vary, dict) and vary and all(isinstance(one, list) for one in vary.values())
    ):
        return "is damaged: its plan does not say what is varied"
    if BASE not in scenarios or not all(isinstance(one, dict) and one for one in scenarios.values()):
        return f'is damaged: it lacks the settings of "{BASE}" or of another arm'
    for name in ("times", "command"):
        item = dict if name == "times" else str
        if not isinstance(content.get(name, []), list) or not all(
            isinstance(one, item) for one in content.get(name, [])
        ):
            return f"is damaged: {name} cannot be read"
    return ""


def differences(there: Mapping[str, Any], wanted: Mapping[str, Any], grows: bool = False) -> list[str]:
    """In what two manifests describe different plans, in words; empty if one may continue or replace the other.

    grows : more worlds and more levels of the same settings continue a plan; another engine does not.
    """
    parts = ("plan", "scenarios", "random_numbers", *(SOURCES if grows else ()))
    old = dict(_leaves({name: there.get(name) for name in parts}))
    new = dict(_leaves({name: wanted.get(name) for name in parts}))
    levels_grow = new.get("plan.design", "factorial") == "factorial"
    found = []
    for key in dict.fromkeys((*new, *old)):
        before, after = old.get(key), new.get(key)
        if before == after or key.endswith(".title") or (grows and _continues(key, before, after, levels_grow)):
            continue
        if key in SOURCES:
            found.append(f"it comes from another version of {SOURCES[key]}, and the two must not be mixed")
            continue
        name = key.removeprefix("plan.").removeprefix("scenarios.").removeprefix(f"{BASE}.")
        found.append(f"{name} is {_shown(before)} there, {_shown(after)} now")
    return found


def _continues(key: str, before: Any, after: Any, levels_grow: bool) -> bool:
    if key == "plan.until":  # when to stop: changes no run
        return True
    if key == "plan.worlds":
        return isinstance(before, int) and isinstance(after, int) and after >= before
    if key.startswith("plan.vary.") and levels_grow:
        return isinstance(before, list) and isinstance(after, list) and all(level in after for level in before)
    return False


def _leaves(value: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Dotted paths of all that is not a table. Keys of `plan.vary` hold dots themselves, which does no harm here."""
    for key, item in value.items():
        if isinstance(item, Mapping):
            yield from _leaves(item, f"{prefix}{key}.")
        else:
            yield prefix + key, item


def _shown(value: Any) -> str:
    text = "missing" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "..."
