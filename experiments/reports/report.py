"""``detour report``: a self-contained HTML report of a run or a study."""

import math
import shlex
from collections.abc import Mapping
from pathlib import Path

from experiments.commands.summary import MILESTONES, ROWS, outcomes_of_year, stream_rows, streams_say, whole_years
from experiments.errors import InputError
from experiments.figures.registry import figures_of
from experiments.inputs.changes import base_of, changed_from, value_text
from experiments.inputs.dated_names import declared_here
from experiments.inputs.parameter_list import differences
from experiments.inputs.scenario_files import REFERENCE
from experiments.reports.findings import of_a_run
from experiments.reports.frame import (
    LIMITS,
    again,
    cite,
    items,
    number,
    page,
    pictures,
    sentence,
    table,
    write_page,
)
from experiments.reports.of_study import study_html
from experiments.reports.page_one import FIGURE, in_short
from experiments.runs.manifest import Manifest
from experiments.runs.store import MANIFEST, Result, ResultError, read_result, scenario_of
from experiments.studies.study_files import STUDY
from market.base.regular_files import is_regular
from market.scenario import Scenario

NAME = "report.html"
_ONE_RUN = (
    "One run, one seed: differences between single runs may be random, unless the runs share a seed (common random "
    "numbers) and the difference is well above the sampling error."
)


def write_report(folder: Path, out: Path | None = None) -> Path:
    """Write the report of a run or a study, into its folder if not told where. Raises InputError, RunFailedError."""
    path = folder / NAME if out is None else out
    if is_regular(folder / STUDY):
        return write_page(study_html(folder), path)
    if not is_regular(folder / MANIFEST):
        raise InputError(f"{folder} holds no {MANIFEST} and no {STUDY}; give the folder of a run or of a study")
    result = read_result(folder)
    return write_page(report_html(result, paired_reference(folder, result)), path)


def paired_reference(folder: Path, result: Result) -> Result | None:
    """The reference run of the same seed and size beside a result, if there is one that can be read."""
    manifest = result.manifest
    beside = folder.absolute().parent.parent / REFERENCE / f"seed={manifest.seed}"
    if manifest.name == REFERENCE or not is_regular(beside / MANIFEST):
        return None
    try:
        reference = read_result(beside)
    except ResultError:
        return None
    alike = reference.manifest.parameters.get("run") == manifest.parameters.get("run")
    return reference if alike else None


def report_html(result: Result, reference: Result | None) -> str:
    """The whole page; ``reference``: the paired reference run, whose numbers then stand beside the run's."""
    manifest = result.manifest
    made = f"{manifest.population}, seed {manifest.seed}, to {manifest.parameters['run']['last_quarter']}"
    if manifest.is_of_this_version:
        scenario = scenario_of(manifest)
        differs, again_with = _differences(scenario), command_of(manifest, scenario)
    else:
        version = manifest.versions["battery-detour"]
        differs = sentence(f"Detour {version} made it, whose results are not those of this one; see {MANIFEST}.")
        again_with = f"pip install battery-detour=={version}"
    figures = figures_of(result)
    sections = [
        in_short(result, figures),
        of_a_run(result),
        *_over_streams(result),
        ("Headline numbers", _numbers(result, reference)),
        ("Figures", pictures({name: make for name, make in figures.items() if name != FIGURE})),
        ("What differs from the reference", differs),
        ("Limits", items([*LIMITS, _ONE_RUN, *_errors(result)])),
        ("What the accounts checked", _checked(manifest)),
        ("How to reproduce it", _again(manifest, again_with)),
        ("How to cite", _cite(manifest)),
    ]
    return page(manifest.name, manifest.question, made, sections)


def _over_streams(result: Result) -> list[tuple[str, str]]:
    """A section of medians and intervals over random streams; none if the run has none."""
    years, rows = stream_rows(result)
    if not rows:
        return []
    numbers = table(["Median, United States", *map(str, years)], rows)
    return [("Medians over random streams", sentence(streams_say(result.manifest)) + numbers)]


def _numbers(result: Result, reference: Result | None) -> str:
    own = _by_year(result)
    rows = [
        [label, *(number(found[key], decimals) for found in own.values())]
        for label, (key, decimals) in ROWS.items()
        if any(math.isfinite(found[key]) for found in own.values())
    ]
    own_table = table(["United States", *map(str, own)], rows)
    if reference is None:
        return own_table
    other = _by_year(reference)
    gaps = [
        [label, *(number(found[key] - other[year][key], decimals, sign="+") for year, found in own.items())]
        for label, (key, decimals) in ROWS.items()
        if any(math.isfinite(found[key]) for found in own.values())
    ]
    note = sentence(
        "Difference from the reference run with the same seed and population size. Random streams are common to both, "
        "but this is a single pair."
    )
    return own_table + note + table(["Difference from reference", *map(str, own)], gaps)


def _by_year(result: Result) -> dict[int, Mapping[str, float]]:
    national = result.frames["national"]
    return {year: outcomes_of_year(national, year) for year in whole_years(national, MILESTONES)}


def _differences(scenario: Scenario) -> str:
    changed = differences(scenario)
    if not changed:
        return sentence("Nothing: this is the reference.")
    known = {name: declared_here(name) for name in changed}
    rows = [
        [name, value_text(value), value_text(usual), known[name].unit, known[name].meaning]
        for name, (value, usual) in changed.items()
    ]
    return table(["parameter", "value", "reference", "unit", "meaning"], rows, "words")


def _errors(result: Result) -> list[str]:
    sd = 100 * float(result.frames["national"]["bev_share_sd"].iloc[-1])
    lines = (
        []
        if result.manifest.is_mean_field
        else [f"Sampling error at this population size: ±{sd:.2f} points (1 SD) in the last quarter's BEV share."]
    )
    for name, error in (result.manifest.free_run_mae_points_by_powertrain or {}).items():
        lines.append(f"Mean absolute error of the {name} share after {result.manifest.origin}: {error:.2f} points.")
    return lines


def command_of(manifest: Manifest, scenario: Scenario) -> str:
    """The command that reproduces a run."""
    base = base_of(manifest.name)
    words = ["detour", "run", base, "--seed", str(manifest.seed)]
    words += ["--streams", str(0 if manifest.streams is None else manifest.streams.in_all)]
    words += ["--mean-field"] if manifest.is_mean_field else ["--consumers", str(manifest.consumers)]
    for key, value in changed_from(base, scenario).items():
        words += ["--set", f"{key}={value_text(value)}"]
    return shlex.join(words)


def _again(manifest: Manifest, command: str) -> str:
    facts = [
        ["results (SHA-256)", manifest.results_sha256],
        ["parameters (SHA-256)", manifest.parameters_sha256],
        ["commit", manifest.git_commit or "not known"],
        ["code (SHA-256)", manifest.code.sha256 if manifest.code else "not known"],
        *(["data pack", str(pack)] for pack in manifest.data_packs),
        *([name, version] for name, version in manifest.versions.items()),
        ["wall time", f"{manifest.wall_s:.0f} s"],
    ]
    return again(command, facts)


def _checked(manifest: Manifest) -> str:
    """What was checked in every quarter, in words, and how often it held."""
    told = [[what, f"{count:,}"] for what, count in manifest.accounts_checked.items()]
    return (
        "<p>A run stops at the first breach, with both sides, the quarter and the agent. These checks held:</p>"
        + table(["what", "checks"], [*told, ["all", f"{manifest.ledger_checks:,}"]], "words")
    )


def _cite(manifest: Manifest) -> str:
    what = (
        f"scenario {manifest.name}, parameters {manifest.parameters_sha256[:8]}, seed {manifest.seed}, "
        f"results {manifest.results_sha256[:8]}"
    )
    return cite(manifest.versions["battery-detour"], what)
