"""Which alliances differ in fate: worked cases, and what must hold for any two worlds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.analysis.saved import COUNTS, LOST, SAVED, Lives, saved_and_lost, share_over_worlds

Spell = tuple[int, int, int, int, int]
FIVE_YEARS = 20


def lives(*spells: Spell) -> Lives:
    """first, second, born, ended, cause of each."""
    return Lives(*np.array(spells, dtype=np.int64).reshape(-1, 5).T)


def counted(base: Lives, arm: Lives) -> dict[str, int]:
    return dict(zip(COUNTS, saved_and_lost(base, arm, FIVE_YEARS)[0].tolist(), strict=True))


def test_one_of_each_kind() -> None:
    base = lives((0, 1, 5, 15, 2), (0, 2, 5, 60, -1), (1, 2, 6, 9, 3), (1, 3, 6, 40, 4), (2, 3, 7, 9, 1))
    arm = lives((0, 1, 5, 30, 6), (0, 2, 5, 8, 7), (1, 2, 6, 10, 3), (1, 3, 6, 60, -1), (2, 3, 8, 50, 1))
    counts, fates = saved_and_lost(base, arm, FIVE_YEARS)
    # 0-1 saved, 0-2 lost, 1-2 ends early both ways, 1-3 lives both ways, 2-3 are two alliances, a quarter apart
    assert counts.tolist() == [4, 2, 1, 1, 1, 1]
    assert [column.tolist() for column in fates] == [
        [0, 0], [1, 2], [5, 5], [SAVED, LOST], [15, 60], [2, -1], [30, 8], [6, 7],
    ]  # fmt: skip


@pytest.mark.parametrize(("ended", "saved"), [(24, 1), (25, 0)])
def test_five_years_are_lived_at_the_end_of_the_twentieth_quarter(ended: int, saved: int) -> None:
    # born in quarter 5: as a life table, ending at age 19 is within five years, at age 20 it is not
    assert counted(lives((0, 1, 5, ended, 0)), lives((0, 1, 5, 60, -1)))["saved"] == saved


def test_the_years_of_what_was_there_before_run_from_quarter_0() -> None:
    # 30 quarters old in quarter 0 and ended in quarter 10: ten quarters lived, not forty
    assert counted(lives((0, 1, -30, 10, 0)), lives((0, 1, -30, 60, -1)))["saved"] == 1
    assert counted(lives((0, 1, -30, 20, 0)), lives((0, 1, -30, 60, -1)))["saved"] == 0


def test_partners_in_another_order_are_the_same_alliance_and_unknown_firms_never_are() -> None:
    assert counted(lives((1, 0, 5, 9, 0)), lives((0, 1, 5, 60, -1)))["saved"] == 1
    assert counted(lives((-1, 0, 5, 9, 0)), lives((-1, 0, 5, 60, -1)))["shared"] == 0


def test_nothing_in_either_world() -> None:
    counts, fates = saved_and_lost(lives(), lives(), FIVE_YEARS)
    assert not counts.any()
    assert len(fates.first) == 0


firms = st.integers(0, 5)
spells = st.lists(
    st.tuples(firms, firms, st.integers(-4, 12), st.integers(0, 50), st.integers(-1, 8)),
    max_size=25, unique_by=lambda spell: (min(spell[:2]), max(spell[:2]), spell[2]),
)  # fmt: skip


@given(spells, spells)
def test_counts_add_up_and_turn_round_with_the_worlds(ours: list[Spell], theirs: list[Spell]) -> None:
    base, arm = lives(*ours), lives(*theirs)
    counts, back = counted(base, arm), counted(arm, base)
    keys = [{(min(one[:2]), max(one[:2]), one[2]) for one in some} for some in (ours, theirs)]
    assert counts["shared"] == len(keys[0] & keys[1])
    assert counts["formed_only_as_it_is"] == len(keys[0] - keys[1])
    assert counts["formed_only_in_arm"] == len(keys[1] - keys[0])
    assert (counts["saved"], counts["lost"]) == (back["lost"], back["saved"])
    assert back["ended"] == counts["ended"] - counts["saved"] + counts["lost"]
    assert counted(base, base)["saved"] == counted(base, base)["lost"] == 0


def test_the_share_is_of_all_alliances_together() -> None:
    found = share_over_worlds(np.array([1, 9]), np.array([10, 30]))
    assert found.mean == 0.25  # not the mean of 0.1 and 0.3
    assert found.low < found.mean < found.high


def test_the_interval_of_equally_large_worlds_is_that_of_a_mean() -> None:
    # With n equal worlds the ratio is the mean of their shares: standard error s/√n, resampled or by Student's t.
    generator = np.random.default_rng(5)
    for worlds in (5, 200):
        part = generator.integers(5, 40, worlds)
        found = share_over_worlds(part, np.full(worlds, 100))
        error = float(np.std(part / 100, ddof=1)) / np.sqrt(worlds)
        reach = {5: 2.776, 200: 1.972}[worlds]  # quantiles of Student's t with 4 and 199 degrees of freedom
        # 2000 draws: a standard error is known to 1/√4000 = 1.6 %, a 2.5 % quantile to about 3 %; four of these each
        assert found.high - found.low == pytest.approx(2 * reach * error, rel=0.12)


def test_one_world_has_no_interval_and_no_alliance_no_share() -> None:
    one = share_over_worlds(np.array([1]), np.array([4]))
    assert one.mean == 0.25
    assert np.isnan([one.low, one.high]).all()
    assert np.isnan(share_over_worlds(np.array([0, 0]), np.array([0, 0])).mean)
