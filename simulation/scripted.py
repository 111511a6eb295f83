"""What a scenario may script: shocks of the environment, and what people do about them."""

from typing import Literal, Self

from pydantic import Field, model_validator

from simulation.settings import Group

# fmt: off
# one line per setting, however long: the file is read as a table

ShockKind = Literal[
    "competence_destroying", "demand_slump", "competence_enhancing", "dearer_coordination", "rival_ban", "leakage_protection",
    "strategy_shift", "entrant_wave",
]
ShockScope = Literal["global", "sector", "local", "correlated", "half"]


class Event(Group):
    """A scripted shock."""

    quarter: int = Field(ge=0, lt=4000, description="when", json_schema_extra={"unit": "quarters"})
    magnitude: float = Field(default=0.5, ge=0, le=1, description="size", json_schema_extra={"unit": "share"})
    kind: ShockKind = Field(default="competence_destroying", description="what changes")
    scope: ShockScope = Field(default="global", description="who is hit")
    sector: int | None = Field(default=None, ge=0, lt=64, description="which sector (scope sector)")
    firm: int | None = Field(default=None, ge=0, description="which firm, by position (scope local), or where it begins (scope correlated)")
    every: int | None = Field(default=None, ge=1, le=4000, description="strikes again each so many quarters", json_schema_extra={"unit": "quarters"})

    @model_validator(mode="after")
    def _names_whom_it_hits(self) -> Self:
        if self.scope == "sector" and self.sector is None:
            raise ValueError('an event of scope "sector" needs sector = 0, 1, ...')
        if self.scope in ("local", "correlated") and self.firm is None:
            raise ValueError(f'an event of scope "{self.scope}" needs firm = 0, 1, ...')
        for name, scopes in (("sector", ("sector",)), ("firm", ("local", "correlated"))):
            if getattr(self, name) is not None and self.scope not in scopes:
                listed = " or ".join(f'"{scope}"' for scope in scopes)
                raise ValueError(f'{name} is read for scope {listed} only, and the scope is "{self.scope}"')
        return self


class Traits(Group):
    """What an intervention sets; what is left out stays."""

    flexibility: float | None = Field(default=None, ge=0, le=1, description="flexibility", json_schema_extra={"unit": "share"})
    absorptive_capacity: float | None = Field(default=None, ge=0, le=1, description="absorptive capacity, and the level that it reverts to", json_schema_extra={"unit": "share"})
    alliance_function: bool | None = Field(default=None, description="dedicated alliance managers")
    activity: float | None = Field(default=None, ge=0, le=1000, description="propensity to seek partners", json_schema_extra={"unit": "mean 1"})
    goal: float | None = Field(default=None, ge=0, le=1, description="goal", json_schema_extra={"unit": "goal"})
    reputation: float | None = Field(default=None, ge=0, le=1, description="reputation", json_schema_extra={"unit": "share"})
    capital: float | None = Field(default=None, ge=0, le=1e9, description="capital; the difference is booked as income", json_schema_extra={"unit": "money"})
    openness: float | None = Field(default=None, ge=0, le=1, description="open communication", json_schema_extra={"unit": "share"})
    strategy: str | None = Field(default=None, description="row of the strategy table")

    @property
    def is_empty(self) -> bool:
        """Whether nothing is set."""
        return all(value is None for value in self.model_dump().values())


Agreement = Literal["equity", "good_faith", "settlement"]


class Intervention(Group):
    """Something that is done at a quarter: firms are changed (`to`), two partners agree (`agree`), or no shock strikes (`calm`)."""

    quarter: int = Field(ge=0, lt=4000, description="when, before anything else happens", json_schema_extra={"unit": "quarters"})
    to: Traits = Field(default=Traits(), description="what is set: to = { flexibility = 0.9 }")
    share: float = Field(default=1.0, ge=0, le=1, description="share of the firms in question, drawn by lot", json_schema_extra={"unit": "share"})
    sector: int | None = Field(default=None, ge=0, lt=64, description="only firms of this sector")
    strategy: str | None = Field(default=None, description="only firms of this strategy")
    calm: bool = Field(default=False, description="no shock strikes in this quarter, or none the firms of `sector`; all other luck stays")
    between: tuple[int | str, ...] = Field(default=(), strict=False, description="two partners, by position or by name, who agree on something")
    agree: Agreement | None = Field(default=None, description="on what, from now on and as long as their alliance lives: to govern it by equity, to deal in good faith (no side deals), or to settle (talks after a shock succeed)")
    firms: tuple[int | str, ...] = Field(default=(), strict=False, description="only these firms, by position or by the name that the network gives")

    @model_validator(mode="after")
    def _does_one_thing(self) -> Self:
        done = [name for name, is_set in (("to", not self.to.is_empty), ("calm", self.calm), ("agree", self.agree is not None)) if is_set]
        if len(done) > 1:
            raise ValueError(f"one intervention does one thing: {' and '.join(done)} are different things to do")
        if (self.agree is None) != (not self.between):
            raise ValueError('what they agree on and who they are go together: between = [3, 17], agree = "equity", "good_faith" or "settlement"')
        if self.between and (len(self.between) != 2 or self.between[0] == self.between[1]):
            raise ValueError(f"between names two firms, such as [3, 17], and not {list(self.between)}")
        if self.agree is not None or self.calm:
            allowed = () if self.agree is not None else ("sector",)
            for name in ("share", "sector", "strategy", "firms"):
                if name not in allowed and getattr(self, name) != type(self).model_fields[name].default:
                    raise ValueError(f"{name} is read with to = {{ ... }} only, and this intervention has {done[0]}")
        return self

    @property
    def is_empty(self) -> bool:
        """Whether it does nothing: its mechanism is switched off."""
        return self.to.is_empty and not self.calm and self.agree is None
