"""Places a user of the lab stands at, reached as a user reaches them: for the tests of all of them, and for the pictures."""

import base64
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from driving import at_rest

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

SHOCKS = "environment.shock_rate"
MOST_TRIED = 30


def hook(page: "Page", name: str) -> "Locator":
    """What carries the test hook of that name."""
    return page.locator(f"[data-test={name}]")


def slider(page: "Page", path: str) -> "Locator":
    return page.locator(f"[data-test=slider][data-path='{path}']")


def ended(page: "Page") -> "Locator":
    """Rows of the list of ended alliances, those in sight."""
    return hook(page, "ended-list").get_by_role("option")


def link(
    address: str,
    *arms: Mapping[str, object],
    names: Sequence[str] = "ABCD",
    scenario: str = "constant_change",
    seed: int = 1,
) -> str:
    """A link to arms with these changes, as the lab writes it."""
    listed = [
        {"name": name, "pinned": False, "scenario": scenario, "changes": changes, "interventions": [], "network": None}
        for name, changes in zip(names, arms, strict=False)
    ]
    document = {"lesson": None, "revealed": False, "seed": seed, "world": 0, "active": 0, "arms": listed}
    text = base64.urlsafe_b64encode(json.dumps(document).encode()).decode().rstrip("=")
    return f"{address}#lab-1.{text}"


def start(page: "Page", address: str) -> None:
    page.goto(address)
    at_rest(page)


def sandbox(page: "Page", address: str) -> None:
    page.goto(f"{address}#sandbox")
    at_rest(page)


def two_arms(page: "Page", address: str) -> None:
    """The sandbox with a second arm in which shocks are half as frequent."""
    sandbox(page, address)
    hook(page, "add-arm").click()
    opener = page.locator(".side-opener")  # on a narrow page the settings are a sheet that opens
    if opener.is_visible():
        opener.click()
    for _ in range(5):
        slider(page, SHOCKS).press("ArrowLeft")
    if opener.is_visible():
        opener.click()
    at_rest(page)


def autopsy(page: "Page", address: str) -> None:
    """Two arms, and the autopsy of the first ended alliance open."""
    two_arms(page, address)
    ended(page).first.click()
    hook(page, "autopsy-answer").wait_for()
    hook(page, "but-for").locator("li").first.wait_for()
    at_rest(page)


def told(page: "Page", address: str) -> None:
    """Two courses of action for sixty firms, half-way, and the autopsy of an alliance that something would have saved."""
    arms = {"firms.count": 60}, {"firms.count": 60, "firms.alliance_function_share": 0.5}
    page.goto(link(address, *arms, names=["As it is", "Managers in half"]))
    at_rest(page)
    hook(page, "ended-list").locator("xpath=..").get_by_label("Cause").select_option(label="distrust")
    hook(page, "ended-list").locator("xpath=..").get_by_label("Sort by").select_option(value="life")
    ended(page).first.click()
    for _ in range(MOST_TRIED):
        at_rest(page)
        if page.locator(".viewer-fate-saved").count():
            return
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
    raise AssertionError("nothing would have saved any of them")


def small(page: "Page", address: str) -> None:
    """Two arms of a small world: quickly saved."""
    quick = {"firms.count": 24, "time.quarters": 80}
    page.goto(link(address, quick, quick | {SHOCKS: 0.02}))
    at_rest(page)


def chapter(page: "Page", address: str, number: int = 4) -> None:
    page.goto(f"{address}#chapter-{number}")
    at_rest(page)
    hook(page, "bet").wait_for()


def revealed(page: "Page", address: str, number: int = 4) -> None:
    """One guest has bet, and sees what came of it."""
    chapter(page, address, number)
    hook(page, "bet").press("ArrowRight")
    hook(page, "place-bet").click()
    hook(page, "reveal").click()
    hook(page, "debrief").wait_for()
    at_rest(page)


def class_revealed(page: "Page", address: str) -> None:
    """Chapter 4, and a class of four has bet."""
    chapter(page, address, 4)
    for name, bet in {"Ada": 35, "Ben": 60, "Chi": 20, "Dev": 48}.items():
        hook(page, "bet-name").fill(name)
        hook(page, "bet-number").fill(str(bet))
        hook(page, "bet-number").press("Tab")
        hook(page, "place-bet").click()
        hook(page, "bet-count").get_by_text(name).wait_for()
        page.get_by_text(f": {bet} ").wait_for()  # the field of the name is filled anew with the answer
    hook(page, "reveal").click()
    hook(page, "debrief").wait_for()
    at_rest(page)


def saved(page: "Page", folder: Path) -> Path:
    """The page that "Save as HTML" gives, written into a folder."""
    with page.expect_download() as download:
        hook(page, "save-html").click()
    path = folder / "lab.html"
    download.value.save_as(path)
    return path


def offline(page: "Page", path: Path) -> None:
    """A saved page, opened from the disk."""
    page.goto(path.as_uri())
    hook(page, "scrub").wait_for()
