"""What the lab came to: its runs, its document and its verdict, as the tests of it read them."""

from typing import TYPE_CHECKING, Any

from driving import at_rest
from states import hook, slider

if TYPE_CHECKING:
    from playwright.sync_api import Page

# What a run came to, of each arm: enough to tell two runs apart.
RUNS = """() => window.lab.viewer.arms.map(({name, history}) =>
    [name, history.alliances, history.quarters, Array.from(history.ended).reduce((sum, one) => sum + one, 0)])"""


def runs(page: "Page") -> list[Any]:
    """Name, alliances, quarters and the sum of all last quarters of each arm."""
    found: list[Any] = page.evaluate(RUNS)
    return found


def document(page: "Page") -> dict[str, Any]:
    """All that a link would restore."""
    found: dict[str, Any] = page.evaluate("() => window.lab.state.document")
    return found


def press(page: "Page", path: str, key: str, times: int) -> None:
    """Press a key on a slider, and wait for the answers."""
    slider(page, path).focus()
    for _ in range(times):
        page.keyboard.press(key)
    at_rest(page)


def verdict(page: "Page") -> str:
    return hook(page, "verdict").inner_text()


def shown(page: "Page", path: str) -> str:
    """What the output of a setting says."""
    return page.locator(f"[data-path='{path}'] [data-test=slider-value]").inner_text()
