"""Every source that is cited can be found: assumptions by number in docs/assumptions.md."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def cited() -> set[str]:
    texts = (path.read_text(encoding="utf-8") for path in (ROOT / "simulation").rglob("*.py"))
    return {name for text in texts for name in re.findall(r"A-\d\d", text)}


def test_every_assumption_cited_is_listed_once_and_every_one_listed_is_cited() -> None:
    listed = re.findall(r"^\| (A-\d\d) \|", (ROOT / "docs/assumptions.md").read_text(encoding="utf-8"), re.M)
    assert len(listed) == len(set(listed))
    assert set(listed) == cited()
