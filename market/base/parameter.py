"""How a parameter is declared: a typed field with its bounds, unit, role and source."""

from collections.abc import Mapping
from typing import Any, Literal, Self

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


def choice_field(default: str, choices: tuple[str, ...], meaning: str, role: Role = "fixed") -> Any:
    """A field that is one of a few words; its group refuses others."""
    extra: JsonDict = {"unit": "word", "role": role, "source": "design", "choices": list(choices)}
    return Field(default, pattern=f"^({'|'.join(choices)})$", description=meaning, json_schema_extra=extra)


def rule_field(default: str, meaning: str) -> Any:
    """A field that holds the name of a rule."""
    return Field(default, description=meaning, json_schema_extra={"unit": "name", "role": "fixed", "source": "design"})


class Group(BaseModel):
    """A frozen group of parameters that refuses unknown keys and numbers that are not finite.

    It is one value: what goes through values one by one, as ``mesa.batch_run`` does, takes it whole.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, strict=False)

    __iter__ = None  # type: ignore[assignment]  # pydantic's goes through the fields, for ``dict(group)``

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy; what ``update`` changes is checked as when a group is made. Raises pydantic's ValidationError.

        ``update`` of a scenario holds groups, or the changed values of a group by name.
        """
        copy = super().model_copy(deep=deep)
        if not update:
            return copy
        content = {name: getattr(copy, name) for name in type(self).model_fields}
        return self.model_validate(content | {name: _updated(content.get(name), new) for name, new in update.items()})


def _updated(old: object, new: object) -> object:
    """The new value; only the values named change of a group that is given some by name."""
    return old.model_copy(update=new) if isinstance(old, Group) and isinstance(new, Mapping) else new
