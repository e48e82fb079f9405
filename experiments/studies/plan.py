"""A design becomes points in a fixed order; a point has a job a replication, with the same seed at every point."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from experiments.errors import InputError
from experiments.inputs.data_packs import joined, packs_in
from experiments.inputs.dated_names import in_force
from experiments.inputs.design import Design
from experiments.inputs.factors import (
    DesignError,
    Factor,
    around_default,
    checked_factor,
    checked_value,
    known_parameter,
)
from experiments.inputs.parameter_list import PACKS, Value, identifying, nearest
from experiments.inputs.points_file import read_points
from experiments.inputs.scenario_files import is_file_name
from experiments.runs.provenance import content_sha256
from experiments.studies import sampling
from experiments.studies.comparison import check_same_end
from experiments.studies.job import Content, Job, Model

_LEAST_POINTS = {"latin-hypercube": 1, "sobol": 2, "morris": 2}
_GROUPED = ("sobol", "morris")
_LAST_QUARTER = "run.last_quarter"
_FACTORS_SHOWN = 4  # of a point that is refused
_NAMES = {"consumers": "run.consumers", "mean_field": "run.mean_field"}


@dataclass(frozen=True)
class Point:
    """A scenario with values of the factors; ``content`` holds every parameter."""

    scenario: str
    factors: Mapping[str, Value]
    content: Content


@dataclass(frozen=True)
class Plan:
    """A study to be carried out: a name, its design, points in order, and how many replications (at most).

    ``notes``: sentences on what was left out of the files it was made from. ``draws``: parameters by replication, which
    a point takes where it has the default and its design says nothing of them.
    """

    name: str
    design: Design
    model: Model
    factors: tuple[Factor, ...]
    points: tuple[Point, ...]
    replications: int
    notes: tuple[str, ...] = ()
    draws: tuple[Mapping[str, Value], ...] = ()

    def seed(self, replication: int) -> int:
        """Seed of a replication, the same at every point."""
        return self.design.seed + replication

    def job(self, point: int, replication: int) -> Job:
        """The run of a point (by its place) and a replication."""
        model, own = self.model, self.points[point]
        drawn = self.draws[replication] if self.draws else {}
        taken = {
            name: value for name, value in drawn.items()
            if not {name} & {*own.factors, *self.design.set} and own.content[name] == model.declared[name].default
        }  # fmt: skip
        return Job(model.name, {**own.content, **taken}, self.seed(replication), model.version, model.outcomes)

    def rows(self) -> list[tuple[int, int]]:
        """(point, replication) of every run in the order of the tables."""
        return [(point, k) for point in range(len(self.points)) for k in range(self.replications)]

    def cut(self, replications: int) -> "Plan":
        """The same plan with fewer replications."""
        return replace(self, replications=replications)

    @property
    def sha256(self) -> str:
        """Hash of design, points and model."""
        return content_sha256([*self._asked, self.model.version])

    @property
    def asked_sha256(self) -> str:
        """Hash of design and points, the same whatever the version of the model."""
        return content_sha256(self._asked)

    @property
    def _asked(self) -> list[object]:
        points = [[each.scenario, dict(each.factors), identifying(each.content)] for each in self.points]
        left_out = set() if self.design.outcomes else {"outcomes", "all_quarters"}  # as before there were any
        left_out |= set() if self.design.parameters else {"parameters"}
        return [self.design.model_dump(mode="json", exclude=left_out), self.model.name, points]


def with_files_of(folder: Path, model: Model) -> Model:
    """The same model, files of scenarios and data packs looked for from a folder wherever the command was started."""

    def content(scenario: str, values: Mapping[str, Value]) -> dict[str, Value]:
        packs = {PACKS: joined(packs_in(str(values[PACKS])), folder)} if PACKS in values else {}
        named = str(folder.absolute() / scenario) if is_file_name(scenario) else scenario
        return model.content(named, {**values, **packs})

    return replace(model, content=content)


def make_plan(name: str, design: Design, model: Model, beside: Path = Path()) -> Plan:
    """The plan of a design; files it names lie in the folder ``beside``. Raises DesignError."""
    repeated = next((each for each in design.scenarios if design.scenarios.count(each) > 1), None)
    if repeated is not None:
        raise DesignError(f"{name}: scenario {repeated} is named twice; name each once")
    factors = factors_of(name, design, model)
    points, notes = _points(design, factors, model, beside)
    model = asked_model(design, model, partial(first_content, name, design, model))
    fixed = fixed_values(name, design, model)
    clash = next((each for each in points[0] | {f.name: None for f in factors} if each in fixed), None)
    if clash:
        raise DesignError(f"{name}: {clash} is a factor and fixed too; leave one of them out")
    if design.stop is not None and design.stop.outcome not in model.numbers:
        hint = nearest(design.stop.outcome, model.numbers) or f"; name one such as {next(iter(model.numbers))}"
        raise DesignError(f"{name}: stop.outcome {design.stop.outcome} is no outcome{hint}")
    varied = list(dict.fromkeys(each for point in points for each in point))
    made = [_point(name, scenario, point, fixed, varied, model) for scenario in design.scenarios for point in points]
    _check_ends(name, made, len(points))
    draws = _draws(name, design, made) if design.parameters else ()
    return Plan(name, design, model, tuple(factors), tuple(made), design.replications, notes, draws)


def _draws(name: str, design: Design, points: Sequence[Point]) -> tuple[Mapping[str, Value], ...]:
    """Posterior draws by replication. Raises DesignError as ``ensemble``, and for points with data packs."""
    from experiments.calibration.draws import ensemble  # noqa: PLC0415 - loads statistics, which few designs need

    if any(point.content.get(PACKS) for point in points):
        raise DesignError(f"{name}: posterior draws are of the shipped tables; leave parameters or the data packs out")
    try:
        return tuple(ensemble(design.replications))
    except InputError as error:
        raise DesignError(f"{name}: {error}") from error


def _check_ends(name: str, made: Sequence[Point], points: int) -> None:
    """Raises DesignError where scenarios, which are compared point by point, end in different quarters."""
    for place in range(points):
        try:
            check_same_end((each.scenario, str(each.content.get(_LAST_QUARTER))) for each in made[place::points])
        except InputError as error:
            raise DesignError(f"{name}: {error}") from error


def first_content(name: str, design: Design, model: Model) -> Content:
    """Parameters of the first scenario with what is fixed. Raises DesignError."""
    try:
        return model.content(design.scenarios[0], fixed_values(name, design, model))
    except InputError as error:
        raise DesignError(f"{name}: {error}") from error


def asked_model(design: Design, model: Model, content: Content | Callable[[], Content]) -> Model:
    """The model asked for the outcomes that a design names. Raises DesignError, OutcomeError.

    ``content``: parameters of a run, or what gives them.
    """
    if not design.outcomes:
        return model
    if model.asking is None:
        raise DesignError(f"the model {model.name} has no outcomes by place; leave out outcomes")
    return model.asking(design.outcomes, design.all_quarters, content() if callable(content) else content)


def factors_of(name: str, design: Design, model: Model) -> list[Factor]:
    """The factors of a design, no point made yet. Raises DesignError if its kind and they do not fit together."""
    factors = _declared_factors(name, design, model)
    kind, count = design.design.kind, design.design.points
    if kind == "csv" and (design.design.file is None or factors):
        raise DesignError(f"{name}: kind csv takes its factors from design.file alone; name a file and no factors")
    ranged = next((factor.name for factor in factors if not factor.levels), None)
    if kind == "grid" and ranged:
        raise DesignError(f"{name}: a grid needs lists, but {ranged} is a range; list its values")
    grouped = next((factor.name for factor in factors if factor.group), None)
    if grouped and kind not in _GROUPED:
        raise DesignError(f"{name}: {grouped} has a group, which kind {kind} has not; leave it out or use morris")
    if kind in ("grid", "csv"):
        return factors
    if not factors:
        raise DesignError(f"{name}: kind {kind} needs factors; add a table [factors]")
    still = next((factor.name for factor in factors if len(factor.levels) == 1), None)
    if still and kind in _GROUPED:
        raise DesignError(f"{name}: {still} has one value, so that it has no effect; give two or put it under [set]")
    if kind in _LEAST_POINTS and (count is None or count < _LEAST_POINTS[kind]):
        raise DesignError(f"{name}: kind {kind} needs design.points, {_LEAST_POINTS[kind]} or more")
    if kind == "sobol" and count is not None and count & (count - 1):
        raise DesignError(f"{name}: design.points is {count}; Sobol needs a power of two, such as 64")
    return factors


def _declared_factors(name: str, design: Design, model: Model) -> list[Factor]:
    given = [checked_factor(name, each, values, model.declared) for each, values in design.factors.items()]
    if design.design.every is None:
        return given
    left_out = {known_parameter(name, each, model.declared).name for each in design.design.leave_out}
    named = {factor.name for factor in given} | left_out
    others = [
        around_default(each, design.design.within)
        for each in model.declared.values()
        if each.role == design.design.every
    ]
    return given + [factor for factor in others if factor.name not in named]


def _points(
    design: Design, factors: Sequence[Factor], model: Model, beside: Path
) -> tuple[list[dict[str, Value]], tuple[str, ...]]:
    """Points of a design and notes on the file they are from."""
    kind = design.design.kind
    if kind == "csv":
        read = read_points(beside / (design.design.file or ""), model.declared)
        return read.points, read.notes
    if kind == "grid":
        return sampling.grid(factors), ()
    if kind == "one-at-a-time":
        return sampling.one_at_a_time(factors), ()
    return sampling.sampled(kind, factors, design.design.points or 0, design.seed), ()


def fixed_values(name: str, design: Design, model: Model) -> dict[str, Value]:
    """Parameters that are the same in every run. Raises DesignError."""
    given = dict(design.set)
    if design.consumers is not None:
        given[_NAMES["consumers"]] = design.consumers
    if design.mean_field:
        given[_NAMES["mean_field"]] = True
    return {
        each: checked_value(name, known_parameter(name, each, model.declared), value) for each, value in given.items()
    }


def _point(
    name: str,
    scenario: str,
    values: Mapping[str, Value],
    fixed: Mapping[str, Value],
    varied: Sequence[str],
    model: Model,
) -> Point:
    try:
        content = model.content(scenario, {**fixed, **values})
    except InputError as error:
        shown = [f"{each} = {value}" for each, value in list(values.items())[:_FACTORS_SHOWN]]
        where = f" with {', '.join(shown)}{', ...' if len(values) > len(shown) else ''}" if shown else ""
        raise DesignError(f"{name}: {scenario}{where}: {error}") from error
    return Point(scenario, {each: _level(each, values, content) for each in varied}, content)


def _level(name: str, values: Mapping[str, Value], content: Content) -> Value:
    """What a point has of a factor; data packs as its design names them, since a scenario may have others too."""
    return values.get(name, "") if name == PACKS else in_force(content, name)
