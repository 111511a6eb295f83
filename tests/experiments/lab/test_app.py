import gzip
import json
import socket
import threading
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest

from experiments.lab.bounded import StoppedError
from experiments.lab.packing import unpack
from experiments.lab.worlds import Worlds
from simulation.events import CAUSES

ROOT = Path(__file__).resolve().parents[3]
ASK = {
    "scenario": "constant_change",
    "changes": {"firms.count": 30, "time.quarters": 60, "environment.shock_rate": 0.3},
}


def test_the_start_names_scenarios_sliders_causes_and_limits(lab: Any) -> None:
    found = lab.get("/api/start").json
    assert [one["name"] for one in found["scenarios"]] == list(Worlds().names)
    assert found["scenario"] == "baseline"
    assert found["causes"] == list(CAUSES)
    assert found["limits"] == {"firms": 300, "quarters": 400, "arms": 4, "worlds": 200}
    assert {"path", "group", "label", "meaning", "unit", "source", "kind", "featured"} <= set(found["sliders"][0])
    assert isinstance(found["lessons"], list)


def test_a_history_and_an_ensemble_are_packed(lab: Any) -> None:
    answer = lab.get("/api/history", ask=ASK)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/octet-stream")
    header, arrays = unpack(answer.body)
    assert (header["firms"], header["quarters"], header["settings"]["environment.shock_rate"]) == (30, 60, 0.3)
    assert lab.get("/api/history", ask=ASK).body == answer.body
    many, _ = unpack(lab.get("/api/ensemble", ask=ASK, first=190, count=16).body)
    assert (many["first"], many["count"]) == (190, 10)
    assert len(arrays["first"]) == len(arrays["ended"])


def test_an_alliance_that_ended_has_an_autopsy_whose_but_for_can_be_asked_for(lab: Any) -> None:
    _, arrays = unpack(lab.get("/api/history", ask=ASK).body)
    ended = int(np.argmax((arrays["ended"] < 60) & (arrays["ended"] - arrays["formed"] > 8)))
    found = lab.get("/api/autopsy", ask=ASK, alliance=ended).json
    assert found["alliance"]["index"] == ended
    assert found["alliance"]["first"]["seat"] == arrays["first"][ended]
    assert CAUSES[arrays["cause"][ended]] == found["alliance"]["cause"]
    assert found["answer"]
    for change in found["but_for"]:
        again = ASK | {"interventions": change["interventions"], "changes": ASK["changes"] | change["changes"]}  # type: ignore[operator]
        assert lab.get("/api/history", ask=again).status == 200
    assert "alliance" in lab.get("/api/autopsy", ask=ASK, alliance=99_999).problems


def test_firms_and_runs_have_stories(lab: Any) -> None:
    assert lab.get("/api/firm", ask=ASK, seat=3, quarter=40).json["firm"]["seat"] == 3
    assert lab.get("/api/firm", ask=ASK, seat=3).json["firm"]["quarter"] == 59
    assert lab.get("/api/firm", ask=ASK, seat=30).status == 400
    assert len(lab.get("/api/telling", ask=ASK).json["alliances"]) <= 3
    alone = {"scenario": "calm", "changes": {"network.kind": "empty", "formation.rate": 0.0, "time.quarters": 8}}
    assert lab.get("/api/telling", ask=alone).json["alliances"] == []


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/api/history", "ask: is not JSON"),
        ("/api/history?ask=%ff%fe", "ask: is not JSON"),
        ("/api/ensemble?ask={%22scenario%22:%22calm%22}&count=x", 'count: "x" is not a whole number'),
        ("/api/ensemble?ask={%22scenario%22:%22calm%22}&first=1.5", "first"),
        ("/api/autopsy?ask={%22scenario%22:%22calm%22}", "alliance"),
        ("/api/firm?ask={%22scenario%22:%22calm%22}&seat=" + "9" * 400, "seat"),
        ("/api/bets?lesson=0", "lesson"),
    ],
)
def test_wrong_asks_are_answered_in_words(lab: Any, path: str, said: str) -> None:
    answer = lab.get(path)
    assert answer.status == 400
    assert said in answer.problems


def test_what_is_not_there_is_not_there(lab: Any) -> None:
    for path in ("/nothing", "/api/nothing", "/static/nothing.js", "/static/../app.py", "/static/%2e%2e/app.py",
                 "/static/..%2fapp.py", "/static//etc/passwd", "/static/%00", "/static/", "/docs", "/openapi.json"):  # fmt: skip
        answer = lab.get(path)
        assert answer.status == 404, path
        assert b"import" not in answer.body


def test_the_page_and_its_files_come_with_their_types(lab: Any) -> None:
    page = lab.get("/")
    assert (page.status, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    library = lab.get("/static/vendor/uPlot/uPlot.iife.min.js")
    assert library.headers["content-type"].startswith("text/javascript")
    assert lab.get("/static/vendor/uPlot/uPlot.min.css").headers["content-type"].startswith("text/css")


def test_a_network_is_loaded_as_text_and_asked_for_by_its_digest(lab: Any) -> None:
    text = (ROOT / "scenarios/networks/airlines.csv").read_bytes()
    found = lab.post("/api/network?at=2000-07", text, {"content-type": "text/csv"}).json
    assert (found["firms"], found["names"][0]) == (82, "Air Canada")
    header, _ = unpack(lab.get("/api/history", ask={"scenario": "calm", "network": found["digest"]}).body)
    assert header["names"] == found["names"]
    assert (header["warm_up"], header["ask"]["network"]) == (0, found["digest"])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "is empty"),
        (b"a,b\nA,B\nB\n", "the file:3"),
        (b"a,b\nA,A\n", "tied to itself"),
        (b"a,b\n\xff,B\n", "UTF-8"),
        (b"a,b,since\nA,B,soon\n", "since"),
        (b"firm,group,from,to\n" + b"".join(b"F%d,G,,\n" % k for k in range(301)), "at most 300"),
        (b"firm,group,from,to\n" + b"".join(b"F%d,G%d,,\n" % (k % 300, k // 300) for k in range(4800)), "alliances"),
        (b"a,b\n" + b"A,B\n" * 6000, "rows"),
        (b"a,b\nA," + b"B" * 200 + b"\n", "letters"),
        (b"a,b\nA,\"B\n", "quote"),
        (b"/etc/passwd", "columns"),
        (b"<?xml version='1.0'?><graphml/>", "columns"),
    ],
)  # fmt: skip
def test_a_network_that_cannot_be_is_refused_with_the_line(lab: Any, text: bytes, said: str) -> None:
    answer = lab.post("/api/network", text)
    assert answer.status == 400
    assert said in answer.problems


def test_bodies_have_an_end(lab: Any) -> None:
    for path, most in (("/api/network", 256_000), ("/api/bets", 1_000), ("/api/save", 64_000)):
        assert lab.post(path, b"x" * (most + 1)).status == 413
        assert lab.post(path, b"x" * most).status != 413


def test_a_class_bets(lab: Any) -> None:
    assert lab.post("/api/bets", {"lesson": 4, "name": "Ada", "bet": 41}).json == {
        "lesson": 4,
        "name": "Ada",
        "bets": 1,
    }
    assert lab.get("/api/bets", lesson=4).json == {"lesson": 4, "bets": [{"name": "Ada", "bet": 41.0}]}


def test_saving_needs_a_form_and_a_state(lab: Any) -> None:
    for wrong in (
        b"",
        b"[]",
        b'{"form": 3}',
        b'{"form": "exe", "state": {}}',
        b'{"form": "csv"}',
        b'{"form": "csv", "state": 3}',
    ):
        answer = lab.post("/api/save", wrong)
        assert answer.status == 400, wrong
        assert answer.json["problems"]


def test_worlds_are_saved_as_files(lab: Any) -> None:
    state = {"arms": [{"name": "A", "ask": ASK}], "quarter": 3, "title": "A title"}
    answer = lab.post("/api/save", {"form": "csv", "state": state})
    assert answer.status == 200, answer.body
    assert answer.headers["content-disposition"].startswith("attachment")


def test_only_those_who_are_far_get_it_compressed(lab: Any) -> None:
    answer = lab.get("/api/history", {"accept-encoding": "gzip"}, ask=ASK)
    assert "content-encoding" not in answer.headers


def test_compressed_is_the_same(monkeypatch: pytest.MonkeyPatch, lab: Any) -> None:
    plain = lab.get("/api/history", ask=ASK)
    monkeypatch.setattr("experiments.lab.transport.LOCAL", ("nowhere",))
    answer = lab.get("/api/history", {"accept-encoding": "br, gzip;q=0.8"}, ask=ASK)
    assert (answer.headers["content-encoding"], answer.headers["vary"]) == ("gzip", "accept-encoding")
    assert gzip.decompress(answer.body) == plain.body
    for refusal in ("", "identity", "gzip;q=0"):
        assert "content-encoding" not in lab.get("/api/history", {"accept-encoding": refusal}, ask=ASK).headers


@pytest.mark.parametrize(
    "wrong",
    [
        {"scenario": "\ud800"},
        ASK | {"interventions": [{"quarter": 3, "firms": ["\ud800"], "to": {"strategy": "\ud800"}}]},
        ASK | {"interventions": [{"quarter": 3, "\ud800": 1}]},
        ASK | {"network": "\ud800"},
        ASK | {"interventions": [{"quarter": 99, "x": float("inf")}]},
    ],
)
def test_half_a_letter_and_endless_numbers_are_answered_in_words(lab: Any, wrong: dict[str, Any]) -> None:
    text = json.dumps(wrong).replace("Infinity", "1e999")
    for path in ("/api/history", "/api/autopsy", "/api/ensemble"):
        answer = lab.send("GET", f"{path}?alliance=0&ask={quote(text)}")
        assert answer.status == 400
        assert "half of a letter" in answer.problems or "1e999" in answer.problems
    arm = json.dumps({"name": "A", "ask": wrong}).replace("Infinity", "1e999")
    assert lab.post("/api/save", f'{{"form": "csv", "state": {{"arms": [{arm}]}}}}'.encode()).status == 400
    assert lab.post("/api/save", b'{"form": "csv", "state": {"title": "\\ud800"}}').problems.startswith("save: holds")


def test_one_file_is_saved_at_a_time(lab: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, stopped = threading.Event(), threading.Event()

    def slow(form: str, state: Any, worlds: Any, stop: threading.Event) -> Any:
        begun.set()
        assert stop.wait(20)
        stopped.set()
        raise StoppedError

    monkeypatch.setattr("experiments.lab.saving.save", slow)
    with socket.create_connection(("127.0.0.1", lab.port)) as line:
        head = f"POST /api/save HTTP/1.1\r\nHost: 127.0.0.1:{lab.port}\r\nContent-Length: 15\r\n\r\n"
        line.sendall(head.encode() + b'{"form": "csv"}')
        assert begun.wait(5)
        answer = lab.post("/api/save", {"form": "csv"})
        assert (answer.status, answer.headers["retry-after"]) == (503, "5")
        assert "one at a time" in answer.problems
        assert lab.get("/api/firm", ask=ASK, seat=3).status == 200  # others do not wait for it
        assert not stopped.is_set()
    assert stopped.wait(5)  # its visitor has gone
    monkeypatch.undo()
    state = {"arms": [{"name": "A", "ask": ASK}], "quarter": 3, "title": ""}
    assert lab.post("/api/save", {"form": "csv", "state": state}).status == 200
