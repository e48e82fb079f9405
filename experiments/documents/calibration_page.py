"""Write what a calibration found into docs/calibration.md and ship its draws.

``python -m experiments.documents.calibration_page [FOLDER]``, by default results/calibration.
"""

import json
import sys
from collections.abc import Callable, Hashable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import pandas as pd

from experiments.calibration.calibrate import MANIFEST
from experiments.calibration.draws import SHIPPED, SHIPPED_NOTE
from experiments.calibration.tables import range_text
from experiments.documents.evidence import put_between_markers
from experiments.documents.evidence_tables import markdown
from experiments.errors import InputError
from experiments.figures.of_studies.prior_posterior import prior_posterior_figure
from experiments.figures.saving import save
from experiments.runs.whole_files import write_whole

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "calibration.md"
FIGURE = PAGE.with_name("images") / "prior_posterior"


Row: TypeAlias = Mapping[Hashable, Any]


def _number(number: float, form: str) -> str:
    """A number as text, nothing where there is none."""
    return "" if pd.isna(number) else format(number, form)


PARAMETERS: Mapping[str, Callable[[Row], str]] = {
    "parameter": lambda row: f"`{row['parameter']}`",
    "default": lambda row: f"{row['default']:g}",
    "before": lambda row: range_text(row, "prior"),
    "after": lambda row: range_text(row, "posterior"),
    "spread left": lambda row: _number(row["sd_ratio"], ".2f"),
    "moved, sd": lambda row: _number(row["moved_sd"], "+.2f"),
    "ranks uniform, p": lambda row: _number(row["uniform_p"], ".2f"),
    "identified": lambda row: str(row["identified"]),
}
"""Parameters before and after, and whether they are identified: cells by heading."""
TARGETS: Mapping[str, Callable[[Row], str]] = {
    "statistic": lambda row: f"`{row['statistic']}`",
    "target": lambda row: f"{row['target']:g}",
    "its sd": lambda row: f"{row['sd']:.2g}",
    "over the priors": lambda row: range_text(row, "prior"),
    "over draws": lambda row: range_text(row, "posterior"),
    "miss, sd": lambda row: f"{row['miss_sd']:+.1f}",
    "known to": lambda row: str(row["to"]),
    "source": lambda row: str(row["source"]),
}
"""Targets beside what draws give."""
EMULATORS: Mapping[str, Callable[[Row], str]] = {
    "statistic": lambda row: f"`{row['statistic']}`",
    "spread over the priors": lambda row: f"{row['spread']:.3g}",
    "held-out error": lambda row: f"{row['held_out_rmse']:.3g}",
    "explained, %": lambda row: f"{100 * row['explained_share']:.0f}",
    "within two sd, %": lambda row: f"{100 * row['within_two_sd']:.0f}",
    "sd of the target": lambda row: f"{row['target_sd']:.2g}",
}
"""How well emulators know evaluations they never saw."""
SHOWN: Mapping[str, Mapping[str, Callable[[Row], str]]] = {
    "parameters": PARAMETERS,
    "targets": TARGETS,
    "emulators": EMULATORS,
}
"""Tables of the page, by name of the table and of its markers."""


def shown(table: pd.DataFrame, cells: Mapping[str, Callable[[Row], str]]) -> str:
    """A table in Markdown."""
    return markdown(cells, [[cell(row) for cell in cells.values()] for row in table.to_dict("records")])


def ship(folder: Path) -> None:
    """Make a calibration's draws those that come with Detour. Raises InputError if it is not complete."""
    note = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    if not note.get("complete"):
        raise InputError(f"{folder} holds a calibration that was not finished; run the same command again")
    write_whole(SHIPPED, (folder / "posterior.csv").read_bytes())
    kept = {name: note[name] for name in ("sizes", "seed", "results_version", "code", "versions")}
    write_whole(SHIPPED_NOTE, (json.dumps(kept, indent=2) + "\n").encode())


def main() -> None:
    """Write the page, its figure and the draws."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "results" / "calibration"
    page = PAGE.read_text(encoding="utf-8")
    for name, cells in SHOWN.items():
        page = put_between_markers(page, name, shown(pd.read_csv(folder / f"{name}.csv"), cells))
    write_whole(PAGE, page.encode())
    save(prior_posterior_figure(pd.read_csv(folder / "parameters.csv")), FIGURE)
    ship(folder)


if __name__ == "__main__":
    main()
