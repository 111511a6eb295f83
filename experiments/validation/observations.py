"""Real observations, read where they lie: they are not part of the project.

The folder is $ALLIANCES_DATA, or ../shared/data beside the project or beside where the command is run.
"""

import csv
import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parents[2]
FILE = "lf_survival_targets.csv"


class Spells(NamedTuple):
    """How long a group of memberships lasted. Sequences are by age."""

    group: str
    members: int
    ages: tuple[float, ...]  # years
    survival: tuple[float, ...]  # share that stayed at least so long
    low: tuple[float, ...]  # 95 % band
    high: tuple[float, ...]


def data_folder() -> Path | None:
    """Where the observations are, None if nowhere."""
    chosen = os.environ.get("ALLIANCES_DATA")
    places = [Path(chosen)] if chosen else [HERE.parent / "shared" / "data", Path("../shared/data")]
    return next((place for place in places if (place / FILE).is_file()), None)


def membership_spells(group: str, ages: Sequence[float]) -> Spells:
    """One row of the survival targets at some ages, whole and half years.

    Raises FileNotFoundError where the folder is missing, KeyError if there is no such group.
    """
    folder = data_folder()
    if folder is None:
        raise FileNotFoundError(FILE)
    with (folder / FILE).open(encoding="utf-8", newline="") as file:
        row = {line["group"]: line for line in csv.DictReader(file)}[group]
    columns = ([float(row[f"{kind}{age:g}"]) for age in ages] for kind in ("S", "lo", "hi"))
    return Spells(group, int(row["n"]), tuple(ages), *(tuple(column) for column in columns))
