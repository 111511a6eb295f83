"""Shards: any split of a sweep, merged in any order, is the sweep."""

from pathlib import Path

import pytest

from experiments import pictures
from experiments.sweeps import parts
from experiments.sweeps.merging import merge
from experiments.sweeps.replaying import replay
from experiments.sweeps.sweeping import load_sweep, sweep
from simulation.problems import InputError
from simulation.scenario import Scenario

pytestmark = pytest.mark.slow  # seconds in all: `make test` runs them, `make check` does not

TINY = Scenario().with_(firms__count=20, time__quarters=40, time__warm_up_quarters=8)
VARY = {"environment.shock_rate": [0.0, 0.3], "trust.initial": (0.2, 0.8, 3)}


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts of five runs; pictures, which take longer than all the rest, are left out."""
    monkeypatch.setattr(parts, "runs_per_part", lambda design: 5)
    monkeypatch.setattr(pictures, "sweep_figures", lambda *_: {})


def contents(out: Path) -> dict[str, bytes]:
    """All but the manifest, which says when and by which command."""
    names = [
        path for path in sorted(out.rglob("*")) if path.is_file() and path.name not in ("manifest.json", "report.html")
    ]
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in names}


def test_shards_merged_are_the_sweep_byte_for_byte(tmp_path: Path) -> None:
    sweep(TINY, VARY, worlds=4, out=tmp_path / "whole")
    shards = [tmp_path / f"shard{number}" for number in (1, 2, 3)]
    for number, out in enumerate(shards, 1):
        result = sweep(TINY, VARY, worlds=4, out=out, shard=(number, 3))
        assert result.ran == result.collected.total > 0
        assert not (out / "summary.csv").exists()
    merged = merge([shards[2], shards[0], shards[1]], tmp_path / "merged")
    assert (merged.left, merged.failed) == (0, 0)
    assert contents(tmp_path / "merged") == contents(tmp_path / "whole")


def test_what_a_missing_shard_leaves_out_is_said_and_run_later(tmp_path: Path) -> None:
    sweep(TINY, VARY, worlds=4, out=tmp_path / "whole")
    sweep(TINY, VARY, worlds=4, out=tmp_path / "one", shard=(1, 2))
    merged = merge([tmp_path / "one"], tmp_path / "merged")
    assert merged.left == 10
    assert merged.sentence().startswith("Not finished: 14 of 24 runs so far.")
    finished = sweep(TINY, VARY, worlds=4, out=tmp_path / "merged")
    assert finished.ran == 10
    assert contents(tmp_path / "merged") == contents(tmp_path / "whole")


def test_other_sweeps_and_other_things_are_not_merged(tmp_path: Path) -> None:
    sweep(TINY, VARY, worlds=2, out=tmp_path / "one", shard=(1, 2))
    sweep(TINY, VARY, worlds=2, seed=2, out=tmp_path / "other", shard=(2, 2))
    with pytest.raises(InputError, match="seed is 1 there, 2 now"):
        merge([tmp_path / "one", tmp_path / "other"], tmp_path / "out")
    with pytest.raises(InputError, match="no folders"):
        merge([], tmp_path / "out")
    with pytest.raises(InputError, match=r"manifest\.json"):
        merge([tmp_path / "one", tmp_path], tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("shard", [(0, 2), (3, 2), (1,), "1/2", (1.0, 2)])
def test_a_wrong_shard_is_refused(shard: object, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="shard"):
        sweep(TINY, VARY, worlds=1, out=tmp_path / "out", shard=shard)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="folder of its own"):
        sweep(TINY, VARY, worlds=1, shard=(1, 2))


def test_a_run_of_a_sweep_is_replayed_to_the_last_bit(tmp_path: Path) -> None:
    result = sweep(TINY, VARY, worlds=2, out=tmp_path / "map")
    cell = result.design.cells[4].cell
    again = replay(tmp_path / "map", world=1, cell=cell[:6], out=tmp_path / "one")
    assert again.is_same
    assert again.run.scenario == result.design.cells[4].scenario
    assert "the same to the last bit" in again.sentence()
    assert (tmp_path / "one" / "events.parquet").exists()
    for wrong, message in (
        ({"world": 2, "cell": cell}, "worlds: 0 to 1"),
        ({"world": 0}, "fits 6 cells"),
        ({"world": 0, "cell": "zzzz"}, "is not there"),
        ({"world": 0, "cell": cell, "arm": "x"}, "belongs to a compare"),
    ):
        with pytest.raises(InputError, match=message):
            replay(tmp_path / "map", **wrong)  # type: ignore[arg-type]


def test_a_row_that_was_tampered_with_is_noticed(tmp_path: Path) -> None:
    from experiments.storage import ResultFolder

    sweep(TINY, {"trust.initial": [0.5]}, worlds=2, out=tmp_path / "map")
    rows = ResultFolder(tmp_path / "map").rows()
    rows["mean_trust"] = rows["mean_trust"] + 1e-15
    ResultFolder(tmp_path / "map").write_part(0, rows)
    again = replay(tmp_path / "map", world=0)
    assert not again.is_same
    assert again.differs is not None
    assert list(again.differs) == ["mean_trust"]


def test_the_stop_rule_adds_worlds_until_the_intervals_are_narrow(tmp_path: Path) -> None:
    found = sweep(TINY, {"trust.initial": [0.2, 0.8]}, worlds=200, until=0.05, out=tmp_path / "map")
    assert found.worlds in (30, 45, 68, 102, 153)
    assert found.half_width is not None
    assert found.half_width <= 0.05
    assert load_sweep(tmp_path / "map").worlds == found.worlds
    again = sweep(TINY, {"trust.initial": [0.2, 0.8]}, worlds=200, until=0.05, out=tmp_path / "map")
    assert (again.ran, again.worlds) == (0, found.worlds)
    wide = sweep(TINY, {"trust.initial": [0.2, 0.8]}, worlds=30, until=1e-6)
    assert wide.worlds == 30
    assert wide.half_width is not None
    assert wide.half_width > 1e-6


def test_runs_are_taken_from_another_folder(tmp_path: Path) -> None:
    sweep(TINY, {"trust.initial": (0.2, 0.8, 3)}, worlds=3, out=tmp_path / "coarse")
    sweep(TINY, {"trust.initial": (0.2, 0.8, 5)}, worlds=3, out=tmp_path / "whole")
    fine = sweep(TINY, {"trust.initial": (0.2, 0.8, 5)}, worlds=3, out=tmp_path / "fine", reuse=[tmp_path / "coarse"])
    assert fine.ran == 2 * 3
    assert contents(tmp_path / "fine") == contents(tmp_path / "whole")


def test_a_grown_folder_is_the_same_as_one_made_at_once(tmp_path: Path) -> None:
    sweep(TINY, {"trust.initial": (0.2, 0.8, 3)}, worlds=3, out=tmp_path / "grown")
    sweep(TINY, {"trust.initial": (0.2, 0.8, 3)}, worlds=5, out=tmp_path / "grown")
    sweep(TINY, {"trust.initial": (0.2, 0.8, 5)}, worlds=5, out=tmp_path / "grown")
    sweep(TINY, {"trust.initial": (0.2, 0.8, 5)}, worlds=5, out=tmp_path / "whole")
    assert contents(tmp_path / "grown") == contents(tmp_path / "whole")


def test_a_damaged_part_is_made_again_and_said(tmp_path: Path) -> None:
    sweep(TINY, VARY, worlds=2, out=tmp_path / "whole")
    sweep(TINY, VARY, worlds=2, out=tmp_path / "map")
    part = tmp_path / "map" / "parts" / "part-000001.parquet"
    part.write_bytes(part.read_bytes()[:300])
    with pytest.raises(InputError, match=r"part-000001.*|cannot be read"):
        load_sweep(tmp_path / "map").columns()
    healed = sweep(TINY, VARY, worlds=2, out=tmp_path / "map")
    assert healed.ran == 5
    assert healed.notes == ["parts/part-000001.parquet was damaged: its runs are made again."]
    assert contents(tmp_path / "map") == contents(tmp_path / "whole")


def test_a_folder_that_holds_more_answers_and_stays_as_it_is(tmp_path: Path) -> None:
    """A script that grows its sweep can be run again from its first line."""
    sweep(TINY, {"trust.initial": (0.2, 0.8, 5)}, worlds=5, out=tmp_path / "map")
    before = contents(tmp_path / "map")
    for vary, worlds in (({"trust.initial": (0.2, 0.8, 3)}, 5), ({"trust.initial": (0.2, 0.8, 5)}, 2)):
        part = sweep(TINY, vary, worlds=worlds, out=tmp_path / "map")
        alone = sweep(TINY, vary, worlds=worlds)
        assert (part.ran, part.left, part.out) == (0, 0, tmp_path / "map")
        assert "stays as it is" in part.notes[0]
        assert all((part.columns()[name] == alone.columns()[name]).all() for name in ("mean_trust", "alliances_alive"))
    assert contents(tmp_path / "map") == before


def test_shards_of_a_tiny_sweep_say_that_there_is_nothing_to_do(tmp_path: Path) -> None:
    done = sweep(TINY, {"trust.initial": [0.2, 0.8]}, worlds=1, out=tmp_path / "one", shard=(1, 3))
    idle = sweep(TINY, {"trust.initial": [0.2, 0.8]}, worlds=1, out=tmp_path / "three", shard=(3, 3))
    assert (done.ran, idle.ran, idle.collected.total) == (2, 0, 0)
    assert load_sweep(tmp_path / "one").note() == ""
