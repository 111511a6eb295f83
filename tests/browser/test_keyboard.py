"""The whole lab with Tab, arrows, space and Enter: no test here touches the mouse."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
import states
from driving import at_rest

if TYPE_CHECKING:
    from playwright.sync_api import Page

MOST_TABS = 400
HERE = "name => document.activeElement?.matches(name) ?? false"
SHOWN = """() => {
    const here = document.activeElement;
    return here.getAttribute("aria-label") || here.innerText || here.outerHTML.slice(0, 90);
}"""

# Where the keyboard is must be seen: an outline, or a shadow in its place, of two pixels or more; none on the body.
UNSEEN = """() => {
    const here = document.activeElement;
    if (!here || here === document.body) return null;
    const shown = [here, ...(here.labels ?? []), here.parentElement].some(element => {
        const style = getComputedStyle(element);
        const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1;
        return outlined || style.boxShadow !== "none";
    });
    return shown ? null : here.outerHTML.slice(0, 120);
}"""


def tab_to(page: "Page", selector: str) -> None:
    """Press Tab until the focus is there."""
    passed = []
    for _ in range(MOST_TABS):
        if page.evaluate(HERE, selector):
            return
        page.keyboard.press("Tab")
        passed.append(page.evaluate(SHOWN))
    pytest.fail(f"Tab never came to {selector}; it passed {passed}")


def tab_and(page: "Page", hook: str, *keys: str) -> None:
    tab_to(page, f"[data-test={hook}], [data-test={hook}] :is(button, a, input)")
    for key in keys:
        page.keyboard.press(key)


def test_from_the_start_to_an_autopsy_and_what_would_have_saved_it(page, lab_server: str) -> None:
    states.start(page, lab_server)
    tab_to(page, "a[href='#sandbox'], [data-test=sandbox]")
    page.keyboard.press("Enter")
    at_rest(page)
    tab_and(page, "ended-list", "Enter")
    states.hook(page, "autopsy-answer").wait_for()
    states.hook(page, "but-for-show").first.wait_for()
    assert states.hook(page, "autopsy-answer").inner_text().strip()
    arms = states.hook(page, "arm").count()
    tab_and(page, "but-for-show", "Enter")
    at_rest(page)
    assert states.hook(page, "arm").count() == arms + 1


def test_a_slider_moves_with_the_arrows_and_the_move_is_taken_back(page, lab_server: str) -> None:
    states.sandbox(page, lab_server)
    path = f"[data-test=slider][data-path='{states.SHOCKS}']"
    tab_to(page, path)
    before = page.input_value(path)
    page.keyboard.press("ArrowRight")
    at_rest(page)
    assert float(page.input_value(path)) > float(before)
    tab_to(page, "[data-test=undo]")
    page.keyboard.press("Enter")
    at_rest(page)
    assert page.input_value(path) == before


def test_a_run_is_played_stopped_and_scrubbed(page, lab_server: str) -> None:
    states.sandbox(page, lab_server)
    play, quarter = states.hook(page, "play"), states.hook(page, "quarter")
    tab_and(page, "play", "Space")
    assert play.get_attribute("aria-pressed") == "true"
    page.wait_for_timeout(500)
    page.keyboard.press("Space")
    assert play.get_attribute("aria-pressed") == "false"
    tab_and(page, "scrub")
    before = quarter.inner_text()
    page.keyboard.press("ArrowRight")
    assert quarter.inner_text() != before


def test_the_key_of_a_letter_can_be_switched_off(page, lab_server: str) -> None:
    states.sandbox(page, lab_server)
    page.keyboard.press("e")
    assert page.evaluate(HERE, "[role=option]")
    for letters in ("off", "still off, after a reload"):
        if letters == "off":
            states.hook(page, "help").click()
            page.locator("#letters").uncheck()
            states.hook(page, "help-close").click()
        else:
            page.reload()
            at_rest(page)
        page.evaluate("() => document.activeElement?.blur()")
        page.keyboard.press("e")
        assert page.evaluate("() => document.activeElement === document.body")
    page.keyboard.press("End")
    assert page.evaluate("() => window.lab.viewer.quarter === window.lab.viewer.quarters - 1")


def test_from_the_start_to_a_bet_and_what_came_of_it(page, class_server: str) -> None:
    states.start(page, class_server)
    tab_to(page, "[data-test=lessons] :is(a, button)")
    page.keyboard.press("Enter")
    at_rest(page)
    tab_and(page, "bet", "ArrowRight", "ArrowRight")
    tab_and(page, "place-bet", "Enter")
    tab_and(page, "reveal", "Enter")
    states.hook(page, "debrief").wait_for()
    at_rest(page)


def test_the_page_is_saved(page, lab_server: str) -> None:
    states.small(page, lab_server)
    tab_to(page, "[data-test=save-html]")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename.endswith(".html")


@pytest.mark.parametrize("state", [states.start, states.autopsy, states.chapter])
def test_the_focus_is_always_seen_and_comes_round(page, lab_server: str, state: "Callable[[Page, str], None]") -> None:
    state(page, lab_server)
    page.evaluate("() => document.activeElement?.blur()")
    unseen = []
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement === document.body"):
            break
        unseen.append(page.evaluate(UNSEEN))
    else:
        pytest.fail("Tab did not leave the page: the keyboard is caught")
    assert [line for line in unseen if line] == []
