"""How a parameter is declared: a typed field with its bounds, unit, role and source; a lever may change at dates."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    field_serializer,
    field_validator,
)
from pydantic.config import JsonDict
from pydantic.fields import FieldInfo

from market.base.lever_path import LeverPath

Role = Literal["lever", "uncertain", "fixed"]
_PLAIN = frozenset({float, int, bool, str})
"""Types of most values: asking an instance of pydantic's whether it is a group takes far longer."""
MODEL_SWITCH = "it says how the model works, not what happens in it"
"""Why a switch takes one value all through a run."""


def parameter(
    default: float, low: float, high: float, unit: str, meaning: str, source: str, role: Role = "uncertain",
    *, one_value: str = "",
) -> Any:  # fmt: skip
    """A field with its bounds, unit, role and source; documentation and validation come from it.

    ``one_value``: why it cannot change at dates, of a lever that cannot.
    """
    extra: JsonDict = {"unit": unit, "role": role, "source": source, **_reason(one_value)}
    return Field(default, ge=low, le=high, description=meaning, json_schema_extra=extra)


def quarter_field(default: str, meaning: str, role: Role = "fixed") -> Any:
    """A field that holds the name of a quarter, such as 2024Q4."""
    extra: JsonDict = {"unit": "quarter", "role": role, "source": "design", **_reason("it is a date itself")}
    return Field(default, description=meaning, json_schema_extra=extra)


def switch(meaning: str, *, default: bool, role: Role = "lever", one_value: str = "") -> Any:
    """A field that is yes or no; ``one_value`` as for ``parameter``."""
    extra: JsonDict = {"unit": "yes or no", "role": role, "source": "design", **_reason(one_value)}
    return Field(default, description=meaning, json_schema_extra=extra)


def choice_field(default: str, choices: Sequence[str], meaning: str, role: Role = "fixed") -> Any:
    """A field that holds one of some names; the group refuses others by ``one_of``."""
    extra: JsonDict = {"unit": "name", "role": role, "source": "design", "choices": list(choices)}
    return Field(default, description=meaning, json_schema_extra=extra)


def one_of(value: str, choices: Sequence[str]) -> str:
    """The name if it is among the choices. Raises ValueError, with the choices, if it is not."""
    if value not in choices:
        raise ValueError(f"{value!r} is none of {', '.join(choices)}")
    return value


def rule_field(default: str, meaning: str) -> Any:
    """A field that holds the name of a rule."""
    return Field(default, description=meaning, json_schema_extra={"unit": "name", "role": "fixed", "source": "design"})


def _reason(one_value: str) -> JsonDict:
    return {"one_value": one_value} if one_value else {}


def why_one_value(field: FieldInfo) -> str:
    """Why a parameter cannot change at dates; nothing for a lever that can."""
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    return str(extra.get("one_value", "")) if extra.get("role") == "lever" else "only levers change at dates"


def bounds(field: FieldInfo) -> tuple[float | None, float | None]:
    """Lowest and highest value a parameter may have; None where there is no bound."""
    low, high = (
        next((getattr(rule, end) for rule in field.metadata if hasattr(rule, end)), None) for end in ("ge", "le")
    )
    return low, high


class Group(BaseModel):
    """A frozen group of parameters that refuses unknown keys and numbers that are not finite.

    It is one value: what goes through values one by one, as ``mesa.batch_run`` does, takes it whole.
    A lever may be given as a list of dated steps; it is then a ``LeverPath`` until ``at`` gives the group of a quarter,
    so that code that forgets to ask fails instead of reading one value for all dates.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, strict=False)

    __iter__ = None  # type: ignore[assignment]  # pydantic's goes through the fields, for ``dict(group)``

    @field_validator("*", mode="wrap")
    @classmethod
    def _with_steps(cls, value: Any, handler: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Any:
        if isinstance(value, LeverPath):
            value = value.written()
        if not isinstance(value, list):
            return handler(value)
        field = cls.model_fields[str(info.field_name)]
        reason = why_one_value(field)
        if reason:
            raise ValueError(f"it takes one value; {reason}")
        low, high = bounds(field)

        def checked(each: object) -> float:
            try:
                return float(handler(each)) if low is not None else bool(handler(each))
            except ValidationError as error:
                allowed = error.errors()[0]["msg"] if low is None else f"allowed are {low:g} to {high:g}"
                raise ValueError(allowed) from error

        return LeverPath.read(value, field.default, checked)

    @field_serializer("*", mode="wrap")
    def _steps_as_written(self, value: Any, handler: SerializerFunctionWrapHandler) -> Any:
        return value.written() if isinstance(value, LeverPath) else handler(value)

    def at(self, quarter: int, seen: int | None = None) -> Self:
        """The group with one value for every lever: that of a quarter, or what people in ``seen`` expect of it.

        The group itself if no lever changes at dates.
        """
        values = {
            name: value.at(quarter, seen)
            for name, value in self.__dict__.items()
            if type(value) not in _PLAIN and isinstance(value, LeverPath | Group)
        }
        if all(values[name] is self.__dict__[name] for name in values):
            return self
        return super().model_copy(update=values)

    def paths(self) -> dict[str, LeverPath]:
        """The levers that change at dates."""
        return {name: value for name, value in self.__dict__.items() if isinstance(value, LeverPath)}

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
