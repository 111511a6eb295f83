"""No barrier that axe-core calls serious or critical in any place of the lab; all of it usable at 200 %."""

from pathlib import Path
from typing import TYPE_CHECKING

import axe
import pytest
import states

if TYPE_CHECKING:
    from playwright.sync_api import Page

NARROW = {"viewport": {"width": 700, "height": 450}, "device_scale_factor": 2}  # 1400 by 900, at 200 %
STATES = ["start", "sandbox", "autopsy", "chapter", "revealed"]

needs_axe = pytest.mark.skipif(
    not axe.SCRIPT.exists(), reason="no axe-core: `make axe` fetches it (with npm and a network), and this test runs"
)

# How far the page can be moved sideways, and what sticks out of it without a place of its own to move in.
SIDEWAYS = """() => {
    const width = document.documentElement.clientWidth;
    const moves = element => ["auto", "scroll", "hidden", "clip"].includes(getComputedStyle(element).overflowX);
    const inside = element => { for (let at = element.parentElement; at && at !== document.body; at = at.parentElement)
        if (moves(at)) return true; return false; };
    const out = [...document.body.querySelectorAll("*")].filter(element => {
        const box = element.getBoundingClientRect();
        return box.width && box.height && box.right > width + 1 && !inside(element);
    });
    const by = document.documentElement.scrollWidth - width;
    return {by, out: out.slice(0, 5).map(element => element.outerHTML.slice(0, 120))};
}"""

# Controls that are shown but that nobody can reach: outside the page, or under something else once scrolled to. What an
# autopsy covers is reached by Escape, which closes it.
HIDDEN = """() => {
    const found = [];
    for (const element of document.querySelectorAll("button, a[href], input, select, textarea, [tabindex='0']")) {
        if (element.disabled || !element.checkVisibility({checkVisibilityCSS: true})) continue;
        element.scrollIntoView({block: "center", inline: "center", behavior: "instant"});
        const box = element.getBoundingClientRect();
        if (!box.width || !box.height) continue;
        const at = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
        if (at?.closest("[data-test=autopsy]") && !element.closest("[data-test=autopsy]")) continue;
        const labels = [...(element.labels ?? [])];
        if (!at || !(element.contains(at) || at.contains(element) || labels.some(label => label.contains(at))))
            found.push(element.outerHTML.slice(0, 120) + " is under " + (at ? at.outerHTML.slice(0, 80) : "the edge"));
    }
    return found;
}"""


def whole_and_open(page: "Page") -> None:
    """Nothing sticks out of a page, and nothing in it lies under something else."""
    assert page.evaluate(SIDEWAYS) == {"by": 0, "out": []}
    found = page.evaluate(HIDDEN)
    assert not found, "\n".join(found)


@needs_axe
@pytest.mark.parametrize("state", STATES)
def test_no_place_of_the_lab_keeps_people_out(page, class_server: str, state: str) -> None:
    getattr(states, state)(page, class_server)
    found = axe.barriers(page)
    assert not found, "\n".join(found)


def test_escape_uncovers_what_an_autopsy_covers(open_page, lab_server: str) -> None:
    page = open_page(**NARROW)
    states.autopsy(page, lab_server)
    page.keyboard.press("Escape")
    states.hook(page, "autopsy").wait_for(state="hidden")
    whole_and_open(page)


@needs_axe
def test_a_saved_page_keeps_nobody_out(page, saved_page: Path) -> None:
    states.offline(page, saved_page)
    found = axe.barriers(page)
    assert not found, "\n".join(found)


@needs_axe
def test_the_large_type_of_the_projector_keeps_nobody_out(page, lab_server: str) -> None:
    states.two_arms(page, lab_server)
    states.hook(page, "projector").click()
    found = axe.barriers(page)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("state", STATES)
def test_at_twice_the_size_nothing_is_cut_off_or_covered(open_page, class_server: str, state: str) -> None:
    page = open_page(**NARROW)
    getattr(states, state)(page, class_server)
    whole_and_open(page)


def test_a_saved_page_at_twice_the_size(open_page, saved_page: Path) -> None:
    page = open_page(**NARROW)
    states.offline(page, saved_page)
    whole_and_open(page)


def test_who_asks_for_less_motion_gets_less(open_page, lab_server: str) -> None:
    """Nothing plays by itself, and nothing moves for longer than a blink."""
    page = open_page(reduced_motion="reduce")
    states.sandbox(page, lab_server)
    quarter = states.hook(page, "quarter").text_content()
    page.wait_for_timeout(300)
    assert states.hook(page, "quarter").text_content() == quarter
    moving = "() => document.getAnimations().filter(animation => animation.effect.getTiming().iterations > 1).length"
    assert page.evaluate(moving) == 0
