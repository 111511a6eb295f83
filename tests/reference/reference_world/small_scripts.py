"""Scripted shocks and interventions of random small worlds: every kind, scope, trait and filter comes up somewhere."""

import random
from typing import Any, get_args

from simulation.scripted import Agreement, ShockKind, ShockScope, Traits

Row = dict[str, Any]


def some_events(dice: random.Random, quarters: int, firms: Row) -> list[Row]:
    """A few scripted shocks."""
    when = [dice.randrange(quarters) for _ in range(dice.randint(0, 6))]
    return [some_event(dice, quarter, firms) for quarter in when]


def some_event(dice: random.Random, quarter: int, firms: Row) -> Row:
    """A scripted shock of any kind, size and scope, once or again and again."""
    scope = dice.choice(get_args(ShockScope))
    event: Row = {"quarter": quarter, "scope": scope, "kind": dice.choice(get_args(ShockKind))}
    event["magnitude"] = dice.choice([0.0, 0.2, dice.random(), 1.0])
    event["every"] = dice.choice([None, None, dice.randint(1, 12)])
    if scope == "sector":
        event["sector"] = dice.randrange(firms["sectors"])
    if scope in ("local", "correlated"):
        event["firm"] = dice.randrange(firms["count"])
    return event


def some_interventions(dice: random.Random, quarters: int, firms: Row, strategies: list[str]) -> list[Row]:
    """None, or a few; several may come in one quarter."""
    when = [dice.randrange(quarters) for _ in range(dice.choice([0, 1, 4]))]
    orders = [some_intervention(dice, quarter, firms, strategies) for quarter in when]
    if orders and dice.random() < 0.3:
        orders.append(some_intervention(dice, orders[0]["quarter"], firms, strategies))
    return orders


def some_intervention(dice: random.Random, quarter: int, firms: Row, strategies: list[str]) -> Row:
    """Firms are changed, a quarter is calm, for all or for a sector, or two firms agree."""
    kind = dice.random()
    if kind < 0.2:
        return {"quarter": quarter, "calm": True, "sector": dice.choice([None, dice.randrange(firms["sectors"])])}
    if kind < 0.4:
        pair = dice.sample(range(firms["count"]), 2)
        return {"quarter": quarter, "between": pair, "agree": dice.choice(get_args(Agreement))}
    return some_order(dice, quarter, firms, strategies)


def some_order(dice: random.Random, quarter: int, firms: Row, strategies: list[str]) -> Row:
    """An order for all firms, or for some, or for those of a sector or strategy; for all of these or a share."""
    order: Row = {"quarter": quarter, "to": some_traits(dice, strategies)}
    if dice.random() < 0.5:
        order["share"] = dice.choice([0.0, 0.5, dice.random()])
    if dice.random() < 0.3:
        order["sector"] = dice.randrange(firms["sectors"])
    if dice.random() < 0.3:
        order["strategy"] = dice.choice(strategies)
    if dice.random() < 0.3:
        order["firms"] = dice.sample(range(firms["count"]), dice.randint(1, firms["count"]))
    return order


def some_traits(dice: random.Random, strategies: list[str]) -> Row:
    """One to three traits, each with any value."""
    values: Row = {
        "strategy": dice.choice(strategies),
        "alliance_function": dice.random() < 0.5,
        "activity": dice.choice([0.0, 10.0 * dice.random()]),
        "capital": dice.choice([0.0, 20.0 * dice.random()]),
    }
    for name in Traits.model_fields:
        values.setdefault(name, dice.choice([0.0, dice.random(), 1.0]))
    return {name: values[name] for name in dice.sample(list(values), dice.randint(1, 3))}
