"""Rewrite the results of docs/hindcast.md from one history: ``python -m experiments.documents.hindcast_page``.

Some three minutes. The tables behind them go to ``results/hindcast``.
"""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from experiments.documents.evidence import put_between_markers
from experiments.documents.evidence_tables import markdown
from experiments.figures.of_studies.hindcast import hindcast_of_history
from experiments.figures.saving import save
from experiments.hindcast.history import VERSIONS, fits, hindcast_from, history
from experiments.hindcast.scores import HORIZONS, MODEL, RULES, comparison, errors, failures

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "hindcast.md"
TABLES = ROOT / "results" / "hindcast"
FIGURE = PAGE.with_name("images") / "hindcast"
_AFTER_FIT = "2023Q1"  # first target that parameters fitted to data to 2022Q4 do not know
_NAMES = {MODEL: "Model", **RULES}


def score_table(table: pd.DataFrame) -> str:
    """Mean absolute errors by method and horizon, in points and, in brackets, in log-odds."""
    found = errors(table)
    rows = []
    for name, label in _NAMES.items():
        own = found[found["method"] == name]
        pairs = zip(own["mae_points"].to_list(), own["mae_log_odds"].to_list(), strict=True)
        rows.append((label, *(f"{points:.2f} ({odds:.3f})" for points, odds in pairs)))
    counts = [str(count) for count in found.loc[found["method"] == MODEL, "origins"]]
    return markdown(_headings("method"), [*rows, ("*origins*", *counts)])


def comparison_table(table: pd.DataFrame) -> str:
    """The model's mean absolute error less a rival's, with its standard error, points."""
    found = comparison(table)
    rows = [
        (
            f"Model less {RULES[str(rival)].lower()}",
            *(f"{row.difference_points:+.2f} ({row.error_points:.2f})" for row in own.itertuples()),
        )
        for rival, own in found.groupby("rival", sort=False)
    ]
    return markdown(_headings("difference (standard error)"), rows)


def _headings(first: str) -> tuple[str, ...]:
    return (first, *(f"{horizon} quarter{'s' if horizon > 1 else ''}" for horizon in HORIZONS))


def verdict(table: pd.DataFrame) -> str:
    """Whether the model passes, and where it does not."""
    failed = failures(table)
    return f"**Fails** against {', '.join(failed)}." if failed else "**Passes.**"


def results(free: pd.DataFrame, limited: pd.DataFrame) -> str:
    """What the page says of a version; ``limited``: with recorded supply limits imposed after the origin."""
    late = free[free["quarter"] >= _AFTER_FIT]
    parts = [
        "All targets:", score_table(free), comparison_table(free), verdict(free),
        "Targets in 2023-24 alone:", score_table(late), comparison_table(late), verdict(late),
        "All targets, with recorded supply limits imposed after the origin (outcomes, so no test):",
        score_table(limited), comparison_table(limited),
    ]  # fmt: skip
    return "\n\n".join(parts)


def page_with(page: str, tables: Mapping[str, tuple[pd.DataFrame, pd.DataFrame]]) -> str:
    """The page with the results of each version between its markers."""
    for version, (free, limited) in tables.items():
        page = put_between_markers(page, f"{version} hindcast", results(free, limited))
    return page


def main() -> None:
    """Run all origins in both versions, with and without limits, and write what comes."""
    past = history()
    by_version = fits(past)
    tables = {
        version: (hindcast_from(past, fitted), hindcast_from(past, fitted, limits=True))
        for version, fitted in by_version.items()
    }
    TABLES.mkdir(exist_ok=True)
    for version, pair in tables.items():
        for table, name in zip(pair, (version, f"{version}_limits"), strict=True):
            table.drop(columns=["low", "high"]).to_csv(TABLES / f"{name}.csv", index=False, float_format="%.6g")
    save(hindcast_of_history(tables["strict"][0], VERSIONS["strict"]), FIGURE)
    PAGE.write_text(page_with(PAGE.read_text(encoding="utf-8"), tables), encoding="utf-8")


if __name__ == "__main__":
    main()
