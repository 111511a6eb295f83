"""Tables of real spells: what people hand in, what it means, and what is refused with its line."""

from pathlib import Path

import numpy as np
import pytest

from experiments import Spells, read_spells
from experiments.analysis.spells import median_of, spell_curve
from experiments.validation.observations import data_folder
from simulation.problems import InputError, Problem

YEAR = 365.25


def written(tmp_path: Path, text: str) -> Path:
    (tmp_path / "mine.csv").write_text(text, encoding="utf-8")
    return tmp_path / "mine.csv"


def problems(path: Path, **options: object) -> list[Problem]:
    with pytest.raises(InputError) as caught:
        read_spells(path, **options)  # type: ignore[arg-type]
    return list(caught.value.problems)


# --- what is read -----------------------------------------------------------------------------------------------------


def test_durations_in_years(tmp_path: Path) -> None:
    spells = read_spells(written(tmp_path, "Label,Duration,ENDED,entry,cause\nA-B,2.5,yes,0.5,deceit\nC-D,4,0,,\n"))
    assert spells.duration.tolist() == [2.5, 4.0]
    assert spells.ended.tolist() == [True, False]
    assert spells.entry.tolist() == [0.5, 0.0]
    assert spells.label.tolist() == ["A-B", "C-D"]
    assert spells.cause.tolist() == ["deceit", ""]
    assert len(spells) == 2
    assert spells.source.endswith("mine.csv")
    assert not spells.left_out
    assert repr(spells) == "Spells(2 spells, 1 ended, 1 seen only from a later age)"


@pytest.mark.parametrize(("unit", "per_year"), [("quarters", 4), ("months", 12), ("days", YEAR)])
def test_durations_in_other_units_have_entries_in_them_too(tmp_path: Path, unit: str, per_year: float) -> None:
    spells = read_spells(written(tmp_path, f"{unit};ended;entry\n9;1;3\n"))
    assert (spells.duration[0], spells.entry[0]) == (9 / per_year, 3 / per_year)


@pytest.mark.parametrize("separator", [",", ";", "\t", "^", "|"])
def test_dates_with_any_separator(tmp_path: Path, separator: str) -> None:
    text = "name,start,end,observed_from\nA,2010-01-01,2012-01-01,\nB,2011-01-01,,2011-07-02\n"
    text += "C,2011-01-01,2013-01-01,2010-05-01\n"
    spells = read_spells(written(tmp_path, text.replace(",", separator)))
    np.testing.assert_allclose(spells.duration * YEAR, [730, 731, 731])  # B still goes on: to the latest date, C's end
    assert spells.ended.tolist() == [True, False, True]
    np.testing.assert_allclose(spells.entry * YEAR, [0, 182, 0])


@pytest.mark.parametrize(
    ("header", "ends"),
    [
        ("from,to", "2004-01-01"),
        ("since,end", "2004-01-01"),
        ("from_date,to_date", "2004-01-01"),
        ("START,END", "2004-01-01"),
    ],
)
def test_columns_have_several_names(tmp_path: Path, header: str, ends: str) -> None:
    spells = read_spells(written(tmp_path, f"{header}\n2003-01-01,{ends}\n"))
    assert spells.duration[0] * YEAR == 365


def test_a_flag_decides_whether_an_end_is_an_ending(tmp_path: Path) -> None:
    text = "start,end,exited\n2001-01-01,2002-01-01,0\n2001-01-01,2002-01-01,1\n2001-01-01,2002-01-01,\n2001-01-01,,0\n"
    assert read_spells(written(tmp_path, text)).ended.tolist() == [False, True, True, False]


def test_of_months_and_years_the_middle_is_taken(tmp_path: Path) -> None:
    text = "start,end\n2000,2006\n2001-04,2001-06\n2004-09-01,2004\n2004,2004\n2004,2004-03-01\n"
    spells = read_spells(written(tmp_path, text))
    assert spells.duration[0] == pytest.approx(6, abs=0.01)
    assert spells.duration[1] * 12 == pytest.approx(2, abs=0.05)
    # Where the two overlap neither is before the other: the end lies between the start and the end of its own year.
    assert 0 < spells.duration[2] < 121 / YEAR
    assert spells.duration[3] == pytest.approx(0.25, abs=0.01)
    assert 0 < spells.duration[4] < 60 / YEAR


def test_equal_numbers_of_days_are_equal_numbers_of_years(tmp_path: Path) -> None:
    """Or ties would come apart by rounding."""
    starts = ["1987-03-04", "2001-11-30", "2019-02-27"]
    ends = ["1988-09-10", "2003-06-08", "2020-09-04"]  # 556 days later, each
    rows = "".join(f"{start},{end}\n" for start, end in zip(starts, ends, strict=True))
    spells = read_spells(written(tmp_path, f"start,end\n{rows}"))
    np.testing.assert_allclose(spells.duration * YEAR, [556, 555, 555], atol=1.01)
    assert spells.duration[1] == spells.duration[2]


def test_partners_make_a_label_and_a_line_does_in_need(tmp_path: Path) -> None:
    assert read_spells(written(tmp_path, "a,b,since,end\nX,Y,2001,2003\n")).label.tolist() == ["X – Y"]
    assert read_spells(written(tmp_path, "# mine\n\nduration,ended\n1,1\n")).label.tolist() == ["line 4"]


def test_columns_and_rows_can_be_chosen(tmp_path: Path) -> None:
    path = written(
        tmp_path, "firm,kind,joined,left\nA,Full,2001-01-01,2002-01-01\nB,full,2001-01-01,\nC,Guest,2001-01-01,\n"
    )
    spells = read_spells(path, {"start": "joined", "end": "left", "label": "Firm"}, {"Kind": "full"})
    assert spells.label.tolist() == ["A", "B"]


def test_until_a_date_nothing_later_is_looked_at(tmp_path: Path) -> None:
    path = written(tmp_path, "start,end\n2001-01-01,2004-01-01\n2003-01-01,\n2006-01-01,2007-01-01\n")
    spells = read_spells(path, until="2003-12-31")
    assert spells.ended.tolist() == [False, False]
    np.testing.assert_allclose(spells.duration * YEAR, [1094, 364])
    assert spells.left_out == "Left out: 1 row starting after the last day looked at."


def test_rows_that_say_nothing_are_counted(tmp_path: Path) -> None:
    text = "start,end,observed_from\n,2002-01-01,\n2001-01-01,2002-01-01,2002-01-01\n"
    text += "2001-01-01,2003-01-01,\n2002-05-05,2002-05-05,\n"
    spells = read_spells(written(tmp_path, text))
    assert len(spells) == 2
    assert spells.left_out == "Left out: 1 row without a start, 1 row observed for no time."
    assert spells.duration.tolist()[1] == 0.0  # begun and ended within a day: it ended all the same


def test_spells_from_python() -> None:
    spells = Spells.of([1, 2], [True, False])
    assert spells.label.tolist() == ["spell 1", "spell 2"]
    assert len(spells.where(spells.ended)) == 1
    with pytest.raises(InputError, match="spell 2 lasts -1 years"):
        Spells.of([1, -1], [1, 0])
    with pytest.raises(InputError, match="after it was last seen"):
        Spells.of([1], [1], entry=[2])
    with pytest.raises(InputError, match="differ in length"):
        Spells.of([1, 2], [1])
    with pytest.raises(InputError, match="there is no spell"):
        Spells.of([], [])


# --- what is refused --------------------------------------------------------------------------------------------------


def test_every_wrong_row_is_named_with_its_line(tmp_path: Path) -> None:
    text = (
        "start,end,ended\n2004-01-01,2003-01-01,1\n2004-13-01,,0\n2009,,1\n2009,2011,maybe\n2009,2999,1\n2009,2010,1\n"
    )
    found = problems(written(tmp_path, text))
    assert [problem.line for problem in found] == [2, 3, 4, 5, 6]
    said = [problem.message for problem in found]
    assert said[0] == "ends (2003-01-01) before it starts (2004-01-01)"
    assert "months run from 01 to 12" in said[1]
    assert said[2] == "has ended, but its end is empty"
    assert said[3] == '"maybe" is neither yes nor no; write 1 or 0, yes or no'
    assert said[4] == "2999 lies in the future; leave the end empty if it still goes on"


def test_wrong_durations_are_named(tmp_path: Path) -> None:
    found = problems(written(tmp_path, "duration,ended,entry\n-1,1,\n,1,\nlong,0,\n1,1,3\n2,,1\n"))
    assert [problem.line for problem in found] == [2, 3, 4, 5, 6]
    said = [problem.message for problem in found]
    assert said[0] == "-1 is not a duration; it must be a number from 0 up"
    assert said[1] == "is empty; write a number"
    assert said[2] == '"long" is not a number'
    assert "after it was last seen: entry 3, duration 1 years" in said[3]
    assert said[4] == "is empty; write 1 or 0"


def test_entry_after_the_end_is_wrong(tmp_path: Path) -> None:
    (found,) = problems(written(tmp_path, "start,end,observed_from\n2001-01-01,2002-01-01,2003-01-01\n"))
    assert found.message == "came under observation (2003-01-01) after it was last seen (2002-01-01)"


def test_many_wrong_rows_are_counted(tmp_path: Path) -> None:
    found = problems(written(tmp_path, "duration,ended\n" + "-1,1\n" * 30))
    assert len(found) == 7
    assert found[-1].message == "... 30 problems in all, on 30 lines"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty; the first line names the columns"),
        ("duration,ended\n", "has a header but no row"),
        ("alpha,beta\n1,2\n", "the columns tell no spells: needed is either duration"),
        ("duration\n1\n", 'no column tells "ended"'),
        ("start\n2001\n", 'no column tells "end"'),
        ("strat,end\n2001,2002\n", 'is "strat" the start? Say it with --columns'),
        ("start,start,end\n2001,2002,2003\n", "is the name of two columns"),
        ("start,end\n,2001\n", "holds no spell that can be used. Left out: 1 row without a start."),
        ("duration,ended\n0,0\n", "no spell was observed for any time"),
        ("start,end\n2001,2002,2003\n", "has 3 cells, the header has 2"),
    ],
)
def test_a_file_that_holds_no_spells_says_why(tmp_path: Path, text: str, message: str) -> None:
    assert message in problems(written(tmp_path, text))[0].message


def test_options_that_do_not_fit_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, "start,end,kind\n2001,2002,Full\n")
    found = problems(path, columns={"strat": "start", "end": "nd"}, only={"knd": "x"})
    assert [problem.message for problem in found] == [
        'no such thing as "strat"; did you mean "start"?',
        'the file has no column "nd"; did you mean "end"?',
        'the file has no column "knd"; did you mean "kind"?',
    ]
    (found,) = problems(path, only={"kind": "Fall"})
    assert found.message == 'no row has "Fall" in column "kind"; did you mean "Full"?'
    (found,) = problems(path, until="soon")
    assert "is not a date" in found.message
    (found,) = problems(written(tmp_path, "duration,ended\n1,1\n"), until="2001")
    assert "no use for a file of durations" in found.message


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    written(tmp_path, "duration,ended\n1,1\n")
    (found,) = problems(tmp_path / "mnie.csv")
    assert found.message == 'no such file; did you mean "mine.csv"?'


# --- real files, as they are ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def data() -> Path:
    folder = data_folder()
    if folder is None:
        pytest.skip("no observations here: set ALLIANCES_DATA to their folder")
    return folder


def test_memberships_of_consortia(data: Path) -> None:
    spells = read_spells(data / "lf_consortia_membership.csv")
    assert len(spells) == 2335 - 445 - 3
    assert spells.left_out == "Left out: 445 rows without a start, 3 rows observed for no time."
    named = read_spells(data / "lf_consortia_membership.csv", {"label": "org"}, {"consortium": "CNCF"})
    assert len(named) < len(spells)
    assert not any(label.startswith("line") for label in named.label)


def test_those_who_joined_while_somebody_looked_survive_as_published(data: Path, tmp_path: Path) -> None:
    """The targets that pattern P27 uses, computed by others from the same file; they rounded dates in their own way."""
    import csv

    with (data / "lf_consortia_membership.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["consortium"] == "CNCF" and row["nonprofit_tier"] == "0"]
    first = min(row["observed_from"] for row in rows)
    joined = [row for row in rows if row["observed_from"] > first and row["start"]]
    lines = "".join(f"{row['start']},{row['end']},{row['observed_from']},{row['exited']}\n" for row in joined)
    spells = read_spells(written(tmp_path, f"start,end,observed_from,exited\n{lines}"))
    with (data / "lf_survival_targets.csv").open(encoding="utf-8", newline="") as file:
        target = {row["group"]: row for row in csv.DictReader(file)}["CNCF"]
    assert abs(len(spells) - int(target["n"])) <= 0.01 * int(target["n"])
    assert abs(int(spells.ended.sum()) - int(target["exits"])) <= 0.01 * int(target["exits"])
    curve = spell_curve(spells.duration, spells.ended, spells.entry)
    for age in (0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5, 5.5, 6):
        expected = [float(target[f"{kind}{age:g}"]) for kind in ("S", "lo", "hi")]
        np.testing.assert_allclose([float(side) for side in curve.at(age)], expected, atol=0.01)
    assert median_of(curve).mean == pytest.approx(float(target["median"]), abs=0.05)


def test_airlines(data: Path) -> None:
    path = data / "optd_airline_alliance_membership.csv"
    everyone = read_spells(path, {"start": "from_date", "end": "to_date", "label": "airline_name"})
    members = read_spells(path, {"label": "airline_name"}, {"alliance_type": "Member"})
    assert (len(everyone), len(members)) == (113, 75)
    assert members.label[0] == "Air Berlin"
    assert members.duration[0] * YEAR == 2048
    assert members.left_out == "Left out: 1 row observed for no time."
