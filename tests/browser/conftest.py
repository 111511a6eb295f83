"""Chromium and a lab for the browser tests. Every page is watched: an error, a warning or a request that leaves fails it.

A test takes `page` (an empty page), `lab_page` (the lab, booted and at rest) or `open_page(**options)` (as Playwright's
`new_context`: viewport, device_scale_factor, ...), `lab_server` (its address), `class_server` (for bets), `saved_page` (a file)
and `watch` (`watch.expect("400")`).
"""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen

import pytest

# There is no __init__.py below tests/ and pytest leaves sys.path alone, so the folder of this file is put on it by hand.
sys.path.insert(0, str(Path(__file__).parent))

import states
from driving import MILLISECONDS_TO_WAIT, NAMES, Watch, at_rest, browsing, chromium, laboratory

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    PageOpener = Callable[..., Page]

HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)  # before `-m "not slow"` chooses
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.slow)


# Of a module, not of the session: while Playwright is open an event loop runs in this thread, which other tests don't expect.
@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    pytest.importorskip("playwright", reason="the browser tests need the package playwright: make setup")
    if chromium() is None:
        pytest.skip(f"no Chromium found (looked for {', '.join(NAMES)}): install your system's, and this test runs")
    with browsing() as found:
        yield found


@pytest.fixture(scope="session")
def lab_server() -> Iterator[str]:
    """The address of a real `alliances lab`, ending in a slash."""
    with laboratory() as address:
        yield address.rstrip("/") + "/"


@pytest.fixture(scope="session")
def class_server() -> Iterator[str]:
    """Another one, for those who bet and don't ask who else did: bets are kept as long as a lab runs."""
    with laboratory() as address:
        yield address.rstrip("/") + "/"


@pytest.fixture
def watch() -> Iterator[Watch]:
    found = Watch()
    yield found
    assert not found.complaints, "\n".join(found.complaints)


@pytest.fixture
def open_page(browser: "Browser", watch: Watch) -> "Iterator[PageOpener]":
    """Opens pages, each in a context of its own."""
    contexts = []

    def opened(**options: Any) -> "Page":
        context = browser.new_context(**({"viewport": {"width": 1400, "height": 900}} | options))
        contexts.append(context)
        context.set_default_timeout(MILLISECONDS_TO_WAIT)
        watch.follow(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def saved_page(lab_server: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What "Save as HTML" gives for two arms of a small world, on the disk."""
    quick = {"firms.count": 24, "time.quarters": 80}
    asks = [{"scenario": "constant_change", "changes": quick | {states.SHOCKS: rate}} for rate in (0.1, 0.02)]
    arms = [{"name": name, "ask": ask} for name, ask in zip("AB", asks, strict=True)]
    wish = {"form": "html", "state": {"arms": arms, "quarter": 40, "title": "Two arms"}}
    asked = Request(f"{lab_server}api/save", json.dumps(wish).encode(), {"Content-Type": "application/json"})
    path = tmp_path_factory.mktemp("saved") / "lab.html"
    with urlopen(asked) as answer:
        path.write_bytes(answer.read())
    return path


@pytest.fixture
def page(open_page: "PageOpener") -> "Page":
    return open_page()


@pytest.fixture
def lab_page(page: "Page", lab_server: str) -> "Page":
    page.goto(lab_server)
    at_rest(page)
    return page
