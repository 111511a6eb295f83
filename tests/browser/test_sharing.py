"""What goes in and out of the lab: links, alliances of one's own, files. Outcomes, not pixels."""

import base64
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from driving import at_rest
from runs import document, runs, verdict
from states import hook, sandbox, two_arms

if TYPE_CHECKING:
    from playwright.sync_api import Page


def test_a_link_restores_everything(page: "Page", open_page: Any, lab_server: str) -> None:
    two_arms(page, lab_server)
    hook(page, "arm-name").nth(1).fill("fewer shocks, “quoted” – ünïcode")
    page.keyboard.press("Enter")
    hook(page, "seed").fill("7")
    hook(page, "seed").press("Enter")
    hook(page, "another-world").click()
    at_rest(page)
    page.evaluate("() => window.lab.viewer.setQuarter(33)")
    page.evaluate("() => window.lab.viewer.pause()")
    page.wait_for_timeout(500)  # the address follows 300 ms after the last change
    other = open_page()
    other.goto(page.url)
    at_rest(other)
    assert document(other) == document(page)
    assert runs(other) == runs(page)
    assert other.evaluate("() => window.lab.viewer.quarter") == 33
    assert hook(other, "world").input_value() == "1"
    assert verdict(other) == verdict(page)


@pytest.mark.parametrize("fragment", ["lab-1.nonsense", "lab-1.e30", "chapter-99", "lab-2.x", "%%%"])
def test_a_broken_link_gives_a_plain_message_and_the_start(page: "Page", lab_server: str, fragment: str) -> None:
    page.goto(f"{lab_server}#{fragment}")
    at_rest(page)
    assert "This link is broken" in hook(page, "message").inner_text()
    assert hook(page, "start").is_visible()


def test_a_link_to_a_world_that_is_no_more_says_which(page: "Page", lab_server: str) -> None:
    two_arms(page, lab_server)
    arms = [arm | {"scenario": "atlantis"} for arm in document(page)["arms"]]
    text = json.dumps(document(page) | {"arms": arms, "active": 0})
    page.goto(f"{lab_server}#lab-1.{base64.urlsafe_b64encode(text.encode()).decode()}")
    at_rest(page)
    assert "atlantis" in hook(page, "message").inner_text()


def test_own_alliances_are_run_by_the_arms(page: "Page", lab_server: str, tmp_path: Path) -> None:
    sandbox(page, lab_server)
    before = runs(page)
    own = tmp_path / "mine.csv"
    own.write_text("a,b,since\nOurs,Delta,2004\nOurs,Echo,2009-05\nDelta,Foxtrot,2001\n", encoding="utf-8")
    hook(page, "load-csv").set_input_files(own)
    hook(page, "network-chip").wait_for()
    at_rest(page)
    assert "mine.csv (4 firms, 3 alliances)" in hook(page, "network-chip").inner_text()
    names = page.evaluate("() => window.lab.viewer.arms[0].history.names")
    assert sorted(names) == ["Delta", "Echo", "Foxtrot", "Ours"]
    hook(page, "network-chip").get_by_role("button").click()
    at_rest(page)
    assert runs(page) == before


def test_what_is_wrong_with_a_file_is_said_with_its_line(
    page: "Page", lab_server: str, watch: Any, tmp_path: Path
) -> None:
    watch.expect("400")
    sandbox(page, lab_server)
    before = document(page)
    bad, large = tmp_path / "bad.csv", tmp_path / "large.csv"
    bad.write_text("a,b\nOurs,Delta\nOurs\n", encoding="utf-8")
    large.write_text("a,b\n" + "Ours,Delta\n" * 30_000, encoding="utf-8")
    hook(page, "load-csv").set_input_files(bad)
    hook(page, "message").get_by_text("Line 3").wait_for()
    assert "bad.csv was not loaded" in hook(page, "message").inner_text()
    hook(page, "load-csv").set_input_files(large)
    hook(page, "message").get_by_text("at most 256 kB").wait_for()
    assert document(page) == before


@pytest.mark.parametrize("form", ["html", "csv", "svg", "gif"])
def test_all_forms_are_saved_with_all_arms(page: "Page", lab_server: str, form: str) -> None:
    two_arms(page, lab_server)
    with page.expect_request("**/api/save") as asked, page.expect_download() as download:
        hook(page, f"save-{form}").click()
    assert download.value.suggested_filename.endswith(f".{form}")
    at_rest(page)
    sent = asked.value.post_data_json
    assert sent["form"] == form
    assert [arm["name"] for arm in sent["state"]["arms"]] == ["A", "B"]
    assert sent["state"]["arms"][1]["ask"]["changes"] == document(page)["arms"][1]["changes"]


def test_what_a_page_stores_holds_no_run(page: "Page", lab_server: str) -> None:
    """The address and this browser hold the settings alone: a link is short enough for a mail."""
    two_arms(page, lab_server)
    page.wait_for_timeout(500)
    assert len(page.url) < 1000
    kept = json.loads(page.evaluate("() => JSON.stringify({...localStorage})"))
    assert set(kept) <= {"alliance-lab-letters"}  # whether keys of a single letter are wanted


def test_a_file_dropped_on_the_page_is_loaded(page: "Page", lab_server: str) -> None:
    sandbox(page, lab_server)
    page.evaluate("""() => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File(["a,b\\nOurs,Delta\\nDelta,Echo\\n"], "dropped.csv", {type: "text/csv"}));
        for (const kind of ["dragover", "drop"])
            document.body.dispatchEvent(new DragEvent(kind, {bubbles: true, cancelable: true, dataTransfer}));
    }""")
    hook(page, "network-chip").get_by_text("dropped.csv (3 firms, 2 alliances)").wait_for()
    at_rest(page)
