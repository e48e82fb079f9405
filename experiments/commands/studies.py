# ruff: noqa: PLC0415 - heavy libraries are imported in the command that needs them, so that help is instant
"""The commands of studies: ``sweep``, ``compare``, ``sensitivity``, ``verify``."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from experiments.commands.design_changes import changed_design, values_given
from experiments.commands.ending import end_if_stopped, errors_in_one_sentence
from experiments.commands.examples import example
from experiments.commands.study_options import (
    Again,
    Consumers,
    Container,
    Data,
    DryRun,
    EngineName,
    Mixed,
    NoSavedState,
    Out,
    Outcomes,
    Plugins,
    Points,
    Replications,
    Retry,
    Scheduler,
    Set,
    ShardText,
    Workers,
    Yes,
)
from experiments.errors import InputError
from experiments.shown_text import say, text_console

if TYPE_CHECKING:
    from experiments.inputs.design import Design
    from experiments.studies.earlier_runs import Asked
    from experiments.studies.job import Model
    from experiments.studies.plan import Plan
    from experiments.studies.study import Counts

_HASH_SHOWN = 8  # characters of a hash that tell designs apart in a folder's name
_LEAST_SCENARIOS = 2
_STOPPED = "Stopped; finished runs are kept, and the same command resumes from there."

_Where = tuple[str, int | None, str | None, str | None]


def add_commands(app: typer.Typer) -> None:
    """Add the commands of studies to the command line."""
    for command in (sweep, compare, sensitivity, verify):
        app.command(epilog=example(command.__name__))(command)


def sweep(
    design: Annotated[str, typer.Argument(help="A design's name or a .toml file.")],
    engine: EngineName = "local",
    workers: Workers = None,
    scheduler: Scheduler = None,
    shard: ShardText = None,
    out: Out = Path("results"),
    outcome: Outcomes = None,
    consumers: Consumers = None,
    replications: Replications = None,
    points: Points = None,
    overrides: Set = None,
    data: Data = None,
    allow_plugins: Plugins = None,
    *,
    retry_failed: Retry = False,
    mixed: Mixed = False,
    again: Again = False,
    container: Container = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    no_saved_state: NoSavedState = False,
) -> None:
    """Make the runs of a design; after a stop the same command resumes."""
    with errors_in_one_sentence(_STOPPED):
        from experiments.commands.study_asked import check_options
        from experiments.inputs.design import find_design
        from experiments.studies.earlier_runs import Asked

        where: _Where = (engine, workers, scheduler, shard)
        check_options(*where, outcome)
        kept = Asked(retry_failed=retry_failed, mixed=mixed, again=again)
        path = find_design(design)
        asked = changed_design(path, consumers, replications, points, values_given(overrides, data), outcome)
        plan, folder = _planned(path, out, asked, _model(allow_plugins, no_saved_state), dry_run=dry_run, yes=yes)
        _study(plan, folder, where, outcome, kept, container=container)


def compare(
    scenarios: Annotated[list[str], typer.Argument(help="Two scenarios or more; all are compared with the first.")],
    replications: Annotated[
        int, typer.Option(min=1, max=10_000, help="Runs a scenario, with common random numbers.")
    ] = 8,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the first replication.")] = 1,
    consumers: Annotated[int | None, typer.Option(help="Draw so many consumers, in place of random streams.")] = None,
    engine: EngineName = "local",
    workers: Workers = None,
    scheduler: Scheduler = None,
    shard: ShardText = None,
    out: Out = Path("results"),
    outcome: Outcomes = None,
    overrides: Set = None,
    data: Data = None,
    allow_plugins: Plugins = None,
    *,
    parameters: Annotated[
        bool, typer.Option("--parameters", help="Each replication has a posterior draw of calibrated parameters.")
    ] = False,
    retry_failed: Retry = False,
    mixed: Mixed = False,
    again: Again = False,
    container: Container = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    no_saved_state: NoSavedState = False,
) -> None:
    """Run scenarios with the same random streams; shows how each differs from the first, with intervals."""
    with errors_in_one_sentence(_STOPPED):
        from experiments.commands.study_asked import check_options, placed
        from experiments.commands.study_results import planned
        from experiments.inputs.design import Design
        from experiments.runs.streams import OF_STREAMS
        from experiments.studies.earlier_runs import Asked
        from experiments.studies.plan import make_plan

        where: _Where = (engine, workers, scheduler, shard)
        check_options(*where, outcome)
        if len(scenarios) < _LEAST_SCENARIOS:
            raise InputError(f"{scenarios[0]} alone is no comparison; name two scenarios or more")
        name = "-against-".join([*(Path(each).stem for each in scenarios[1:2]), Path(scenarios[0]).stem])
        design = Design(
            question=f"What do {', '.join(scenarios[1:])} change against {scenarios[0]}?",
            scenarios=tuple(scenarios),
            replications=replications,
            seed=seed,
            consumers=consumers,
            set={**({} if consumers else OF_STREAMS), **values_given(overrides, data)},
            outcomes=placed(outcome),
            parameters=parameters,
        )
        model = _model(allow_plugins, no_saved_state)
        plan = planned(name, design, model, Path(), out / name, kept_there=False, dry_run=dry_run, yes=yes)
        # another number of replications is the same comparison, in the same folder
        same = make_plan(name, design.model_copy(update={"replications": 1}), plan.model)
        folder = out / f"{name}+{same.asked_sha256[:_HASH_SHOWN]}"
        kept = Asked(retry_failed=retry_failed, mixed=mixed, again=again)
        _study(plan, folder, where, outcome, kept, container=container)


def sensitivity(
    design: Annotated[str, typer.Argument(help="A design of kind one-at-a-time, morris or sobol.")] = "what-matters",
    engine: EngineName = "local",
    workers: Workers = None,
    scheduler: Scheduler = None,
    shard: ShardText = None,
    out: Out = Path("results"),
    outcome: Outcomes = None,
    consumers: Consumers = None,
    replications: Replications = None,
    points: Points = None,
    overrides: Set = None,
    data: Data = None,
    allow_plugins: Plugins = None,
    *,
    retry_failed: Retry = False,
    mixed: Mixed = False,
    again: Again = False,
    container: Container = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    no_saved_state: NoSavedState = False,
) -> None:
    """Make the runs of a sensitivity design and rank its factors, with intervals."""
    with errors_in_one_sentence(_STOPPED):
        from experiments.commands.study_asked import check_options
        from experiments.inputs.design import find_design
        from experiments.studies.earlier_runs import Asked
        from experiments.studies.sensitivity import KINDS

        where: _Where = (engine, workers, scheduler, shard)
        check_options(*where, outcome)
        kept = Asked(retry_failed=retry_failed, mixed=mixed, again=again)
        path = find_design(design)
        asked = changed_design(path, consumers, replications, points, values_given(overrides, data), outcome)
        if asked.design.kind not in KINDS:
            raise InputError(f"{design} is of kind {asked.design.kind}; sensitivity needs {', '.join(KINDS)}")
        plan, folder = _planned(path, out, asked, _model(allow_plugins, no_saved_state), dry_run=dry_run, yes=yes)
        _study(plan, folder, where, outcome, kept, container=container)


def verify(
    result: Annotated[Path, typer.Argument(help="Folder of a run or of a study.")],
    rerun: Annotated[
        int | None, typer.Option(min=1, metavar="K", help="Repeat K of its runs and compare (of a run: itself).")
    ] = None,
) -> None:
    """Check a result folder: schema, checksums, invariants, provenance; --rerun repeats runs and compares them."""
    with errors_in_one_sentence():
        from experiments.studies.verify import verified

        say(verified(result))
        if rerun is not None:
            from experiments.studies.rerun import rerun_agrees

            say(rerun_agrees(result, rerun))


def _model(allow_plugins: Sequence[str] | None, no_saved_state: bool) -> "Model":  # noqa: FBT001 - the option as it is
    from experiments.runs.own_code import allowed_here
    from experiments.studies.market_runs import market_model

    return market_model(allowed_here(allow_plugins or ()), saved_states=not no_saved_state)


def _planned(
    path: Path, out: Path, design: "Design", model: "Model", *, dry_run: bool, yes: bool
) -> tuple["Plan", Path]:
    """The plan of a design and its folder, its size told first. Raises DesignError; typer.Exit after a dry run."""
    from experiments.commands.study_results import planned
    from experiments.inputs.design import read_design
    from experiments.studies.plan import with_files_of

    model = with_files_of(path.parent, model)
    name, changed = path.stem, design != read_design(path)
    plan = planned(name, design, model, path.parent, out / name, kept_there=not changed, dry_run=dry_run, yes=yes)
    for note in plan.notes:
        say(note, error=True)
    return plan, out / (f"{name}+{plan.asked_sha256[:_HASH_SHOWN]}" if changed else name)


def _study(
    plan: "Plan",
    folder: Path,
    where: _Where,
    outcome: list[str] | None,
    asked: "Asked",
    *,
    container: bool = False,
) -> None:
    """Carry a plan out and show what came of it. Raises RunFailedError if any run failed."""
    from experiments.commands.settings import check_matplotlib
    from experiments.commands.study_asked import of_the_country
    from experiments.commands.study_results import show
    from experiments.studies.engine import Shard
    from experiments.studies.engine_choice import engine_of
    from experiments.studies.study import carry_out

    check_matplotlib()
    from experiments.commands.study_progress import study_shown_on

    shard = None if where[3] is None else Shard.read(where[3])
    _, workers, scheduler, _ = where
    with (
        engine_of(workers, scheduler, mixed=asked.mixed) as engine,
        study_shown_on(text_console(error=True), folder.name) as tell,
    ):

        def heard(counts: "Counts") -> None:
            tell(counts)
            end_if_stopped()

        done = carry_out(plan, folder, engine, heard, shard=shard, asked=asked, container=container)
    show(plan, done, of_the_country(outcome))
