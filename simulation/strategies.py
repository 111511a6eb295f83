"""Strategies are data: a row says how much is shared and what else a firm does. A new row works everywhere."""

from pydantic import Field

from simulation.settings import Group, number

# fmt: off
# one line per setting, however long: the file is read as a table


class Strategy(Group):
    """One way to share (E3): share = clip((base + by_trust·T + by_observed·seen + early·exp(-age/6))·(floor + slope·T))."""

    share: float = number(0.0, 0, 1, "share", "share of firms with this strategy", "assumption A-03")
    base: float = number(0.0, 0, 1, "share", "sharing without trust or evidence", "assumption A-03")
    by_trust: float = number(0.0, -1, 1, "share", "sharing added per unit of trust", "assumption A-03")
    by_observed: float = number(0.0, -1, 1, "share", "sharing added per unit of observed partner sharing", "Axelrod 1984")
    early: float = number(0.0, -1, 1, "share", "sharing added at age 0, fading over 6 quarters", "Hamel 1991")
    floor: float = number(1.0, 0, 1, "share", "factor on sharing at zero trust", "assumption A-03")
    slope: float = number(0.0, -1, 1, "share", "factor added per unit of trust", "assumption A-03")
    loyalty: float = number(1.0, 0, 10, "factor", "multiplies the weight of trust when deciding to stay", "assumption A-03")
    side_deals: bool = Field(default=False, description="goes to a competitor behind the partner's back (E18)")
    race: bool = Field(default=False, description="leaves once there is nothing left to learn (E24)")
    absorptive_capacity: float | None = Field(
        default=None, ge=0, le=1, description="overrides firms.absorptive_capacity", json_schema_extra={"unit": "share", "source": "Hamel 1991"}
    )


STRATEGIES: dict[str, dict[str, float | bool]] = {
    "sharer": {"share": 0.15, "base": 0.85, "floor": 0.6, "slope": 0.4},
    "hoarder": {"share": 0.10, "base": 0.15},
    "reciprocator": {"share": 0.45, "base": 0.25, "by_trust": 0.375, "by_observed": 0.375, "floor": 0.6, "slope": 0.4},
    "learning_racer": {"share": 0.10, "base": 0.25, "early": 0.35, "absorptive_capacity": 0.9, "race": True},
    "opportunist": {"share": 0.08, "base": 0.15, "by_trust": 0.70, "floor": 0.6, "slope": 0.4, "side_deals": True},
    "loyalist": {"share": 0.12, "base": 0.25, "by_trust": 0.375, "by_observed": 0.375, "floor": 0.6, "slope": 0.4, "loyalty": 2.5},
}
