"""The viewer by itself: two real runs, packed by Python and unpacked by its own scripts, and invented autopsies."""

import base64
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from states import ended, hook

from experiments.analysis.survival import kaplan_meier
from experiments.lab.asks import ask_of
from experiments.lab.ensemble import ensemble
from experiments.lab.history import history
from experiments.lab.packing import TYPES, pack, unpack
from experiments.lab.worlds import Worlds
from experiments.outcomes import life_table
from simulation import simulate

if TYPE_CHECKING:
    from playwright.sync_api import Page

ASKS: list[dict[str, Any]] = [
    {"scenario": "constant_change", "changes": {"firms.count": 24, "time.quarters": 80, "time.warm_up_quarters": 16}},
    {
        "scenario": "constant_change",
        "changes": {
            "firms.count": 24,
            "time.quarters": 80,
            "time.warm_up_quarters": 16,
            "environment.shock_rate": 0.0,
        },
    },
]
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>viewer</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="static/vendor/uPlot/uPlot.min.css">
<link rel="stylesheet" href="static/viewer.css"></head><body><input id="elsewhere"><main id="root"></main>
<script src="static/vendor/uPlot/uPlot.iife.min.js"></script><script type="module">
import { Ensemble, compare } from "./static/ensemble.js";
import { readHistory } from "./static/history.js";
import { unpack } from "./static/packing.js";
import { Viewer } from "./static/viewer.js";
const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer;
window.called = [];
window.test = { Ensemble, Viewer, bytes, compare, readHistory, unpack };
test.show = (arms) => {
  const source = {
    autopsy: async (id, index) => ({ ...test.story, alliance: { ...test.story.alliance, index } }),
    telling: async () => ({ answer: "One tells most.", alliances: [{ index: 7, why: "it lived longest" }] }),
  };
  test.viewer = new Viewer(document.getElementById("root"), { source, onButFor: (...what) => called.push(what) });
  test.viewer.setArms(arms.map(([id, name, text]) => ({ id, name, history: readHistory(bytes(text)), ensemble: null })));
};
</script></body></html>"""
STORY = {
    "alliance": {
        "index": 0,
        "first": {"seat": 3, "name": "firm 3", "strategy": "hoarder"},
        "second": {"seat": 9, "name": "firm 9 (2)", "strategy": "sharer"},
        "formed": 12,
        "born": 12,
        "ended": 15,
        "cause": "distrust",
        "equity": False,
        "rival": True,
        "prior": 0,
    },
    "answer": "Distrust ended it after three quarters.",
    "sentences": [
        {"quarter": 12, "text": "They form an alliance."},
        {"quarter": None, "text": "Trust was never high."},
    ],
    "trace": {
        "quarter": [12, 13, 14, 15],
        "trust": [[0.5, 0.4, 0.3, 0.2], [0.5, 0.5, 0.4, 0.3]],
        "sharing": [[0.9, 0.8, 0.8, 0.8], [0.7, 0.7, 0.6, None]],
        "fit": [0.6, 0.6, 0.3, 0.3],
        "performance": [[0.1, 0.0, -0.1, -0.2], [0.2, 0.1, 0.0, 0.0]],
        "chance": [[0.02, 0.02, 0.1, 0.3], [0.01, 0.01, 0.01, 0.02]],
    },
    "marks": [{"quarter": 14, "kind": "shock", "text": "A shock strikes firm 3."}],
    "but_for": [
        {
            "change": "no shock in quarter 14",
            "interventions": [{"quarter": 14, "calm": True}],
            "changes": {},
            "toml": "calm = true",
            "ended": True,
            "quarter": 55,
            "cause": "better_option",
            "gained": 40,
            "text": "with the same luck and no shock in quarter 14 it lives to quarter 55",
            "parting": "The fit stayed.",
        },
        {
            "change": "equity instead of a contract",
            "interventions": [],
            "changes": {},
            "toml": "",
            "ended": True,
            "quarter": 14,
            "cause": "distrust",
            "gained": -1,
            "text": "with the same luck it ends sooner, in quarter 14",
            "parting": "",
        },
    ],
}


@pytest.fixture(scope="module")
def packed() -> list[bytes]:
    worlds = Worlds()
    return [history(ask_of(asked, worlds)) for asked in ASKS]


def text_of(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


@pytest.fixture
def modules(page: "Page", lab_server: str) -> "Page":
    """A page of its own, with the viewer's modules and nothing of the lab around them."""
    page.route("**/viewer-by-itself", lambda route: route.fulfill(body=PAGE, content_type="text/html"))
    page.goto(f"{lab_server}viewer-by-itself")
    page.wait_for_function("() => window.test")
    return page


@pytest.fixture
def shown(modules: "Page", packed: list[bytes]) -> "Page":
    """Two arms side by side."""
    arms = [["a", "as it is", text_of(packed[0])], ["b", "no shocks", text_of(packed[1])]]
    modules.evaluate("([arms, story]) => { test.story = story; test.show(arms); }", [arms, STORY])
    return modules


def quarter(page: "Page") -> int:
    return int(page.evaluate("() => test.viewer.quarter"))


def test_what_python_packs_is_what_the_browser_unpacks(modules: "Page", packed: list[bytes]) -> None:
    odd = {
        kind: np.array([[0, 1, 7]], kind) for kind in TYPES
    }  # three of each: the next array does not begin where it ends
    odd["none"] = np.zeros((0, 4), "f4")
    sent = [pack({"kind": "odd", "word": "Zürich – 東京"}, odd), *packed]
    for content in sent:
        header, arrays = unpack(content)
        found = modules.evaluate(
            """text => {
                const { header, arrays } = test.unpack(test.bytes(text));
                const { arrays: places, ...told } = header;
                return [told, Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, Array.from(array)]))];
            }""",
            text_of(content),
        )
        assert found[0] == header
        assert found[1] == {name: array.ravel().tolist() for name, array in arrays.items()}


def test_what_is_no_packed_run_is_refused(modules: "Page", packed: list[bytes]) -> None:
    for content in (b"", b"ADH2" + packed[0][4:], packed[0][: len(packed[0]) // 2]):
        refused = (
            "text => { try { test.readHistory(test.bytes(text)); return ''; } catch (error) { return error.message; } }"
        )
        assert modules.evaluate(refused, text_of(content))


def test_survival_counted_in_the_browser_is_survival_counted_in_python(modules: "Page", packed: list[bytes]) -> None:
    counted = modules.evaluate(
        """async text => {
            const { lifeTable } = await import("./static/history.js");
            const table = lifeTable(test.readHistory(test.bytes(text)), 41);
            return [Array.from(table.atRisk), Array.from(table.deaths)];
        }""",
        text_of(packed[0]),
    )
    table = life_table(simulate(ask_of(ASKS[0], Worlds()).scenario, 1, 0))
    assert counted == [table.at_risk[:41].tolist(), table.deaths[:, :41].sum(axis=0).tolist()]


def test_worlds_come_in_any_order_and_arms_are_compared_world_by_world(modules: "Page") -> None:
    worlds = Worlds()
    batches = [[ensemble(ask_of(asked, worlds), first, 4) for first in (0, 4)] for asked in ASKS]
    found = modules.evaluate(
        """([a, b]) => {
            const all = a.concat(b).map(test.bytes);
            const one = new test.Ensemble().add(all[0]).add(all[1]);
            const other = new test.Ensemble().add(all[3]).add(all[2]);
            const band = one.band("living");
            const { survival, atRisk } = one.curve();
            return { verdict: test.compare(one, other), low: Array.from(band.low90), median: Array.from(band.median),
                survival: Array.from(survival).slice(0, 21), atRisk: Array.from(atRisk).slice(0, 21), worlds: one.worlds };
        }""",
        [[text_of(batch) for batch in arm] for arm in batches],
    )
    base, calm = ([unpack(batch) for batch in arm] for arm in batches)
    living = np.concatenate([arrays["living"] for _, arrays in base])
    np.testing.assert_allclose(found["median"], np.quantile(living, 0.5, axis=0))
    np.testing.assert_allclose(found["low"], np.quantile(living, 0.05, axis=0))
    risk, deaths = (
        np.concatenate([arrays[name] for _, arrays in base]).sum(axis=0, dtype=np.int64)
        for name in ("at_risk", "deaths")
    )
    assert found["atRisk"] == risk[:21].tolist()
    np.testing.assert_allclose(found["survival"], kaplan_meier(risk, deaths)[:21])
    column = base[0][0]["measures"].index("survival_5y")
    gain = np.concatenate(
        [new["outcomes"][:, column] - old["outcomes"][:, column] for (_, old), (_, new) in zip(base, calm, strict=True)]
    )
    assert found["worlds"] == 8
    assert found["verdict"] == {
        "better": int((gain > 0).sum()),
        "worse": int((gain < 0).sum()),
        "same": int((gain == 0).sum()),
        "worlds": int(np.isfinite(gain).sum()),
    }


def test_play_goes_through_the_quarters_and_stops_at_the_last(shown: "Page") -> None:
    hook(shown, "speed").select_option("16")
    hook(shown, "play").click()
    assert hook(shown, "play").get_attribute("aria-pressed") == "true"
    shown.wait_for_function("() => test.viewer.quarter > 4")
    assert shown.evaluate("() => test.viewer.framesPerSecond()") > 0
    shown.evaluate("() => test.viewer.setQuarter(76)")
    shown.wait_for_function("() => !test.viewer.isPlaying")
    assert quarter(shown) == 79
    assert hook(shown, "play").get_attribute("aria-pressed") == "false"
    assert "quarter 79" in hook(shown, "quarter").inner_text()


def test_scrub_and_strip_go_to_a_quarter(shown: "Page") -> None:
    hook(shown, "scrub").fill("33")
    assert quarter(shown) == 33
    box = hook(shown, "strip").bounding_box()
    assert box is not None
    hook(shown, "strip").click(position={"x": 82 + (box["width"] - 96) * 0.75, "y": 40})
    assert quarter(shown) == 60
    assert hook(shown, "scrub").input_value() == "60"


def test_keys_go_through_time_but_not_while_somebody_types(shown: "Page") -> None:
    for key, where in {
        "ArrowRight": 1,
        "Shift+ArrowRight": 5,
        "ArrowLeft": 4,
        "End": 79,
        "Shift+ArrowLeft": 75,
        "Home": 0,
    }.items():
        shown.keyboard.press(key)
        assert quarter(shown) == where, key
    shown.keyboard.press(" ")
    assert shown.evaluate("() => test.viewer.isPlaying")
    shown.keyboard.press(" ")
    at = quarter(shown)
    shown.locator("#elsewhere").click()
    shown.keyboard.type("e E")
    shown.keyboard.press("ArrowRight")
    assert (shown.locator("#elsewhere").input_value(), quarter(shown)) == ("e E", at)


def test_a_click_on_a_tie_opens_its_autopsy(shown: "Page") -> None:
    shown.evaluate("() => test.viewer.setQuarter(20)")
    index = shown.evaluate(
        """() => {
            const { network } = test.viewer.figureOf("b");
            return test.viewer.armOf("b").history.livingAt(20).find((index) => {
                const place = test.viewer.placeOf("b", index);
                return network.under({ clientX: place.x, clientY: place.y })?.index === index;
            });
        }"""
    )
    place = shown.evaluate("index => test.viewer.placeOf('b', index)", index)
    shown.mouse.move(place["x"], place["y"])
    assert (
        shown.locator("[data-arm=b] ~ .viewer-tip")
        .inner_text()
        .startswith(shown.evaluate("index => test.viewer.armOf('b').history.nameOf(index)", index))
    )
    shown.mouse.click(place["x"], place["y"])
    assert hook(shown, "autopsy-answer").inner_text() == STORY["answer"]
    assert shown.evaluate("() => test.viewer.opening.selection") == {"id": "b", "index": index}


def test_the_list_opens_the_same_autopsy_by_keyboard_and_gives_the_focus_back(shown: "Page") -> None:
    shown.keyboard.press("e")
    for key in ("End", "ArrowUp", "Enter"):
        shown.keyboard.press(key)
    hook(shown, "autopsy-answer").wait_for()
    arm, index = shown.evaluate("() => Object.values(test.viewer.opening.selection)")
    chosen = ended(shown).and_(shown.locator("[aria-selected=true]"))
    assert [chosen.get_attribute("data-arm"), chosen.get_attribute("data-index")] == [arm, str(index)]
    assert quarter(shown) == shown.evaluate(
        "([arm, index]) => test.viewer.armOf(arm).history.ended[index]", [arm, index]
    )
    title = hook(shown, "autopsy").locator("h3")
    assert title.inner_text() == "firm 3 – firm 9 (2)"  # as the story calls them: the run knows the seat alone
    shown.keyboard.press("Escape")
    assert hook(shown, "autopsy").is_hidden()
    assert shown.evaluate("() => document.activeElement.dataset.index") == str(index)


def test_what_would_have_saved_it_is_told_in_words_and_can_be_shown(shown: "Page") -> None:
    ended(shown).first.click()
    items = hook(shown, "but-for").locator("li")
    assert "lives longer: 10 years more" in items.nth(0).inner_text()
    hook(shown, "but-for-tried").locator("summary").first.click()
    assert "ends sooner: 1 quarter less" in items.nth(1).inner_text()
    assert items.locator("pre").count() == 1
    hook(shown, "but-for-show").first.click()
    arm, index, entry = shown.evaluate("() => called[0]")
    assert shown.evaluate("() => test.viewer.opening.selection") == {"id": arm, "index": index}
    assert entry == STORY["but_for"][0]


def test_lives_worth_reading_lead_to_their_autopsies(shown: "Page") -> None:
    shown.locator("label", has_text="Arm").locator("select").select_option("b")
    hook(shown, "telling").click()
    assert hook(shown, "autopsy-answer").inner_text() == "One tells most."
    assert "it lived longest" in hook(shown, "autopsy").inner_text()
    hook(shown, "autopsy").locator("li button").click()
    shown.get_by_text(STORY["answer"]).wait_for()
    assert shown.evaluate("() => test.viewer.opening.selection") == {"id": "b", "index": 7}
    shown.keyboard.press("Escape")
    assert shown.evaluate("() => document.activeElement.dataset.test") == "telling"


def test_the_list_is_filtered_and_sorted(shown: "Page", packed: list[bytes]) -> None:
    _, arrays = unpack(packed[0])
    cause = int(np.bincount(arrays["cause"][arrays["cause"] < 255]).argmax())
    shown.locator("label", has_text="Cause").locator("select").select_option(str(cause))
    shown.locator("label", has_text="Arm").locator("select").select_option("a")
    shown.locator("label", has_text="Sort by").locator("select").select_option("life")
    those = arrays["cause"] == cause
    assert ended(shown).first.get_attribute("aria-setsize") == str(int(those.sum()))
    life = (arrays["ended"].astype(int) - arrays["born"])[those]
    first = int(ended(shown).first.get_attribute("data-index") or -1)
    assert int(arrays["ended"][first]) - int(arrays["born"][first]) == int(life.max())


def test_another_history_moves_no_firm_and_closes_what_is_no_more(shown: "Page", packed: list[bytes]) -> None:
    places = "() => Array.from(test.viewer.figureOf('a').network.x)"
    before = shown.evaluate(places)
    ended(shown).first.click()
    hook(shown, "autopsy-answer").wait_for()
    shown.evaluate("text => test.viewer.setHistory('a', test.readHistory(test.bytes(text)))", text_of(packed[1]))
    shown.evaluate("text => test.viewer.setHistory('b', test.readHistory(test.bytes(text)))", text_of(packed[1]))
    assert hook(shown, "autopsy").is_hidden()
    assert shown.evaluate(places) == before
    lines = shown.locator(".viewer-line").all_inner_texts()
    assert lines[0] == lines[1] != ""


def test_an_autopsy_that_cannot_be_had_is_said_so(shown: "Page") -> None:
    shown.evaluate("() => { test.viewer.opening.source = { autopsy: async () => { throw new Error('too busy'); } }; }")
    ended(shown).first.click()
    assert "too busy" in hook(shown, "autopsy").get_by_role("alert").inner_text()
    shown.evaluate("() => { test.viewer.opening.source = {}; }")
    ended(shown).nth(1).click()
    assert "holds no autopsy" in hook(shown, "autopsy-answer").inner_text()


def test_who_hears_the_page_hears_the_quarter(shown: "Page") -> None:
    shown.evaluate("() => test.viewer.setQuarter(20)")
    shown.wait_for_function("() => document.querySelector('[data-test=summary]').textContent.includes('quarter 20')")
    told = hook(shown, "summary").inner_text()
    assert [word for word in ("as it is: ", "no shocks: ", "alliances") if word not in told] == []


def test_a_narrow_page_scrolls_in_one_direction_only(shown: "Page") -> None:
    for width in (420, 700):  # the second is 1400 at 200 %
        shown.set_viewport_size({"width": width, "height": 900})
        assert shown.evaluate("() => document.documentElement.scrollWidth") <= width


def test_every_text_that_is_asked_for_is_there(modules: "Page") -> None:
    missing = modules.evaluate(
        """async () => {
            const { TEXTS } = await import("./static/texts.js");
            const sources = [];
            const seen = new Set();
            const read = async (name) => {
                if (seen.has(name)) return;
                seen.add(name);
                const source = await (await fetch(`./static/${name}`)).text();
                sources.push(source);
                await Promise.all([...source.matchAll(/from ".[/](.+)";/g)].map((match) => read(match[1])));
            };
            await read("offline_viewer.js");
            const used = [...sources.join("\\n").matchAll(/"(viewer\\.[a-z0-9_.]+)"/g)].map((match) => match[1]);
            return used.filter((key) => !(key in TEXTS) && !(`${key}_one` in TEXTS && `${key}_many` in TEXTS));
        }"""
    )
    assert missing == []
