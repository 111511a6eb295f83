"""A report must open offline: nothing fetched, nothing run, nothing missing."""

import itertools
import re
import shutil
import subprocess
from html.parser import HTMLParser

import pytest
from matplotlib.figure import Figure

from experiments.report import Chart, Page, Table, build_report, comparison_report, run_report, sweep_report
from experiments.report.build import LIMITS, POLICY, breakable

pytestmark = pytest.mark.slow  # seconds in all: `make test` runs them, `make check` does not

VOID = {"meta", "link", "img", "br", "hr", "input", "wbr", "source", "area", "base", "col", "embed", "param", "track"}
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


class Outline(HTMLParser):
    """Tags in order with their attributes, headings with their text; checks that every tag is closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.headings: list[tuple[int, str]] = []
        self.captions: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        assert not self.open, f"not closed: {self.open}"

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append((int(tag[1]), ""))
        if tag == "caption":
            self.captions.append("")

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and re.fullmatch("h[1-6]", self.open[-1]):
            level, text = self.headings[-1]
            self.headings[-1] = (level, text + data)
        if self.open and self.open[-1] == "caption":
            self.captions[-1] += data

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module")
def drawn():
    """Reports already made: drawing one takes a second."""
    return {}


@pytest.fixture(params=["run", "comparison", "sweep"])
def report(request, drawn, run, one_life, summary, comparison, sweep):
    """Each kind of report and how many charts it should hold."""
    make = {
        "run": lambda: (run_report(run, one_life, summary, "alliances run small_world"), 4),
        "comparison": lambda: (comparison_report(comparison, "alliances compare small_world"), 6),
        "sweep": lambda: (sweep_report(sweep, "alliances sweep small_world"), 1),
    }[request.param]
    return drawn[request.param] if request.param in drawn else drawn.setdefault(request.param, make())


def test_nothing_is_fetched_and_nothing_runs(report):
    text, _ = report
    page = Outline(text)
    forbidden = {
        "script",
        "link",
        "iframe",
        "object",
        "embed",
        "base",
        "form",
        "foreignobject",
        "animate",
        "audio",
        "video",
    }
    assert not forbidden & {tag for tag, _ in page.tags}
    for tag, attributes in page.tags:
        for name, value in attributes.items():
            assert not name.startswith("on"), (tag, name)
            if name in ("src", "srcset", "href", "xlink:href", "data", "action", "poster"):
                assert value.startswith(("#", "data:")), (tag, name, value)
    assert set(re.findall(r"url\((.)", text)) <= {"#"}
    assert "@import" not in text
    assert "javascript:" not in text


def test_the_policy_stands_before_everything_it_governs(report):
    text, _ = report
    policy = [tag for tag in Outline(text).all("meta") if tag.get("http-equiv") == "Content-Security-Policy"]
    assert [tag["content"] for tag in policy] == [POLICY]
    assert POLICY.startswith("default-src 'none'; style-src 'unsafe-inline'")
    assert text.index("Content-Security-Policy") < text.index("<style")


def test_every_chart_is_there_with_a_message_and_words_for_it(report):
    text, charts = report
    page = Outline(text)
    svgs = [tag for tag in page.all("svg") if tag.get("role") == "img"]
    assert len(svgs) == len(page.all("svg")) == len(page.all("figure")) == len(page.all("figcaption")) == charts
    assert all(len(tag["aria-label"]) > 30 for tag in svgs)
    assert sum(level == 3 for level, _ in page.headings) == charts
    assert "nan" not in re.sub(r"<[^>]*>", "", text)


def test_ids_are_unique_over_all_figures(report):
    text, _ = report
    ids = [attributes["id"] for _, attributes in Outline(text).tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    references = re.findall(r'xlink:href="#([^"]+)"', text) + re.findall(r"url\(#([^)]+)\)", text)
    assert set(references) <= set(ids)


def test_headings_are_in_order_and_tables_have_captions(report):
    text, _ = report
    page = Outline(text)
    levels = [level for level, _ in page.headings]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    assert all(title.strip() for _, title in page.headings)
    assert len(page.captions) == len(page.all("table"))
    assert all(page.captions)
    assert all("scope" in tag for tag in page.all("th"))
    assert page.all("html") == [{"lang": "en"}]


def test_question_answer_limits_and_how_to_reproduce(report):
    text, _ = report
    titles = [title for _, title in Outline(text).headings]
    assert titles[0].endswith("?")
    assert [title for level, title in Outline(text).headings if level == 2] == [
        "In pictures",
        "In numbers",
        "What this rests on",
        "What this cannot tell",
        "How to get the same numbers",
    ]
    assert text.index('class="answer"') < text.index("<svg")
    assert LIMITS[0].startswith("A tool for thinking, not a forecast")
    assert LIMITS[0] in text
    assert "small_world, digest " in text
    assert "alliances " in text[text.index("<pre>") : text.index("</pre>")]


@pytest.mark.slow
def test_no_date_and_the_same_text_every_time(run, one_life, summary):
    first, second = (run_report(run, one_life, summary) for _ in range(2))
    assert first == second
    assert "<dc:date" not in first


def test_what_people_typed_is_text_never_markup():
    page = Page(
        kind="test",
        question="<script>alert(1)</script>?",
        answer='a "quoted" & <b>bold</b> answer',
        context="",
        command="run <x>",
        charts=[Chart("message <i>", Figure(figsize=(2, 2)), "reading <u>", 'alt "<s>" text')],
        tables=[Table("caption <em>", ("a", "b"), [("<td>", "<th>")])],
        assumptions=[],
        changed="",
        reproduce=[("<dt>", "<dd>")],
    )
    tags = {tag for tag, _ in Outline(build_report(page)).tags}
    assert not tags & {"script", "b", "i", "u", "s", "em", "x"}


def test_long_names_may_break_after_dots_and_underscores():
    assert breakable("environment.shock_rate<") == "environment.<wbr>shock_<wbr>rate&lt;"


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
def test_it_opens_in_a_browser_without_complaint(report, tmp_path):
    text, charts = report
    file = tmp_path / "report.html"
    file.write_text(text, encoding="utf-8")
    done = subprocess.run(
        [
            CHROMIUM,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--no-first-run",
            "--enable-logging=stderr",
            f"--user-data-dir={tmp_path / 'profile'}",
            "--dump-dom",
            file.as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    dom = done.stdout
    assert dom.count("<svg ") == charts
    assert dom.count("</table>") == text.count("</table>")
    assert "How to get the same numbers" in dom
    assert ":CONSOLE" not in done.stderr  # the policy refused nothing, nothing failed to load
