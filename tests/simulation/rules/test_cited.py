"""Every source of a rule or a setting is known: works in docs/sources.md, assumptions in docs/assumptions.md."""

import re
from pathlib import Path

import pytest

from simulation.scenario import Scenario
from simulation.validation import settings

ROOT = Path(__file__).resolve().parents[3]
NAME = r"(?:de la |van den )?[A-Z][\w-]+"
WORK = re.compile(rf"({NAME}(?:, {NAME})*(?: & {NAME}| et al\.)?) ((?:19|20)\d\d)")
OTHERS = ("the user's documents", "the design", "calibrated", "oracle L", "closed form", "default: ", "assumption A-")


def works() -> dict[tuple[str, str], str]:
    """(first author, year) -> line of docs/sources.md."""
    lines = re.findall(r"^\| (.+?) \| (.+) \|$", (ROOT / "docs/sources.md").read_text(encoding="utf-8"), re.M)
    cited = [(WORK.fullmatch(name), reference) for name, reference in lines]
    keys = [(found[1], found[2], reference) for found, reference in cited if found]
    first = {(authors.split(",")[0].split(" &")[0].removesuffix(" et al."), year): ref for authors, year, ref in keys}
    assert len(first) == len(keys) == len(lines) - 2, "a line for each, none twice, and two headings"
    return first


def sources_of_rules() -> list[tuple[str, str]]:
    found = []
    for file in sorted((ROOT / "simulation").rglob("*.py")):
        text = file.read_text(encoding="utf-8")
        found += [
            (file.name, " ".join(said.split())) for said in re.findall(r"^ *Source: (.+?)\n *\n", text, re.M | re.S)
        ]
    return found


CITED = sources_of_rules()
SETTINGS = [(s.key, s.source) for s in settings(Scenario) if WORK.search(s.source) or "A-" in s.source]


@pytest.mark.parametrize(("where", "said"), CITED + SETTINGS, ids=[where for where, _ in CITED + SETTINGS])
def test_each_source_is_known(where: str, said: str) -> None:
    known = works()
    for authors, year in WORK.findall(said):
        first = re.split(r",| &| et al\.", authors)[0]
        assert (first, year) in known, f"{authors} {year} is not in docs/sources.md"
        for name in re.findall(NAME, authors):
            assert name in known[first, year], f"{name} is no author of {known[first, year]}"
        assert f"({year})" in known[first, year]
    assumptions = (ROOT / "docs/assumptions.md").read_text(encoding="utf-8")
    for number in re.findall(r"A-\d\d", said):
        assert f"| {number} |" in assumptions
    for equation in re.findall(r"\bE(\d+)", said):
        assert 1 <= int(equation) <= 25


@pytest.mark.parametrize(("where", "said"), CITED)
def test_each_rule_names_a_source_of_a_known_kind(where: str, said: str) -> None:
    assert WORK.search(said) or any(kind in said for kind in OTHERS), said


def test_every_work_listed_is_cited() -> None:
    said = " ".join(file.read_text(encoding="utf-8") for file in (ROOT / "simulation").rglob("*.py"))
    said += " ".join(file.read_text(encoding="utf-8") for file in (ROOT / "tests/oracles").glob("*.py"))
    cited = {(re.split(r",| &| et al\.", authors)[0], year) for authors, year in WORK.findall(" ".join(said.split()))}
    cited |= {("Mueller", "2017")}  # named without a year where it is used
    assert set(works()) - cited == set()
