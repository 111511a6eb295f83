"""Modules become one script that does what the modules did."""

import json
import shutil
import subprocess

import pytest

from experiments.lab import bundle
from simulation.problems import InputError

NODE = shutil.which("node")
FILES = {
    "entry.js": """import { double, NAME as name, Counter } from "./middle.js";
import { half } from "./leaf.js";
// a comment that goes
/**
 * so does
 * export nothing from here
 */
const secret = "</script> <!-- // stays -->";
export function answer(number) {
  return { double: double(number), half: half(number), name, secret, text: TEXT, count: new Counter().next() };
}
const TEXT = `two
// lines
import of goods`;
""",
    "middle.js": """import { half } from "./leaf.js";
export const NAME = "middle";
const secret = 2;
export async function later() {
  return NAME;
}
export class Counter {
  next() {
    return secret;
  }
}
export function double(number) {
  return half(number) * 4;
}
""",
    "leaf.js": "const secret = 0.5;\nexport function half(number) {\n  return number * secret;\n}\n",
    "charts.js": "var uPlot = 7;\n",
}
EXPECTED = {
    "double": 12,
    "half": 3,
    "name": "middle",
    "secret": "</script> <!-- // stays -->",
    "text": "two\n// lines\nimport of goods",
    "count": 2,
}


@pytest.fixture
def folder(tmp_path):
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def of(folder, **files):
    for name, text in files.items():
        (folder / f"{name}.js").write_text(text, encoding="utf-8")
    return bundle.script("entry.js", folder, "")


def in_node(file):
    return json.loads(subprocess.run([NODE, file], capture_output=True, text=True, check=True, timeout=60).stdout)


@pytest.mark.skipif(NODE is None, reason="no node on this machine")
def test_the_script_does_what_the_modules_did(folder, tmp_path):
    file = tmp_path / "run.cjs"
    file.write_text(bundle.script("entry.js", folder, "charts.js") + "console.log(JSON.stringify(exported.answer(6)))")
    assert in_node(file) == EXPECTED


@pytest.mark.skipif(NODE is None, reason="no node on this machine")
def test_as_a_module_it_gives_the_exports_of_the_entry(folder, tmp_path):
    (tmp_path / "whole.mjs").write_text(bundle.module("entry.js", folder, "charts.js"))
    run = tmp_path / "run.mjs"
    run.write_text('import all from "./whole.mjs";\nconsole.log(JSON.stringify(all.answer(6)));\n')
    assert in_node(run) == EXPECTED


def test_each_module_stands_once_after_what_it_imports(folder):
    text = bundle.script("entry.js", folder, "charts.js")
    places = [text.index(piece) for piece in ("var uPlot", "// leaf.js", "// middle.js", "// entry.js")]
    assert places == sorted(places)
    assert text.count("// leaf.js") == 1
    assert "a comment that goes" not in text
    assert "so does" not in text
    assert text == bundle.script("entry.js", folder, "charts.js")


def test_nothing_in_it_ends_a_script_element(folder):
    text = bundle.classic("entry.js", folder, "charts.js")
    assert "</script" not in text.lower()
    assert "<!--" not in text
    assert text.startswith("(() => {")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('import whole from "./leaf.js";', "leaf.js"),
        ('import * as leaf from "./leaf.js";', "* as leaf"),
        ('import "./leaf.js";', "./leaf.js"),
        ("import {", "import {"),
        ('import { half } from "https://example.org/leaf.js";', "example.org"),
        ('  import { half } from "./leaf.js";', "half"),
        ("export default 3;", "export default"),
        ("export { half };", "export { half }"),
        ("export let half = 3;", "export let"),
        ('const leaf = import("./leaf.js");', "const leaf"),
        ("const here = import.meta.url;", "const here"),
        ("/* a */ export const b = 2;", "comment"),
    ],
)
def test_any_other_style_is_refused_with_file_and_line(folder, line, told):
    with pytest.raises(InputError, match="cannot be bundled; allowed: import") as error:
        of(folder, entry=f"const one = 1;\n{line}\n")
    (problem,) = error.value.problems
    assert (problem.file, problem.line) == ("entry.js", 2)
    assert told in problem.message


def test_what_is_not_exported_not_there_or_circular_is_refused(folder):
    with pytest.raises(InputError, match=r"^entry.js:1: leaf.js exports no third"):
        of(folder, entry='import { half, third } from "./leaf.js";\n')
    with pytest.raises(InputError, match=r"^entry.js:1: gone.js cannot be read"):
        of(folder, entry='import { half } from "./gone.js";\n')
    with pytest.raises(InputError, match=r"^b.js:1: modules import each other in a circle: entry.js → b.js → entry.js"):
        of(folder, entry='import { b } from "./b.js";\n', b='import { a } from "./entry.js";\n')


def test_style_sheets_fetch_nothing(folder):
    (folder / "good.css").write_text("a { color: red; }\n")
    (folder / "bad.css").write_text("a {\n background: url(https://example.org/x.png); }\n")
    assert bundle.style(("good.css",), folder) == "a { color: red; }\n"
    with pytest.raises(InputError, match=r"^bad.css:2: .*fetches nothing"):
        bundle.style(("good.css", "bad.css"), folder)


@pytest.mark.skipif(NODE is None, reason="no node on this machine")
@pytest.mark.parametrize("entry", ["offline_page.js", "notebook.js"])
def test_the_viewer_itself_can_be_bundled(entry, tmp_path):
    file = tmp_path / "viewer.js"
    file.write_text(bundle.classic(entry), encoding="utf-8")
    subprocess.run([NODE, "--check", file], check=True, timeout=60)
    assert len(bundle.style()) > 1000
