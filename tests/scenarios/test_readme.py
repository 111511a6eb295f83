"""What README shows works as it stands there."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scenarios import load

README = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


@pytest.mark.parametrize("text", blocks("toml"), ids=lambda text: text.split("\n")[0])
def test_scenario_files_can_be_read(text: str, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    assert load(tmp_path / "mine.toml").digest != load("baseline").digest


def test_the_file_with_mechanisms_and_interventions_says_what_it_says(tmp_path: Path) -> None:
    (text,) = [text for text in blocks("toml") if "[mechanisms]" in text]
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    world = load(tmp_path / "mine.toml")
    assert not world.mechanisms.renegotiation
    assert (world.interventions[0].quarter, world.interventions[0].to.openness) == (120, 0.5)
    assert world.strategies["cautious"].share == 0.2
    assert sum(row.share for row in world.strategies.values()) == pytest.approx(1)


def test_the_strategy_in_python_runs_and_matters() -> None:
    (code,) = [text for text in blocks("python") if "policies" in text]
    names: dict[str, Any] = {}
    exec(
        code.replace(
            'load("baseline")', 'load("baseline").with_(firms__count=20, time__quarters=30, time__warm_up_quarters=0)'
        ),
        names,
    )
    plain = names["simulate"](names["run"].scenario, seed=1)
    assert not np.array_equal(names["run"].records, plain.records)
