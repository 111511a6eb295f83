"""Nothing that the lab or a saved page does leaves this machine. That `watch` would see it is tested first."""

from pathlib import Path

import pytest
import states
from driving import Watch, at_rest

STATES = ["start", "autopsy", "chapter", "revealed"]


@pytest.fixture
def unwatched(browser):
    """A page that nothing fails."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.mark.parametrize(
    "script",
    [
        "() => fetch('http://alliances.example/').catch(() => null)",
        "() => { new Image().src = 'http://localhost:9/x.png'; }",
        "() => console.error('wrong')",
        "() => console.warn('nearly wrong')",
        "() => { setTimeout(() => { throw new Error('thrown'); }, 0); }",
        "() => { Promise.reject(new Error('unheeded')); }",
    ],
)
def test_a_page_that_does_wrong_is_seen(unwatched, script: str) -> None:
    watch = Watch()
    watch.follow(unwatched.context)
    unwatched.goto("about:blank")
    unwatched.evaluate(script)
    unwatched.wait_for_timeout(100)
    assert watch.complaints


@pytest.mark.parametrize("state", STATES)
def test_no_state_of_the_lab_asks_anything_of_another_host(page, class_server: str, state: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    getattr(states, state)(page, class_server)
    assert asked
    assert all(url.startswith(class_server) for url in asked)


def test_a_saved_page_opened_from_the_disk_asks_nothing(open_page, saved_page: Path) -> None:
    away = open_page(offline=True)
    asked: list[str] = []
    away.on("request", lambda request: asked.append(request.url))
    states.offline(away, saved_page)
    states.ended(away).first.click()
    states.hook(away, "autopsy").wait_for()
    assert [url for url in asked if url.startswith(("http", "ws"))] == []
    assert len([url for url in asked if url.startswith("file")]) == 1


def test_the_policy_of_the_page_allows_itself_only(page, lab_server: str) -> None:
    answer = page.goto(lab_server)
    policy = answer.header_value("content-security-policy")
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";") if " " in rule.strip())
    assert rules["default-src"] in ("'none'", "'self'")
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "*" not in policy
    at_rest(page)


def test_a_reload_brings_the_same_page_and_keeps_nothing_but_what_it_needs(page, lab_server: str) -> None:
    states.sandbox(page, lab_server)
    assert page.context.cookies() == []
