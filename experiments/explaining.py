"""Why did this one die? The story of an alliance, a firm or a run, and the folder that keeps it."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.design import check_amounts
from experiments.provenance import BASE, manifest, now
from experiments.runner import compile_first
from simulation.problems import InputError, Problem, did_you_mean
from simulation.scenario import Scenario

if TYPE_CHECKING:
    from simulation.story import Autopsy
    from simulation.story_firm import FirmStory
    from simulation.story_telling import Telling
    from simulation.trace import Traced

Firm = int | str


class Explained:
    """A run that was looked back on. `autopsy` of one alliance, `firm`, `telling` of the run."""

    def __init__(self, scenario: Scenario, seed: int = 1, world: int = 0) -> None:
        from simulation.story import look_back

        check_amounts(seed=seed, world=world)
        compile_first()
        self.found: Traced = look_back(scenario, int(seed), int(world))

    def telling(self) -> "Telling":
        """The alliances of the run that tell most."""
        from simulation.story_telling import most_telling

        return most_telling(self.found)

    def autopsy(self, pair: tuple[Firm, Firm] | None = None, quarter: int | None = None) -> "Autopsy":
        """Of the alliance of two firms, by name or position; without them, of the one that tells most.

        quarter : in which it lived, where they were allied more than once; else the last that ended
        Raises InputError for firms that there are not, or that were not allied.
        """
        from simulation.story import Autopsy, find_alliance
        from simulation.story_life import Life

        if pair is not None:
            return Autopsy(Life(self.found, find_alliance(self.found, self.seat(pair[0]), self.seat(pair[1]), quarter)))
        chosen = list(self.telling().chosen)
        if not chosen:
            raise InputError([Problem(f"{self.telling().answer()} Name another: --alliance A,B", "alliance")])
        return Autopsy(Life(self.found, chosen[0]))

    def firm(self, firm: Firm, quarter: int | None = None) -> "FirmStory":
        """The story of a firm, up to a quarter."""
        from simulation.story import firm_story

        run = self.found.run
        return firm_story(run.scenario, run.seed, run.world, self.seat(firm), quarter, self.found)

    def seat(self, firm: Firm) -> int:
        """The seat of a firm, by its name or position from 0. Raises InputError."""
        names = self.found.run.names
        if isinstance(firm, str) and firm in names:
            return names.index(firm)
        if isinstance(firm, int) or firm.strip().isdecimal():
            if 0 <= int(firm) < len(names):
                return int(firm)
            raise InputError([Problem(f"{firm} is not a firm of this world, 0 to {len(names) - 1}", "firm")])
        hint = (
            did_you_mean(firm, names) or f'give a position from 0 to {len(names) - 1}, or a name such as "{names[0]}"'
        )
        raise InputError([Problem(f'no firm "{firm}" in this world; {hint}', "firm")])


def explain(
    scenario: Scenario, seed: int = 1, world: int = 0, alliance: tuple[Firm, Firm] | None = None,
    quarter: int | None = None, out: str | Path | None = None,
) -> "Autopsy":  # fmt: skip
    """The autopsy of one alliance: its life, its cause, and what would have saved it under the same luck.

    alliance : two firms by name or position; without it, the alliance of the run that tells most
    out : folder for explain.json and the figure
    Raises InputError for wrong input, before anything is written.
    """
    start, began = time.perf_counter(), now()
    found = Explained(scenario, seed, world).autopsy(alliance, quarter)
    if out is not None:
        save(found, out, began, start)
    return found


def save(found: "Autopsy", out: str | Path, began: str, start: float) -> None:
    """The folder of an explanation: explain.json, life.png, life.svg, manifest. Raises InputError if it holds anything else."""
    import json

    from experiments.figures.life import life_figure
    from experiments.pictures import image
    from experiments.storage import ResultFolder

    run = found.life.found.run
    record = manifest(
        "explain", {"seed": run.seed, "world": run.world, "alliance": found.life.index}, {BASE: run.scenario}
    )
    with ResultFolder.claim(out, record) as folder:
        content: dict[str, Any] = found.to_json()
        folder.write_text("explain.json", json.dumps(content, ensure_ascii=False, indent=2) + "\n")
        figure = life_figure(content)
        for kind in ("png", "svg"):
            folder.write_bytes(f"life.{kind}", image(figure, kind))
        session = {"started": began, "finished": now(), "seconds": round(time.perf_counter() - start, 3), "runs": 1}
        folder.write_manifest(record | {"times": [session]})
