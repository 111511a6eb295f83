"""What a page of the lab shows, as a file."""

import csv
import io
import re
import threading
import time
import xml.etree.ElementTree as ElementTree

import pytest
from PIL import Image

from experiments.lab import saving
from experiments.lab.bounded import StoppedError
from experiments.lab.packing import unpack
from experiments.lab.saving import COLUMNS, save
from experiments.sentences import CAUSES_IN_WORDS
from scenarios import load
from simulation import simulate
from simulation.problems import InputError

SMALL = {"firms.count": 16, "time.quarters": 40, "time.warm_up_quarters": 8}


def arm(name, **changes):
    return {"name": name, "ask": {"scenario": "constant_change", "changes": SMALL | changes, "seed": 2}}


STATE = {
    "arms": [arm("as it is"), arm("=managed", **{"firms.alliance_function_share": 0.9})],
    "quarter": 20,
    "title": "Would managers help? </title>",
}


def test_the_table_holds_every_alliance_of_every_arm():
    content, media_type, name = save("csv", STATE)
    assert media_type == "text/csv; charset=utf-8"
    assert name == "would-managers-help-title.csv"
    rows = list(csv.DictReader(io.StringIO(content.decode())))
    assert tuple(rows[0]) == COLUMNS
    run = simulate(load("constant_change").with_(SMALL), seed=2)
    spells = run.spells()
    mine = [row for row in rows if row["arm"] == "as it is"]
    assert len(mine) == len(spells.first)
    for k, row in enumerate(mine):
        assert (row["alliance"], row["born_in_quarter"]) == (str(k), str(spells.born[k]))
        assert row["first_firm"] == run.names[spells.first[k] % 16]
        ended = spells.cause[k] >= 0
        assert row["ended_in_quarter"] == (str(spells.ended[k]) if ended else "")
        assert (row["ended_by"] in CAUSES_IN_WORDS.values()) == ended
        assert int(row["lived_quarters"]) == spells.ended[k] - spells.born[k]
    assert {row["arm"] for row in rows} == {"as it is", "'=managed"}  # a spreadsheet would take it for a formula


def test_the_picture_holds_the_networks_side_by_side():
    content, media_type, name = save("svg", STATE)
    assert (media_type, name[-4:]) == ("image/svg+xml", ".svg")
    root = ElementTree.fromstring(content)
    inner = [child for child in root if child.tag.endswith("svg")]
    assert [child.get("x") for child in inner] == ["0", inner[0].get("width")]
    assert float(root.get("width")) == pytest.approx(sum(float(child.get("width")) for child in inner))
    assert "end of quarter 20" in inner[0].get("aria-label")
    ids = re.findall(r'\sid="([^"]+)"', content.decode())
    assert len(ids) == len(set(ids))
    assert b"<script" not in content


def test_a_network_is_that_of_the_run_at_its_end():
    (shown,), _, _ = saving._read({"arms": [arm("one")]}, None)
    graph, run = saving.graph_at(shown, 10**6), simulate(load("constant_change").with_(SMALL), seed=2)
    expected = run.graph_at()
    assert set(map(frozenset, graph.edges)) == set(map(frozenset, expected.edges))
    for a, b, data in graph.edges(data=True):
        assert data["trust"] == pytest.approx(expected.edges[a, b]["trust"], abs=1 / 255)
    for seat, data in graph.nodes(data=True):
        assert data == {name: expected.nodes[seat][name] for name in data}


def test_the_film_shows_the_whole_run():
    content, media_type, _ = save("gif", STATE)
    assert media_type == "image/gif"
    assert Image.open(io.BytesIO(content)).n_frames == 40


@pytest.mark.slow
def test_the_page_holds_everything_and_says_who_does_better():
    content, media_type, _ = save("html", STATE)
    assert media_type == "text/html; charset=utf-8"
    page = content.decode()
    assert "<h1>Would managers help? &lt;/title&gt;</h1>" in page
    assert re.search(r"With “=managed”, more alliances live five years than with “as it is” in \d+ of \d+ worlds", page)
    assert len(re.findall(r"<li data-arm=", page)) == 3
    assert '"quarter": 20' in page


def test_one_arm_says_its_own_sentence():
    (shown,), _, _ = saving._read({"arms": [arm("one")]}, None)
    assert saving.verdict([shown], []) == unpack(shown.packed)[0]["sentence"]


@pytest.mark.parametrize(
    ("form", "state", "told"),
    [
        ("pdf", STATE, 'no file of form "pdf"'),
        ("htm", STATE, 'did you mean "html"'),
        ("csv", None, "state: is not a table"),
        ("csv", [], "state: is not a table"),
        ("csv", {}, r"state\.arms: is not a list of 1 to 4"),
        ("csv", {"arms": []}, r"state\.arms: is not a list of 1 to 4"),
        ("csv", {"arms": [arm("a")] * 5}, r"state\.arms: is not a list of 1 to 4"),
        ("csv", {"arms": ["a"]}, r"state\.arms: is not a list of 1 to 4"),
        ("csv", {"arms": [{"name": 3, "ask": {"scenario": "baseline"}}]}, r"state\.arms\.name"),
        ("csv", {"arms": [{"name": "a"}]}, "is not a table"),
        ("csv", {"arms": [{"name": "a", "ask": {"scenario": "baselin"}}]}, 'did you mean "baseline"'),
        ("csv", {"arms": [arm("a")], "quarter": -1}, r"state\.quarter"),
        ("csv", {"arms": [arm("a")], "quarter": "1"}, r"state\.quarter"),
        ("csv", {"arms": [arm("a")], "title": 3}, r"state\.title"),
    ],
)
def test_anything_else_is_refused(form, state, told):
    with pytest.raises(InputError, match=told):
        save(form, state)


def test_texts_become_one_printable_line():
    assert saving._line("a\nb\x00c‮d " + "x" * 200) == ("a b c d " + "x" * 200)[: saving.LONGEST_NAME]


def test_a_page_is_begun_no_further_when_nobody_waits(monkeypatch):
    stop = threading.Event()
    told = []

    def autopsies(*words, stop, **others):
        told.append(words)
        stop.set()
        return {}

    monkeypatch.setattr("experiments.lab.offline.autopsies_of", autopsies)
    with pytest.raises(StoppedError):
        save("html", STATE, stop=stop)
    assert len(told) == 1
    for form in ("html", "csv", "svg", "gif"):
        with pytest.raises(StoppedError):
            save(form, STATE, stop=stop)


def test_large_worlds_have_fewer_worlds_behind_them_and_no_stories(monkeypatch):
    monkeypatch.setattr(saving, "WORK", 1)
    monkeypatch.setattr(saving, "STORY_WORK", 1)
    page = save("html", {"arms": [arm("one")]}).content.decode()
    assert "come from 4 worlds of each arm; these worlds are so large that this file holds no stories" in page
    (shown,), _, _ = saving._read({"arms": [arm("one")]}, None)
    run = simulate(load("constant_change").with_(SMALL), seed=2)
    assert shown.work == run.series("living").sum() + 16 * 40


@pytest.mark.slow
def test_the_largest_page_is_made_in_time():
    """Four of the largest worlds, on one thread: about ten seconds."""
    changes = {"firms.count": 300, "time.quarters": 400, "formation.rate": 1.0}
    arms = [{"name": f"arm {k}", "ask": {"scenario": "baseline", "changes": changes, "world": k}} for k in range(4)]
    begin = time.thread_time()
    save("html", {"arms": arms})
    assert time.thread_time() - begin < 15
