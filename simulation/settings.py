"""What a setting is: bounded, described, with its unit and source; and the table of settings that holds it."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

CALIBRATED = "calibrated"


def number(default: float, low: float, high: float, unit: str, meaning: str, source: str = CALIBRATED) -> Any:
    """A bounded setting. Its kind (float or int) is the annotation's."""
    return Field(
        default=default, ge=low, le=high, description=meaning, json_schema_extra={"unit": unit, "source": source}
    )


class Group(BaseModel):
    """A table of settings: frozen, strict about types, closed to unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    def __eq__(self, other: object) -> bool:
        """Equal kind and equal settings. What was computed from them is not looked at: it may hold the group itself."""
        if type(self) is not type(other):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in type(self).model_fields)
