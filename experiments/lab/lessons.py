"""The chapters of the lab: read from `lessons/*.toml`, checked to the last word, handed to the page in their order.

A chapter is bet, reveal, explain. What its texts claim about a hundred worlds stands beside them as data, [[shows]]; the
page never sees it (the truth of a bet is computed live), the tests verify it.
"""

import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, computed_field, model_validator

from experiments.outcomes import OUTCOMES
from scenarios import load
from scenarios.shipped import names
from scenarios.where import Source, located, read_source
from simulation.problems import InputError, Problem, did_you_mean
from simulation.scenario import Scenario
from simulation.validation import settings, shown

WORLDS = 100  # of the ensemble that bets are settled with
MOST_FIRMS = 60  # so that every answer is instant
Value = bool | int | float | str
Changes = dict[str, Value]  # dotted settings, and mix.NAME
Text = Annotated[str, Field(min_length=1, max_length=900)]
Texts = Annotated[tuple[Text, ...], Field(strict=False, min_length=1, max_length=8)]
_DERIVED = re.compile(r"survival_\d{1,2}y(\.\w+)?|capital\.\w+|ended_soon_after_shock|caused_by_shocks")


class Part(BaseModel):
    """A table of a chapter: frozen, strict about types, closed to unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Arm(Part):
    """One of the worlds side by side. changes : on top of the chapter's"""

    name: str = Field(min_length=1, max_length=28)
    changes: Changes = {}


class Try(Arm):
    """Something to try by hand after the reveal. says : what to look for"""

    says: Text


class Bet(Part):
    """What the class bets on, and on which scale.

    of : name of an arm (its mean over the worlds), "difference" (mean of arm 2 minus arm 1, world by world), or "better"
        (in how many of 100 worlds the measure of arm 2 is higher)     low, high, step : of the bet, in `unit`
    """

    measure: str
    unit: Text
    low: float
    high: float
    step: float = Field(gt=0)
    of: str

    @computed_field  # type: ignore[prop-decorator]
    @property
    def scale(self) -> int:
        """What the measure is multiplied by to be in `unit`: shares are bet on as so many of 100."""
        share = self.measure in OUTCOMES and OUTCOMES[self.measure].unit.startswith("share")
        return 100 if share and self.of != "better" else 1

    @model_validator(mode="after")
    def _is_a_bet(self) -> Self:
        if self.measure not in OUTCOMES:
            raise ValueError(f'measure: no outcome "{self.measure}"; {did_you_mean(self.measure, OUTCOMES)}')
        if not self.low < self.high or self.step > self.high - self.low:
            raise ValueError(f"low: {self.low:g} to {self.high:g} in steps of {self.step:g} leaves nothing to bet on")
        if self.of == "better" and (self.low, self.high) != (0, WORLDS):
            raise ValueError(f"low: a bet on how many of {WORLDS} worlds goes from 0 to {WORLDS}")
        return self


class Shows(Part):
    """What a sentence of the chapter claims about the worlds of the bet; the tests hold it to that.

    says : the sentence, or a part of it, as the chapter has it
    measure : an outcome; survival_1y, survival_10y, ... for other ages; survival_5y.NAME, capital.NAME for the firms of a
        strategy; ended_soon_after_shock, caused_by_shocks for shares of the endings within five years
    arm, than : the arm (or try) and the measure that it is compared with, if it is: `against` another arm or try, or
        `than` another measure of the same arm     direction : higher or lower
    at_least_worlds, at_most_worlds : in how many of 100 worlds it is so
    mean_from, mean_to : bounds of the mean over worlds, of the value or of the difference
    """

    says: Text
    measure: str
    arm: str
    against: str | None = None
    than: str | None = None
    direction: Literal["higher", "lower"] | None = None
    at_least_worlds: int | None = Field(default=None, ge=0, le=WORLDS)
    at_most_worlds: int | None = Field(default=None, ge=0, le=WORLDS)
    mean_from: float | None = None
    mean_to: float | None = None

    @model_validator(mode="after")
    def _can_be_checked(self) -> Self:
        for name in ("measure", "than"):
            measure = getattr(self, name)
            if measure is not None and measure not in OUTCOMES and not _DERIVED.fullmatch(measure):
                raise ValueError(f'{name}: no measure "{measure}"; {did_you_mean(measure, OUTCOMES)}')
        counted = self.at_least_worlds is not None or self.at_most_worlds is not None
        bounded = self.mean_from is not None or self.mean_to is not None
        if not counted and not bounded:
            raise ValueError("measure: says nothing that could be checked; give at_least_worlds or mean_from")
        if counted and (self.direction is None or (self.against is None) == (self.than is None)):
            raise ValueError("direction: counting worlds needs a direction, and either against or than")
        return self


class Lesson(Part):
    """One chapter, as `lessons/*.toml` hold it."""

    number: int = Field(ge=1, le=99)
    title: Text
    minutes: int = Field(ge=1, le=5)
    idea: Text
    text: Texts
    scenario: str
    changes: Changes = {}
    seed: int = Field(default=1, ge=0, le=2**31 - 1)
    arms: tuple[Arm, ...] = Field(strict=False, min_length=1, max_length=2)
    controls: tuple[str, ...] = Field(strict=False, min_length=1, max_length=6)
    locked: Literal[True] = True
    question: Text
    bet: Bet
    reveal: Texts
    look: Texts
    tries: tuple[Try, ...] = Field(default=(), strict=False, max_length=4)
    debrief: Texts
    wrong: Texts
    next: Text
    shows: tuple[Shows, ...] = Field(strict=False, min_length=1)

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        if self.scenario not in names():
            raise ValueError(f'scenario: no scenario "{self.scenario}"; {did_you_mean(self.scenario, names())}')
        arms = [arm.name for arm in self.arms]
        worlds = [*arms, *(one.name for one in self.tries)]
        if len(set(worlds)) < len(worlds):
            raise ValueError(f"arms: each arm and try needs a name of its own: {', '.join(worlds)}")
        paired = ("difference", "better")
        if self.bet.of not in (*arms, *paired):
            raise ValueError(f'bet.of: "{self.bet.of}" is no arm; {did_you_mean(self.bet.of, (*arms, *paired))}')
        if self.bet.of in paired and len(arms) < 2:
            raise ValueError(f'bet.of: "{self.bet.of}" needs two arms')
        told = " ".join(" ".join(self.told()).split())
        for place, claim in enumerate(self.shows, 1):
            for name in (claim.arm, claim.against):
                if name is not None and name not in worlds:
                    raise ValueError(f'shows.{place}.arm: "{name}" is no arm or try; {did_you_mean(name, worlds)}')
            if " ".join(claim.says.split()) not in told:
                raise ValueError(f"shows.{place}.says: {shown(claim.says)} is said nowhere in this chapter")
        return self

    def told(self) -> tuple[str, ...]:
        """All that a reader is told, in order."""
        tries = (one.says for one in self.tries)
        lines = (self.title, self.idea, *self.text, self.question, *self.reveal, *self.look, *tries)
        return (*lines, *self.debrief, *self.wrong, self.next)

    def world(self, name: str) -> Scenario:
        """The world of an arm or a try. Raises InputError for settings that cannot be."""
        changes = {one.name: one.changes for one in (*self.arms, *self.tries)}[name]
        return load(self.scenario).with_({**self.changes, **changes})


@cache
def chapters(folder: Path | None = None) -> tuple[Lesson, ...]:
    """All chapters in the order of their numbers. Raises InputError with every problem: file, line, key, what is allowed.

    folder : where the .toml files lie, those of the lab if left out
    """
    problems: list[Problem] = []
    found: dict[int, Lesson] = {}
    for path in sorted((folder or Path(str(files("experiments.lab") / "lessons"))).glob("*.toml")):
        source = read_source(path)
        lesson = _read(source, problems)
        if lesson is None:
            continue
        if lesson.number in found:
            problems.append(source.problem("number", f"{lesson.number} is taken by {found[lesson.number].title}"))
        found[lesson.number] = lesson
    if problems:
        raise InputError(problems)
    return tuple(found[number] for number in sorted(found))


def lessons() -> list[dict[str, Any]]:
    """The chapters as the page takes them, in the order of their numbers, without what they claim."""
    return [lesson.model_dump(mode="json", exclude={"shows"}) for lesson in chapters()]


def _read(source: Source, problems: list[Problem]) -> Lesson | None:
    """One chapter, or None and its problems."""
    try:
        lesson = Lesson.model_validate(source.table)
    except ValidationError as error:
        wrong = _problems(error)
    else:
        wrong = list(_impossible(lesson))
    problems += located(wrong, [source])
    return None if wrong else lesson


def _problems(error: ValidationError) -> list[Problem]:
    """Pydantic's complaints in plain words. List positions count from 1: arms.2.name."""
    found: dict[str, Problem] = {}
    for item in error.errors():
        path = [str(part + 1) if isinstance(part, int) else part for part in item["loc"]]
        path = [part for part in path if part not in ("bool", "int", "float", "str")]  # the members of Value
        problem = _problem(dict(item), path)
        found.setdefault(problem.key, problem)
    inside = {key.rpartition(".")[0] for key in found} | {key.partition(".")[0] for key in found if "." in key}
    return [problem for key, problem in found.items() if key not in inside]  # a list is short if its entries are wrong


def _problem(item: dict[str, Any], path: list[str]) -> Problem:
    key, kind, value = ".".join(path), item["type"], shown(item.get("input"))
    if kind == "value_error":
        inner, _, message = str(item["ctx"]["error"]).partition(": ")
        return Problem(message, ".".join(filter(None, (key, inner))))
    if kind == "missing":
        return Problem("is missing", key)
    if kind in ("too_short", "string_too_short"):
        return Problem("is empty", key)
    if kind == "extra_forbidden":
        tables: dict[str, type[Part]] = {"arms": Arm, "tries": Try, "bet": Bet, "shows": Shows}
        allowed = tables.get(path[0] if len(path) > 1 else "", Lesson).model_fields
        return Problem(f"unknown key; {did_you_mean(path[-1], allowed) or 'allowed: ' + ', '.join(allowed)}", key)
    if "changes" in path:
        return Problem(f"{value} is not a number, a switch or a text", key)
    return Problem(f"{value}: {item['msg'][0].lower()}{item['msg'][1:]}", key)


def _impossible(lesson: Lesson) -> Iterable[Problem]:
    """Settings that the schema does not know or that no world can have, and sliders for what is no number or switch."""
    base = load(lesson.scenario)
    known = {setting.key: setting for setting in settings(Scenario, defaults=base)}
    can_slide = [key for key, setting in known.items() if setting.kind in ("number", "switch") or setting.choices]
    can_slide += [f"mix.{name}" for name in base.strategies]
    for place, path in enumerate(lesson.controls, 1):
        if path not in can_slide:
            yield Problem(f'no such setting "{path}"; {did_you_mean(path, can_slide)}', f"controls.{place}")
    for kind, listed in (("arms", lesson.arms), ("tries", lesson.tries)):
        for place, one in enumerate(listed, 1):
            try:
                world = lesson.world(one.name)
            except InputError as error:
                for problem in error.problems:
                    table = f"{kind}.{place}.changes" if problem.key in one.changes else "changes"
                    yield Problem(problem.message, f"{table}.{problem.key}")
                continue
            if world.firms.count > MOST_FIRMS:
                yield Problem(f"{world.firms.count} firms; at most {MOST_FIRMS}, to be instant", "changes.firms.count")
