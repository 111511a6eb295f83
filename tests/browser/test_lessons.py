"""A chapter: read, bet, reveal, debrief. What the class is told is what a hundred worlds say, computed anew each time."""

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from urllib.request import urlopen

import numpy as np
import pytest
from driving import at_rest
from states import chapter, hook, slider

from experiments.lab.lessons import chapters
from experiments.lab.packing import unpack

if TYPE_CHECKING:
    from playwright.sync_api import Page

LESSONS = {lesson.number: lesson for lesson in chapters()}
TRUTH = re.compile(r"worlds it is (?P<value>-?[\d.,]+) .*interval (?P<low>-?[\d.,]+) to (?P<high>-?[\d.,]+)\)")


def bet(page: "Page", name: str, value: float) -> None:
    hook(page, "bet-number").fill(str(value))
    hook(page, "bet-name").fill(name)
    hook(page, "place-bet").click()
    page.locator("[data-test=bet-count]", has_text=name).wait_for()


def reveal(page: "Page") -> None:
    hook(page, "reveal").click()
    hook(page, "debrief").wait_for()
    at_rest(page)


def outcomes(address: str, number: int, place: int) -> np.ndarray[Any, Any]:
    """What the bet of a chapter measures, in the first 100 worlds of one of its arms."""
    lesson = LESSONS[number]
    ask = {"scenario": lesson.scenario, "changes": lesson.changes | lesson.arms[place].changes, "seed": lesson.seed}
    found = []
    for first in range(0, 100, 10):
        with urlopen(f"{address}api/ensemble?first={first}&count=10&ask={quote(json.dumps(ask))}") as answer:
            header, arrays = unpack(answer.read())
        found.append(arrays["outcomes"][:, header["measures"].index(lesson.bet.measure)])
    return np.concatenate(found).astype(float)


def test_a_whole_chapter_from_the_start_to_the_next_one(page: "Page", lab_server: str) -> None:
    """Chapter 4, as a class goes through it: three bets, the truth among them, the debrief, and on."""
    page.goto(lab_server)
    at_rest(page)
    hook(page, "chapter").nth(3).click()
    hook(page, "bet").wait_for()
    assert hook(page, "reveal").is_disabled()
    for name, value in (("Ada", 10), ("Ben", 40), ("Cem", 75)):
        bet(page, name, value)
    assert "3 bets so far: Ada, Ben, Cem." in hook(page, "bet-count").inner_text()
    assert not hook(page, "debrief").is_visible()
    reveal(page)

    values = 100 * outcomes(lab_server, 4, 1)
    told = hook(page, "truth").inner_text()
    assert "The class said 40 (10 to 75)" in told
    found = TRUTH.search(told)
    assert found, told
    assert float(found["value"]) == round(values.mean())
    half = 1.96 * values.std(ddof=1) / 10
    assert (float(found["low"]), float(found["high"])) == (round(values.mean() - half), round(values.mean() + half))
    closest = min((("Ada", 10), ("Ben", 40), ("Cem", 75)), key=lambda one: abs(one[1] - values.mean()))[0]
    assert f"Closest: {closest}." in told
    hook(page, "ledger").locator("summary").click()
    assert hook(page, "ledger").get_by_role("listitem").first.inner_text().startswith(f"{closest}: ")
    assert hook(page, "bet-chart").locator(".chart-world").count() == 100
    assert hook(page, "bet-chart").locator(".chart-bet").count() == 3

    lesson = LESSONS[4]
    for text in (*lesson.debrief, *lesson.wrong):
        assert text in hook(page, "debrief").inner_text()
    hook(page, "next-chapter").click()
    page.get_by_role("heading", name=LESSONS[5].title).wait_for()


def test_how_many_worlds_are_better_is_counted(page: "Page", lab_server: str) -> None:
    number = next(number for number, lesson in LESSONS.items() if lesson.bet.of == "better")
    chapter(page, lab_server, number)
    bet(page, "Dana", 50)
    reveal(page)
    first, second = (outcomes(lab_server, number, place) for place in (0, 1))
    known = ~np.isnan(first - second)
    share = round(100 * np.mean(second[known] > first[known]))
    assert f"Dana said 50; it is so in {share} of 100 worlds" in hook(page, "truth").inner_text()
    assert hook(page, "bet-chart").locator(".chart-world:not(.is-empty)").count() == share


def test_a_difference_is_taken_world_by_world(page: "Page", lab_server: str) -> None:
    number = next(number for number, lesson in LESSONS.items() if lesson.bet.of == "difference")
    lesson = LESSONS[number]
    chapter(page, lab_server, number)
    bet(page, "Eli", lesson.bet.low)
    reveal(page)
    difference = lesson.bet.scale * (outcomes(lab_server, number, 1) - outcomes(lab_server, number, 0))
    found = TRUTH.search(hook(page, "truth").inner_text())
    assert found
    assert float(found["value"].replace(",", "")) == pytest.approx(
        np.nanmean(difference), abs=lesson.bet.step / 2 + 1e-9
    )


def test_nothing_tells_the_answer_before_the_reveal(page: "Page", lab_server: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    chapter(page, lab_server, 3)
    page.wait_for_timeout(500)
    assert not [url for url in asked if "/api/ensemble" in url]
    for name in ("verdict", "survival-chart", "ended-list", "debrief", "controls"):
        assert not hook(page, name).is_visible(), name
    assert hook(page, "network").first.is_visible()
    assert hook(page, "play").is_visible()


def test_only_the_named_settings_are_open_and_the_truth_stays(page: "Page", lab_server: str) -> None:
    chapter(page, lab_server, 7)
    bet(page, "Fay", LESSONS[7].bet.low)
    reveal(page)
    told = hook(page, "truth").inner_text()
    shown = page.locator("[data-test=slider]:visible").evaluate_all("all => all.map(one => one.dataset.path)")
    assert sorted(shown) == sorted(LESSONS[7].controls)
    assert hook(page, "change").count() == 0
    own = page.evaluate("() => window.lab.state.document.arms.map(arm => arm.changes)")
    path = shown[0]
    slider(page, path).press("ArrowLeft")
    slider(page, path).press("ArrowLeft")
    at_rest(page)
    assert hook(page, "change").count() == 1
    assert hook(page, "truth").inner_text() == told
    page.locator(f"[data-path='{path}'] [data-test=reset]").click()
    at_rest(page)
    assert page.evaluate("() => window.lab.state.document.arms.map(arm => arm.changes)") == own


def test_what_a_chapter_proposes_is_tried_in_an_arm_of_its_own(page: "Page", lab_server: str) -> None:
    number = next(number for number, lesson in LESSONS.items() if lesson.tries)
    chapter(page, lab_server, number)
    bet(page, "Gil", LESSONS[number].bet.low)
    reveal(page)
    before = hook(page, "arm").count()
    hook(page, "try").first.click()
    at_rest(page)
    assert hook(page, "arm").count() == before + 1
    assert hook(page, "arm-name").last.input_value() == LESSONS[number].tries[0].name


def test_a_class_shares_its_bets(page: "Page", open_page: Any, lab_server: str) -> None:
    chapter(page, lab_server, 5)
    bet(page, "Hana", LESSONS[5].bet.low)
    other = open_page()
    chapter(other, lab_server, 5)
    assert "Hana" in hook(other, "bet-count").inner_text()
    bet(other, "Ivo", LESSONS[5].bet.high)
    page.get_by_text("Hana, Ivo").wait_for()
    reveal(page)
    assert hook(page, "bet-chart").locator(".chart-name").all_text_contents() == ["Hana", "Ivo"]


def test_a_name_typed_while_a_bet_is_on_its_way_stays(page: "Page", lab_server: str) -> None:
    chapter(page, lab_server, 2)
    assert hook(page, "place-bet").is_disabled()  # the middle, where the slider stands, is nobody's bet yet
    held: list[Any] = []
    page.route("**/api/bets", lambda route: held.append(route) if route.request.method == "POST" else route.continue_())
    hook(page, "bet").press("ArrowRight")
    hook(page, "bet-name").fill("Lea")
    with page.expect_request(lambda request: request.method == "POST"):
        hook(page, "place-bet").click()
    hook(page, "bet-name").fill("Mia")
    held.pop().continue_()
    page.locator("[data-test=bet-count]", has_text="Lea").wait_for()
    assert hook(page, "bet-name").input_value() == "Mia"
    assert hook(page, "bet-name").evaluate("field => field === document.activeElement")


def test_without_the_server_the_browser_keeps_the_bets(page: "Page", lab_server: str, watch: Any) -> None:
    watch.expect("503")
    page.route("**/api/bets*", lambda route: route.fulfill(status=503, json={"problems": ["no bets here"]}))
    chapter(page, lab_server, 6)
    bet(page, "Juno", LESSONS[6].bet.low)
    assert "this browser does" in hook(page, "bet-count").inner_text()
    page.reload()
    at_rest(page)
    assert "One bet so far: Juno" in hook(page, "bet-count").inner_text()
    reveal(page)
    assert "Juno said" in hook(page, "truth").inner_text()


def test_a_link_opens_a_chapter_where_it_was(page: "Page", open_page: Any, lab_server: str) -> None:
    chapter(page, lab_server, 8)
    bet(page, "Kim", LESSONS[8].bet.low)
    reveal(page)
    page.evaluate("() => window.lab.viewer.pause()")
    page.wait_for_timeout(500)
    other = open_page()
    other.goto(page.url)
    hook(other, "debrief").wait_for()
    at_rest(other)
    assert hook(other, "truth").inner_text() == hook(page, "truth").inner_text()
    assert other.title() == page.title()
