"""Write what a calibration found into docs/calibration.md and ship its draws.

``python -m experiments.documents.calibration_page [FOLDER]``, by default results/calibration.
"""

import json
import sys
from pathlib import Path

import pandas as pd

from experiments.calibration.calibrate import MANIFEST
from experiments.calibration.draws import SHIPPED, SHIPPED_NOTE
from experiments.documents.evidence import put_between_markers
from experiments.documents.evidence_tables import markdown
from experiments.errors import InputError
from experiments.figures.of_studies.prior_posterior import prior_posterior_figure
from experiments.figures.saving import save
from experiments.runs.whole_files import write_whole

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "calibration.md"
FIGURE = PAGE.with_name("images") / "prior_posterior"
TABLES = ("parameters", "targets", "emulators", "ranks", "posterior")


def _range(row: pd.Series, when: str) -> str:
    middle, low, high = (row[f"{when}_p{share}"] for share in (50, 10, 90))
    return f"{middle:.3g} ({low:.3g} to {high:.3g})"


def parameter_rows(table: pd.DataFrame) -> str:
    """Parameters before and after, and whether they are identified."""
    rows = [
        (
            f"`{row['parameter']}`", f"{row['default']:g}", _range(row, "prior"), _range(row, "posterior"),
            "" if pd.isna(row["sd_ratio"]) else f"{row['sd_ratio']:.2f}",
            "" if pd.isna(row["moved_sd"]) else f"{row['moved_sd']:+.2f}",
            "" if pd.isna(row["uniform_p"]) else f"{row['uniform_p']:.2f}", row["identified"],
        )
        for _, row in table.iterrows()
    ]  # fmt: skip
    headings = ("parameter", "default", "before", "after", "spread left", "moved, sd", "ranks uniform, p", "identified")
    return markdown(headings, rows)


def target_rows(table: pd.DataFrame) -> str:
    """Targets beside what draws give."""
    rows = [
        (
            f"`{row['statistic']}`", f"{row['target']:g}", f"{row['sd']:.2g}", _range(row, "prior"),
            _range(row, "posterior"), f"{row['miss_sd']:+.1f}", str(row["to"]), str(row["source"]),
        )
        for _, row in table.iterrows()
    ]  # fmt: skip
    headings = ("statistic", "target", "its sd", "over the priors", "over draws", "miss, sd", "known to", "source")
    return markdown(headings, rows)


def emulator_rows(table: pd.DataFrame) -> str:
    """How well emulators know evaluations they never saw."""
    rows = [
        (
            f"`{row['statistic']}`", f"{row['spread']:.3g}", f"{row['held_out_rmse']:.3g}",
            f"{100 * row['explained_share']:.0f}", f"{100 * row['within_two_sd']:.0f}", f"{row['target_sd']:.2g}",
        )
        for _, row in table.iterrows()
    ]  # fmt: skip
    headings = (
        "statistic", "spread over the priors", "held-out error", "explained, %", "within two sd, %", "sd of the target",
    )  # fmt: skip
    return markdown(headings, rows)


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
    tables = {name: pd.read_csv(folder / f"{name}.csv") for name in TABLES}
    page = PAGE.read_text(encoding="utf-8")
    page = put_between_markers(page, "parameters", parameter_rows(tables["parameters"]))
    page = put_between_markers(page, "targets", target_rows(tables["targets"]))
    page = put_between_markers(page, "emulators", emulator_rows(tables["emulators"]))
    write_whole(PAGE, page.encode())
    save(prior_posterior_figure(tables["parameters"]), FIGURE)
    ship(folder)


if __name__ == "__main__":
    main()
