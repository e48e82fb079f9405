"""Options that commands share, and how many random streams a run gets."""

from pathlib import Path
from typing import Annotated

import typer

USUAL_STREAMS = 16
"""Runs with random streams that a run gets if nothing is said: bounds of 80% lie within them, at a bearable cost."""

Streams = Annotated[
    int, typer.Option(min=0, max=1_000, metavar="N", help="Mean-field runs with random streams, for bands.")
]
EngineName = Annotated[str, typer.Option("--engine", metavar="local|dask", help="Where runs execute.")]
Workers = Annotated[int | None, typer.Option(min=1, help="Processes on this machine; one per core by default.")]
Scheduler = Annotated[str | None, typer.Option(metavar="ADDRESS", help="Dask scheduler, such as tcp://host:8786.")]
ShardText = Annotated[
    str | None, typer.Option("--shard", metavar="I/N", help="Make only this share of a shared study.")
]
Retry = Annotated[bool, typer.Option("--retry-failed", help="Make failed runs again.")]
Mixed = Annotated[
    bool, typer.Option("--mixed", help="Keep runs of other code; let workers have other library versions.")
]
Again = Annotated[bool, typer.Option("--again", help="Make runs of other code or library versions again.")]
Out = Annotated[Path, typer.Option(metavar="DIR", help="Folder for results.")]
Outcomes = Annotated[
    list[str] | None, typer.Option("--outcome", help="Outcome in figures and tables; may be repeated.")
]
Consumers = Annotated[int | None, typer.Option(help="Simulated consumers; the design's by default.")]
Replications = Annotated[int | None, typer.Option(min=1, max=10_000, help="Runs a point, each with its own seed.")]
Points = Annotated[int | None, typer.Option(min=1, help="Points of a sampled design.")]
Set = Annotated[list[str] | None, typer.Option("--set", metavar="GROUP.KEY=VALUE", help="Fix a parameter in all runs.")]
Container = Annotated[
    bool, typer.Option("--container", help="Keep new runs of this machine or shard in one file instead of one each.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Print the size of the study and stop.")]
Yes = Annotated[bool, typer.Option("--yes", help="Make a study of more than 100,000 runs.")]
Plugins = Annotated[
    list[str] | None, typer.Option("--allow-plugins", metavar="NAME", help="Load a module that scenarios name.")
]
Data = Annotated[
    list[Path] | None,
    typer.Option("--data", metavar="FOLDER", help="Data pack in place of shipped tables; repeatable, later wins."),
]
NoSavedState = Annotated[
    bool, typer.Option("--no-saved-state", help="Run from the first quarter; the results are the same.")
]
