"""Wrong scenario files: each is refused with the file, the line, the key, and what would be right."""

from pathlib import Path
from typing import NamedTuple

import pytest

from scenarios import load
from simulation.problems import InputError, Problem


class Bad(NamedTuple):
    """A text for world.toml, and what the first problem must say of it."""

    what: str
    text: str
    line: int
    key: str
    says: str


BAD_SCENARIOS = [
    # unknown keys
    Bad("unknown setting", "[trust]\nintial = 0.5", 2, "trust.intial", 'did you mean "initial"?'),
    Bad("unknown table", "\n[trsut]\ninitial = 0.5", 2, "trsut", 'did you mean "trust"?'),
    Bad("unknown word at the top", 'titel = "x"', 1, "titel", 'did you mean "title"?'),
    Bad("misspelt extends", 'extend = "baseline"', 1, "extend", 'did you mean "extends"?'),
    Bad("setting of another table", "[firms]\nshock_rate = 0.1", 2, "firms.shock_rate", '"environment.shock_rate"'),
    Bad("setting without its table", "shock_rate = 0.1", 1, "shock_rate", 'did you mean "environment.shock_rate"?'),
    Bad("extends below a table", '[trust]\nextends = "calm"', 2, "trust.extends", "at the top of the file"),
    Bad("dotted key", "trust.gian = 0.1", 1, "trust.gian", 'did you mean "gain"?'),
    Bad("inline table", "trust = { gian = 0.1 }", 1, "trust.gian", 'did you mean "gain"?'),
    Bad("quoted key", '[trust]\n"in itial" = 0.1', 2, "trust.in itial", 'did you mean "initial"?'),
    Bad("in a strategy", "[strategies.hoarder]\nsidedeals = true", 2, "strategies.hoarder.sidedeals", '"side_deals"'),
    Bad("in an event", "[[environment.events]]\nquarter = 1\nsize = 1", 3, "environment.events.1.size", "unknown"),
    # wrong types
    Bad("text for a number", '[trust]\ninitial = "0.5"', 2, "trust.initial", "without quotes"),
    Bad("word for a number", '[trust]\ninitial = "high"', 2, "trust.initial", "a number from 0 to 1"),
    Bad("switch for a number", "[trust]\ninitial = true", 2, "trust.initial", "true is not a number from 0 to 1"),
    Bad("list for a number", "[trust]\ninitial = [0.5]", 2, "trust.initial", "a list is not a number"),
    Bad("fraction of a firm", "[firms]\ncount = 10.5", 2, "firms.count", "10.5 is not a whole number"),
    Bad("number for a text", "title = 5", 1, "title", "5 is not text"),
    Bad("number for a switch", "[strategies.sharer]\nside_deals = 1", 2, "strategies.sharer.side_deals",
        "1 is not true or false"),
    Bad("value for a table", "trust = 0.5", 1, "trust", "0.5 is not a table of settings"),
    Bad("table for a value", "[trust.initial]\nmean = 0.5", 1, "trust.initial", "a table is not a number"),
    Bad("list of strategies", "strategies = [1]", 1, "strategies", "a list is not a table"),
    Bad("strategy that is no table", "[strategies]\nhoarder = 0.5", 2, "strategies.hoarder", "not a table"),
    Bad("events that are no list", "[environment]\nevents = 3", 2, "environment.events", "3 is not a list"),
    Bad("an event that is no table", "[environment]\nevents = [3]", 2, "environment.events.1", "not a table"),
    Bad("a number as a name", '[network]\nfirms = ["a", 7]', 2, "network.firms.2", "7 is not text"),
    Bad("a time of day", "[network]\nfirms = [07:30:00]", 2, "network.firms.1", "07:30:00 is not text"),
    # out of bounds
    Bad("share above 1", "[trust]\ninitial = 1.5", 2, "trust.initial", "1.5 is not a number from 0 to 1"),
    Bad("share below 0", "[trust]\ninitial = -0.1", 2, "trust.initial", "-0.1 is not a number from 0 to 1"),
    Bad("too few firms", "[firms]\ncount = 1", 2, "firms.count", "from 2 to 1,000,000"),
    Bad("too many firms", "[firms]\ncount = 2_000_000", 2, "firms.count", "from 2 to 1,000,000"),
    Bad("a tiny bound", "[knowledge]\ndecay = 0", 2, "knowledge.decay", "from 0.000001 to 1"),
    Bad("no number at all", "[trust]\ninitial = nan", 2, "trust.initial", "nan is not a number from 0 to 1"),
    Bad("without end", "[value]\njoint = inf", 2, "value.joint", "inf is not a number from 0 to 100"),
    Bad("a number beyond floats", f"[value]\njoint = 1{'0' * 400}", 2, "value.joint", "is not a number from 0 to 100"),
    Bad("event after the end", "[[environment.events]]\nquarter = 300", 2, "environment.events.1", "the last, 239"),
    Bad("an optional share", "[strategies.sharer]\nabsorptive_capacity = 2", 2, "strategies.sharer.absorptive_capacity",
        "from 0 to 1"),
    Bad("empty name", 'name = ""', 1, "name", "is empty"),
    # one of a few words
    Bad("unknown generator", '[network]\nkind = "wats_strogatz"', 2, "network.kind", 'did you mean "watts_strogatz"?'),
    Bad("unknown kind of shock", '[environment]\nshock_kind = "slump"', 2, "environment.shock_kind", '"demand_slump"?'),
    Bad("number for a word", "[environment]\nshock_scope = 1", 2, "environment.shock_scope", "global, sector, local"),
    # things that do not go together
    Bad("shares do not sum to 1", "[strategies.hoarder]\nshare = 0.5", 1, "strategies", "shares sum to 1.4"),
    Bad("warm-up too long", "[time]\nquarters = 50", 2, "time.warm_up_quarters", "must be shorter than quarters (50)"),
    Bad("more partners than firms", "[firms]\ncount = 3", 2, "network.degree", "must be below firms.count 3"),
    Bad("odd regular graph", '[network]\nkind = "regular"\ndegree = 3\n[firms]\ncount = 5', 3, "network", "even"),
    Bad("event without sector", '[[environment.events]]\nquarter = 1\nscope = "sector"', 3, "environment.events.1",
        "needs sector"),
    Bad("event in no sector", '[[environment.events]]\nquarter = 1\nscope = "sector"\nsector = 9', 4,
        "environment.events.1", "sector 9 does not exist (0 to 3)"),
    Bad("event without quarter", "[[environment.events]]\nmagnitude = 0.1", 1, "environment.events.1.quarter",
        "is missing"),
    Bad("more names than firms", '[firms]\ncount = 6\n[network]\nfirms = ["a","b","c","d","e","f","g"]', 2,
        "firms.count", "is below the 7 firms"),
    Bad("a tie of one firm", "[network]\nties = [{ first = 1, second = 1 }]", 2, "network.ties", "not a pair of firms"),
    # interventions
    Bad("a trait misspelt", "[[interventions]]\nquarter = 4\nto = { flexibilty = 1 }", 3,
        "interventions.1.to.flexibilty", 'did you mean "flexibility"?'),
    Bad("a trait in its own table", "[[interventions]]\nquarter = 4\n[interventions.to]\nopeness = 1", 4,
        "interventions.1.to.openess", 'did you mean "openness"?'),
    Bad("a trait out of bounds", "[[interventions]]\nquarter = 4\nto = { goal = 2 }", 3, "interventions.1.to.goal",
        "2 is not a number from 0 to 1"),
    Bad("a trait without to", "[[interventions]]\nquarter = 4\nflexibility = 1", 3, "interventions.1.flexibility",
        "what is set goes into to"),
    Bad("another word for to", "[[interventions]]\nquarter = 4\nset = { flexibility = 1 }", 3, "interventions.1.set",
        'did you mean "to"?'),
    Bad("misspelt and without to", "[[interventions]]\nquarter = 4\nshar = 1", 3, "interventions.1.shar", 'mean "share"?'),
    Bad("no to", "\n[[interventions]]\nquarter = 4", 2, "interventions.1", "give to = {"),
    Bad("an empty to", "[[interventions]]\nquarter = 4\nto = {}", 3, "interventions.1", "nothing is set"),
    Bad("to as a word", '[[interventions]]\nquarter = 4\nto = "flexibility"', 3, "interventions.1.to", "not a table"),
    Bad("a share of 2", "[[interventions]]\nquarter = 4\nshare = 2\nto = { goal = 1 }", 3, "interventions.1.share",
        "from 0 to 1"),
    Bad("in no sector", "[[interventions]]\nquarter = 4\nto = { goal = 1 }\nsector = 9", 4, "interventions.1",
        "sector 9 does not exist (0 to 3)"),
    Bad("strategy of the firms", '[[interventions]]\nquarter = 4\nstrategy = "hoader"\nto = { strategy = "sharer" }', 3,
        "interventions.1", 'no such strategy hoader; did you mean "hoarder"?'),
    Bad("strategy to come", '[[interventions]]\nquarter = 4\nstrategy = "sharer"\nto = { strategy = "hoader" }', 4,
        "interventions.1", 'no such strategy hoader; did you mean "hoarder"?'),
    Bad("name of a firm", 'extends = "airlines"\n[[interventions]]\nquarter = 4\nto = { goal = 1 }\nfirms = ["Lufthanza"]',
        5, "interventions.1", 'no such firm Lufthanza; did you mean "Lufthansa"?'),
    Bad("names where there are none", '[[interventions]]\nquarter = 4\nfirms = ["IBM"]\nto = { goal = 1 }', 3,
        "interventions.1", "no such firm IBM; this network names no firms"),
    Bad("position of a firm", "[[interventions]]\nquarter = 4\nfirms = [\n1,\n500,\n]\nto = { goal = 1 }", 5,
        "interventions.1", "firm 500 does not exist (0 to 99)"),
    Bad("half a firm", "[[interventions]]\nquarter = 4\nfirms = [1.5]\nto = { goal = 1 }", 3, "interventions.1.firms.1",
        "1.5 is not a firm"),
    Bad("one firm", "[[interventions]]\nquarter = 4\nfirms = 3\nto = { goal = 1 }", 3, "interventions.1.firms",
        "firms = [3]"),
    Bad("the second of two", "[[interventions]]\nquarter = 4\nto = { goal = 1 }\n[[interventions]]\nquarter = 400\n"
        "to = { goal = 1 }", 5, "interventions.2", "quarter 400 is after the last, 239"),
    Bad("single brackets", "[interventions]\nquarter = 4", 1, "interventions", "double brackets: [[interventions]]"),
    Bad("interventions misspelt", "[[intervention]]\nquarter = 4", 1, "intervention", '"interventions"?'),
    Bad("interventions elsewhere", "[[environment.interventions]]\nquarter = 4", 1, "environment.interventions",
        'did you mean "interventions"?'),
    # events
    Bad("every 0 quarters", "[[environment.events]]\nquarter = 4\nevery = 0", 3, "environment.events.1.every", "from 1 to"),
    Bad("half with a firm", '[[environment.events]]\nquarter = 4\nscope = "half"\nfirm = 3', 4,
        "environment.events.1.firm", 'the scope is "half"'),
    Bad("correlated from nowhere", '[[environment.events]]\nquarter = 4\nscope = "correlated"', 3,
        "environment.events.1", "needs firm"),
    Bad("at no firm", '[[environment.events]]\nquarter = 4\nscope = "local"\nfirm = 300', 4, "environment.events.1",
        "firm 300 does not exist (0 to 99)"),
    Bad("kind of an event", '[[environment.events]]\nquarter = 4\nkind = "rival_bann"', 3, "environment.events.1.kind",
        'did you mean "rival_ban"?'),
    Bad("events in single brackets", "[environment.events]\nquarter = 4", 1, "environment.events", "double brackets"),
    # mechanisms
    Bad("a mechanism misspelt", "[mechanisms]\nrenegotation = false", 2, "mechanisms.renegotation", '"renegotiation"?'),
    Bad("no such mechanism", "[mechanisms]\nxyz = false", 2, "mechanisms.xyz", "`alliances mechanisms` lists them"),
    Bad("a mechanism off in quotes", '[mechanisms]\nloyalty = "off"', 2, "mechanisms.loyalty", '"off" is not true or false'),
    Bad("a mechanism off", "[mechanisms]\nloyalty = off", 2, "loyalty", "a switch is written true or false"),
    Bad("a list of mechanisms", 'mechanisms = ["loyalty"]', 1, "mechanisms", "below it loyalty = false"),
    # mix
    Bad("mix of an unknown strategy", "[mix]\nhoader = 0.5", 2, "mix.hoader", 'did you mean "hoarder"?'),
    Bad("mix above 1", "[mix]\nhoarder = 0.5\nsharer = 0.7", 1, "mix", "sum to 1.2, must not exceed 1"),
    Bad("mix of a text", '[mix]\nhoarder = "half"', 2, "mix.hoarder", "not a number from 0 to 1"),
    Bad("mix that is no table", "mix = 0.5", 1, "mix", "is not a table of shares"),
    # extends
    Bad("extends what is not there", 'extends = "constant_chnge"', 1, "extends", 'did you mean "constant_change"?'),
    Bad("extends a missing file", 'extends = "wrld.toml"', 1, "extends", 'no such file; did you mean "world.toml"?'),
    Bad("extends a folder", 'extends = "../"', 1, "extends", "is a folder, not a file"),
    Bad("extends a table", 'extends = "ties.csv"', 1, "extends", "scenario files end in .toml"),
    Bad("extends itself", 'extends = "world.toml"', 1, "extends", "circle: world.toml -> world.toml"),
    Bad("extends two", 'extends = ["calm", "hoarders"]', 1, "extends", "the name of one scenario"),
    Bad("extends nothing", 'extends = ""', 1, "extends", "shipped: baseline"),
    Bad("extends without .toml", 'extends = "world"', 1, "extends", 'world.toml"?'),
    # not TOML
    Bad("key given twice", "[trust]\ninitial = 0.5\ngain = 1\ninitial = 0.6", 4, "trust.initial", "first on line 2"),
    Bad("table opened twice", "[trust]\ngain = 1\n[fit]\n[trust]\nloss = 1", 4, "trust", "first on line 1"),
    Bad("key twice in one line", "trust = { gain = 1, gain = 2 }", 1, "trust.gain", "given twice"),
    Bad("text without quotes", "[network]\nkind = regular", 2, "kind", "text needs quotes"),
    Bad("colon", "[trust]\ninitial: 0.5", 2, "initial", "with = instead of :"),
    Bad("True", "[strategies.sharer]\nside_deals = True", 2, "side_deals", "in small letters"),
    Bad("no digit before the point", "[trust]\ninitial = .5", 2, "initial", "0.5"),
    Bad("comma for a point", "[trust]\ninitial = 0,5", 2, "initial", "written with a point"),
    Bad("per cent", "[trust]\ninitial = 50%", 2, "initial", "without %"),
    Bad("no value", "[trust]\ninitial =", 2, "initial", "a value is missing"),
    Bad("no =", "[trust]\ninitial 0.5", 2, "", "needs = and a value"),
    Bad("open quote", 'title = "x\n[trust]', 1, "title", "a quote is missing"),
    Bad("open bracket", "[trust\ninitial = 0.5", 1, "", "] behind it"),
    Bad("open list", "[network]\nfirms = [\n'a',", 3, "", "] is missing"),
    Bad("a date without quotes", "[network]\nat = 2005-01", 2, "at", "in quotes"),
    Bad("other comments", "// firms\n[firms]", 1, "", "a comment begins with #"),
    Bad("too deep", f"x = {'[' * 5000}", 0, "", "too deep"),
    Bad("thousands of digits", f"x = {'9' * 5000}", 0, "", "too many digits"),
    # files of networks, as the scenario names them
    Bad("file without kind", '[network]\nfile = "ties.csv"', 2, "network.file", 'only with kind = "file"'),
    Bad("date without kind", '[network]\nat = "2005"', 2, "network.at", 'only with kind = "file"'),
    Bad("kind without file", '[network]\nkind = "file"', 2, "network.file", "needs file ="),
    Bad("missing file", '[network]\nkind = "file"\nfile = "tis.csv"', 3, "network.file", 'did you mean "ties.csv"?'),
    Bad("missing folder", '[network]\nkind = "file"\nfile = "data/t.csv"', 3, "network.file", "there is no folder"),
    Bad("folder as file", '[network]\nkind = "file"\nfile = "."', 3, "network.file", "is a folder"),
    Bad("other kinds of file", '[network]\nkind = "file"\nfile = "t.xlsx"', 3, "network.file", ".csv, .tsv, .txt"),
    Bad("number as file", '[network]\nkind = "file"\nfile = 3', 3, "network.file", "3 is not text"),
    Bad("impossible date", '[network]\nkind = "file"\nfile = "ties.csv"\nat = "2005-13"', 4, "network.at", "01 to 12"),
    Bad("date in another form", '[network]\nkind = "file"\nfile = "ties.csv"\nat = "1/2005"', 4, "network.at",
        "YYYY, YYYY-MM or YYYY-MM-DD"),
    Bad("nothing lives then", '[network]\nkind = "file"\nfile = "ties.csv"\nat = 1990', 4, "network.at",
        "dates run from 2001-01-01 to 2003-05-01"),
    Bad("too few firms for the file", '[network]\nkind = "file"\nfile = "ties.csv"\n[firms]\ncount = 2', 5,
        "firms.count", "is below the 3 firms"),
    Bad("ties here and there", '[network]\nkind = "file"\nfile = "ties.csv"\nties = [{first=0,second=1}]', 4,
        "network.ties", "read from network.file"),
]  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder where people are: it holds ties.csv and t.xlsx, and soon world.toml."""
    (tmp_path / "ties.csv").write_text("a,b,since\nAlpha,Beta,2001\nBeta,Gamma,2003-05\n", encoding="utf-8")
    (tmp_path / "t.xlsx").write_bytes(b"PK\x03\x04")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def problems_of(path: str | Path) -> tuple[Problem, ...]:
    with pytest.raises(InputError) as caught:
        load(path)
    return caught.value.problems


@pytest.mark.parametrize("bad", BAD_SCENARIOS, ids=lambda bad: bad.what)
def test_a_bad_scenario_is_refused_with_line_key_and_advice(bad: Bad, folder: Path) -> None:
    (folder / "world.toml").write_text(bad.text, encoding="utf-8")
    first, *others = problems_of("world.toml")
    assert others == []
    assert (first.file, first.line, first.key) == ("world.toml", bad.line, bad.key)
    assert bad.says in first.message
    if bad.line:
        line = bad.text.split("\n")[bad.line - 1]
        assert first.excerpt == line[:110]
        assert 0 <= first.column <= len(first.excerpt) + 1


def test_the_table_is_long_enough_and_says_nothing_twice() -> None:
    assert len({bad.text for bad in BAD_SCENARIOS}) == len(BAD_SCENARIOS) >= 70


def test_all_problems_of_a_file_come_at_once_in_order(folder: Path) -> None:
    text = """extends = "clam"
titel = "x"
[firms]
count = 1
sectors = "4"
[network]
kind = "rgular"
[strategies.hoarder]
sidedeals = true
[[environment.events]]
magnitude = 2
[mix]
sharr = 0.3
"""
    (folder / "world.toml").write_text(text, encoding="utf-8")
    found = [(problem.line, problem.key) for problem in problems_of("world.toml")]
    assert found == [
        (1, "extends"),
        (2, "titel"),
        (4, "firms.count"),
        (5, "firms.sectors"),
        (7, "network.kind"),
        (9, "strategies.hoarder.sidedeals"),
        (10, "environment.events.1.quarter"),
        (11, "environment.events.1.magnitude"),
        (13, "mix.sharr"),
    ]


def test_problems_of_a_scenario_and_of_its_network_come_together(folder: Path) -> None:
    (folder / "ties.csv").write_text("a,b\nAlpha,Alpha\n", encoding="utf-8")
    (folder / "world.toml").write_text(
        'trust.initial = 2\n[network]\nkind = "file"\nfile = "ties.csv"\n', encoding="utf-8"
    )
    found = [(problem.file, problem.line, problem.key) for problem in problems_of("world.toml")]
    assert found == [("world.toml", 1, "trust.initial"), ("ties.csv", 2, "b")]


def test_a_problem_of_a_parent_names_the_parents_file(folder: Path) -> None:
    (folder / "parent.toml").write_text("\n[trust]\ninitial = 2\n", encoding="utf-8")
    (folder / "world.toml").write_text('extends = "parent.toml"\n[trust]\ngain = 9\n', encoding="utf-8")
    found = [(problem.file, problem.line, problem.key) for problem in problems_of("world.toml")]
    assert found == [("world.toml", 3, "trust.gain"), ("parent.toml", 3, "trust.initial")]


def test_a_circle_is_named(folder: Path) -> None:
    for name, parent in (("a", "b"), ("b", "c"), ("c", "b")):
        (folder / f"{name}.toml").write_text(f'title = "x"\nextends = "{parent}.toml"\n', encoding="utf-8")
    (problem,) = problems_of("a.toml")
    assert (problem.file, problem.line, problem.key) == ("c.toml", 2, "extends")
    assert "b.toml -> c.toml -> b.toml" in problem.message


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("", "is empty; shipped: baseline"),
        ("  ", "is empty"),
        ("baselin", 'did you mean "baseline"?'),
        ("zzz", "shipped: baseline, airlines"),
        ("wrld.toml", "no such file"),
        ("there/world.toml", 'there is no folder "there"'),
        ("sub", "is a folder"),
        ("sub/", "is a folder"),
        ("sub/.", "is a folder"),
        (".", "is a folder"),
        ("ties.csv", "scenario files end in .toml"),
        ("ties.csv/world.toml", "no such file"),
        ("wor\0ld.toml", "not a name that a file can have"),
        ("w" * 300 + ".toml", "cannot be opened"),
    ],
)  # fmt: skip
def test_a_scenario_that_is_not_there(name: str, says: str, folder: Path) -> None:
    (folder / "sub").mkdir()
    (problem,) = problems_of(name)
    assert says in problem.message


def test_a_file_that_is_not_utf8_names_the_line(folder: Path) -> None:
    (folder / "world.toml").write_bytes("# a\ntitle = 'Malév'\n".encode("latin-1"))
    (problem,) = problems_of("world.toml")
    assert (problem.file, problem.line) == ("world.toml", 2)
    assert "encoding UTF-8" in problem.message
    (folder / "world.toml").write_bytes("title = 'x'\n".encode("utf-16"))
    assert "UTF-16" in problems_of("world.toml")[0].message


def test_a_file_that_may_not_be_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "world.toml").write_text("", encoding="utf-8")
    monkeypatch.setattr("os.access", lambda path, mode: False)
    assert "no permission to read it" in problems_of("world.toml")[0].message
