"""One run of a study: what decides it, what it brings, and what a model must offer to be run."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from experiments.inputs.parameter_list import ParameterInfo, Value, identifying
from experiments.runs.provenance import Provenance, content_sha256
from market.base.column import Series

Content = Mapping[str, Value]
"""Every parameter of a run by its dotted name."""


@dataclass(frozen=True)
class Outcome:
    """What a run brings: numbers by name, and columns of its quarters by name (empty if the model has none)."""

    numbers: Mapping[str, float]
    quarters: Mapping[str, Sequence[float | str]] = field(default_factory=dict)


RunFunction = Callable[[Content, int], Outcome]
"""Runs the model with these parameters and this seed. Must be found by import: engines send its name, not its code."""


def own_modules(function: RunFunction) -> tuple[str, ...]:
    """A user's own modules that a run function runs with; none of one that does not say."""
    modules: tuple[str, ...] = getattr(function, "modules", ())
    return modules


@dataclass(frozen=True)
class Timing:
    """What a whole run takes, told from its beginning: seconds of one core, its quarters, and what was measured."""

    wall_s: float
    quarters: int
    measured: str


@dataclass(frozen=True)
class Model:
    """A model that studies can run.

    ``version``: changes whenever the model's numbers may change. ``declared``: parameters by dotted name.
    ``content``: all parameters of a scenario with some values changed; raises InputError. ``numbers``, ``quarters``:
    the outcomes of every run, with unit and label. ``timed``: times a run within a few seconds; None if there is no
    short way to. ``outcomes``: names of those that were asked for besides. ``asking``: the same model asked for
    outcomes by name, with what is asked for by quarter too and parameters of a run; None if it knows none.
    """

    name: str
    version: str
    declared: Mapping[str, ParameterInfo]
    content: Callable[[str, Mapping[str, Value]], dict[str, Value]]
    run: RunFunction
    numbers: Mapping[str, Series]
    quarters: Mapping[str, Series]
    timed: Callable[[Content], Timing] | None = None
    outcomes: tuple[str, ...] = ()
    asking: Callable[[Sequence[str], bool, Content], "Model"] | None = None


@dataclass(frozen=True)
class Job:
    """One run to make. ``identity`` is the same for the same model, parameters, seed and outcomes, and only then.

    ``version``, that of the model, is no part of it: what made a run stands in the run and not in its name.
    ``outcomes``: those asked for besides the usual ones.
    """

    model: str
    content: Content
    seed: int
    version: str = ""
    outcomes: tuple[str, ...] = ()

    @property
    def identity(self) -> str:
        """SHA-256 of what was asked for."""
        asked = {"model": self.model, "parameters": identifying(self.content), "seed": self.seed}
        return content_sha256({**asked, "outcomes": list(self.outcomes)} if self.outcomes else asked)


@dataclass(frozen=True)
class Made:
    """A run that was tried: its outcome, or in one sentence why there is none; what it cost, and what made it.

    ``provenance``: told by the process that made the run; None if that ended without a word. ``lost``: it ended so,
    which may have been the machine's fault.
    """

    outcome: Outcome | None
    error: str
    wall_s: float
    peak_rss_mib: float | None
    provenance: Provenance | None = None
    lost: bool = False
