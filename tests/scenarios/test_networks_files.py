"""Networks from files: what the tables mean, and what is refused with line and column."""

from datetime import date
from pathlib import Path

import networkx as nx
import pytest

from scenarios import apply_set, load
from scenarios.dates import first_day, last_day, quarters_between
from scenarios.network_files import FileNetwork, read_network
from simulation import Scenario
from simulation.problems import InputError, Problem

TIES = "a,b,since,governance\nAlpha,Beta,2001,equity\nGamma,Beta,2003-05,\nAlpha,Delta,,contract\n"
MEMBERS = """firm,group,from,to
A,Star,2000,
B,Star,2001-06,
C,Star,2001,2002
A,One,1999-01-15,
B,One,1999-04-15,
D,Two,2005,
"""


def network(tmp_path: Path, text: str, at: str = "", name: str = "n.csv", firms: tuple[str, ...] = ()) -> FileNetwork:
    (tmp_path / name).write_text(text, encoding="utf-8")
    return read_network(tmp_path / name, first_day(at) if at else None, firms)


def ties_of(found: FileNetwork) -> dict[tuple[str, str], tuple[int, bool | None]]:
    return {(found.firms[tie.first], found.firms[tie.second]): (tie.age, tie.equity) for tie in found.ties}


def problems(
    tmp_path: Path, text: str, at: str = "", name: str = "n.csv", firms: tuple[str, ...] = ()
) -> list[Problem]:
    with pytest.raises(InputError) as caught:
        network(tmp_path, text, at, name, firms)
    return list(caught.value.problems)


# --- what is read -----------------------------------------------------------------------------------------------------


def test_ties_have_names_ages_and_governance(tmp_path: Path) -> None:
    found = network(tmp_path, TIES, at="2004-01-01")
    assert found.firms == ("Alpha", "Beta", "Gamma", "Delta")
    assert ties_of(found) == {
        ("Alpha", "Beta"): (12, True),
        ("Beta", "Gamma"): (2, None),
        ("Alpha", "Delta"): (0, False),
    }


def test_ties_that_begin_later_are_not_there_yet(tmp_path: Path) -> None:
    assert set(ties_of(network(tmp_path, TIES, at="2002"))) == {("Alpha", "Beta"), ("Alpha", "Delta")}


def test_without_a_date_quarter_0_is_the_last_date_in_the_file(tmp_path: Path) -> None:
    assert ties_of(network(tmp_path, TIES))["Alpha", "Beta"] == (9, True)
    assert ties_of(network(tmp_path, TIES))["Beta", "Gamma"] == (0, None)


def test_members_of_a_group_are_tied_pairwise_and_the_older_bond_counts(tmp_path: Path) -> None:
    found = network(tmp_path, MEMBERS, at="2002-12-31")
    # C is a member to the last day of the year it left; the bond of A and B in One is older than that in Star.
    assert ties_of(found) == {("A", "B"): (14, None), ("B", "C"): (6, None), ("A", "C"): (7, None)}
    assert found.firms == ("A", "B", "C", "D")


def test_without_a_date_only_members_that_never_left_count(tmp_path: Path) -> None:
    assert set(ties_of(network(tmp_path, MEMBERS))) == {("A", "B")}


def test_a_firm_may_come_back(tmp_path: Path) -> None:
    text = "firm,group,from,to\nA,X,2000,2001\nA,X,2005,\nB,X,2000,\n"
    assert ties_of(network(tmp_path, text, at="2003")) == {}
    assert ties_of(network(tmp_path, text, at="2006")) == {("A", "B"): (4, None)}


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "^"])
def test_delimiters_comments_blank_lines_and_byte_order_marks(tmp_path: Path, delimiter: str) -> None:
    text = "\ufeff# a note, with commas; and more\r\n" + TIES.replace(",", delimiter).replace("\n", "\r\n") + "\r\n"
    assert network(tmp_path, text) == network(tmp_path, TIES)


def test_names_may_be_quoted_and_other_columns_are_ignored(tmp_path: Path) -> None:
    text = 'A,B,notes\n"Beta, Inc.", Alpha ,to be seen\n'
    assert network(tmp_path, text).firms == ("Beta, Inc.", "Alpha")


def test_names_given_in_the_scenario_keep_their_order(tmp_path: Path) -> None:
    found = network(tmp_path, "a,b\nBeta,Alpha\n", firms=("Alpha", "Gamma", "Beta"))
    assert found.firms == ("Alpha", "Gamma", "Beta")
    assert ties_of(found) == {("Alpha", "Beta"): (0, None)}


def test_graphml_of_networkx_keeps_names_ages_and_governance(tmp_path: Path) -> None:
    graph = nx.Graph()
    graph.add_node(0, name="Alpha")
    graph.add_node(1, label="Beta")
    graph.add_edge(0, 1, age=7, equity=True)
    graph.add_edge(1, "Gamma", governance="contract", since="2001-01")
    nx.write_graphml(graph, tmp_path / "g.graphml")
    found = read_network(tmp_path / "g.graphml", date(2002, 1, 1))
    assert found.firms == ("Alpha", "Beta", "Gamma")
    assert ties_of(found) == {("Alpha", "Beta"): (7, True), ("Beta", "Gamma"): (4, False)}


def test_directions_of_graphml_do_not_matter(tmp_path: Path) -> None:
    nx.write_graphml(nx.DiGraph([(0, 1), (1, 0), (2, 1)]), tmp_path / "g.graphml")
    assert len(read_network(tmp_path / "g.graphml").ties) == 2


def test_dates_cover_the_period_that_they_name() -> None:
    assert (first_day("2004"), last_day("2004")) == (date(2004, 1, 1), date(2004, 12, 31))
    assert (first_day("2004-02"), last_day("2004-02")) == (date(2004, 2, 1), date(2004, 2, 29))
    assert first_day("2004-02-29") == last_day("2004-02-29") == date(2004, 2, 29)
    assert [quarters_between(date(2000, 1, 15), day) for day in (date(2000, 4, 14), date(2000, 4, 15))] == [0, 1]
    assert quarters_between(date(2001, 1, 1), date(2000, 1, 1)) == 0


# --- in a scenario ----------------------------------------------------------------------------------------------------


def scenario(folder: Path, text: str, name: str = "world.toml") -> Scenario:
    (folder / name).write_text(text, encoding="utf-8")
    return load(folder / name)


def test_the_file_lies_relative_to_the_scenario_and_sets_the_count(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/n.csv").write_text(TIES, encoding="utf-8")
    head = '[network]\nkind = "file"\nfile = "data/n.csv"\nat = 2002-06-30\n'
    world = scenario(tmp_path, head)
    assert (world.firms.count, len(world.network.ties), world.network.file) == (4, 2, "data/n.csv")
    assert scenario(tmp_path, head + "[firms]\ncount = 9\n").firms.count == 9
    # A child in another folder: the file still lies beside the scenario that names it.
    child = scenario(tmp_path / "data", 'extends = "../world.toml"\n[network]\nat = "2004"\n', "child.toml")
    assert (child.firms.count, len(child.network.ties)) == (9, 3)


def test_a_count_below_the_scenario_that_names_the_file_does_not_count(tmp_path: Path) -> None:
    (tmp_path / "n.csv").write_text(TIES, encoding="utf-8")
    (tmp_path / "base.toml").write_text("[firms]\ncount = 50\n", encoding="utf-8")
    world = scenario(tmp_path, 'extends = "base.toml"\n[network]\nkind = "file"\nfile = "n.csv"\n')
    assert world.firms.count == 4


def test_a_child_may_choose_a_generator_again(tmp_path: Path) -> None:
    world = scenario(tmp_path, 'extends = "airlines"\n[network]\nkind = "empty"\n')
    assert world.network.ties == ()


def test_names_in_the_scenario_guard_the_table(tmp_path: Path) -> None:
    (tmp_path / "n.csv").write_text("a,b\nAlhpa,Beta\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        scenario(tmp_path, '[network]\nkind = "file"\nfile = "n.csv"\nfirms = ["Alpha", "Beta"]\n')
    (problem,) = caught.value.problems
    assert (Path(problem.file).name, problem.line, problem.key) == ("n.csv", 2, "a")
    assert 'did you mean "Alpha"?' in problem.message


def test_set_reads_another_date_and_another_file(tmp_path: Path) -> None:
    airlines = load("airlines")
    later = apply_set(airlines, ["network.at=2010"])
    assert len(later.network.ties) > len(airlines.network.ties)
    (tmp_path / "n.csv").write_text(TIES, encoding="utf-8")
    mine = apply_set(airlines, [f"network.file={tmp_path / 'n.csv'}", 'network.at=""'])
    assert (mine.firms.count, mine.network.firms[0]) == (4, "Alpha")
    other = apply_set(Scenario(), ["network.kind=file", "network.file=n.csv"], folder=tmp_path)
    assert (other.firms.count, len(other.network.ties)) == (4, 3)
    none = apply_set(airlines, ["network.kind=empty", "firms.count=10"])
    assert (none.network.ties, none.network.firms, none.firms.count) == ((), (), 10)


# --- what is refused --------------------------------------------------------------------------------------------------

HEAD = "firm,group,from,to\n"
BAD_TABLES = [
    # what, table, line, column, says
    ("empty file", "", 0, "", "is empty"),
    ("comments only", "# a,b\n\n", 0, "", "is empty"),
    ("header only", "a,b\n", 1, "", "no row"),
    ("no header", "Medici,Strozzi\nMedici,Albizzi\n", 1, "", "must name the columns"),
    ("missing column b", "a,since\nx,2001\n", 1, "b", "is missing"),
    ("misspelt columns", "a,bb\nx,y\n", 1, "b", 'is it "bb"? Rename it'),
    ("missing group", "firm,grup,from,to\nA,X,,\n", 1, "group", 'is it "grup"?'),
    ("memberships without dates", "firm,group,from\nA,X,\n", 1, "to", "is missing"),
    ("misspelt governance", "a,b,governence\nx,y,equity\n", 1, "governence", 'did you mean "governance"?'),
    ("column twice", "a,b,a\nx,y,z\n", 1, "a", "two columns"),
    ("too few cells", "a,b\nx,y\nx\n", 3, "", "has 1 cell, the header has 2: a, b"),
    ("too many cells", "a,b\nx,y\nx,z,z\n", 3, "", "has 3 cells"),
    ("blank firm", "a,b\nx,\n", 2, "b", "blank"),
    ("self-tie", "a,b\nx,y\nx,x\n", 3, "b", '"x" is tied to itself'),
    ("duplicate", "a,b\nx,y\n\nx,y\n", 4, "a", "first on line 2"),
    ("duplicate, other way round", "a,b\nx,y\ny,x\n", 3, "a", "first on line 2"),
    ("unknown governance", "a,b,governance\nx,y,equty\n", 2, "governance", 'did you mean "equity"?'),
    ("strange governance", "a,b,governance\nx,y,7\n", 2, "governance", "is not contract or equity"),
    ("date in words", "a,b,since\nx,y,May 2001\n", 2, "since", "YYYY, YYYY-MM or YYYY-MM-DD"),
    ("date with points", "a,b,since\nx,y,14.05.1997\n", 2, "since", '"14.05.1997" is not a date'),
    ("month 13", "a,b,since\nx,y,2001-13\n", 2, "since", "months run from 01 to 12"),
    ("31 April", "a,b,since\nx,y,2001-04-31\n", 2, "since", "that month has 30 days"),
    ("year 0", "a,b,since\nx,y,0000\n", 2, "since", "no year 0"),
    ("a thousand years", "a,b,since\nx,y,0900\nx,z,2000\n", 2, "since", "at most 1,000"),
    ("open quote", 'a,b\n"x,y\nz,y\n', 2, "", "quote is opened and not closed"),
    ("ends before it starts", f"{HEAD}A,X,2001-05,2001-04\nB,X,,\n", 2, "to", "before it starts (2001-05)"),
    ("blank group", f"{HEAD}A,,,\n", 2, "group", "blank"),
    ("blank member", f"{HEAD},X,,\n", 2, "firm", "blank"),
    ("twice at once", f"{HEAD}A,X,2000,\nA,X,2003,2004\n", 3, "firm", "already in X then, by line 2"),
    ("bad end", f"{HEAD}A,X,2000,never\n", 2, "to", '"never" is not a date'),
]


@pytest.mark.parametrize(("what", "text", "line", "column", "says"), BAD_TABLES, ids=[row[0] for row in BAD_TABLES])
def test_a_bad_table_is_refused(tmp_path: Path, what: str, text: str, line: int, column: str, says: str) -> None:
    (problem,) = problems(tmp_path, text)
    assert (Path(problem.file).name, problem.line, problem.key) == ("n.csv", line, column)
    assert says in problem.message
    if line and column and column in text.split("\n")[0]:
        cell = problem.excerpt[problem.column - 1 :]
        assert problem.column >= 1
        assert cell == cell.lstrip()


def test_all_problems_of_a_table_come_at_once_up_to_twenty(tmp_path: Path) -> None:
    text = "a,b,since,governance\nx,x,2001-13,equty\nx\nx,y,,\ny,x,,\n"
    assert [problem.line for problem in problems(tmp_path, text)] == [2, 2, 2, 3, 5]
    many = problems(tmp_path, "a,b\n" + "x,x\n" * 1000)
    assert len(many) == 21
    assert "and 980 more problems" in many[-1].message


def test_an_unknown_firm_offers_the_nearest(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, "a,b\nMedici,Strozi\n", firms=("Medici", "Strozzi"))
    assert (problem.line, problem.key, problem.column) == (2, "b", 8)
    assert 'did you mean "Strozzi"?' in problem.message


def test_a_caret_stands_under_its_cell_in_a_long_line(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, f"notes,a,b,since\n{'n' * 400},x,y,soon\n")
    assert problem.excerpt[problem.column - 1 :] == "soon"
    assert len(problem.excerpt) <= 110


def graph(inside: str, attribute: str = "") -> str:
    """GraphML of the nodes a and b, and more; `attribute` : name and owner of an attribute "x" of its own."""
    name, _, owner = attribute.partition(" ")
    key = f'<key id="x" for="{owner}" attr.name="{name}" attr.type="string"/>' if name else ""
    nodes = '<graph edgedefault="undirected"><node id="a"/>\n<node id="b"/>'
    return f'<graphml xmlns="http://graphml.graphdrawing.org/xmlns">{key}\n{nodes}\n{inside}\n</graph></graphml>\n'


EDGE = '<edge source="a" target="b"/>'
BAD_GRAPHS = [
    # what, text, line, key, says
    ("empty", "", 0, "", "is empty"),
    ("not XML", "<graphml><graph></graphml>", 1, "", "not well-formed XML: mismatched tag"),
    ("other XML", "<svg/>", 0, "", "not GraphML"),
    ("no node", graph("").replace('<node id="a"/>\n<node id="b"/>', ""), 0, "", "holds no node"),
    ("self-tie", graph('<edge source="a" target="a"/>'), 4, "edge", "tied to itself"),
    ("twice", graph(f'{EDGE}\n<edge source="b" target="a"/>'), 5, "edge", "given twice"),
    ("same name", graph('<node id="c"><data key="x">b</data></node>', "name node"), 4, "node", 'named "b"'),
    ("wrong age", graph(EDGE.replace("/>", '><data key="x">old</data></edge>'), "age edge"), 4, "edge", "0 to 4,000"),
    ("wrong date", graph(EDGE.replace("/>", '><data key="x">soon</data></edge>'), "since edge"), 4, "edge", "since:"),
    ("governance", graph(EDGE.replace("/>", '><data key="x">x</data></edge>'), "governance edge"), 4, "edge", "equity"),
]


@pytest.mark.parametrize(("what", "text", "line", "key", "says"), BAD_GRAPHS, ids=[row[0] for row in BAD_GRAPHS])
def test_bad_graphml_is_refused(tmp_path: Path, what: str, text: str, line: int, key: str, says: str) -> None:
    (problem,) = problems(tmp_path, text, name="g.graphml")
    assert (Path(problem.file).name, problem.line, problem.key) == ("g.graphml", line, key)
    assert says in problem.message


def test_a_network_from_a_file_is_measured_from_the_first_quarter_unless_told_otherwise(tmp_path: Path) -> None:
    (tmp_path / "ties.csv").write_text("a,b\nAcme,Brill\nBrill,Cogs\n", encoding="utf-8")
    for told, expected in (("", 0), ("[time]\nwarm_up_quarters = 12\n", 12)):
        text = f'extends = "baseline"\n{told}[network]\nkind = "file"\nfile = "ties.csv"\n'
        (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
        assert load(tmp_path / "mine.toml").time.warm_up_quarters == expected
