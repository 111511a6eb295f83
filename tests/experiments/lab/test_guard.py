import re
from pathlib import Path
from typing import Any

import pytest

from experiments.lab.app import STATIC
from experiments.lab.guard import POLICY


@pytest.mark.parametrize("host", ["127.0.0.1:{port}", "localhost:{port}", "LOCALHOST:{port}", "[::1]:{port}"])
def test_the_lab_answers_to_its_own_names(lab: Any, host: str) -> None:
    assert lab.get("/api/start", {"host": host.format(port=lab.port)}).status == 200


@pytest.mark.parametrize(
    "host",
    ["", "evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example:{port}", "[::1]",
     "127.0.0.1:{port}@evil", "0.0.0.0:{port}", "127.0.0.2:{port}", "127.0.0.1:٣", "127.0.0.1:+{port}", "192.168.0.1:{port}"],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/", "/api/start", "/static/vendor/uPlot/LICENSE"])
def test_the_lab_answers_to_no_other_name(lab: Any, host: str, path: str) -> None:
    answer = lab.send("GET", path, headers={"host": host.format(port=lab.port).encode()})
    assert (answer.status, b"printed" in answer.body) == (403, True)


def test_nothing_is_taken_from_other_pages(lab: Any) -> None:
    own = {"origin": f"http://127.0.0.1:{lab.port}"}
    bet = {"lesson": 9, "name": "Ada", "bet": 1}
    assert lab.post("/api/bets", bet, own).status == 200
    for origin in ("null", "http://evil.example", f"https://127.0.0.1:{lab.port}", f"http://127.0.0.1:{lab.port}.evil.example",
                   f"http://localhost:{lab.port}"):  # fmt: skip
        assert lab.post("/api/bets", bet, {"origin": origin}).status == 403


def test_no_other_page_may_read_an_answer(lab: Any) -> None:
    for path in ("/", "/api/start", "/api/nothing", "/static/vendor/uPlot/LICENSE", "/api/history"):
        answer = lab.get(path, {"origin": "http://evil.example"})
        assert not any(name.startswith("access-control") for name in answer.headers), path
        assert answer.headers["content-security-policy"] == POLICY
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cross-origin-opener-policy"] == "same-origin"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert ("no-store" in answer.headers.get("cache-control", "")) == path.startswith("/api")
        assert "server" not in answer.headers


def test_the_policy_lets_nothing_run_or_leave() -> None:
    assert "unsafe" not in POLICY
    assert POLICY.startswith("default-src 'none'")
    assert "*" not in POLICY


def test_the_page_needs_nothing_that_the_policy_forbids() -> None:
    page = (Path(STATIC) / "index.html").read_text(encoding="utf-8")
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon[a-z]+=|javascript:|https?://", page)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
def test_other_methods_are_refused(lab: Any, method: str) -> None:
    answer = lab.send(method, "/api/start")
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD, POST")


def test_only_some_addresses_take_messages(lab: Any) -> None:
    for path in ("/", "/api/start", "/api/history", "/api/ensemble", "/static/lab.js"):
        assert lab.post(path, b"").status == 405, path
    assert lab.get("/api/save").status == 405
    head = lab.send("HEAD", "/api/start")
    assert (head.status, head.body) == (200, b"")


def test_from_other_machines_the_token_is_needed_once(open_lab: Any) -> None:
    for path in ("/", "/api/start", "/static/vendor/uPlot/LICENSE"):
        for query in ("", "?token=", "?token=wrong", "?token=%ff", f"?tokens={open_lab.token}"):
            refused = open_lab.get(path + query)
            assert refused.status == 403
            assert b"token" in refused.body
            assert "set-cookie" not in refused.headers
    answer = open_lab.get(f"/?token={open_lab.token}")
    cookie = answer.headers["set-cookie"]
    assert answer.status == 200
    assert cookie.endswith("; Path=/; HttpOnly; SameSite=Strict")
    pair = cookie.split(";")[0]
    for odd in ('x={"a":1}; ', "[y]=[1,2]; ;; =; ", "\xff=\xfe; ", 'z="; '):
        assert open_lab.get("/api/start", {"cookie": odd + pair}).status == 200, odd
    assert open_lab.get("/api/start", {"cookie": f"x{pair}; y={pair}; {pair}x"}).status == 403
    brought = {"cookie": "other=1; " + cookie.split(";")[0]}
    assert open_lab.get("/api/start", brought).status == 200
    assert open_lab.get("/api/start", {"cookie": "lab=wrong"}).status == 403
    assert open_lab.get("/api/start", brought | {"host": f"evil.example:{open_lab.port}"}).status == 403


def test_without_the_word_lan_there_is_no_token(lab: Any) -> None:
    assert lab.token == ""
    assert "set-cookie" not in lab.get("/?token=").headers
