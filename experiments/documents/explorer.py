"""Make again what the explorer keeps: ``python -m experiments.documents.explorer STUDIES_FOLDER``.

The folder holds three finished studies: ``policy-wedge``, the same design on the expected path as ``policy-wedge`` in
its folder ``expected``, and ``twelve-levers``. The table of the emulator's errors is written to docs/page.md.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.documents.evidence import put_between_markers
from experiments.explorer.fitting import HELD_OUT_EVERY, fitted, scored
from experiments.explorer.indicators import INDICATORS, indicator
from experiments.explorer.kept import KEPT, SCHEMA_VERSION, Kept, Score, kept, write
from experiments.explorer.of_studies import history_of, lever_runs, observed_quarters, paths_of, whole_study
from experiments.shown_text import say
from experiments.studies.study_files import run_files
from market.scenario import Scenario
from market.version import RESULTS_VERSION

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "page.md"
COMMAND = "python -m experiments.documents.explorer"
"""What writes the table."""


def kept_of(folder: Path, fitted_before: Kept | None = None) -> Kept:
    """What is kept of the studies in a folder; ``fitted_before``: whose emulator stays. Raises InputError."""
    origin = Scenario().run.origin
    manifest, drawn = whole_study(folder / "policy-wedge")
    _, expected = whole_study(folder / "expected")
    observed = observed_quarters(drawn, origin)
    first = run_files(folder / "policy-wedge").read(manifest.runs[0][3])
    fits = _fits(folder, expected, observed) if fitted_before is None else _fits_of(fitted_before)
    return Kept(
        schema_version=SCHEMA_VERSION, command=COMMAND, version=manifest.versions["battery-detour"],
        results_version=RESULTS_VERSION, code=first.code.short if first and first.code else manifest.model_version,
        streams=int(drawn["replication"].nunique()), first_quarter=str(drawn["quarter"].iloc[0]), origin=origin,
        decimals={each.column: each.decimals for each in INDICATORS},
        history=history_of(drawn, observed), paths=paths_of(expected, drawn, observed), **fits,
    )  # fmt: skip


def _fits(folder: Path, expected: pd.DataFrame, observed: int) -> dict[str, Any]:
    """The emulator of the levers' runs and its errors in runs held out."""
    manifest, table = whole_study(folder / "twelve-levers")
    runs = lever_runs(manifest, table, expected, observed)
    held = (len(runs.cube) - 1) // HELD_OUT_EVERY
    scores = [Score.model_validate(dict(row)) for _, row in scored(runs).iterrows()]
    counts = {"fitted_runs": len(runs.cube) - 1 - held, "held_out_runs": held}
    return {"emulator": fitted(runs), "scores": scores, **counts}


def _fits_of(found: Kept) -> dict[str, Any]:
    return {name: getattr(found, name) for name in ("emulator", "scores", "fitted_runs", "held_out_runs")}


def error_table(found: Kept) -> str:
    """The emulator's errors in runs it was not fitted to, as Markdown."""
    head = (
        f"Fitted to {found.fitted_runs} runs and held against {found.held_out_runs} others (every fourth of the "
        "design), over all quarters from 2025 to 2035; the page's emulator is fitted to all of them.\n\n"
        "| indicator | unit | median error | 90 % of errors below | median error in 2035Q4 | runs' spread in 2035Q4 | "
        "inside the band |\n|---|---|---|---|---|---|---|\n"
    )
    return head + "\n".join(map(_row, found.scores))


def _row(score: Score) -> str:
    each = indicator(score.column)
    digits = each.digits + 1
    numbers = [score.median, score.most, score.last, score.spread]
    cells = " | ".join(f"{value * each.scale:,.{digits}f}" for value in numbers)
    return f"| {each.name} | {each.difference_unit} | {cells} | {score.inside:.0%} |"


def write_table(found: Kept, page: Path = PAGE) -> None:
    """Put the table between its markers."""
    text = put_between_markers(page.read_text(encoding="utf-8"), "emulator", error_table(found))
    page.write_text(text, encoding="utf-8")


def main(words: Sequence[str] | None = None) -> None:
    """Make what is asked for."""
    parser = argparse.ArgumentParser(description="What the explorer keeps: paths, emulator, its errors.")
    parser.add_argument("studies", type=Path, nargs="?", help="folder of the studies; without it, only the table again")
    parser.add_argument(
        "--paths", action="store_true", help="only the scenarios' paths; the emulator that is kept stays"
    )
    given = parser.parse_args(words)
    if given.studies is not None:
        write(kept_of(given.studies, kept() if given.paths else None))
        kept.cache_clear()
        say(KEPT)
    write_table(kept())
    say(PAGE)


if __name__ == "__main__":
    main()
