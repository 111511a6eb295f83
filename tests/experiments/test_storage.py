"""Result folders: all or nothing on the disk, and refusal of what is not ours."""

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiments.plans import differences
from experiments.provenance import BASE, manifest
from experiments.storage import ResultFolder
from simulation.problems import InputError
from simulation.scenario import Scenario


def plan(**changes: Any) -> dict[str, Any]:
    settings = {"seed": 1, "worlds": 10, "vary": {"trust.initial": [0.2, 0.8]}} | changes
    return manifest("sweep", settings, {BASE: Scenario()})


def listing(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {
        str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_tables_come_back_as_they_went(tmp_path: Path) -> None:
    with ResultFolder.claim(tmp_path / "odd [name] * 'quoted'", plan()) as folder:
        columns = {
            "cell": np.array(["a", "b"], dtype=object),
            "world": np.array([0, 1]),
            "a.b": np.array([0.1, np.nan]),
            "yes": np.array([True, False]),
            "empty": np.array([np.nan, np.nan]),
        }
        folder.write_part(0, columns)
        folder.write_part(1, columns)
        assert folder.part_names() == ["part-000000.parquet", "part-000001.parquet"]
        back = folder.rows()
    assert back["cell"].tolist() == ["a", "a", "b", "b"]
    np.testing.assert_array_equal(back["a.b"], [0.1, 0.1, np.nan, np.nan])
    np.testing.assert_array_equal(back["empty"], [np.nan] * 4)
    assert back["yes"].tolist() == [True, True, False, False]


def test_the_same_rows_are_the_same_bytes(tmp_path: Path) -> None:
    columns = {"cell": np.array(["a"] * 5000, dtype=object), "x": np.random.default_rng(1).random(5000)}
    with ResultFolder.claim(tmp_path / "one", plan()) as one, ResultFolder.claim(tmp_path / "two", plan()) as two:
        for folder in (one, two):
            folder.write_table("table", columns, also_csv=True)
    for name in ("table.parquet", "table.csv"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_missing_numbers_are_empty_in_csv_and_null_in_sql(tmp_path: Path) -> None:
    import duckdb

    with ResultFolder.claim(tmp_path / "out", plan()) as folder:
        folder.write_table("table", {"x": np.array([1.0, np.nan])}, also_csv=True)
    assert (tmp_path / "out" / "table.csv").read_text() == "x\n1.0\n\n" or (
        tmp_path / "out" / "table.csv"
    ).read_text() == 'x\n1.0\n""\n'
    assert duckdb.connect().execute(f"SELECT avg(x), count(x) FROM '{tmp_path}/out/table.parquet'").fetchall() == [
        (1.0, 1)
    ]


def test_a_write_that_fails_leaves_the_old_file_and_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with ResultFolder.claim(tmp_path / "out", plan()) as folder:
        folder.write_text("report.html", "old")

        def no_space(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", no_space)
        with pytest.raises(InputError, match=r"No space left on device\. What was written before is whole: make room"):
            folder.write_text("report.html", "new")
        with pytest.raises(InputError, match=r"No space left on device\. What was written before is whole: make room"):
            folder.write_part(0, {"x": np.array([1.0])})
        monkeypatch.undo()
    assert (tmp_path / "out" / "report.html").read_text() == "old"
    assert sorted(path.name for path in (tmp_path / "out").rglob("*") if path.is_file()) == ["report.html"]


def test_leftovers_of_a_killed_process_are_cleared_away(tmp_path: Path) -> None:
    out = tmp_path / "out"
    (out / "parts").mkdir(parents=True)
    (out / ".manifest.json.abc.tmp").write_text("{")
    (out / "parts" / ".part-000000.parquet.abc.tmp").write_text("PAR1")
    (out / ".lock").touch()
    with pytest.raises(InputError, match="parts"):  # parts without a manifest are not ours
        ResultFolder(out).check(plan())
    (out / "parts" / ".part-000000.parquet.abc.tmp").unlink()
    (out / "parts").rmdir()
    with ResultFolder.claim(out, plan()) as folder:
        folder.write_manifest(plan())
    assert [path.name for path in out.iterdir()] == ["manifest.json"]


def test_only_one_process_writes_at_a_time(tmp_path: Path) -> None:
    with ResultFolder.claim(tmp_path / "out", plan()), pytest.raises(InputError, match="another process"):
        ResultFolder.claim(tmp_path / "out", plan())
    ResultFolder.claim(tmp_path / "out", plan()).close()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"seed": 2}, "seed is 1 there, 2 now"),
        ({"worlds": 9}, "worlds is 10 there, 9 now"),
        ({"vary": {"trust.initial": [0.2, 0.7]}}, r"vary\.trust\.initial"),
        ({"vary": {"trust.gain": [0.2, 0.8]}}, r"vary\.trust\.gain is missing there"),
    ],
)
def test_another_plan_is_refused_and_nothing_touched(tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    out = tmp_path / "out"
    with ResultFolder.claim(out, plan(), grows=True) as folder:
        folder.write_manifest(plan())
        folder.write_failures([{"cell": "a", "world": 0}])
    before = listing(out)
    with pytest.raises(InputError, match=message):
        ResultFolder.claim(out, plan(**changes), grows=True)
    assert listing(out) == before


def test_a_plan_that_appeared_before_the_lock_was_ours_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = ResultFolder._take_lock

    def late(folder: ResultFolder) -> None:
        folder.path.mkdir()
        (folder.path / "manifest.json").write_text(json.dumps(plan(seed=2)))
        real(folder)

    monkeypatch.setattr(ResultFolder, "_take_lock", late)
    with pytest.raises(InputError, match="seed is 2 there"):
        ResultFolder.claim(tmp_path / "out", plan())
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["manifest.json"]


@pytest.mark.skipif(os.name == "nt", reason="no advisory locks on Windows")
def test_a_lock_on_a_file_that_its_owner_has_removed_keeps_nobody_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fcntl

    first = ResultFolder.claim(tmp_path / "out", plan())
    real, opened = fcntl.flock, []

    def removed_in_between(handle: Any, how: int) -> None:
        if not opened:
            first.close()  # after the file was opened, before it is locked
        opened.append(handle)
        real(handle, how)

    monkeypatch.setattr(fcntl, "flock", removed_in_between)
    with ResultFolder.claim(tmp_path / "out", plan()):
        monkeypatch.undo()
        assert len(opened) == 2
        with pytest.raises(InputError, match="another process"):
            ResultFolder.claim(tmp_path / "out", plan())


@pytest.mark.parametrize(
    "text", ["{", "[]", "3", '{"cell": "a"}', '{"cell": "a", "world": "0", "error": "", "where": ""}']
)
def test_a_damaged_line_of_failures_is_named(tmp_path: Path, text: str) -> None:
    whole = {"cell": "a", "world": 0, "error": "MemoryError", "where": ""}
    with ResultFolder.claim(tmp_path / "out", plan()) as folder:
        folder.write_failures([whole])
        assert folder.failures() == [whole]
        folder.write_text("failures.jsonl", json.dumps(whole) + "\n" + text + "\n")
        with pytest.raises(InputError, match=r"failures\.jsonl: line 2 is damaged"):
            folder.failures()
        folder.write_bytes("failures.jsonl", b"\xff\xfe")
        with pytest.raises(InputError, match="cannot be read"):
            folder.failures()


@pytest.mark.parametrize("out", [3, b"map", True, ["map"]])
def test_a_folder_is_text_or_a_path(out: Any) -> None:
    with pytest.raises(InputError, match="is not a folder"):
        ResultFolder.claim(out, plan())


def test_leftovers_go_from_all_folders_below(tmp_path: Path) -> None:
    with ResultFolder.claim(tmp_path / "out", plan()) as folder:
        folder.write_manifest(plan())
        folder.write_table("series/living", {"x": np.array([1.0])})
    (tmp_path / "out" / "series" / ".living.parquet.abc.tmp").touch()
    ResultFolder.claim(tmp_path / "out", plan()).close()
    assert not list(tmp_path.rglob("*.tmp"))


def test_another_scenario_is_refused_by_setting(tmp_path: Path) -> None:
    there, other = plan(), manifest("sweep", plan()["plan"], {BASE: Scenario().with_(trust__gain=0.2, firms__count=50)})
    found = differences(there, other)
    assert any(f"trust.gain is {Scenario().trust.gain:g} there, 0.2 now" in text for text in found)
    assert len(found) == 2


def test_more_worlds_and_levels_continue_a_sweep_but_another_engine_does_not() -> None:
    bigger = plan(worlds=20, vary={"trust.initial": [0.2, 0.5, 0.8]})
    assert differences(plan(), bigger, grows=True) == []
    assert len(differences(plan(), bigger)) == 2
    assert "engine" in differences(plan(), plan() | {"engine": "other"}, grows=True)[0]
    assert "definition of outcomes" in differences(plan(), plan() | {"outcomes": "other"}, grows=True)[0]
    assert differences(plan(), plan() | {"outcomes": "other"}) == []
    assert differences(plan(), plan() | {"engine": "other"}) == []


def test_titles_and_machines_are_no_difference() -> None:
    other = manifest("sweep", plan()["plan"], {BASE: Scenario(title="Another title")}) | {
        "host": {},
        "git": None,
        "command": [],
    }
    assert differences(plan(), other) == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"notes.txt": "mine"}, "other files"),
        ({"manifest.json": "{"}, "cannot be read"),
        ({"manifest.json": "[]"}, "format"),
        ({"manifest.json": '{"format": 99}'}, "format"),
        (
            {"manifest.json": json.dumps(manifest("run", {"seed": 1, "world": 0}, {BASE: Scenario()}))},
            "result of a run",
        ),
        ({"manifest.json": '{"format": 1, "kind": "sweep"}'}, "damaged.*the plan"),
        ({"manifest.json": json.dumps(plan() | {"kind": ["sweep"]})}, "damaged.*kind"),
        ({"manifest.json": json.dumps(plan() | {"scenarios": {}})}, "damaged.*settings"),
        ({"manifest.json": json.dumps(plan(vary=3))}, "damaged.*varied"),
        ({"manifest.json": json.dumps(plan(worlds="ten"))}, "damaged.*worlds"),
        ({"manifest.json": json.dumps(plan() | {"times": [3]})}, "damaged.*times"),
    ],
)
def test_folders_of_other_content_are_refused(tmp_path: Path, content: dict[str, str], message: str) -> None:
    for name, text in content.items():
        (tmp_path / name).write_text(text)
    before = listing(tmp_path)
    with pytest.raises(InputError, match=message):
        ResultFolder.claim(tmp_path, plan())
    assert listing(tmp_path) == before


def test_files_and_impossible_places_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("x")
    for place in (file, file / "below", Path("/proc/nowhere/out")):
        with pytest.raises(InputError):
            ResultFolder.claim(place, plan())
    assert file.read_text() == "x"


def test_a_broken_part_is_named(tmp_path: Path) -> None:
    with ResultFolder.claim(tmp_path / "out", plan()) as folder:
        folder.write_part(0, {"cell": np.array(["a"], dtype=object), "world": np.array([0])})
        (folder.path / "parts" / "part-000000.parquet").write_bytes(b"PAR1 broken")
        with pytest.raises(InputError, match=r"part-.*cannot be read"):
            folder.rows()


def test_a_folder_without_manifest_is_no_result(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not a result folder"):
        ResultFolder(tmp_path).manifest()


def test_a_new_folder_in_which_nothing_was_written_goes_away_again(tmp_path: Path) -> None:
    ResultFolder.claim(tmp_path / "results" / "new" / "out", plan()).close()
    assert not (tmp_path / "results").exists()
    (tmp_path / "mine").mkdir()
    ResultFolder.claim(tmp_path / "mine", plan()).close()
    assert (tmp_path / "mine").exists()
