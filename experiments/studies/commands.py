# ruff: noqa: PLC0415 - heavy libraries are imported in the command that needs them, so that help is instant
"""The commands of studies: ``sweep``, ``compare``, ``sensitivity``, ``verify``."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from experiments.ending import end_if_stopped, told_in_one_sentence
from experiments.errors import InputError, RunFailedError
from experiments.shown_text import plain_text, say, text_console

if TYPE_CHECKING:
    import pandas as pd

    from experiments.studies.design import Design
    from experiments.studies.earlier_runs import Asked
    from experiments.studies.plan import Plan
    from experiments.studies.study import Counts, Finished

_HASH_SHOWN = 8  # characters of a hash that tell designs apart in a folder's name
_FAILURES_SHOWN = 5
_ROWS_SHOWN = 30
_LEAST_SCENARIOS = 2
_STOPPED = "Stopped; finished runs are kept, and the same command goes on from there."

_EngineName = Annotated[str, typer.Option("--engine", metavar="local|dask", help="Where runs are made.")]
_Workers = Annotated[int | None, typer.Option(min=1, help="Processes of this machine; one a core if left out.")]
_Scheduler = Annotated[str | None, typer.Option(metavar="ADDRESS", help="Dask scheduler, such as tcp://host:8786.")]
_ShardText = Annotated[
    str | None, typer.Option("--shard", metavar="I/N", help="Make only this share of a shared folder.")
]
_Retry = Annotated[bool, typer.Option("--retry-failed", help="Make failed runs again.")]
_Mixed = Annotated[
    bool, typer.Option("--mixed", help="Keep runs of other code; let workers have other library versions.")
]
_Again = Annotated[bool, typer.Option("--again", help="Make runs of other code or library versions again.")]
_Out = Annotated[Path, typer.Option(metavar="DIR", help="Folder for results.")]
_Outcomes = Annotated[
    list[str] | None, typer.Option("--outcome", help="Outcome of figures and tables; may be repeated.")
]
_Consumers = Annotated[int | None, typer.Option(help="Rows of the population; the design's if left out.")]
_Replications = Annotated[int | None, typer.Option(min=1, help="Runs of every point, each with luck of its own.")]
_Points = Annotated[int | None, typer.Option(min=1, help="Points of a sampled design.")]
_Set = Annotated[
    list[str] | None, typer.Option("--set", metavar="GROUP.KEY=VALUE", help="Fix a parameter in all runs.")
]


def add_commands(app: typer.Typer) -> None:
    """Add the commands of studies to the command line."""
    for command in (sweep, compare, sensitivity, verify):
        app.command()(command)


def sweep(
    design: Annotated[str, typer.Argument(help="A design's name or a .toml file.")],
    engine: _EngineName = "local",
    workers: _Workers = None,
    scheduler: _Scheduler = None,
    shard: _ShardText = None,
    out: _Out = Path("results"),
    outcome: _Outcomes = None,
    consumers: _Consumers = None,
    replications: _Replications = None,
    points: _Points = None,
    overrides: _Set = None,
    *,
    retry_failed: _Retry = False,
    mixed: _Mixed = False,
    again: _Again = False,
) -> None:
    """Make the runs of a design; repeated after a stop it goes on where it was."""
    with told_in_one_sentence(_STOPPED):
        from experiments.studies.design import find_design
        from experiments.studies.earlier_runs import Asked

        plan, folder = _planned(find_design(design), out, consumers, replications, points, overrides or [])
        _study(
            plan,
            folder,
            (engine, workers, scheduler, shard),
            outcome,
            Asked(retry_failed=retry_failed, mixed=mixed, again=again),
        )


def compare(
    scenarios: Annotated[list[str], typer.Argument(help="Two scenarios or more; all are compared with the first.")],
    replications: Annotated[int, typer.Option(min=1, help="Runs of every scenario, with the same luck in all.")] = 8,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the first replication.")] = 1,
    consumers: Annotated[int, typer.Option(help="Rows of the population.")] = 20_000,
    engine: _EngineName = "local",
    workers: _Workers = None,
    scheduler: _Scheduler = None,
    shard: _ShardText = None,
    out: _Out = Path("results"),
    outcome: _Outcomes = None,
    overrides: _Set = None,
    *,
    retry_failed: _Retry = False,
    mixed: _Mixed = False,
    again: _Again = False,
) -> None:
    """Run scenarios with the same luck; shows what each changes against the first, with intervals."""
    with told_in_one_sentence(_STOPPED):
        from experiments.studies.design import Design
        from experiments.studies.earlier_runs import Asked
        from experiments.studies.market_runs import market_model
        from experiments.studies.plan import make_plan

        if len(scenarios) < _LEAST_SCENARIOS:
            raise InputError(f"{scenarios[0]} alone is no comparison; name two scenarios or more")
        name = "-against-".join([*(Path(each).stem for each in scenarios[1:2]), Path(scenarios[0]).stem])
        design = Design(
            question=f"What do {', '.join(scenarios[1:])} change against {scenarios[0]}?",
            scenarios=tuple(scenarios),
            replications=replications,
            seed=seed,
            consumers=consumers,
            set=_values(overrides or []),
        )
        plan = make_plan(name, design, market_model())
        # another number of replications is the same comparison, in the same folder
        same = make_plan(name, design.model_copy(update={"replications": 1}), plan.model)
        folder = out / f"{name}+{same.asked_sha256[:_HASH_SHOWN]}"
        _study(
            plan,
            folder,
            (engine, workers, scheduler, shard),
            outcome,
            Asked(retry_failed=retry_failed, mixed=mixed, again=again),
        )


def sensitivity(
    design: Annotated[str, typer.Argument(help="A design of kind one-at-a-time, morris or sobol.")] = "what-matters",
    engine: _EngineName = "local",
    workers: _Workers = None,
    scheduler: _Scheduler = None,
    shard: _ShardText = None,
    out: _Out = Path("results"),
    outcome: _Outcomes = None,
    consumers: _Consumers = None,
    replications: _Replications = None,
    points: _Points = None,
    overrides: _Set = None,
    *,
    retry_failed: _Retry = False,
    mixed: _Mixed = False,
    again: _Again = False,
) -> None:
    """Make the runs of a sensitivity design and rank its factors, with intervals."""
    with told_in_one_sentence(_STOPPED):
        from experiments.studies.design import find_design
        from experiments.studies.earlier_runs import Asked
        from experiments.studies.sensitivity import KINDS

        plan, folder = _planned(find_design(design), out, consumers, replications, points, overrides or [])
        if plan.design.design.kind not in KINDS:
            raise InputError(f"{design} is of kind {plan.design.design.kind}; sensitivity needs {', '.join(KINDS)}")
        _study(
            plan,
            folder,
            (engine, workers, scheduler, shard),
            outcome,
            Asked(retry_failed=retry_failed, mixed=mixed, again=again),
        )


def verify(
    result: Annotated[Path, typer.Argument(help="Folder of a run or of a study.")],
    rerun: Annotated[
        int | None, typer.Option(min=1, metavar="K", help="Make K of its runs again and compare (a run: itself).")
    ] = None,
) -> None:
    """Check a result folder: schema, checksums, invariants, what made it; with --rerun by making runs again."""
    with told_in_one_sentence():
        from experiments.studies.verify import verified

        say(verified(result))
        if rerun is not None:
            from experiments.studies.rerun import rerun_agrees

            say(rerun_agrees(result, rerun))


def _values(overrides: Sequence[str]) -> dict[str, float | int | bool | str]:
    from experiments.scenario_files import given_values

    return given_values(overrides)


def _planned(
    path: Path, out: Path, consumers: int | None, replications: int | None, points: int | None, overrides: Sequence[str]
) -> tuple["Plan", Path]:
    """The plan of a design file with what the command line changes, and its folder."""
    from experiments.studies.design import read_design
    from experiments.studies.market_runs import market_model
    from experiments.studies.plan import make_plan, with_files_of

    design = read_design(path)
    changed = _changed(design, consumers, replications, points, overrides)
    plan = make_plan(path.stem, changed, with_files_of(path.parent, market_model()), path.parent)
    for note in plan.notes:
        say(note, error=True)
    name = path.stem if changed == design else f"{path.stem}+{plan.asked_sha256[:_HASH_SHOWN]}"
    return plan, out / name


def _changed(
    design: "Design", consumers: int | None, replications: int | None, points: int | None, overrides: Sequence[str]
) -> "Design":
    given = {"consumers": consumers, "replications": replications}
    if overrides:
        given["set"] = {**design.set, **_values(overrides)}  # type: ignore[assignment]  # values of several types
    if points is not None:
        given["design"] = design.design.model_copy(update={"points": points})  # type: ignore[assignment]  # as above
    return design.model_copy(update={key: value for key, value in given.items() if value is not None})


def _study(
    plan: "Plan",
    folder: Path,
    where: tuple[str, int | None, str | None, str | None],
    outcome: list[str] | None,
    asked: "Asked",
) -> None:
    """Carry a plan out and show what came of it. Raises RunFailedError if any run failed."""
    from experiments.figures.settings import check_matplotlib
    from experiments.studies.engine import Shard
    from experiments.studies.engine_choice import engine_named
    from experiments.studies.study import carry_out

    check_matplotlib()
    from experiments.studies.study_progress import study_shown_on
    from experiments.studies.study_report import OUTCOMES

    shard = None if where[3] is None else Shard.read(where[3])
    wanted = outcome or list(OUTCOMES)
    unknown = next((each for each in wanted if each not in plan.model.numbers), None)
    if unknown is not None:
        from experiments.parameter_list import nearest

        hint = nearest(unknown, plan.model.numbers) or "; they are columns of national.parquet with _last or _2030q4"
        raise InputError(f"--outcome {unknown} is no outcome of a run{hint}")
    with (
        engine_named(*where, mixed=asked.mixed) as engine,
        study_shown_on(text_console(error=True), folder.name) as tell,
    ):

        def heard(counts: "Counts") -> None:
            tell(counts)
            end_if_stopped()

        done = carry_out(plan, folder, engine, heard, shard=shard, asked=asked)
    _show(plan, done, wanted)


def _show(plan: "Plan", done: "Finished", outcomes: Sequence[str]) -> None:
    from experiments.studies.study_report import report

    if not done.complete:
        say(f"This shard is done; the last shard, or the command without --shard, writes the tables of {done.folder}.")
    elif done.failures:
        say(f"Results: {done.folder}; figures need every run.")
    else:
        shown = report(plan, done.folder, outcomes)
        if shown.headline is not None:
            _print_table(shown.headline)
        say(f"Results: {done.folder}")
        for path in shown.paths:
            say(path)
        for fault in shown.faults:
            say(fault, error=True)
    if done.failures:
        first = "; ".join(
            f"{scenario}, seed {seed}: {error}" for scenario, seed, error in done.failures[:_FAILURES_SHOWN]
        )
        raise RunFailedError(
            f"{len(done.failures)} of {len(done.manifest.runs)} runs failed and are rows of runs.parquet ({first}); "
            "--retry-failed makes them again"
        )


def _print_table(table: "pd.DataFrame") -> None:
    shown = table.head(_ROWS_SHOWN).map(lambda cell: plain_text(cell) if isinstance(cell, str) else cell)
    for line in shown.to_string(index=False, float_format=lambda value: f"{value:.4g}").splitlines():
        say(line)
    if len(table) > len(shown):
        say(f"... and {len(table) - len(shown)} more rows in the CSV file")
