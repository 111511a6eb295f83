"""The journey of someone who teaches, of someone who decides, and of those whom they send the page to (docs/lab.md)."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import states
from driving import at_rest

if TYPE_CHECKING:
    from playwright.sync_api import Page

PORTFOLIO = """a,b,since
Ours,Delta,2019
Ours,Echo,2021-04
Ours,Foxtrot,2024
Delta,Golf,2015
Echo,Foxtrot,2022
Golf,Hotel,2024-10
"""


def test_a_class_bets_looks_and_learns_what_would_have_saved_it(page: "Page", class_server: str) -> None:
    """Chapter 4: bet, reveal, a dead alliance, its life, and what it would have taken."""
    states.start(page, class_server)
    assert states.hook(page, "lessons").is_visible()
    states.revealed(page, class_server, 4)
    assert len(states.hook(page, "debrief").inner_text()) > 100
    states.ended(page).first.click()
    states.hook(page, "but-for").locator("li").first.wait_for()
    assert states.hook(page, "autopsy-answer").inner_text().strip()


@pytest.mark.parametrize("number", range(1, 9))
def test_every_chapter_runs_to_its_debrief(page: "Page", class_server: str, number: int) -> None:
    states.revealed(page, class_server, number)
    assert states.hook(page, "debrief").inner_text().strip()


def test_every_move_of_a_slider_is_one_new_history(page: "Page", lab_server: str) -> None:
    states.small(page, lab_server)
    states.hook(page, "scrub").press("End")
    pictures = set()
    for _ in range(4):
        pictures.add(states.hook(page, "network").first.screenshot())
        states.slider(page, states.SHOCKS).press("PageUp")
        at_rest(page)
    assert len(pictures) == 4


def test_two_arms_are_compared_over_the_same_worlds(page: "Page", lab_server: str) -> None:
    states.two_arms(page, lab_server)
    verdict = states.hook(page, "verdict")
    verdict.get_by_text(re.compile(r"\b\d+ of \d+ worlds")).first.wait_for()
    assert states.hook(page, "network").count() == 2
    assert states.hook(page, "arm").count() == 2


def test_a_link_brings_back_what_was_seen(page: "Page", open_page, lab_server: str) -> None:
    states.autopsy(page, lab_server)
    answer = states.hook(page, "autopsy-answer").inner_text()
    value = states.slider(page, states.SHOCKS).input_value()
    states.hook(page, "link").click()
    other = open_page()
    other.goto(page.url)
    at_rest(other)
    states.hook(other, "autopsy-answer").wait_for()
    assert states.hook(other, "autopsy-answer").inner_text() == answer
    assert states.slider(other, states.SHOCKS).input_value() == value
    assert states.hook(other, "arm").count() == 2


def test_own_alliances_are_drawn_under_their_names(page: "Page", lab_server: str, tmp_path: Path) -> None:
    states.sandbox(page, lab_server)
    own = tmp_path / "mine.csv"
    own.write_text(PORTFOLIO, encoding="utf-8")
    states.hook(page, "load-csv").set_input_files(own)
    states.hook(page, "ended-list").get_by_text("Foxtrot").first.wait_for()
    at_rest(page)


def test_a_name_that_is_markup_stays_a_name(page: "Page", open_page, lab_server: str, tmp_path: Path) -> None:
    """In the lab and in the page it saves: a file of alliances may come from anywhere."""
    name = "<img src=x onerror=fail()>"
    states.sandbox(page, lab_server)
    own = tmp_path / "mine.csv"
    own.write_text(f"a,b\n{name},Delta\n{name},Echo\nDelta,</script><b>Echo\n", encoding="utf-8")
    states.hook(page, "load-csv").set_input_files(own)
    states.hook(page, "ended-list").get_by_text(name).first.wait_for()
    states.ended(page).first.click()
    states.hook(page, "autopsy-answer").wait_for()
    at_rest(page)
    away = open_page(offline=True)
    states.offline(away, states.saved(page, tmp_path))
    for shown in (page, away):
        assert shown.locator("img[src=x]").count() == 0
        assert shown.get_by_text(name).count() > 0


def test_a_wrong_row_of_own_alliances_is_named_with_its_line(
    page: "Page", lab_server: str, watch, tmp_path: Path
) -> None:
    watch.expect("400")
    states.sandbox(page, lab_server)
    own = tmp_path / "mine.csv"
    own.write_text("a,b\nOurs,Delta\nOurs\n", encoding="utf-8")
    states.hook(page, "load-csv").set_input_files(own)
    message = states.hook(page, "message")
    message.get_by_text(re.compile(r"\bline 3\b", re.IGNORECASE)).first.wait_for()
    states.slider(page, states.SHOCKS).press("ArrowRight")
    at_rest(page)


@pytest.mark.parametrize(("form", "begins"), [("csv", b""), ("svg", b"<"), ("gif", b"GIF8")])
def test_what_is_seen_is_saved(page: "Page", lab_server: str, tmp_path: Path, form: str, begins: bytes) -> None:
    states.small(page, lab_server)
    with page.expect_download() as download:
        states.hook(page, f"save-{form}").click()
    path = tmp_path / "saved"
    download.value.save_as(path)
    assert download.value.suggested_filename.endswith(f".{form}")
    assert path.stat().st_size > 1000
    assert path.read_bytes().startswith(begins)


def test_a_colleague_without_python_scrubs_and_clicks_in_the_saved_page(
    page: "Page", open_page, lab_server: str, tmp_path: Path
) -> None:
    states.small(page, lab_server)
    away = open_page(offline=True)
    states.offline(away, states.saved(page, tmp_path))
    quarter = states.hook(away, "quarter").inner_text()
    states.hook(away, "scrub").press("ArrowRight")
    assert states.hook(away, "quarter").inner_text() != quarter
    states.ended(away).first.click()
    states.hook(away, "autopsy").wait_for()


def test_a_broken_link_is_said_and_the_lab_starts(page: "Page", lab_server: str) -> None:
    page.goto(f"{lab_server}#lab-1.nonsense")
    at_rest(page)
    assert states.hook(page, "message").inner_text().strip()
