"""One artefact in four places: a report and a saved page from the disk, without scripts, and as a notebook's widget."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from states import ended, hook

from experiments.comparisons.comparing import Comparison, compare
from experiments.lab.bundle import classic, module, style
from experiments.lab.offline import Arm, history_of, worlds_json
from experiments.lab.saving import save
from experiments.pictures import comparison_page
from simulation import Scenario

if TYPE_CHECKING:
    from conftest import PageOpener
    from playwright.sync_api import Page

SMALL = {"firms.count": 16, "time.quarters": 60, "time.warm_up_quarters": 12}
READY = "#viewer[data-ready=true]"


@pytest.fixture(scope="module")
def result() -> Comparison:
    scenario = Scenario(name="small_world").with_(SMALL)
    return compare(scenario, {"managed": {"firms.alliance_function_share": 0.9}}, worlds=5, seed=2)


@pytest.fixture(scope="module")
def report(result: Comparison, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(comparison_page(result), encoding="utf-8")
    return path.as_uri()


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> str:
    ask = {"scenario": "constant_change", "changes": SMALL}
    state = {"arms": [{"name": "</script> & co", "ask": ask}], "quarter": 30, "title": "One <world>"}
    path = tmp_path_factory.mktemp("saved") / "saved.html"
    path.write_bytes(save("html", state).content)
    return path.as_uri()


def opened(page: "Page", address: str) -> list[str]:
    """Opens a page; returns the requests that it makes, as they come."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    page.wait_for_selector(READY)
    return asked


def quarter(page: "Page") -> int:
    found = re.search(r"quarter (\d+)", hook(page, "quarter").inner_text())
    assert found
    return int(found[1])


@pytest.mark.parametrize("wide", [1400, 420])
def test_a_report_from_the_disk_plays_scrubs_and_tells(open_page: "PageOpener", report: str, wide: int) -> None:
    page = open_page(viewport={"width": wide, "height": 900}, offline=True)
    asked = opened(page, report)
    assert quarter(page) == 12  # where the warm-up is over
    hook(page, "play").click()
    page.wait_for_function("() => !document.querySelector('[data-test=quarter]').textContent.includes('quarter 12 ')")
    hook(page, "play").click()
    hook(page, "scrub").fill("40")
    assert quarter(page) == 40
    ended(page).first.click()
    hook(page, "autopsy").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= wide
    assert asked == [report]


def test_a_sentence_of_the_report_opens_its_story(page: "Page", report: str) -> None:
    opened(page, report)
    told = page.locator("li[data-alliance]").first
    answer = told.inner_text()
    told.get_by_role("button").click()
    assert hook(page, "autopsy-answer").inner_text() in answer
    assert quarter(page) == int(told.get_attribute("data-quarter"))
    assert hook(page, "but-for").locator("li").count() > 0


def test_the_style_of_the_report_does_not_reach_into_the_viewer(page: "Page", report: str) -> None:
    opened(page, report)
    here = page.evaluate(
        """() => {
          const of = (query, name) => getComputedStyle(document.querySelector(query))[name];
          return [of('#viewer h3', 'marginTop'), of('#viewer td', 'paddingLeft'), of('#viewer .viewer-swatch', 'minWidth'),
                  of('main h2', 'borderTopStyle')];
        }"""
    )
    assert here[0] == "0px"
    assert here[1] != "0px"  # the report's own tables have none
    assert here[2] in ("0px", "auto")
    assert here[3] == "solid"


def test_without_scripts_the_report_says_so_and_shows_the_rest(open_page: "PageOpener", report: str) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(report)
    assert page.get_by_text("Playing needs scripts, which are switched off here").is_visible()
    assert page.locator("figure svg").count() == 6
    assert page.locator("#viewer *").count() == 1


def test_a_script_put_into_the_report_is_not_run(page: "Page", watch, report: str, tmp_path: Path) -> None:
    watch.expect("Content Security Policy")
    text = Path(report.removeprefix("file://")).read_text(encoding="utf-8")
    path = tmp_path / "changed.html"
    path.write_text(text.replace("</main>", "<script>document.title = 'run'</script></main>"), encoding="utf-8")
    opened(page, path.as_uri())
    assert page.title() != "run"


def test_a_page_saved_in_the_lab_opens_where_it_was_left(page: "Page", saved: str) -> None:
    asked = opened(page, saved)
    assert asked == [saved]
    assert quarter(page) == 30
    assert page.locator("h1").inner_text() == "One <world>"
    assert page.get_by_text("</script> & co").first.is_visible()
    ended(page).first.click()
    hook(page, "autopsy").wait_for()


def test_a_page_that_cannot_be_unpacked_says_so(page: "Page", saved: str, tmp_path: Path) -> None:
    text = Path(saved.removeprefix("file://")).read_text(encoding="utf-8")
    path = tmp_path / "broken.html"
    path.write_text(re.sub(r'"worlds": "[^"]{40}', '"worlds": "', text), encoding="utf-8")
    page.goto(path.as_uri())
    page.get_by_text("cannot be played here").wait_for()


def test_the_bundle_leaves_no_name_behind(page: "Page") -> None:
    page.set_content("<main></main>")
    before = page.evaluate("Object.keys(window).length")
    page.add_script_tag(content=classic("offline_page.js"))
    assert page.evaluate("Object.keys(window).length") == before


def test_the_widget_of_a_notebook_renders(page: "Page", result: Comparison) -> None:
    arms = [Arm(name, history_of(one, result.seed, 0)) for name, one in result.scenarios.items()]
    page.set_content(
        f"<!doctype html><html><head><style>{style()}</style></head><body><div id=cell></div></body></html>"
    )
    page.evaluate(
        """async ([text, worlds]) => {
          const address = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
          const { default: widget } = await import(address);
          await widget.render({ model: { get: (name) => ({ worlds })[name] }, el: document.getElementById("cell") });
        }""",
        [module("notebook.js"), worlds_json(arms, "", "")],
    )
    page.wait_for_selector("#cell [data-ready=true]")
    assert page.locator("canvas[data-test=network]").count() == 2
    hook(page, "scrub").fill("30")
    assert quarter(page) == 30
