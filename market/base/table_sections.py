"""What ``sources.toml`` says of a table: where it comes from, its columns with units and bounds, its key and totals."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, model_validator


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Column(_Record):
    """What one column may hold; ``min`` and ``max`` are in the column's own unit, both included."""

    unit: str
    type: Literal["str", "int", "float"]
    min: float | None = None
    max: float | None = None
    values: tuple[str | int | float, ...] | None = None
    missing: bool = False
    unique: bool = False


class Total(_Record):
    """A known sum of a column over the rows where other columns have the given values; relative tolerance."""

    column: str
    sum: float
    tolerance: float
    where: dict[str, str | int | float] = {}


class Origin(_Record):
    """One original publication; a section with several lists them under ``sources``."""

    title: str = ""
    publisher: str = ""
    date: str = ""
    url: str = ""
    license: str = ""


class Source(Origin):
    """One section of ``sources.toml``: where a table comes from and what it may hold."""

    quality: str
    columns: dict[str, Column]
    sources: tuple[Origin, ...] = ()
    key: tuple[str, ...] = ()
    totals: tuple[Total, ...] = ()

    @model_validator(mode="after")
    def _complete(self) -> "Source":
        origins: tuple[Origin, ...] = self.sources or (self,)
        if not (self.title and all(origin.publisher and origin.date and origin.url for origin in origins)):
            raise ValueError("give a title and, of each source, publisher, date and url")
        named = {*self.key, *(total.column for total in self.totals)}
        named.update(column for total in self.totals for column in total.where)
        if unknown := sorted(named - set(self.columns)):
            raise ValueError(f"key or totals name columns that are not declared: {', '.join(unknown)}")
        return self
