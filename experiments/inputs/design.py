"""Design files: TOML that names scenarios, replications and factors; everything wrong is told in one sentence."""

from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from experiments.inputs.factors import DISTRIBUTIONS, DesignError, Spread
from experiments.inputs.parameter_list import PACKS, Value, nearest
from experiments.inputs.regular_files import ForeignFileError
from experiments.inputs.scenario_files import REFERENCE
from experiments.inputs.toml_files import read_toml

SHIPPED = Path(str(files("experiments"))) / "designs"
_ENDING = ".toml"
_LONGEST_LIMIT_S = 1_000_000.0  # days, not years: what systems let a process wait for
_MOST_REPLICATIONS = 10_000  # a slip of the finger, not a study: assumption
_LARGEST_SEED = 2**32 - 1
_LONGEST_PATH = 255  # characters: what file systems allow a name
_Path = Annotated[str, Field(max_length=_LONGEST_PATH)]
Kind = Literal["grid", "latin-hypercube", "sobol", "morris", "one-at-a-time", "csv"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Points(_Part):
    """Where the factors are looked at.

    ``points``: points of a Latin hypercube, base samples of Sobol (a power of two), trajectories of Morris. ``file``:
    the CSV file of kind csv, beside the design file. ``every``: vary all parameters of that role besides the factors
    named, from the default a share ``within`` of the way to either bound; ``leave_out``: but not these.
    """

    kind: Kind = "grid"
    points: int | None = Field(None, ge=1)
    file: _Path | None = None
    every: Literal["uncertain"] | None = None
    within: float = Field(1.0, gt=0, le=1)
    leave_out: tuple[str, ...] = Field((), strict=False)


class Stop(_Part):
    """Stop when the interval of the outcome's mean is narrow enough at every point.

    ``difference``: of its difference to the first point instead, replication by replication.
    """

    outcome: str
    half_width: float = Field(gt=0)
    confidence: float = Field(0.9, gt=0, lt=1)
    at_least: int = Field(4, ge=2)
    difference: bool = False


class Design(_Part):
    """A study as its file tells it.

    ``limit_s``: seconds after which a run counts as hung. ``set``: parameters that are the same in every run.
    ``outcomes``: by place and firm, besides those of the whole country; ``all_quarters``: of these every quarter too.
    ``parameters``: each replication has parameters of its own, a posterior draw that all points share.
    """

    question: str = Field(min_length=1)
    scenarios: tuple[_Path, ...] = Field((REFERENCE,), min_length=1, strict=False)
    replications: int = Field(1, ge=1, le=_MOST_REPLICATIONS)
    seed: int = Field(1, ge=0, le=_LARGEST_SEED - _MOST_REPLICATIONS)
    consumers: int | None = None
    mean_field: bool = False
    limit_s: float | None = Field(None, gt=0, le=_LONGEST_LIMIT_S)
    set: dict[str, Value] = {}
    design: Points = Points()
    factors: dict[str, list[Value] | Spread] = {}
    stop: Stop | None = None
    outcomes: tuple[str, ...] = Field((), strict=False)
    all_quarters: bool = False
    parameters: bool = False


def shipped_designs() -> list[str]:
    """Names of the designs that come with Detour."""
    return sorted(path.stem for path in SHIPPED.glob(f"*{_ENDING}"))


def find_design(name: str) -> Path:
    """File of a design given by a shipped name or a path to a ``.toml`` file. Raises DesignError."""
    if name.endswith(_ENDING) or "/" in name or "\\" in name:
        return Path(name)
    if name not in shipped_designs():
        hint = nearest(name, shipped_designs()) or f"; give one of {', '.join(shipped_designs())} or a {_ENDING} file"
        raise DesignError(f"{name} is not a design{hint}")
    return SHIPPED / f"{name}{_ENDING}"


def read_design(path: Path) -> Design:
    """The design in a file. Raises DesignError."""
    try:
        content = read_toml(path)
    except ForeignFileError as error:
        raise DesignError(str(error)) from error
    try:
        return Design.model_validate(_packs_set(path.name, content))
    except ValidationError as error:
        raise DesignError(f"{path.name}: {_sentence(error)}") from error


def _packs_set(label: str, content: Mapping[str, Any]) -> Mapping[str, Any]:
    """Content whose table ``data``, packs of all its runs, is one more parameter that is the same in every run."""
    if "data" not in content:
        return content
    data, values = content["data"], content.get("set", {})
    packs = data.get("packs") if isinstance(data, Mapping) and set(data) == {"packs"} else None
    if not isinstance(packs, list) or not all(isinstance(each, str) for each in packs):
        raise DesignError(f'{label}: data names folders of data packs; write [data] and packs = ["my-pack"] below')
    if not isinstance(values, Mapping) or PACKS in values:
        raise DesignError(f"{label}: {PACKS} stands under [set] too; name packs once")
    rest = {key: value for key, value in content.items() if key != "data"}
    return {**rest, "set": {**values, PACKS: ", ".join(packs)}}


def _sentence(error: ValidationError) -> str:
    """The first fault, with its place and what to do."""
    first = error.errors()[0]
    place, reason = [str(part) for part in first["loc"]], first["msg"]
    if place[0] == "factors" and len(place) > 1:
        return f"factor {place[1]}: {_of_factor(error)}"
    if first["type"] == "extra_forbidden":
        return f"{'.'.join(place)} is no key of a design{nearest(place[-1], _keys(place[:-1]))}"
    if first["type"] == "missing" and place == ["question"]:
        return 'question is missing; begin the file with question = "When does ...?"'
    if place[0] == "set":
        return (
            f"set.{place[1]}: write a number, true, false or a text" if len(place) > 1 else "set is a table of values"
        )
    return f"{'.'.join(place)}: {reason[:1].lower()}{reason[1:]}"


def _of_factor(error: ValidationError) -> str:
    """What is wrong with the factor of the first fault that is a table, or how a factor is written."""
    name = error.errors()[0]["loc"][1]
    faults = [each for each in error.errors() if each["loc"][1] == name and "Spread" in str(each["loc"][2])]
    key = str(faults[0]["loc"][-1]) if faults else ""
    if faults and faults[0]["type"] == "extra_forbidden":
        return f"{key} is no key of a factor{nearest(key, Spread.model_fields)}"
    if key == "distribution":
        return f"distribution is {faults[0]['input']}; write {', '.join(DISTRIBUTIONS)}"
    if key == "group":
        return "group is a name of one character or more, without a point"
    return (
        'write a list of values, or a range like {low = 0.1, high = 0.2}, with distribution = "log" if it is one, '
        'or {distribution = "normal", mean = 0.15, sd = 0.02}'
    )


def _keys(above: Sequence[str]) -> list[str]:
    parts: dict[str, type[BaseModel]] = {"design": Points, "stop": Stop}
    return list((parts.get(above[0], Design) if above else Design).model_fields)
