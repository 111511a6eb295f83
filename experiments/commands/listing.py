"""`alliances scenarios | parameters | mechanisms | strategies | phases | schema`: what there is to choose from."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from experiments.commands.common import Json, print_json, print_table, speaks_plainly, wrong

if TYPE_CHECKING:
    from simulation.strategies import Strategy
    from simulation.validation import Setting


@speaks_plainly
def scenarios(as_json: Json = False) -> None:
    """List the scenarios that come with the project."""
    from scenarios import load, names, path

    found = [(name, load(name)) for name in names()]
    if as_json:
        print_json(
            [
                {
                    "name": name,
                    "title": one.title,
                    "firms": one.firms.count,
                    "quarters": one.time.quarters,
                    "file": str(path(name)),
                }
                for name, one in found
            ]
        )
        return
    rows = [
        [name, one.title, f"{one.firms.count:,}", f"{one.time.quarters:,}", one.network.kind] for name, one in found
    ]
    print_table(["scenario", "what it is", "firms", "quarters", "initial network"], rows, numbers=(2, 3))


@speaks_plainly
def parameters(
    word: Annotated[
        str, typer.Argument(metavar="[WORD]", help="Show only settings whose name, meaning or source holds this word.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Look up settings: meaning, default, unit, bounds and source of each."""
    from simulation.problems import did_you_mean

    every = _every_setting()
    found = sorted(
        (item for item in every if word.lower() in f"{item.key} {item.meaning} {item.source}".lower()),
        key=lambda item: _rank(item.key, word.lower()),
    )
    if not found:
        leaves = {
            part for item in every for part in (item.key, *item.key.split("."), *item.key.split(".")[-1].split("_"))
        }
        raise wrong(
            f'no setting speaks of "{word}"; {did_you_mean(word, sorted(leaves)) or "without a word all are shown"}'
        )
    if as_json:
        print_json(
            [
                {
                    "key": item.key,
                    "meaning": item.meaning,
                    "default": _plain(item.default),
                    "unit": item.unit,
                    "low": item.low,
                    "high": item.high,
                    "allowed": item.allowed,
                    "source": item.source,
                }
                for item in found
            ]
        )
        return
    rows: list[list[str]] = []
    for item in found:
        key, default = item.key, _shown(item.default)
        if key.startswith("strategies."):
            key, default = f"strategies.NAME.{key.rpartition('.')[2]}", "see `strategies`"
        row = [key, item.meaning, default, item.unit, _bounds(item), item.source]
        if key not in (shown[0] for shown in rows):
            rows.append(row)
    print_table(["key", "meaning", "default", "unit", "bounds", "source"], rows, numbers=(2,))


def _every_setting() -> "list[Setting]":
    """Settings of a scenario; what an entry of a list may say stands behind the list, with N for its position."""
    from simulation.scenario import Scenario, Tie
    from simulation.scripted import Event, Intervention, Traits
    from simulation.validation import settings

    blank: dict[str, Any] = {"quarter": None, "first": None, "second": None}
    entries = {
        "network.ties": Tie.model_construct(**blank),
        "environment.events": Event.model_construct(**blank),
        "interventions": Intervention.model_construct(**blank, to=Traits()),
    }
    found = []
    for item in settings(Scenario):
        found.append(item)
        if entry := entries.get(item.key):
            found += settings(type(entry), f"{item.key}.N.", entry)
    return found


def _rank(key: str, word: str) -> int:
    """The group of that name first, then keys that hold the word, then meanings; rows of the strategy table last."""
    if not word:
        return 0
    group, _, rest = key.partition(".")
    return 3 if group == "strategies" else 0 if group == word else 1 if word in rest else 2


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _shown(value: Any) -> str:
    if value is None or value in ((), ""):
        return "–"
    return str(value).lower() if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else str(value)


def _bounds(item: Any) -> str:
    if item.choices:
        return ", ".join(item.choices)
    return item.allowed if item.low is None or item.high is None else f"{item.low:g} to {item.high:g}"


@speaks_plainly
def mechanisms(as_json: Json = False) -> None:
    """List the mechanisms that can be switched off: what each does and who asks for it."""
    from simulation.mechanisms import Mechanisms, needed_for, neutral_settings

    meanings = {name: field.description or "" for name, field in Mechanisms.model_fields.items()}
    if as_json:
        print_json(
            [
                {
                    "name": name,
                    "key": f"mechanisms.{name}",
                    "meaning": meaning,
                    "at_rest": {key: _plain(value) for key, value in neutral_settings(name).items()},
                    "asked_for_by": needed_for(name),
                }
                for name, meaning in meanings.items()
            ]
        )
        return
    rows = []
    for name, meaning in meanings.items():
        rest = ", ".join(
            f"{key.replace('.*.', '.NAME.')}={_at_rest(value)}" for key, value in neutral_settings(name).items()
        )
        rows.append([name, meaning, rest, needed_for(name)])
    print_table(["mechanism", "what it does", "off, it is as if", "asked for by"], rows)
    typer.echo(
        "All are on. To switch one off: --set mechanisms.loyalty=false, or in a file [mechanisms] and below it "
        "loyalty = false. What patterns are lost without each: alliances ablation."
    )


def _at_rest(value: Any) -> str:
    """A value as `--set` takes it."""
    return "[]" if value == () else f"{value:g}" if isinstance(value, float) else str(value)


@speaks_plainly
def strategies(
    scenario: Annotated[
        str, typer.Argument(metavar="[SCENARIO]", help="Name of a scenario or path of a .toml file.")
    ] = "baseline",
    as_json: Json = False,
) -> None:
    """Show the strategy table of a scenario: who shares how much, and when."""
    from scenarios import load

    table = load(scenario).strategies
    if as_json:
        print_json(
            [
                {"name": name, "rule": sharing_rule(row), "also": habits(row)} | row.model_dump()
                for name, row in table.items()
            ]
        )
        return
    rows = [
        [name, f"{round(100 * row.share, 1):g} %", sharing_rule(row), ", ".join(habits(row))]
        for name, row in table.items()
    ]
    print_table(["strategy", "firms", "shares, between 0 and 1", "also"], rows, numbers=(1,))


def sharing_rule(row: "Strategy") -> str:
    """The formula E3 of a row in words, without its empty terms."""
    terms = [
        (row.base, ""),
        (row.by_trust, " · trust"),
        (row.by_observed, " · what the partner is seen to share"),
        (row.early, " at first, fading over 6 quarters"),
    ]
    parts = [f"{value:g}{what}" for value, what in terms if value]
    total = " + ".join(parts).replace("+ -", "− ") or "0"
    inner = f"({total})" if len(parts) > 1 else total
    if row.slope == 0:
        return total if row.floor == 1 else f"{row.floor:g} × {inner}"
    return f"{inner} × ({row.floor:g} {'+' if row.slope > 0 else '−'} {abs(row.slope):g} · trust)"


def habits(row: "Strategy") -> list[str]:
    """What a strategy does beside sharing."""
    found = ["makes side deals"] if row.side_deals else []
    if row.loyalty != 1:
        found.append(f"trust weighs {row.loyalty:g} times as much when deciding to stay")
    if row.absorptive_capacity is not None:
        found.append(f"absorbs {round(100 * row.absorptive_capacity, 1):g} % of what is offered")
    if row.race:
        found.append("races: learns and leaves")
    return found


@speaks_plainly
def phases(as_json: Json = False) -> None:
    """Show the order of a quarter, with the equations of each phase."""
    from simulation.schedule import STEP

    if as_json:
        print_json([{"name": phase.name, "equations": phase.equations, "sentence": phase.sentence} for phase in STEP])
        return
    rows = [[str(number), phase.name, phase.sentence, phase.equations] for number, phase in enumerate(STEP, 1)]
    print_table(["", "phase", "what happens", "equations"], rows, numbers=(0,))


@speaks_plainly
def schema(
    write: Annotated[bool, typer.Option("--write", help="Write it to scenarios/scenario.schema.json.")] = False,
    as_json: Json = False,
) -> None:
    """Print the JSON schema of scenario files, for completion and checks in editors."""
    from scenarios.schema import schema_path, schema_text

    if not write:
        typer.echo(schema_text(), nl=False)
        return
    path = schema_path()
    try:
        path.write_text(schema_text(), encoding="utf-8")
    except OSError as error:
        raise wrong(f"cannot be written: {error.strerror}", str(path)) from None
    if as_json:
        print_json({"written": str(path)})
    else:
        typer.echo(f"Written: {path}")
