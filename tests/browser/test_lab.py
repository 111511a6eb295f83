"""The lab around the viewer: settings, arms, verdict and undo. Outcomes, not pixels."""

import re
from typing import TYPE_CHECKING, Any

from driving import at_rest
from runs import document, press, runs, shown, verdict
from states import SHOCKS, hook, link, sandbox, slider, two_arms

if TYPE_CHECKING:
    from playwright.sync_api import Page

CALM = {"change": "no shock in quarter 20", "interventions": [{"quarter": 20, "calm": True}], "changes": {}}
STORY = {
    "alliance": {"index": 0, "first": {"seat": 0, "name": "firm 0", "strategy": "sharer"},
                 "second": {"seat": 1, "name": "firm 1", "strategy": "sharer"}, "formed": 0, "born": 0, "ended": 9,
                 "cause": "distrust", "equity": False, "rival": False, "prior": 0},
    "answer": "It ended by distrust.", "sentences": [], "marks": [],
    "trace": {name: [] for name in ("quarter", "trust", "sharing", "fit", "performance", "chance")},
    "but_for": [CALM | {"toml": "", "ended": False, "quarter": None, "cause": None, "gained": 9, "text": "It lives.",
                        "parting": ""}],
}  # fmt: skip


def test_a_slider_changes_the_whole_history_and_reset_brings_it_back(page: "Page", lab_server: str) -> None:
    sandbox(page, lab_server)
    before, value = runs(page), shown(page, SHOCKS)
    press(page, SHOCKS, "ArrowRight", 10)
    assert runs(page) != before
    assert shown(page, SHOCKS) != value
    assert hook(page, "changes").inner_text().count("shocks") == 1
    page.locator(f"[data-path='{SHOCKS}'] [data-test=reset]").click()
    at_rest(page)
    assert runs(page) == before
    assert shown(page, SHOCKS) == value


def test_the_box_takes_an_exact_value_and_brings_it_within_bounds(page: "Page", lab_server: str) -> None:
    sandbox(page, lab_server)
    box = page.locator(f"[data-path='{SHOCKS}'] [data-test=slider-box]")
    box.fill("0.333")
    box.press("Enter")
    at_rest(page)
    assert document(page)["arms"][0]["changes"] == {SHOCKS: 0.333}
    box.fill("-7")
    box.press("Enter")
    at_rest(page)
    assert document(page)["arms"][0]["changes"] == {SHOCKS: 0}
    assert box.input_value() == "0"


def test_every_setting_says_what_it_means_to_the_keyboard_too(page: "Page", lab_server: str) -> None:
    sandbox(page, lab_server)
    setting = page.locator(f".setting[data-path='{SHOCKS}']")
    about = setting.locator("[data-test=about]")
    about.focus()
    page.keyboard.press("Enter")
    assert about.get_attribute("aria-expanded") == "true"
    text = setting.locator(".setting-about").inner_text()
    assert "From 0 to" in text
    assert "Source:" in text


def test_it_opens_where_measuring_begins_and_a_link_where_it_was_looked_at(page: "Page", lab_server: str) -> None:
    shown = "() => window.lab.viewer.quarter"
    sandbox(page, lab_server)
    assert page.evaluate(shown) == page.evaluate("() => window.lab.viewer.arms[0].history.warmUp") > 0
    page.keyboard.press("Home")
    page.wait_for_timeout(500)  # the address is written a moment later
    page.reload()
    at_rest(page)
    assert page.evaluate(shown) == 0


def test_the_search_goes_through_all_settings(page: "Page", lab_server: str) -> None:
    sandbox(page, lab_server)
    hidden = slider(page, "trust.breach_keeps")
    assert not hidden.is_visible()
    hook(page, "search").fill("kept breach")
    assert hidden.is_visible()
    assert not slider(page, SHOCKS).is_visible()
    hook(page, "search").fill("no such thing at all")
    page.get_by_text("No setting is called that").wait_for()
    hook(page, "search").fill("")
    assert slider(page, SHOCKS).is_visible()
    assert not hidden.is_visible()


def test_sliders_move_the_arm_in_hand_and_the_verdict_compares(page: "Page", lab_server: str) -> None:
    two_arms(page, lab_server)
    (a, *_, a_ended), (b, *_, b_ended) = runs(page)
    assert (a, b) == ("A", "B")
    assert a_ended != b_ended
    counted = re.search(r"in (\d+) of (\d+) worlds.*?survival \d+ % → \d+ %", verdict(page))
    assert counted
    assert counted.group(2) == "100"
    hook(page, "arm-choose").first.check()
    press(page, "firms.flexibility", "ArrowRight", 30)
    assert [arm["changes"].get("firms.flexibility") for arm in document(page)["arms"]] == [0.65, None]
    assert runs(page)[1][-1] == b_ended


def test_the_verdict_is_honest_about_arms_that_do_not_differ(page: "Page", lab_server: str) -> None:
    sandbox(page, lab_server)
    assert re.search(r"\d+ % of alliances live five years", verdict(page))
    hook(page, "add-arm").click()
    at_rest(page)
    assert "the same so far" in verdict(page)
    press(page, "firms.flexibility", "ArrowRight", 1)
    assert re.search("No clear difference|in \\d+ of 100 worlds", verdict(page))


def test_with_few_worlds_the_verdict_says_so(page: "Page", lab_server: str) -> None:
    page.route(re.compile(r"/api/ensemble.*first=8"), lambda route: None)  # an answer that never comes
    page.goto(link(lab_server, {}, {SHOCKS: 0.3}))
    page.get_by_text(re.compile("Only 8 worlds so far, too few to say")).wait_for()
    page.unroute_all(behavior="ignoreErrors")


def test_arms_are_named_pinned_and_removed(page: "Page", lab_server: str) -> None:
    two_arms(page, lab_server)
    hook(page, "arm-name").nth(1).fill("calmer")
    page.keyboard.press("Enter")
    hook(page, "arm-pin").nth(1).click()
    assert slider(page, SHOCKS).is_disabled()
    hook(page, "preset").select_option("turbulent")
    at_rest(page)
    first, second = document(page)["arms"]
    assert (first["scenario"], second["scenario"]) != (second["scenario"], first["scenario"])
    assert second["name"] == "calmer"
    assert "“calmer” keeps" in verdict(page) or "“calmer”" in verdict(page)
    hook(page, "arm-remove").first.click()
    at_rest(page)
    assert hook(page, "arm").count() == 1
    assert hook(page, "network").count() == 1


def test_another_preset_keeps_what_makes_the_arms_differ(page: "Page", lab_server: str) -> None:
    page.goto(link(lab_server, {SHOCKS: 0.1}, {SHOCKS: 0.1, "firms.flexibility": 0.9}))
    at_rest(page)
    hook(page, "preset").select_option("hoarders")
    at_rest(page)
    arms = document(page)["arms"]
    assert [arm["scenario"] for arm in arms] == ["hoarders", "hoarders"]
    assert [arm["changes"] for arm in arms] == [{}, {"firms.flexibility": 0.9}]


def test_there_are_no_more_than_four_arms(page: "Page", lab_server: str) -> None:
    page.goto(link(lab_server, *[{"firms.count": 10 + number, "time.quarters": 40} for number in range(4)]))
    at_rest(page)
    assert hook(page, "network").count() == 4
    assert hook(page, "add-arm").is_disabled()


def test_a_drag_is_one_step_to_take_back(page: "Page", lab_server: str) -> None:
    sandbox(page, lab_server)
    before = runs(page)
    assert hook(page, "undo").is_disabled()
    box = slider(page, SHOCKS).bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 4, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(12):
        page.mouse.move(x + 5 * step, y)
    page.mouse.up()
    at_rest(page)
    after = runs(page)
    assert after != before
    hook(page, "undo").click()
    at_rest(page)
    assert runs(page) == before
    assert hook(page, "undo").is_disabled()
    page.keyboard.press("Control+Shift+Z")
    at_rest(page)
    assert runs(page) == after
    page.keyboard.press("Control+Z")
    at_rest(page)
    assert runs(page) == before


def test_show_this_world_makes_an_arm_named_after_the_change(page: "Page", lab_server: str) -> None:
    page.route("**/api/autopsy?*", lambda route: route.fulfill(json=STORY))
    sandbox(page, lab_server)
    before = runs(page)
    page.evaluate("() => window.lab.viewer.select('arm1', 0)")
    hook(page, "but-for-show").first.click()
    at_rest(page)
    assert [name for name, *_ in runs(page)] == ["A", "no shock in quarter 20"]
    (intervention,) = hook(page, "intervention").all()
    assert "No shock in quarter 20" in intervention.inner_text()
    assert "in this one world" in verdict(page)
    intervention.get_by_role("button").click()
    at_rest(page)
    assert hook(page, "intervention").count() == 0
    assert runs(page)[1][1:] == before[0][1:]


def test_one_request_is_in_flight_and_the_last_wish_is_what_comes(page: "Page", lab_server: str) -> None:
    page.add_init_script("""
        const ask = window.fetch; window.flying = 0; window.most = 0; window.asked = 0;
        window.fetch = async (path, options) => {
            if (!String(path).startsWith("/api/history")) return ask(path, options);
            window.asked += 1; window.flying += 1; window.most = Math.max(window.most, window.flying);
            try { return await ask(path, options); } finally { window.flying -= 1; }
        };""")
    sandbox(page, lab_server)
    moved = page.evaluate(
        """async path => {
            const input = document.querySelector(`[data-test=slider][data-path='${path}']`);
            for (let move = 1; move <= 40; move += 1) {
                input.value = String(0.005 * move);
                input.dispatchEvent(new Event("input", {bubbles: true}));
                await new Promise(resolve => setTimeout(resolve, 1));
            }
            await window.lab.idle();
            return {most: window.most, asked: window.asked, value: Number(input.value)};
        }""",
        SHOCKS,
    )
    assert moved["most"] == 1
    assert moved["asked"] < 40
    asks = page.evaluate("() => window.lab.viewer.arms[0].history.header.ask")
    assert asks["changes"][SHOCKS] == moved["value"]
    timings = page.evaluate("() => window.lab.timings")
    assert all(one["asked"] <= one["answered"] <= one["drawn"] for one in timings)


def test_a_lab_that_is_gone_is_said_in_plain_words(page: "Page", lab_server: str, watch: Any) -> None:
    watch.expect("ERR_FAILED")
    sandbox(page, lab_server)
    page.route("**/api/history?*", lambda route: route.abort())
    slider(page, SHOCKS).press("ArrowRight")
    page.get_by_text("The lab does not answer").wait_for()
    page.unroute_all()
    slider(page, SHOCKS).press("ArrowRight")
    at_rest(page)
    assert not hook(page, "message").is_visible()


def test_keys_of_one_letter_work_and_can_be_switched_off(page: "Page", lab_server: str) -> None:
    sandbox(page, lab_server)
    page.keyboard.press("n")
    page.keyboard.press("w")
    at_rest(page)
    assert hook(page, "arm").count() == 2
    assert hook(page, "world").input_value() == "1"
    page.keyboard.press("1")
    assert hook(page, "arm-choose").first.is_checked()
    page.keyboard.press("?")
    assert hook(page, "help-dialog").is_visible()
    page.get_by_label("Keys of a single letter").uncheck()
    page.keyboard.press("Escape")
    page.evaluate("() => document.activeElement.blur()")
    page.keyboard.press("w")
    at_rest(page)
    assert hook(page, "world").input_value() == "1"


def test_on_a_narrow_page_the_settings_come_up_over_its_foot(open_page: Any, lab_server: str) -> None:
    page = open_page(viewport={"width": 420, "height": 850})
    sandbox(page, lab_server)
    assert page.evaluate("() => document.documentElement.scrollWidth") == 420
    assert not slider(page, SHOCKS).is_visible()
    before = runs(page)
    page.get_by_role("button", name="Settings").click()
    press(page, SHOCKS, "ArrowRight", 5)
    assert runs(page) != before
    assert hook(page, "network").first.is_visible()


def test_the_projector_makes_the_type_large(page: "Page", lab_server: str) -> None:
    page.goto(lab_server)
    at_rest(page)
    size = "() => parseFloat(getComputedStyle(document.documentElement).fontSize)"
    before = page.evaluate(size)
    hook(page, "projector").click()
    assert page.evaluate(size) > 1.3 * before
    assert hook(page, "projector").get_attribute("aria-pressed") == "true"
