"""Random small worlds for the comparison of engine and twin: every setting of every group moves somewhere."""

import random
from typing import Any

from simulation.scenario import STRATEGIES, Group, Scenario

FIXED_SEED = 20240607
OWN_RULES = {  # settings that are drawn below, or whose values depend on each other
    "firms.count", "firms.sectors", "exit.fixed_hazard", "environment.shock_rate",
    "time.quarters", "time.warm_up", "network.seed", "network.degree",
}  # fmt: skip
STRATEGY_BOUNDS = {"by_trust": -1.0, "by_observed": -1.0, "early": -1.0, "slope": -1.0}

Settings = dict[str, dict[str, Any]]


def small_world(number: int) -> Scenario:
    """World `number` of an endless fixed series: 3-14 firms, 10-30 quarters."""
    dice = random.Random(FIXED_SEED * 1_000_003 + number)
    settings: Settings = {name: {} for name, field in Scenario.model_fields.items() if is_group(field.annotation)}
    move_some_settings(dice, settings, share=dice.choice([0.0, 0.05, 0.15, 0.5]))
    count = dice.randint(3, 14)
    settings["time"] = {"quarters": dice.randint(10, 30), "warm_up": 0}
    settings["firms"] |= {"count": count, "sectors": dice.randint(1, 4)}
    make_lively(dice, settings)
    settings["network"] |= some_network(dice, count)
    set_shocks(dice, settings)
    return Scenario.of({**settings, "name": f"small world {number}", "strategies": some_strategies(dice)})


def is_group(annotation: Any) -> bool:
    """Whether a field of the scenario is a table of settings."""
    return isinstance(annotation, type) and issubclass(annotation, Group)


def move_some_settings(dice: random.Random, settings: Settings, share: float) -> None:
    """Give a share of all numbers of the scenario another value: a bound, or something between."""
    for group in settings:
        table: Any = Scenario.model_fields[group].annotation
        for name, field in table.model_fields.items():
            is_number = isinstance(field.default, int | float) and not isinstance(field.default, bool)
            if is_number and f"{group}.{name}" not in OWN_RULES and dice.random() < share:
                low, high = bounds(field)
                high = min(high, 3.0 * abs(field.default) + 1.0)
                moved = dice.choice([low, high, dice.uniform(low, high), dice.uniform(0.5, 1.5) * field.default])
                moved = min(high, max(low, moved))
                settings[group][name] = round(moved) if field.annotation is int else float(moved)


def bounds(field: Any) -> tuple[float, float]:
    """The least and the most that a setting may be."""
    low = next(limit.ge for limit in field.metadata if hasattr(limit, "ge"))
    high = next(limit.le for limit in field.metadata if hasattr(limit, "le"))
    return low, high


def make_lively(dice: random.Random, settings: Settings) -> None:
    """Rare things must happen often in a small world: alliances form, partners deceive, firms fail."""
    firms, formation, leaving = settings["firms"], settings["formation"], settings["exit"]
    if dice.random() < 0.8:
        formation["rate"] = dice.uniform(0.05, 0.6)
    if dice.random() < 0.5:
        formation["threshold"] = dice.uniform(-0.1, 0.3)
    if dice.random() < 0.4:
        firms["initial_capital"] = dice.uniform(0.0, 2.0)
    if dice.random() < 0.15:
        firms["fixed_cost"] = dice.uniform(0.3, 0.9)
    if dice.random() < 0.5:
        firms["alliance_function_share"] = dice.random()
    if dice.random() < 0.3:
        firms["function_fee"], firms["function_fee_per_alliance"] = dice.uniform(0.0, 1.0), dice.uniform(0.0, 1.0)
    if dice.random() < 0.6:
        settings["opportunism"] |= {"side_deal_rate": dice.random(), "detection": dice.random()}
    if dice.random() < 0.5:
        settings["trust"]["feeling_out_quarters"] = dice.randint(0, 8)
    if dice.random() < 0.4:
        leaving["completion"] = dice.uniform(0.0, 0.2)
    if dice.random() < 0.4:
        leaving["base_hazard"] = dice.uniform(0.0, 0.3)
    if dice.random() < 0.08:
        leaving["fixed_hazard"] = dice.choice([0.0, 0.1, 0.5, 1.0])


def some_network(dice: random.Random, count: int) -> dict[str, Any]:
    """Ties from a generator, or listed with ages and governance as a file would give them."""
    kind = dice.choice(["empty", "watts_strogatz", "erdos_renyi", "barabasi_albert", "regular", "file"])
    if kind == "file":
        pairs = [(a, b) for a in range(count) for b in range(count) if a < b]
        chosen = dice.sample(pairs, dice.randint(0, min(len(pairs), 2 * count)))
        ties = [
            {"first": first, "second": second, "age": dice.choice([0, dice.randint(0, 40)]), "equity": equity}
            for pair in chosen
            for first, second in [dice.sample(pair, 2)]
            for equity in [dice.choice([None, True, False])]
        ]
        return {"kind": kind, "ties": ties}
    even = kind in ("watts_strogatz", "barabasi_albert")
    degrees = [
        degree
        for degree in range(2, min(count, 7))
        if not (even and degree % 2) and not (kind == "regular" and degree * count % 2)
    ]
    return {"kind": kind, "degree": dice.choice(degrees), "seed": dice.randint(1, 1000)}


def set_shocks(dice: random.Random, settings: Settings) -> None:
    """Drawn shocks and scripted ones, of both kinds and all scopes."""
    environment = settings["environment"]
    quarters, kinds = settings["time"]["quarters"], ["competence_destroying", "demand_slump"]
    environment["shock_kind"] = dice.choice(kinds)
    environment["shock_scope"] = dice.choice(["global", "sector", "local"])
    environment["shock_rate"] = dice.choice([0.0, 0.02, 0.1, 0.3, 1.0])
    when = [dice.randrange(quarters) for _ in range(dice.randint(0, 5))]
    environment["events"] = [some_event(dice, quarter, kinds, settings["firms"]) for quarter in when]


def some_event(dice: random.Random, quarter: int, kinds: list[str], firms: dict[str, Any]) -> dict[str, Any]:
    """A scripted shock of any size and scope."""
    targets = {
        "global": {},
        "sector": {"sector": dice.randrange(firms["sectors"])},
        "local": {"firm": dice.randrange(firms["count"])},
    }
    scope = dice.choice(list(targets))
    magnitude = dice.choice([0.0, 0.2, dice.random(), 1.0])
    return {"quarter": quarter, "magnitude": magnitude, "kind": dice.choice(kinds), "scope": scope, **targets[scope]}


def some_strategies(dice: random.Random) -> dict[str, dict[str, Any]]:
    """The usual rows in other shares, some with none; sometimes with a row of random numbers."""
    rows: dict[str, dict[str, Any]] = {name: dict(row) for name, row in STRATEGIES.items()}
    if dice.random() < 0.4:
        names = ("base", "by_trust", "by_observed", "early", "floor", "slope")
        rows["random"] = {name: dice.uniform(STRATEGY_BOUNDS.get(name, 0.0), 1.0) for name in names}
        rows["random"] |= {"loyalty": dice.uniform(0.0, 5.0), "side_deals": dice.random() < 0.5}
        rows["random"]["absorptive_capacity"] = dice.choice([None, dice.random()])
    shares = [dice.choice([0.0, dice.random(), 3.0 * dice.random()]) for _ in rows]
    shares[dice.randrange(len(shares))] += 0.5
    for row, share in zip(rows.values(), shares, strict=True):
        row["share"] = share / sum(shares)
    return rows
