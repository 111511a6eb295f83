"""Random small worlds for the comparison of engine and twin: every setting of every group moves somewhere."""

import random
from typing import Any, get_args

from reference_world.small_scripts import some_events, some_interventions

from simulation.scenario import Scenario, Transfer
from simulation.scripted import ShockKind, ShockScope
from simulation.settings import Group
from simulation.strategies import STRATEGIES

FIXED_SEED = 20240607
OWN_RULES = {  # settings that are drawn below, or whose values depend on each other
    "firms.count", "firms.sectors", "exit.fixed_hazard", "environment.shock_rate",
    "firms.least_capital", "time.quarters", "time.warm_up_quarters", "network.seed", "network.degree",
    "environment.wave_quarter", "environment.wave_length", "environment.wave_every",
}  # fmt: skip
STRATEGY_BOUNDS = {"by_trust": -1.0, "by_observed": -1.0, "early": -1.0, "slope": -1.0}

Settings = dict[str, dict[str, Any]]


def small_world(number: int) -> Scenario:
    """World `number` of an endless fixed series: 3-14 firms, 10-30 quarters."""
    dice = random.Random(FIXED_SEED * 1_000_003 + number)
    settings: Settings = {name: {} for name, field in Scenario.model_fields.items() if is_group(field.annotation)}
    move_some_settings(dice, settings, share=dice.choice([0.0, 0.05, 0.15, 0.5]))
    count = dice.randint(3, 14)
    settings["time"] |= {"quarters": dice.randint(10, 30), "warm_up_quarters": 0}
    settings["firms"] |= {"count": count, "sectors": dice.randint(1, 4)}
    make_lively(dice, settings)
    make_changeable(dice, settings)
    settings["network"] |= some_network(dice, count)
    set_shocks(dice, settings)
    settings["mechanisms"] |= some_switches(dice)
    rows = some_strategies(dice)
    orders = some_interventions(dice, settings["time"]["quarters"], settings["firms"], list(rows))
    return Scenario.of({**settings, "name": f"small world {number}", "strategies": rows, "interventions": orders})


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
    if dice.random() < 0.2:
        settings["time"]["renewal_quarters"] = dice.randint(2, 6)
    if dice.random() < 0.2:
        firms["least_capital"] = dice.uniform(-5.0, 0.0)


def make_changeable(dice: random.Random, settings: Settings) -> None:
    """What changes slowly, or seldom, changes fast: capacity, profiles, capabilities, talks, racers."""
    knowledge, leaving, talks = settings["knowledge"], settings["exit"], settings["renegotiation"]
    knowledge["transfer"] = dice.choice(["absorption", *get_args(Transfer)])
    if dice.random() < 0.3:
        knowledge["attention"] = dice.uniform(0.001, 0.2)
    if dice.random() < 0.5:
        knowledge |= {"strengthening": dice.uniform(0.0, 0.5), "erosion": dice.uniform(0.0, 1.0)}
    if dice.random() < 0.5:
        knowledge["capability"] = dice.choice([0.0, dice.uniform(0.1, 3.0)])
    if dice.random() < 0.5:
        settings["sharing"] |= {"burden": dice.random(), "openness": dice.random()}
    if dice.random() < 0.4:
        leaving |= {"racer_potential": dice.random(), "racer_surplus": 2.0 * dice.random()}
    if dice.random() < 0.3:
        talks["attempt"] = dice.choice([0.0, dice.random()])
    if dice.random() < 0.4:
        talks |= {"base": dice.random(), "cost": dice.uniform(0.0, 1.0), "strain": dice.choice([1.0, 10.0, 100.0])}
    if dice.random() < 0.3:
        talks |= {"restores": dice.random(), "accord": dice.random(), "by_function": dice.random()}


def some_switches(dice: random.Random) -> dict[str, bool]:
    """In a third of the worlds some mechanisms are off, now few and now most."""
    share = dice.choice([0.0, 0.0, 0.0, 0.0, 0.1, 0.5])
    fields: Any = Scenario.model_fields["mechanisms"].annotation
    return {
        name: False for name, field in fields.model_fields.items() if field.annotation is bool and dice.random() < share
    }


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
    """Drawn shocks and scripted ones, of all kinds and scopes; calm and turbulent times; waves."""
    environment, quarters = settings["environment"], settings["time"]["quarters"]
    environment["shock_kind"] = dice.choice(get_args(ShockKind))
    environment["shock_scope"] = dice.choice(get_args(ShockScope))
    environment["shock_rate"] = dice.choice([0.0, 0.02, 0.1, 0.3, 1.0])
    environment["events"] = some_events(dice, quarters, settings["firms"])
    if dice.random() < 0.5:
        environment["complexity"] = dice.choice([0.0, dice.random()])
    if dice.random() < 0.4:
        environment |= {"turbulence_start": dice.random(), "turbulence_end": dice.random()}
    if dice.random() < 0.5:
        environment |= {"switching": dice.random(), "spread": dice.random()}
    if dice.random() < 0.5:
        environment |= {"regulation_cost": 5.0 * dice.random(), "regulation_protection": dice.random()}
    environment["wave_quarter"] = dice.randrange(quarters)
    environment["wave_length"] = dice.choice([1, dice.randint(2, quarters)])
    environment["wave_every"] = dice.choice([0, dice.randint(1, quarters)])
    if dice.random() < 0.4:
        environment["wave_height"] = dice.uniform(-1.0, 3.0)


def some_strategies(dice: random.Random) -> dict[str, dict[str, Any]]:
    """The usual rows in other shares, some with none; sometimes with a row of random numbers."""
    rows: dict[str, dict[str, Any]] = {name: dict(row) for name, row in STRATEGIES.items()}
    if dice.random() < 0.4:
        names = ("base", "by_trust", "by_observed", "early", "floor", "slope")
        rows["random"] = {name: dice.uniform(STRATEGY_BOUNDS.get(name, 0.0), 1.0) for name in names}
        rows["random"] |= {"loyalty": dice.uniform(0.0, 5.0), "side_deals": dice.random() < 0.5}
        rows["random"]["race"] = dice.random() < 0.5
        rows["random"]["absorptive_capacity"] = dice.choice([None, dice.random()])
    shares = [dice.choice([0.0, dice.random(), 3.0 * dice.random()]) for _ in rows]
    shares[dice.randrange(len(shares))] += 0.5
    for row, share in zip(rows.values(), shares, strict=True):
        row["share"] = share / sum(shares)
    return rows
