"""Attribution from hand-made life tables, whose shares can be worked out with a pencil."""

import numpy as np
import pytest

from experiments.analysis.attribution import ALL, Soon, attributable_share, attributed
from experiments.analysis.bootstrap import FEW
from experiments.analysis.survival import kaplan_meier, survival_at

CAUSES = ("misfit", "completed")


def tables(deaths_by_age, worlds=1, born=100):
    """at_risk [worlds, ages] and deaths [worlds, causes, ages] of `born` alliances in each of equal worlds."""
    deaths = np.array(deaths_by_age, dtype=np.int64).T
    at_risk = born - np.concatenate([[0], np.cumsum(deaths.sum(axis=0))[:-1]])
    return np.tile(at_risk, (worlds, 1)), np.tile(deaths, (worlds, 1, 1))


def made_up(worlds=30, hazard=0.05, seed=1, ages=40, born=60):
    """Worlds whose alliances run the same risk at every age, nine causes alike; a few are lost from sight."""
    generator = np.random.default_rng(seed)
    at_risk, deaths = np.zeros((worlds, ages), dtype=np.int64), np.zeros((worlds, 9, ages), dtype=np.int64)
    left = np.full(worlds, born)
    for age in range(ages):
        at_risk[:, age] = left
        died = generator.binomial(left, hazard)
        deaths[:, :, age] = generator.multinomial(died, np.full(9, 1 / 9))
        left = left - died - generator.binomial(left - died, 0.01)
    return at_risk, deaths


# Of 100 alliances, by age: (misfit, completed).
ON = ((30, 4), (10, 6))  # 50 end: 40 by misfit, 10 completed
OFF = ((5, 5), (5, 15))  # 30 end: 10 by misfit, 20 completed


def test_shares_worked_out_by_hand():
    found = attributed(tables(ON), tables(OFF), CAUSES, 2)
    total, misfit, completed = found.parts
    assert (total.cause, misfit.cause, completed.cause) == (ALL, *CAUSES)
    assert found.survival.mean == pytest.approx(0.5)
    assert found.survival_off.mean == pytest.approx(0.7)
    assert found.saved.mean == pytest.approx(0.2)
    assert total.caused.mean == pytest.approx(1 - 0.3 / 0.5)
    assert misfit.caused.mean == pytest.approx((0.4 - 0.1) / 0.5)
    assert completed.caused.mean == pytest.approx((0.1 - 0.2) / 0.5)  # fewer, because misfit came first
    assert [part.endings for part in found.parts] == pytest.approx([1.0, 0.8, 0.2])
    assert misfit.risk == pytest.approx((30 / 100 + 10 / 66) / (5 / 100 + 5 / 90))


def test_only_endings_by_the_age_count():
    found = attributed(tables(ON), tables(OFF), CAUSES, 1)
    assert found.total.caused.mean == pytest.approx(1 - 0.10 / 0.34)


def test_fewer_endings_of_a_kind_at_the_same_risk():
    """A second risk is added and the first stays: its endings are fewer, its risk is not."""
    at_risk, alone = tables(((0, 100), (0, 90)), born=1000)
    joined = tables(((300, 100), (0, 60)), born=1000)
    found = attributed(joined, (at_risk, alone), CAUSES, 2)
    completed = found.parts[2]
    assert completed.caused.mean == pytest.approx((0.16 - 0.19) / 0.46)
    assert completed.risk == pytest.approx(1.0)
    assert np.isnan(found.parts[1].risk)  # nobody ended so without the cause


def test_soon_after_is_a_share_of_the_same_endings():
    soon = Soon(exposed=np.array([[50, 33]]), deaths=np.array([[[15, 10], [4, 3]]]))
    found = attributed(tables(ON), tables(OFF), CAUSES, 2, soon)
    assert [part.soon.mean for part in found.parts] == pytest.approx([0.64, 0.50, 0.14])
    assert found.exposure == pytest.approx(83 / 166)


def test_without_such_a_reading_it_is_unknown():
    found = attributed(tables(ON), tables(OFF), CAUSES, 2)
    assert np.isnan([found.exposure, *(part.soon.mean for part in found.parts)]).all()


def test_shares_by_cause_add_up():
    """Censoring and all: made-up worlds with nine causes."""
    names = [f"cause {k}" for k in range(9)]
    on, off = made_up(hazard=0.06, seed=1), made_up(hazard=0.04, seed=2)
    soon = Soon(exposed=on[0] // 2, deaths=on[1] // 2)
    for age in (12, 20, 28):
        found = attributed(on, off, names, age, soon)
        for measure in ("caused", "soon"):
            by_cause = sum(getattr(part, measure).mean for part in found.parts[1:])
            assert by_cause == pytest.approx(getattr(found.total, measure).mean, abs=1e-12)
        curves = [survival_at(kaplan_meier(risk.sum(0), died.sum((0, 1))), age) for risk, died in (on, off)]
        assert found.total.caused.mean == pytest.approx(float(attributable_share(*curves)), abs=1e-12)
        # 1 − (1 − .96^h) / (1 − .94^h), within the interval
        assert found.total.caused.low < 1 - (1 - 0.96**age) / (1 - 0.94**age) < found.total.caused.high


@pytest.mark.parametrize("worlds", [3, FEW + 2])
def test_the_same_worlds_give_exactly_nothing(worlds):
    same = made_up(worlds=worlds)
    found = attributed(same, same, [str(k) for k in range(9)], 20)
    for part in found.parts:
        assert (part.caused.mean, part.caused.low, part.caused.high) == (0.0, 0.0, 0.0)
    assert (found.saved.mean, found.saved.low, found.saved.high) == (0.0, 0.0, 0.0)


def test_pairing_narrows_the_interval():
    """Worlds differ in luck; where both arms share it, the interval must not be that of independent arms."""
    generator = np.random.default_rng(5)
    on, off, shuffled = [], [], generator.permutation(40)
    for world in range(40):
        luck = generator.uniform(0.02, 0.10)
        on.append(made_up(worlds=1, hazard=1.5 * luck, seed=world))
        off.append(made_up(worlds=1, hazard=luck, seed=world))
    stack = lambda some: tuple(np.concatenate(parts) for parts in zip(*some, strict=True))  # noqa: E731
    names = [str(k) for k in range(9)]
    paired = attributed(stack(on), stack(off), names, 20).total.caused
    unpaired = attributed(stack(on), stack([off[k] for k in shuffled]), names, 20).total.caused
    assert paired.mean == pytest.approx(unpaired.mean)
    assert paired.high - paired.low < 0.5 * (unpaired.high - unpaired.low)


def test_one_world_has_no_interval():
    caused = attributed(tables(ON), tables(OFF), CAUSES, 2).total.caused
    assert np.isfinite(caused.mean)
    assert np.isnan([caused.low, caused.high]).all()


def test_what_nobody_lived_through_is_unknown():
    found = attributed(tables(ON, worlds=3), tables(OFF, worlds=3), CAUSES, 5)
    assert np.isnan([found.survival.mean, found.total.caused.mean, found.total.caused.low]).all()
    nobody = (np.zeros((2, 4)), np.zeros((2, 2, 4)))
    assert np.isnan(attributed(nobody, nobody, CAUSES, 3).total.caused.mean)
    immortal = tables(((0, 0), (0, 0)))
    assert np.isnan(attributed(immortal, tables(OFF), CAUSES, 2).total.caused.mean)


def test_a_cause_may_save_alliances():
    found = attributed(tables(OFF), tables(ON), CAUSES, 2)
    assert found.total.caused.mean == pytest.approx(1 - 0.5 / 0.3)
    assert found.saved.mean == pytest.approx(-0.2)


def test_different_worlds_are_refused():
    with pytest.raises(ValueError, match="same worlds, got 2 and 3"):
        attributed(tables(ON, worlds=2), tables(OFF, worlds=3), CAUSES, 2)
