"""The report of a study: headline differences with intervals, figures, failed runs, what its scenarios change."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import pandas as pd

from experiments.errors import InputError
from experiments.findings.amounts import amount
from experiments.hindcast.scores import errors
from experiments.inputs.changes import value_text
from experiments.inputs.parameter_list import Value
from experiments.reports.findings import of_a_comparison
from experiments.reports.frame import LIMITS, again, cite, items, number, page, pictures, sentence, table
from experiments.reports.study_page_one import Told, in_short, on_page_one
from experiments.studies import market_runs
from experiments.studies.by_place import NAME
from experiments.studies.comparison import CONFIDENCE
from experiments.studies.job import Content
from experiments.studies.study_files import RUNS_TABLE, StudyManifest, parameters_of, read_tables
from experiments.studies.study_report import DIFFERENCES, HINDCAST, Shown, headline, outcomes_shown, plan_of, shown

_SHARE = "share"
_POINTS = 100.0
_FACTORS_SHOWN = 15
_FAILURES_SHOWN = 50
_PLACES_SHOWN = 30
_PAIR = 2
_SPREAD = ("mean", "low", "high", "tenth", "ninetieth")
_APART = ("difference", "difference_low", "difference_high")
_DIGITS = 4  # of a number whose size is not known beforehand


def study_html(folder: Path) -> str:
    """The whole page of a complete study. Raises InputError if it is not complete or was damaged."""
    manifest, tables = read_tables(folder)
    runs = tables[RUNS_TABLE]
    failed = runs[runs["status"] == "failed"]
    found, why_not = _found(folder, manifest, tables, whole=failed.empty)
    contents = [parameters_of(folder, manifest, point) for point in range(len(manifest.points))]
    told = Told(manifest, tables, outcomes_shown(folder, manifest), contents)
    first = "" if found is None or why_not else on_page_one(found, told.outcomes)
    replications = len({run[1] for run in manifest.runs})
    counts = f"{len(manifest.points)} points, {replications} replications, {len(runs):,} runs, {len(failed)} failed"
    sections = [
        *([] if found is None else [in_short(told, found, {name: found.figures[name] for name in [first] if name})]),
        ("Headline", _headline(found, manifest) if found else sentence(why_not)),
        *places_section(found),
        ("Figures", _figures(found, why_not, besides=first)),
        *_findings(found, told),
        ("Failed runs", _failures(failed, len(runs))),
        ("What differs from the reference", _differences(folder, manifest)),
        ("Limits", items([*LIMITS, *_limits(manifest)])),
        ("How to reproduce it", _again(manifest)),
        ("How to cite", _cite(manifest)),
    ]
    return page(manifest.name, str(manifest.design["question"]), ", ".join([counts, *_sizes(contents[0])]), sections)


def _sizes(content: Content) -> list[str]:
    """Who the buyers are and how far runs go; nothing for a model that does not say."""
    if content.get("run.mean_field"):
        who = ["mean field of all seats"]
    else:
        who = [f"{int(content['run.consumers']):,} consumers"] if "run.consumers" in content else []
    return [*who, *([f"to {content['run.last_quarter']}"] if "run.last_quarter" in content else [])]


def places_section(found: Shown | None) -> list[tuple[str, str]]:
    """A section of outcomes by place and firm, a table each; none if none was asked for."""
    if found is None or found.places.empty:
        return []
    parts = [
        sentence(f"{rows['label'].iloc[0]}, {_unit_of_cells(str(rows['unit'].iloc[0]))}:") + _of_places(rows)
        for _, rows in found.places.groupby("outcome", sort=False)
    ]
    note = sentence(
        f"Mean over runs with its {CONFIDENCE:.0%} interval, and what holds 80% of runs; differences are from the "
        "first scenario, run by run. Places are in the order of their largest difference, else of their mean; "
        f"{_PLACES_SHOWN} rows at most are shown, {NAME}.csv has all."
    )
    return [("By place and firm", note + "".join(parts))]


def _unit_of_cells(unit: str) -> str:
    """What numbers of a unit are written in."""
    kind = amount(unit)
    if kind.after_difference != kind.after:
        return f"{kind.after}; differences in percentage points"
    return f"{'2025 $' if kind.before else ''}{kind.after}".strip()


def _of_places(rows: pd.DataFrame) -> str:
    is_compared = rows["difference"].notna().any()
    head = [
        "place",
        "scenario",
        "mean",
        "interval",
        "80% of runs",
        *(["difference", "interval"] if is_compared else []),
    ]
    kind = amount(str(rows["unit"].iloc[0]))
    cells = []
    for _, row in _largest(rows).iterrows():
        places = kind.decimals(row["mean"])
        mean, low, high, tenth, ninetieth = (kind.bare(row[name], places) for name in _SPREAD)
        own = [str(row["place"]), str(row["scenario"]), mean, f"{low} to {high}", f"{tenth} to {ninetieth}"]
        if is_compared:
            places = max(kind.decimals(row["difference"]), *(kind.decimals_of_sign(row[name]) for name in _APART))
            apart, low, high = (kind.bare(row[name], places, sign=True) for name in _APART)
            own += [apart, f"{low} to {high}"]
        cells.append(own)
    return table(head, cells)


def _largest(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of the places whose largest difference, else mean, is largest: all scenarios of as many as may be shown."""
    sizes = rows[["difference", "mean"]].abs().groupby(rows["place"], sort=False).max().fillna(0.0)
    order = sizes.sort_values(["difference", "mean"], ascending=False, kind="stable").index
    shown = order[: max(_PLACES_SHOWN // rows["scenario"].nunique(), 1)]
    found: pd.DataFrame = pd.concat([rows[rows["place"] == place] for place in shown])
    return found


def _findings(found: Shown | None, told: Told) -> list[tuple[str, str]]:
    """A section of what each of several scenarios does; none where page one says all."""
    if found is None or found.name != DIFFERENCES or len(told.manifest.points) == _PAIR:
        return []
    return [of_a_comparison(told.manifest, told.tables, told.outcomes)]


def _found(
    folder: Path, manifest: StudyManifest, tables: dict[str, pd.DataFrame], *, whole: bool
) -> tuple[Shown | None, str]:
    """What a study shows; without figures if runs failed; nothing, with the reason, if not even a table can be made."""
    outcomes, plan = outcomes_shown(folder, manifest), partial(plan_of, folder, manifest)
    try:
        if whole:
            return shown(manifest, tables, folder, outcomes, plan), ""
        return headline(manifest, tables, folder, outcomes, plan), "Figures need every run."
    except InputError as error:
        return None, str(error)


def _figures(found: Shown | None, why_not: str, *, besides: str) -> str:
    if found is None or why_not:
        return sentence(why_not)
    if not found.figures:
        return sentence("This kind of design has no figure; its tables hold the results.")
    others = {name: make for name, make in found.figures.items() if name != besides}
    return pictures(others) if others else sentence("The figure above is all.")


def _headline(found: Shown, manifest: StudyManifest) -> str:
    if found.headline is None:
        return sentence(f"This kind of design has no headline table; {RUNS_TABLE}.parquet holds every run.")
    if found.name == "means":
        return _plain(found.headline)
    if found.name == HINDCAST:
        return _plain(errors(found.headline))
    return "".join(
        _of_outcome(str(outcome), rows, found.name, manifest)
        for outcome, rows in found.headline.groupby("outcome", sort=False)
    )


def _of_outcome(outcome: str, rows: pd.DataFrame, kind: str, manifest: StudyManifest) -> str:
    unit, label = manifest.units[RUNS_TABLE][outcome]
    if kind == "sensitivity":
        return sentence(f"{label}, {unit}:") + _plain(rows.drop(columns="outcome").head(_FACTORS_SHOWN))
    scale, shown_unit = (_POINTS, "%; differences in percentage points") if unit.startswith(_SHARE) else (1.0, unit)
    decimals = 2 if max(rows["mean"].abs().max(), rows["reference"].abs().max()) * scale < _POINTS else 1
    cells = [
        [
            str(row["scenario"]), number(scale * row["mean"], decimals),
            number(scale * row["difference"], decimals, "+"),
            f"{number(scale * row['low'], decimals, '+')} to {number(scale * row['high'], decimals, '+')}",
            f"{row['replications']:.0f}",
        ]
        for _, row in rows.iterrows()
    ]  # fmt: skip
    first = manifest.points[0].scenario
    head = ["scenario", "mean", f"minus {first}", f"{CONFIDENCE:.0%} interval", "pairs"]
    reference = number(scale * float(rows["reference"].iloc[0]), decimals)
    return sentence(f"{label}, {shown_unit}. {first}: {reference}.") + table(head, cells)


def _plain(frame: pd.DataFrame) -> str:
    """A table as it is, numbers short."""
    rows = [
        [f"{cell:.{_DIGITS}g}" if isinstance(cell, float) else str(cell) for cell in row] for row in frame.to_numpy()
    ]
    return table(list(map(str, frame)), rows)


def _failures(failed: pd.DataFrame, runs: int) -> str:
    if failed.empty:
        return sentence(f"None of {runs:,}.")
    rows = [
        [str(row["scenario"]), str(row["point"]), str(row["seed"]), str(row["error"])]
        for _, row in failed.head(_FAILURES_SHOWN).iterrows()
    ]
    failures = f"{len(failed):,} of {runs:,}; repeat the command with --retry-failed to rerun them."
    if len(failed) > len(rows):
        failures += f" The first {len(rows)} are shown; the others are rows of {RUNS_TABLE}.parquet."
    return sentence(failures) + table(["scenario", "point", "seed", "error"], rows, "words")


def _differences(folder: Path, manifest: StudyManifest) -> str:
    """What all runs change from the reference, what each scenario changes besides, and what is varied."""
    usual = {name: known.default for name, known in market_runs.market_model().declared.items()}
    scenarios: dict[str, Mapping[str, Value]] = {}
    for place, point in enumerate(manifest.points):
        if point.scenario not in scenarios:
            scenarios[point.scenario] = parameters_of(folder, manifest, place)
    varied = set(manifest.factor_units)
    changed = {
        scenario: {name: value for name, value in content.items() if name not in varied and value != usual.get(name)}
        for scenario, content in scenarios.items()
    }
    shared = dict.fromkeys(set.intersection(*(set(each.items()) for each in changed.values())))
    rows = [["all", name, value_text(value), _usual(usual, name)] for name, value in sorted(shared)]
    for scenario, content in changed.items():
        own = [(name, value) for name, value in content.items() if (name, value) not in shared]
        rows += [[scenario, name, value_text(value), _usual(usual, name)] for name, value in own]
    listed = table(["scenario", "parameter", "value", "reference"], rows, "words") if rows else sentence("Nothing.")
    return listed + _varied(manifest)


def _usual(usual: Mapping[str, Value], name: str) -> str:
    return value_text(usual[name]) if name in usual else "-"


def _varied(manifest: StudyManifest) -> str:
    """The factors of a design with the ends of their values."""
    rows = []
    for name, unit in manifest.factor_units.items():
        values = {point.factors[name] for point in manifest.points}
        rows.append([name, *_ends(list(values)), f"{len(values)}", unit])
    return table(["varied", "from", "to", "values", "unit"], rows, "words") if rows else ""


def _ends(values: Sequence[Value]) -> tuple[str, str]:
    ordered = sorted(values, key=lambda value: (str(value), 0.0) if isinstance(value, str) else ("", float(value)))
    return value_text(ordered[0]), value_text(ordered[-1])


def _limits(manifest: StudyManifest) -> list[str]:
    replications = len({run[1] for run in manifest.runs})
    if replications == 1:
        return ["One replication: differences have no interval, and small ones may be random."]
    paired = f"Intervals are Student's t over {replications} replications with common random numbers"
    return [f"{paired}: they reflect random variation, not model uncertainty."]


def _again(manifest: StudyManifest) -> str:
    facts = [
        ["plan (SHA-256)", manifest.plan_sha256],
        ["model", f"{manifest.model} {manifest.model_version}"],
        ["seeds", f"{min(run[2] for run in manifest.runs)} to {max(run[2] for run in manifest.runs)}"],
        ["commit", manifest.git_commit or "not known"],
        *([name, version] for name, version in manifest.versions.items()),
        *([f"{name}.parquet (SHA-256)", checksum] for name, checksum in manifest.tables.items()),
    ]
    return again(manifest.command, facts)


def _cite(manifest: StudyManifest) -> str:
    what = f"study {manifest.name}, plan {manifest.plan_sha256[:8]}, model {manifest.model_version}"
    return cite(manifest.versions["battery-detour"], what)
