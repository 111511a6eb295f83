from experiments.report.assumptions import assumption_tables, changes, label
from simulation.scenario import Scenario


def test_only_what_differs_is_a_change():
    base = Scenario()
    other = base.with_({"firms.count": 50, "trust.initial": 0.9})
    assert changes(base, other) == {"firms.count": 50, "trust.initial": 0.9}
    assert changes(base, base) == {}


def test_each_arm_has_a_table_even_if_it_changes_nothing():
    base = Scenario()
    first, second, *_ = assumption_tables(
        {"as it is": base, "same": base, "open": base.with_({"sharing.openness": 0.5})}
    )
    assert first.caption == "What “same” changes"
    assert first.rows[0][0] == "nothing"
    row = dict(zip(second.columns, second.rows[0], strict=True))
    assert row["setting"] == "sharing.openness"
    assert (row["in “open”"], row["as it is"], row["default"], row["unit"]) == ("0.5", "0", "0", "share")
    assert row["meaning"].startswith("open communication")


def test_what_a_sweep_varies_is_not_listed_as_fixed():
    tables = assumption_tables(
        {"as it is": Scenario().with_({"trust.initial": 0.9})}, varied=["trust.initial", "firms.count"]
    )
    settings = {row[0] for table in tables for row in table.rows}
    assert not settings & {"trust.initial", "firms.count"}
    assert "environment.shock_rate" in settings


def test_own_strategies_are_not_in_the_default_world():
    base = Scenario()
    rows = base.model_dump()["strategies"] | {"gambler": {"share": 0.0, "base": 0.3}}
    table = assumption_tables({"as it is": Scenario.of({"strategies": rows})})[0]
    row = next(row for row in table.rows if row[0] == "strategies.gambler.base")
    assert row[1:4] == ("sharing without trust or evidence", "0.3", "not in the default world")


def test_labels_hold_meaning_and_unit():
    assert label(Scenario(), "trust.initial") == "trust in an unknown partner [share]"
    assert label(Scenario(), "mix.hoarder") == "share of hoarders [share]"
    assert label(Scenario(), "no.such") == "no.such"
