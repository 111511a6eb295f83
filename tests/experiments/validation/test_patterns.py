"""The file of patterns: complete, readable, its bands in order."""

import pytest

from experiments.validation.measure import limit, within
from experiments.validation.patterns import FITTED_APART, anywhere, fitted_or_followed, patterns

EVIDENCE = {"text", "abstract", "secondary", "design"}


def test_there_are_33_patterns_in_order() -> None:
    assert list(patterns()) == [f"P{number:02d}" for number in range(1, 34)]


@pytest.mark.parametrize("name", list(patterns()))
def test_each_pattern_says_what_it_wants_and_who_found_it(name: str) -> None:
    pattern = patterns()[name]
    assert pattern.name
    assert pattern.measure[0].islower() or not pattern.measure[0].isalpha()
    assert not pattern.measure.endswith(".")
    assert pattern.source
    assert pattern.evidence in EVIDENCE
    if not isinstance(pattern.band, str):
        assert pattern.band[0] < pattern.band[1]


def test_bands_read_as_people_write_them() -> None:
    assert patterns()["P02"].wanted == "0.45 to 0.7"
    assert patterns()["P23"].wanted == "−0.5 to 0.05"
    assert patterns()["P25"].wanted.startswith("above 0")


def test_a_verdict_within_words_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="P06 has no band of numbers"):
        within("P06")({})


def test_limits_are_read_by_name() -> None:
    assert limit("P06", "last_peak") == 6


def test_whether_it_was_fitted_or_followed_is_known_of_every_pattern() -> None:
    assert set(anywhere()["held"]) == set(patterns()) - {FITTED_APART}
    for name in patterns():
        assert fitted_or_followed(name).startswith(("fitted", "followed"))
