"""Pattern P27, said in words: at how many ages do fitted worlds lie inside the bands of real memberships."""

from collections.abc import Mapping, Sequence
from typing import Any

from experiments.validation.evidence import Arm, gather
from experiments.validation.lives import Lives, survival
from experiments.validation.membership import at_ages, inside, observed
from experiments.validation.patterns import FITTED_APART, patterns
from simulation.scenario import Scenario

SEED = 1  # not that of the search: the fit is judged by worlds that it has not seen


def held_against(
    scenario: Scenario,
    members: Mapping[str, Any],
    later: Mapping[str, Any],
    worlds: int,
    seed: int = SEED,
    jobs: int | None = None,
) -> list[dict[str, Any]]:
    """Fitted worlds against the observed bands, the early group first.

    members, later : what was fitted, as `fit_membership` returns it     worlds : fresh ones
    Returns group, ages, how many of them lie inside, how many the pattern asks for, whether it holds, and the shares.
    """
    arms = [
        Arm("members", dict(members), (Lives,)),
        Arm("members, later", {**members, **later}, (Lives,)),
    ]
    evidence = gather(scenario, arms, worlds, seed, jobs)
    limits = patterns()[FITTED_APART].limits
    groups = []
    for arm, spells, wanted in zip(arms, observed(), (limits["first"], limits["then"]), strict=True):
        curve = survival({key: found.sum(axis=0) for key, found in evidence[arm.name].items()})
        hits = inside(curve, spells)
        groups.append(
            {"group": spells.group, "ages": list(spells.ages), "inside": hits, "of": len(spells.ages),
             "wanted": int(wanted), "holds": hits >= wanted, "fitted": at_ages(curve, spells.ages).tolist(),
             "low": list(spells.low), "high": list(spells.high), "worlds": worlds}
        )  # fmt: skip
    return groups


def p27_sentence(groups: Sequence[Mapping[str, Any]]) -> str:
    """Whether the fit reproduces P27, group by group."""
    told = "; ".join(
        f"{row['group']}: inside the observed band at {row['inside']} of {row['of']} ages ({row['wanted']} are asked for)"
        for row in groups
    )
    holds = all(row["holds"] for row in groups)
    return f"The fit {'reproduces' if holds else 'DOES NOT reproduce'} pattern P27 in fresh worlds. {told}."
