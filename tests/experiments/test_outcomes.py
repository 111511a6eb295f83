"""Outcomes of runs made by hand, with answers worked out on paper."""

import json
import math
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from experiments.outcomes import (
    OUTCOMES,
    check_outcome,
    life_table,
    outcomes,
    regime_shares,
    summary,
    survival_by_strategy,
)
from simulation import simulate
from simulation.events import BREACH, CAUSES, ENDED, FAILED, FORMED, SHOCK
from simulation.problems import InputError
from simulation.records import COLUMNS
from simulation.scenario import Scenario

DISTRUST, COMPLETED = CAUSES.index("distrust"), CAUSES.index("completed")


def hand_made(
    spells: list[tuple[int, int, int]],
    events: Sequence[tuple[int, int, int]] = (),
    quarters: int = 8,
    warm_up: int = 0,
    **series: list[float],
) -> Any:
    """A run with given lives (born, ended, cause), more events (quarter, kind, detail) and series; all else is 0."""
    scenario = Scenario().with_(
        firms__count=4, time__quarters=quarters, time__warm_up_quarters=warm_up, network__degree=2
    )
    log = [(max(b, 0), FORMED, 0, 0, 0, k % 3 + 1) for k, (b, _, _) in enumerate(spells)]
    log += [(e, ENDED, c, e - b, 0, k % 3 + 1) for k, (b, e, c) in enumerate(spells) if c >= 0]
    log += [(*event, 0, 0, 0) for event in events]
    log.sort()
    quarter, kind, detail, value, first, second = (np.array(column) for column in zip(*log, strict=True))
    alive = [(b, k % 3 + 1) for k, (b, _, c) in enumerate(spells) if c < 0]
    records = np.zeros((quarters, len(COLUMNS)))
    for name, values in series.items():
        records[:, COLUMNS.index(name)] = values
    return SimpleNamespace(
        scenario=scenario,
        seed=1,
        world=0,
        quarters=quarters,
        strategies=("sharer", "hoarder", "nobody"),
        events=SimpleNamespace(
            quarter=quarter, kind=kind, detail=detail, value=value.astype(float), first=first, second=second
        ),
        alliances=SimpleNamespace(
            born=np.array([b for b, _ in alive], dtype=np.int64),
            first=np.zeros(len(alive), np.int64),
            second=np.array([k for _, k in alive], dtype=np.int64),
        ),
        records=records,
        series=lambda name: records[:, COLUMNS.index(name)],
        firms=SimpleNamespace(
            identity=np.arange(4), strategy=np.array([0, 0, 1, 1]), capital=np.array([1.0, 3.0, 10.0, -2.0])
        ),
    )


def test_survival_by_strategy_counts_an_alliance_for_both_partners() -> None:
    # between the sharer on seat 0 and seats 1 (a sharer), 2 and 3 (hoarders)
    run = hand_made([(0, 2, DISTRUST), (0, 8, -1), (0, 3, DISTRUST)])
    found = survival_by_strategy(run, quarters=4)
    assert found["sharer"] == pytest.approx(1 / 3)
    assert found["hoarder"] == pytest.approx(1 / 2)
    assert math.isnan(found["nobody"])


def test_life_table_of_four_lives() -> None:
    # dies at age 2, at age 0, alive at the end (last seen at age 7-3 = 4), dies at age 2 of another cause
    run = hand_made([(0, 2, DISTRUST), (1, 1, DISTRUST), (3, 8, -1), (4, 6, COMPLETED)])
    table = life_table(run)
    assert table.at_risk.tolist() == [4, 3, 3, 1, 1, 0, 0, 0]
    assert table.deaths[DISTRUST].tolist() == [1, 0, 1, 0, 0, 0, 0, 0]
    assert table.deaths[COMPLETED].tolist() == [0, 0, 1, 0, 0, 0, 0, 0]
    assert table.deaths.sum() == 3
    assert table.at_risk.dtype == table.deaths.dtype == np.int64


def test_initial_ties_enter_late_without_a_warm_up_and_not_at_all_with_one() -> None:
    spells = [(-3, 1, DISTRUST), (2, 8, -1)]  # seen from age 3, dies at age 4; alive until age 5
    assert life_table(hand_made(spells)).at_risk.tolist() == [1, 1, 1, 2, 2, 1, 0, 0]
    assert life_table(hand_made(spells)).deaths[DISTRUST].tolist() == [0, 0, 0, 0, 1, 0, 0, 0]
    assert life_table(hand_made(spells, warm_up=2)).at_risk.tolist() == [1, 1, 1, 1, 1, 1, 0, 0]
    assert life_table(hand_made(spells, warm_up=3)).at_risk.sum() == 0


def test_ties_older_than_the_run_is_long_fall_off_the_table() -> None:
    table = life_table(hand_made([(-20, 8, -1), (-6, 5, DISTRUST)]))
    assert table.at_risk.tolist() == [0, 0, 0, 0, 0, 0, 1, 1]
    assert table.deaths.sum() == 0


def test_survival_and_median_are_kaplan_meier() -> None:
    lives = [(0, 2, DISTRUST), (0, 2, DISTRUST), (0, 13, COMPLETED), (0, 24, -1)]
    row = outcomes(hand_made(lives, quarters=24))
    assert row["survival_3y"] == pytest.approx(0.5)  # two of four died below age 12
    assert row["survival_5y"] == pytest.approx(0.25)
    assert math.isnan(row["survival_7y"])  # 28 quarters were not run
    assert row["median_life_quarters"] == pytest.approx(3.0)


def test_survival_is_undefined_where_nobody_was_left_to_see() -> None:
    row = outcomes(hand_made([(20, 24, -1), (10, 11, DISTRUST)], quarters=24))
    assert math.isnan(row["survival_3y"])


def test_counts_and_shares_are_of_measured_quarters() -> None:
    lives = [(0, 1, DISTRUST), (2, 6, DISTRUST), (3, 7, COMPLETED), (5, 8, -1)]
    more = [(1, FAILED, 0), (4, FAILED, 0), (5, SHOCK, 0), (6, BREACH, 0), (0, BREACH, 0)]
    run = hand_made(
        lives,
        more,
        warm_up=4,
        living=[9, 9, 9, 9, 1, 2, 3, 6],
        mean_trust=[0, 0, 0, 0, 0.2, math.nan, 0.4, 0.6],
        no_deal=[7, 0, 0, 0, 1, 0, 0, 0],
        dilemma=[0, 0, 0, 0, 0, 2, 0, 0],
        harmony=[0, 0, 0, 0, 0, 0, 2, 3],
    )
    row = outcomes(run)
    assert (row["alliances_formed"], row["alliances_ended"], row["failed_firms"]) == (1, 2, 1)
    assert row["alliances_alive"] == pytest.approx(3.0)
    assert row["mean_trust"] == pytest.approx((1 * 0.2 + 3 * 0.4 + 6 * 0.6) / 10)  # weighted by the living
    assert (row["ending_distrust"], row["ending_completed"], row["ending_deceit"]) == (0.5, 0.5, 0.0)
    assert regime_shares(run) == {"no_deal": 0.125, "dilemma": 0.25, "harmony": 0.625}
    found = summary(run)
    assert (found["alliances_alive"], found["shocks"], found["breaches"]) == (6, 1, 1)
    assert found["mean_capital_by_strategy"] == {"sharer": 2.0, "hoarder": 4.0, "nobody": None}


def test_a_world_without_endings_or_alliances_is_undefined_and_not_a_crash() -> None:
    run = hand_made([(0, 8, -1)], mean_trust=[math.nan] * 8)
    row = outcomes(run)
    assert math.isnan(row["ending_distrust"])
    assert math.isnan(row["mean_trust"])
    assert math.isnan(row["dilemma_share"])
    found = summary(run)
    assert found["endings"]["distrust"] is None
    json.dumps(found, allow_nan=False)


def test_quarters_without_alliances_say_nothing_about_trust() -> None:
    # The records hold 0 for quarters in which nobody is allied.
    gap = hand_made([(0, 8, -1)], living=[0, 0, 2, 0, 0, 0, 1, 0], reciprocity=[0, 0, 0.9, 0, 0, 0, 0.6, 0])
    assert outcomes(gap)["reciprocity"] == pytest.approx(0.8)
    alone = hand_made([(0, 8, -1)])
    assert all(math.isnan(outcomes(alone)[name]) for name in ("mean_trust", "reciprocity", "mean_fit"))
    found = summary(alone)
    assert (found["mean_trust"], found["reciprocity"], found["mean_fit"]) == (None, None, None)


def test_every_outcome_is_described_and_measured(tiny: Scenario) -> None:
    run = simulate(tiny, seed=3)
    row = outcomes(run)
    assert list(row) == list(OUTCOMES)
    assert all(isinstance(value, float) for value in row.values())
    assert all(outcome.label and outcome.unit for outcome in OUTCOMES.values())
    found = summary(run)
    wanted = (
        "scenario seed quarters firms alliances_formed alliances_ended alliances_alive survival median_life_quarters "
        "endings regimes mean_trust reciprocity"
    )
    assert set(wanted.split()) <= set(found)
    assert list(found["survival"]) == ["12", "20", "28"]
    assert list(found["endings"]) == list(CAUSES)
    assert list(found["regimes"]) == ["no_deal", "dilemma", "harmony"]


def test_life_table_of_a_real_world_balances(tiny: Scenario) -> None:
    run = simulate(tiny.with_(time__warm_up_quarters=0, network__kind="empty", network__degree=4), seed=2)
    table, spells = life_table(run), run.spells()
    assert table.deaths.sum() == (np.asarray(spells.cause) >= 0).sum()
    assert table.at_risk[0] == (np.asarray(spells.born) >= 0).sum()


def test_unknown_outcome_names_the_nearest() -> None:
    with pytest.raises(InputError, match="survival_5y"):
        check_outcome("survival_5")
