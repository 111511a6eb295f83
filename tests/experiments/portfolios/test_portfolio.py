"""Portfolios as people keep them: what is read, what is wrong with which row, what world comes of it."""

from datetime import date
from pathlib import Path

import networkx as nx
import pytest

from experiments.portfolios.portfolio import MOST_TIES, Portfolio, in_words, read_portfolio
from experiments.validation.observations import data_folder
from scenarios import load
from simulation import simulate
from simulation.problems import InputError
from simulation.scenario import Scenario

MINE = "a,b,since,governance\nCarl,Anna,2020-07,equity\nAnna,Bert,2025-01-15,\nBert,Carl,,contract\n"
NEEDS_DATA = pytest.mark.skipif(data_folder() is None, reason="the folder of observations is missing")


def written(folder: Path, text: str, name: str = "mine.csv") -> Path:
    place = folder / name
    place.write_text(text, encoding="utf-8")
    return place


def test_ties_are_ordered_by_firm_with_ages_in_quarters_as_of_a_date(tmp_path: Path) -> None:
    found = read_portfolio(written(tmp_path, MINE), at="2026-01-01")
    assert found.firms == ("Carl", "Anna", "Bert")
    assert found.names == ("Carl – Anna", "Carl – Bert", "Anna – Bert")
    assert [(tie.age, tie.equity) for tie in found.ties] == [(22, True), (0, False), (3, None)]
    assert found.notes == ("Alliances are as old as on 2026-01-01; those without a date count as new.",)


def test_now_is_today_unless_said_otherwise(tmp_path: Path) -> None:
    today = date.today()
    text = f"a,b,since\nA,B,{today.year - 2}-{today.month:02}-01\n"
    assert read_portfolio(written(tmp_path, text)).ties[0].age == 8


def test_what_is_not_alive_yet_is_left_out_and_nothing_alive_is_an_error(tmp_path: Path) -> None:
    place = written(tmp_path, MINE)
    assert read_portfolio(place, at="2021").names == ("Carl – Anna", "Carl – Bert")
    later = written(tmp_path, "a,b,since\nA,B,2030\n", "later.csv")
    with pytest.raises(
        InputError, match="no alliance lives on 2026-01-01; the dates of the file run from 2030-01-01 to"
    ):
        read_portfolio(later, at="2026")


def test_all_wrong_rows_are_named_at_once_with_their_lines(tmp_path: Path) -> None:
    text = "a,b,since,governance\nA,B,2020,contract\nB,A,2021,\nC,C,,\nA,D,2020-13,equty\n,E,,\nA,F\n"
    with pytest.raises(InputError) as raised:
        read_portfolio(written(tmp_path, text))
    told = [(problem.line, problem.message) for problem in raised.value.problems]
    assert [line for line, _ in told] == [3, 4, 5, 5, 6, 7]
    for (_, message), words in zip(
        told,
        ["B - A is given twice, first on line 2", "tied to itself", "months run from 01 to 12", 'did you mean "equity"?',
         "the name of the firm is blank", "has 2 cells, the header has 4"],
        strict=True,
    ):  # fmt: skip
        assert words in message


def test_columns_of_other_names_and_rows_to_keep(tmp_path: Path) -> None:
    text = "kind;org_a;org_b;a\nreal;X;Y;1\nfake;X;Z;2\nreal;Y;Z;3\n"
    found = read_portfolio(written(tmp_path, text), columns={"a": "org_a", "b": "org_b"}, only={"Kind": "REAL"})
    assert found.names == ("X – Y", "Y – Z")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "which columns hold the two firms"),
        ({"columns": {"a": "org_a"}}, "which columns hold the two firms"),
        ({"columns": {"a": "org_c", "b": "org_b"}}, 'the file has no column "org_c"; did you mean "org_b"'),
        ({"columns": {"x": "org_a"}}, 'no such thing as "x"; allowed: a, b, since, governance, firm, group, from, to'),
        ({"only": {"sort": "real"}}, 'the file has no column "sort"'),
        (
            {"columns": {"a": "org_a", "b": "org_b"}, "only": {"kind": "rael"}},
            'no row has "rael" in column "kind"; did you mean "real"',
        ),
        ({"at": "soon"}, '"soon" is not a date'),
        ({"shared": 0}, "0 is not a whole number of groups"),
        ({"columns": {"a": "org_a", "b": "org_b"}, "shared": 2}, "belongs to a file of memberships"),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path: Path, arguments: dict[str, object], message: str) -> None:
    with pytest.raises(InputError) as raised:
        read_portfolio(written(tmp_path, "kind,org_a,org_b\nreal,X,Y\n"), **arguments)  # type: ignore[arg-type]
    assert message in str(raised.value)


def test_a_misspelled_header_gets_its_nearest_name(tmp_path: Path) -> None:
    with pytest.raises(InputError, match='unknown column; did you mean "governance"'):
        read_portfolio(written(tmp_path, "a,b,governence\nA,B,equity\n"))
    with pytest.raises(InputError, match="is empty"):
        read_portfolio(written(tmp_path, "\n"))
    with pytest.raises(InputError, match="no such file"):
        read_portfolio(tmp_path / "none.csv")


def test_members_are_allied_where_they_share_enough_groups(tmp_path: Path) -> None:
    text = "firm,group,from,to\nA,one,2010,\nB,one,2015,\nC,one,2016,\nA,two,2012,\nB,two,2012,\nD,two,2013,2014\n"
    place = written(tmp_path, text)
    assert read_portfolio(place, at="2020").names == ("A – B", "A – C", "B – C")
    twice = read_portfolio(place, at="2020", shared=2)
    assert (twice.firms, twice.names, twice.ties[0].age) == (("A", "B"), ("A – B",), 32)
    with pytest.raises(InputError, match="no alliance lives on 2020-01-01"):
        read_portfolio(place, at="2020", shared=3)


def test_a_clique_that_is_too_large_is_refused_with_advice(tmp_path: Path) -> None:
    firms = 70
    assert firms * (firms - 1) // 2 > MOST_TIES
    rows = [f"firm {k},big,2010," for k in range(firms)] + [f"firm {k},small,2010," for k in range(4)]
    place = written(tmp_path, "firm,group,from,to\n" + "\n".join(rows) + "\n")
    with pytest.raises(InputError) as raised:
        read_portfolio(place, at="2020")
    assert "70 firms make 2,415 alliances if each two are allied that share a group" in str(raised.value)
    assert "at most 2,000 are allowed. With 2 shared groups it is 6" in str(raised.value)
    assert len(read_portfolio(place, at="2020", shared=2).ties) == 6


def test_portfolios_from_python() -> None:
    assert read_portfolio([("A", "B"), ("C", "B")]).names == ("A – B", "B – C")
    assert read_portfolio([{"a": "A", "b": "B", "since": 2024}], at="2026").ties[0].age == 8
    assert read_portfolio(nx.path_graph(3)).names == ("0 – 1", "1 – 2")
    with pytest.raises(InputError, match="is not a pair of firms"):
        read_portfolio([("A", "B", "C")])
    with pytest.raises(InputError, match="neither the path of a file nor a table"):
        read_portfolio(3)


def test_firms_bring_their_traits_and_wrong_ones_their_lines(tmp_path: Path) -> None:
    rows = "name,strategy,alliance_function,flexibility,sector\nA,Learning racer,yes,0.9,4\nB,,,,\n"
    found = read_portfolio([("A", "B")], firms=written(tmp_path, rows))
    assert list(found.traits) == ["A"]
    traits = found.traits["A"]
    assert (traits.strategy, traits.alliance_function, traits.flexibility) == ("learning_racer", True, 0.9)
    assert "column sector is not used" in found.notes[0]
    wrong = "name,alliance_function,flexibility\nA,perhaps,2\nZ,,\nA,,\n,,\n"
    with pytest.raises(InputError) as raised:
        read_portfolio([("A", "B")], firms=written(tmp_path, wrong))
    assert [problem.line for problem in raised.value.problems] == [2, 2, 3, 4, 5]
    for words in (
        "neither yes nor no",
        "2 is not a number from 0 to 1",
        '"Z" has no alliance',
        "given twice, first on line 2",
    ):
        assert words in str(raised.value)


@pytest.fixture
def pair() -> Portfolio:
    return read_portfolio([("A", "B"), ("B", "C")], firms=[{"name": "B", "flexibility": 0.25}])


def test_the_world_starts_now_with_these_firms_and_strangers(pair: Portfolio) -> None:
    base = Scenario().with_(firms__count=20)
    world = pair.world(base)
    assert (world.firms.count, world.time.warm_up_quarters, world.time.quarters) == (20, 0, 20)
    assert pair.world(base, others=0).firms.count == 3
    assert pair.world(base.with_(firms__count=5)).firms.count == 5
    run = simulate(pair.world(base, others=4))
    assert run.names[:4] == ("A", "B", "C", "firm 3")
    spells = run.spells()
    assert list(zip(spells.first[:2], spells.second[:2], strict=True)) == [(0, 1), (1, 2)]
    assert list(spells.entered[:2]) == [0, 0]
    assert run.firms.flexibility[run.firms.row[1]] == 0.25
    assert in_words(pair, 0).endswith("nobody else can lure a partner away.")
    for wrong in (-1, 1.5, True):
        with pytest.raises(InputError, match="others"):
            pair.world(base, others=wrong)  # type: ignore[arg-type]


def test_what_a_scenario_scripts_is_counted_from_the_end_of_its_warm_up(pair: Portfolio) -> None:
    base = load("rescue")  # a shock each 10 quarters from 100 on, help at 130; warm-up 80
    assert pair.world(base).environment.events == ()
    assert pair.world(base, horizon=40).environment.events[0].quarter == 20
    late = base.with_(time__warm_up_quarters=125)
    world = pair.world(late)
    assert [(event.quarter, event.every) for event in world.environment.events] == [(5, 10)]
    assert [one.quarter for one in world.interventions] == [5, 0]
    assert [one.quarter for one in pair.world(base.with_(time__warm_up_quarters=200)).interventions] == [0, 0]


@NEEDS_DATA
def test_real_files_as_they_are() -> None:
    folder = data_folder()
    assert folder is not None
    core = read_portfolio(folder / "lf_core3_network_2024-07-01.csv", columns={"a": "org_a", "b": "org_b"})
    assert (len(core.firms), len(core.ties)) == (28, 112)
    members = {"firm": "airline_name", "group": "alliance_name", "from": "from_date", "to": "to_date"}
    airlines = folder / "optd_airline_alliance_membership.csv"
    found = read_portfolio(airlines, columns=members, only={"alliance_type": "Member"}, at="2019")
    assert "American Airlines – British Airways" in found.names
    consortia = {"firm": "org", "group": "consortium", "from": "observed_from", "to": "end"}
    file = folder / "lf_consortia_membership.csv"
    with pytest.raises(InputError, match="make 278,285 alliances if each two are allied that share a group"):
        read_portfolio(file, columns=consortia, at="2024-07-01")
    assert "Google LLC – Red Hat, Inc." in read_portfolio(file, columns=consortia, at="2024-07-01", shared=3).names
