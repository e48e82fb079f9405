"""Put a scored hindcast into docs/hindcast.md: ``python -m experiments.documents.hindcast_scores [FOLDER]``.

The folder is one that ``detour hindcast`` wrote, by default ``results/hindcast``. Takes seconds.
"""

import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import pandas as pd

from experiments.documents.evidence import put_between_markers
from experiments.documents.evidence_tables import markdown
from experiments.documents.hindcast_page import PAGE, TABLES
from experiments.figures.of_studies.hindcast_scores import scores_figure
from experiments.figures.saving import save
from experiments.hindcast.files import TABLES as FILES
from experiments.hindcast.rows import LAST_RANKS, MODEL, RECORD
from experiments.hindcast.scores import HORIZONS
from experiments.hindcast.study import FEEDBACKS, Scored
from experiments.hindcast.targets import COUNTRY, NATIONAL, TARGETS
from experiments.hindcast.verdicts import verdicts

FIGURE = PAGE.with_name("images") / "hindcast_scores"
METHODS: Mapping[str, str] = {
    "last_value": "Last value", "same_season": "Same quarter a year earlier", "damped_trend": "Damped trend",
    "logistic": "Logistic", "bass": "Bass", LAST_RANKS: "Country of the model, split as last known",
}  # fmt: skip
_YEARS = (4, 8)
_SPANS = {"all": "all targets", "2023-24": "targets in 2023-24"}
_REACHED = {True: "yes", False: "**no**", None: "cannot be told"}


def read_hindcast(folder: Path) -> Scored:
    """The tables in a folder. Raises FileNotFoundError."""
    return Scored(**{name: pd.read_csv(folder / f"{name}.csv") for name in FILES})


def shown_table(made: Scored) -> str:
    """What must be shown, what was found, and whether it is so."""
    return markdown(
        ("must show", "found", "reached"), [(each.claim, each.found, _REACHED[each.reached]) for each in verdicts(made)]
    )


def national_table(made: Scored) -> str:
    """MASE and, in brackets, CRPS in points of the national BEV share, by method, horizon and span of targets."""
    rows = []
    for label, version, inputs, method in _methods(("bev_share",), made):
        cells = [_mase_crps(made, version, inputs, method, span) for span in _SPANS]
        rows.append((label, *cells[0], *cells[1]))
    heads = [f"{horizon} q, {name}" for name in ("all", "2023-24") for horizon in HORIZONS]
    return markdown(("method", *heads), rows)


def _methods(series: Iterable[str], made: Scored) -> list[tuple[str, str, str, str]]:
    """Label, version, inputs and method of the model's variants and of the rules that have scores."""
    there = set(made.scores.loc[made.scores["series"].isin(list(series)), "method"])
    variants = [
        (f"Model, {version}, inputs {inputs}", version, inputs, MODEL)
        for inputs in ("forecast", "realized")
        for version in ("strict", "pseudo")
    ]
    return [*variants, *((METHODS[name], RECORD, RECORD, name) for name in METHODS if name in there)]


def _score(made: Scored, *key: str, horizon: int, of: str) -> pd.Series | None:
    """A row of the scores; ``key``: series, version, inputs, method and span of targets. None if there is none."""
    table = made.scores
    for column, value in zip(("series", "version", "inputs", "method", "targets"), key, strict=True):
        table = table[table[column] == value]
    table = table[(table["horizon"] == horizon) & (table["of"] == of)]
    return None if table.empty else table.iloc[0]


def _mase_crps(made: Scored, version: str, inputs: str, method: str, span: str) -> list[str]:
    rows = [
        _score(made, "bev_share", version, inputs, method, span, horizon=horizon, of=COUNTRY) for horizon in HORIZONS
    ]
    return ["" if row is None else f"{row['mase']:.2f} ({100.0 * row['crps']:.2f})" for row in rows]


def series_table(made: Scored) -> str:
    """Mean absolute errors of every series a year and two ahead, strict, beside the simple rules."""
    rows = []
    for series, target in TARGETS.items():
        for of in ("US", "places"):
            cells = [_errors(made, series, method, of) for method in (MODEL, "last_value", "damped_trend", LAST_RANKS)]
            realized = _errors(made, series, MODEL, of, inputs="realized")
            if any(cells[0]) or any(realized):
                unit = "points" if target.share else target.unit
                place = "" if of == "US" or series in NATIONAL else ", by place"
                rows += [
                    (f"{target.label}{place}", unit, f"{horizon}", realized[each], *(cell[each] for cell in cells))
                    for each, horizon in enumerate(_YEARS)
                ]
    heads = ("series", "unit", "quarters", "model, inputs realized", "model, inputs forecast", "last value",
             "damped trend", "split as last known")  # fmt: skip
    return markdown(heads, rows)


def _errors(made: Scored, series: str, method: str, of: str, inputs: str = "forecast") -> list[str]:
    """Errors by horizon, with the rank correlation between places in brackets where there is one."""
    knows = method in (MODEL, LAST_RANKS)
    key = (series, "strict" if knows else RECORD, inputs if knows else RECORD, method, "all")
    found = []
    for horizon in _YEARS:
        row = _score(made, *key, horizon=horizon, of=of)
        if row is None:
            found.append("")
            continue
        error = f"{100.0 * row['mae']:.2f}" if TARGETS[series].share else f"{row['mae']:,.3g}"
        found.append(error if pd.isna(row["rank_correlation"]) else f"{error} ({row['rank_correlation']:.2f})")
    return [_plain(each) for each in found]


def _plain(number: str) -> str:
    """A figure such as 1.2e+05 written out."""
    return f"{float(number):,.0f}" if "e" in number else number


def coverage_table(made: Scored) -> str:
    """Share of outcomes within bands, with exact intervals."""
    rows = []
    for (pool, inputs), own in made.coverage.groupby(["pool", "inputs"], sort=False):
        shares = [f"{row.share:.0%} ({row.low:.0%} to {row.high:.0%})" for row in own.itertuples()]
        rows.append((str(pool), str(inputs), f"{int(own['forecasts'].iloc[0]):,}", *shares))
    return markdown(("pool", "inputs", "forecasts", "50 %", "80 %", "95 %"), rows)


def tests_table(made: Scored) -> str:
    """Differences of absolute errors to rules, points, with p of the test, of the national BEV share."""
    table = made.comparisons
    own = table[(table["series"] == "bev_share") & (table["version"] == "strict") & (table["loss"] == "absolute_error")]
    rows = []
    for (inputs, rival, targets), part in own.groupby(["inputs", "rival", "targets"], sort=False):
        found = zip(part["difference"].to_list(), part["p_value"].to_list(), strict=True)
        cells = [f"{100.0 * difference:+.2f} ({p:.2f})".replace("nan", "none") for difference, p in found]
        rows.append((METHODS[str(rival)], str(inputs), _SPANS[str(targets)], *cells))
    return markdown(("less", "inputs", "targets", *(f"{horizon} q" for horizon in HORIZONS)), rows)


def feedback_table(made: Scored) -> str:
    """Mean absolute errors of the national BEV share with each feedback off, points."""
    rows = []
    for name in (MODEL, *FEEDBACKS):
        cells = [_points(made, name, span) for span in _SPANS]
        label = "all feedbacks on" if name == MODEL else name.replace("_", " ")
        rows.append((label, *cells[0], *cells[1]))
    heads = [f"{horizon} q, {name}" for name in ("all", "2023-24") for horizon in HORIZONS]
    return markdown(("model, pseudo, inputs realized", *heads), rows)


def _points(made: Scored, method: str, span: str) -> list[str]:
    key = ("bev_share", "pseudo", "realized", method, span)
    rows = [_score(made, *key, horizon=horizon, of=COUNTRY) for horizon in HORIZONS]
    return ["" if row is None else f"{100.0 * row['mae']:.2f}" for row in rows]


def published_table(made: Scored) -> str:
    """Published forecasts beside the model from the first origin after them."""
    rows = []
    for row in made.published.to_dict("records"):
        share = TARGETS[row["series"]].share
        values = [row[name] for name in ("recorded", "published", MODEL, "damped_trend")]
        texts = ["" if pd.isna(value) else f"{100.0 * value:.2f} %" if share else f"{value:.3g}" for value in values]
        rows.append(
            (row["forecaster"], row["vintage"], f"{_short(row['series'])} {row['year']}", row["origin"], *texts)
        )
    heads = ("forecaster", "vintage", "of", "origin of the model", "recorded", "published", "model", "damped trend")
    return markdown(heads, rows)


def _short(series: str) -> str:
    names = {"bev_share_year": "BEV share", "pev_share_year": "plug-in share", "storage_gw": "storage, GW",
             "storage_gwh": "storage, GWh", "pack_price": "pack, $/kWh"}  # fmt: skip
    return names[series]


SECTIONS: Mapping[str, Callable[[Scored], str]] = {
    "must show": shown_table,
    "national scores": national_table,
    "series scores": series_table,
    "bands": coverage_table,
    "tests": tests_table,
    "feedbacks": feedback_table,
    "published forecasts": published_table,
}
"""What stands between markers on the page, by their names."""


def page_with_scores(page: str, made: Scored) -> str:
    """The page with every section made anew. Raises ValueError if it lacks a pair of markers."""
    for name, section in SECTIONS.items():
        page = put_between_markers(page, name, section(made))
    return page


def main(arguments: list[str]) -> None:
    """Write the page and the figure."""
    made = read_hindcast(Path(arguments[0]) if arguments else TABLES)
    save(scores_figure(made.scores, made.coverage), FIGURE)
    PAGE.write_text(page_with_scores(PAGE.read_text(encoding="utf-8"), made), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
