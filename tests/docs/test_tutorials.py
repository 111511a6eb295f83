"""The tutorials hold no outputs, so that their changes can be read, and they run from top to bottom on a fresh machine."""

import os
import re
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient

from experiments.runner import compile_first

ROOT = Path(__file__).parents[2]
TUTORIALS = ROOT / "docs" / "tutorials"
NAMES = ["strategist", "sweeper"]
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
CLEAR = "clear all outputs and save it again (in Jupyter: Edit, Clear Outputs of All Cells)"
A_PLACE = re.compile(r"(?<![\w.<:/*])/(?:home|Users|root|tmp|var|work|mnt|opt)\b|\b[A-Za-z]:\\\w")
A_LINK = re.compile(r"\]\(([^)#]+)[^)]*\)")
SECONDS_PER_CELL = 300  # not a measure of speed: the end of a cell that hangs


class ThisPython(AsyncKernelManager):
    """A kernel of the Python that runs the tests: no kernel need be installed, and none of another Python is taken."""

    @property
    def kernel_spec(self) -> KernelSpec:
        command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=command, display_name="Python 3", language="python")


def read(name: str) -> Any:
    return nbformat.read(TUTORIALS / f"{name}.ipynb", as_version=nbformat.NO_CONVERT)


def test_every_tutorial_is_tested() -> None:
    assert sorted(path.stem for path in TUTORIALS.glob("*.ipynb")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_tutorial_is_stored_without_outputs_and_as_jupyter_writes_it(name: str) -> None:
    book, text = read(name), (TUTORIALS / f"{name}.ipynb").read_text(encoding="utf-8")
    nbformat.validate(book)
    assert book.metadata == METADATA
    for cell in book.cells:
        assert cell.metadata == {}, f"{cell.id}: {CLEAR}"
        if cell.cell_type == "code":
            assert cell.outputs == [], f"{cell.id}: {CLEAR}"
            assert cell.execution_count is None, f"{cell.id}: {CLEAR}"
    assert text == nbformat.writes(book) + "\n"


@pytest.mark.parametrize("name", NAMES)
def test_a_tutorial_names_no_place_of_a_machine_and_no_address(name: str) -> None:
    for cell in read(name).cells:
        assert not A_PLACE.search(cell.source), cell.id
        assert "http" not in cell.source, cell.id


@pytest.mark.parametrize("name", NAMES)
def test_the_links_of_a_tutorial_lead_somewhere(name: str) -> None:
    links = [link for cell in read(name).cells if cell.cell_type == "markdown" for link in A_LINK.findall(cell.source)]
    assert links
    for link in links:
        assert (TUTORIALS / link).is_file(), link


@pytest.mark.parametrize("text", ["in /" + "home/me/results", "'/tmp/x'", "C:" + r"\Users"])
def test_a_place_of_a_machine_is_seen(text: str) -> None:
    assert A_PLACE.search(text)


@pytest.mark.slow
def test_the_tutorial_for_strategists_says_what_it_promises(tmp_path: Path) -> None:
    said, pictures = executed("strategist", tmp_path)
    assert re.search(
        r"60 worlds: [\d.]+ of 100 alliances live five years\. With alliance management, ", said["compare"]
    )
    assert said["paired"].count("better in ") == 3
    assert re.search(r"saved \d+ and lost \d+ of the [\d,]+ alliances", said["saved-and-lost"])
    assert "would not have happened without shocks" in said["attribute"]
    assert "came within a year of a shock" in said["attribute"]
    assert "35 of 100 alliances live five years" in said["tipping-point"]
    assert "alliance management buys " in said["tipping-point"]
    assert " is regretted least: " in said["futures"]
    assert "of your 6 alliances" in said["portfolio-file"]
    assert re.findall(r"typed\.csv:(\d)", said["wrong-row-shown"]) == ["2", "3", "4"]
    assert said["second-calibration"].count(" with the second set") == 3
    assert re.fullmatch(r"answer\.html: \d+ kB\n", said["page"])
    assert pictures == {"picture", "blame-picture", "tipping-picture", "regret-picture", "portfolio-picture"}


@pytest.mark.slow
def test_the_tutorial_for_sweepers_does_what_it_promises(tmp_path: Path) -> None:
    said, pictures = executed("sweeper", tmp_path)
    assert 'did you mean "environment.shock_rate"?' in said["wrong-name"]
    assert "ran 160 of 160 runs in " in said["first-sweep"]
    assert said["again"] == "ran 0 of 160 runs\n"
    assert said["more"] == "more worlds: ran 80 of 240 runs\nfiner grid: ran 180 of 420 runs\n"
    assert "firms.count is 60 there, 61 now" in said["refused"]
    assert "Tested at 60 fresh settings in fresh worlds: " in said["rule"]
    assert " of the spread is luck." in said["morris"]
    worlds, width = (float(number) for number in re.findall(r"\d+\.?\d*", said["stop-rule"])[:2])
    assert 30 <= worlds < 200
    assert width <= 2.0
    assert "the same to the last bit: True" in said["same-numbers"]
    assert "share 1: ran 1041 of 1120 runs." in said["two-shards"]
    assert "share 2: ran 79 of 1120 runs." in said["two-shards"]
    assert "merged: 1120 runs, 0 left" in said["two-shards"]
    assert "run again, the same to the last bit." in said["one-run"]
    assert said["broken"] == "1 of 12 runs failed\nworld 1, trust 0.5: MemoryError: too large for this machine\n"
    assert said["healed"] == "ran 1 of 12 runs, 0 failed\n"
    assert pictures == {"heat-map", "rule-picture", "morris-picture", "one-picture"}


def executed(name: str, place: Path) -> tuple[dict[str, str], set[str]]:
    """Run a tutorial in an empty folder: what each cell printed, and the cells that showed a picture.

    Raises CellExecutionError, with the cell and its traceback, for a cell that fails.
    """
    compile_first()  # here, where it may say so: the cells are to print nothing but answers
    here, elsewhere = place / "here", place / "elsewhere"
    here.mkdir()
    elsewhere.mkdir()
    book = read(name)
    # What Jupyter and the notebook itself write goes to folders of this test, never to those of the person who tests.
    own = {key: str(elsewhere) for key in ("TMPDIR", "IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_DATA_DIR")}
    environment = os.environ | own | {"PYTHONPATH": str(ROOT)}
    client = NotebookClient(
        book,
        timeout=SECONDS_PER_CELL,
        kernel_manager_class=ThisPython,
        resources={"metadata": {"path": str(here)}},
    )
    client.execute(env=environment)
    assert not list(here.iterdir()), "a tutorial leaves nothing where it was started"
    outputs = {cell.id: cell.outputs for cell in book.cells if cell.cell_type == "code"}
    for key, found in outputs.items():
        complaints = "".join(one.text for one in found if one.output_type == "stream" and one.name == "stderr")
        assert not complaints, f"{key}: {complaints}"
    said = {
        key: "".join(one.text for one in found if one.output_type == "stream" and one.name == "stdout")
        for key, found in outputs.items()
    }
    return said, {key for key, found in outputs.items() if any("image/png" in one.get("data", {}) for one in found)}
