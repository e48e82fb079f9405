"""How a parameter is declared: a typed field with its bounds, unit, role and source."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

Role = Literal["lever", "uncertain", "fixed"]


def parameter(
    default: float, low: float, high: float, unit: str, meaning: str, source: str, role: Role = "uncertain"
) -> Any:
    """A field with its bounds, unit, role and source; documentation and validation come from it."""
    extra: JsonDict = {"unit": unit, "role": role, "source": source}
    return Field(default, ge=low, le=high, description=meaning, json_schema_extra=extra)


def quarter_field(default: str, meaning: str, role: Role = "fixed") -> Any:
    """A field that holds the name of a quarter, such as 2024Q4."""
    return Field(default, description=meaning, json_schema_extra={"unit": "quarter", "role": role, "source": "design"})


def switch(meaning: str, *, default: bool, role: Role = "lever") -> Any:
    """A field that is yes or no."""
    return Field(
        default, description=meaning, json_schema_extra={"unit": "yes or no", "role": role, "source": "design"}
    )


def rule_field(default: str, meaning: str) -> Any:
    """A field that holds the name of a rule."""
    return Field(default, description=meaning, json_schema_extra={"unit": "name", "role": "fixed", "source": "design"})


class Group(BaseModel):
    """A frozen group of parameters that refuses unknown keys and numbers that are not finite."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, strict=False)
