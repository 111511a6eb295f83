"""Where the numbers of a report come from: scenarios by content, seed and versions."""

from collections.abc import Mapping

from experiments.provenance import versions
from simulation.draws import VERSION
from simulation.scenario import Scenario


def reproduce_rows(scenarios: Mapping[str, Scenario], seed: int, worlds: str) -> list[tuple[str, str]]:
    """Names and values of the box "how to get the same numbers". worlds : which were run, in words."""
    rows = [
        (f"scenario {name}" if len(scenarios) > 1 else "scenario", f"{item.name}, digest {item.digest}")
        for name, item in scenarios.items()
    ]
    rows += [("seed", str(seed)), ("worlds", worlds), ("random numbers", f"version {VERSION}")]
    return rows + [(name.replace("python", "Python"), version) for name, version in versions().items()]
