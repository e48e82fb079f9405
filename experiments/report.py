"""``detour report``: one HTML file that tells of a run and needs nothing else, no network either."""

import base64
import io
import math
import shlex
from collections.abc import Mapping, Sequence
from html import escape
from importlib.resources import files
from pathlib import Path

from matplotlib.figure import Figure

from experiments.errors import RunFailedError
from experiments.figures.registry import FIGURES
from experiments.figures.style import FigureError, styled
from experiments.manifest import Manifest
from experiments.parameter_list import Value, differences, every_parameter, value_of
from experiments.scenario_files import REFERENCE, load_scenario, shipped_names
from experiments.store import MANIFEST, Result, ResultError, read_result
from experiments.summary import MILESTONES, ROWS, outcomes_of_year
from market.scenario import Scenario

NAME = "report.html"
_OPTIONS = ("run.consumers", "run.mean_field")  # parameters with an option of their own
_STYLE = Path(str(files("experiments"))) / "report.css"
_LIMITS = """
Makers, plants, utilities and charging operators carry real names as calibrated archetypes: no forecast of a company.
Recorded market outcomes end with 2024; up to the origin shares are fitted to the record, later ones are the model's.
The model's responses are not calibrated yet, and its free run does not reproduce history: see docs/evidence.md.
One run, one seed: what differs between single runs may be luck, unless they share the seed and differ by far more \
than the draw does.
"""


def scenario_of(manifest: Manifest) -> Scenario:
    """The scenario a run was made with. Raises ResultError if this Detour has other parameters."""
    try:
        return Scenario.model_validate({"question": manifest.question, **manifest.parameters})
    except ValueError as error:
        raise ResultError(f"{manifest.name}: its parameters are not those of this Detour; make it again") from error


def write_report(folder: Path, out: Path | None = None) -> Path:
    """Write the report of a result folder, into it unless told otherwise. Raises ResultError, RunFailedError."""
    result = read_result(folder)
    path = folder / NAME if out is None else out
    html = report_html(result, paired_reference(folder, result))
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        unfinished.write_text(html, encoding="utf-8")
        unfinished.replace(path)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise RunFailedError(f"{path} cannot be written ({error.strerror}); choose another --out") from error
    return path


def paired_reference(folder: Path, result: Result) -> Result | None:
    """The reference run of the same seed and size beside a result, if there is one that can be read."""
    manifest = result.manifest
    beside = folder.absolute().parent.parent / REFERENCE / f"seed={manifest.seed}"
    if manifest.name == REFERENCE or not (beside / MANIFEST).is_file():
        return None
    try:
        reference = read_result(beside)
    except ResultError:
        return None
    alike = reference.manifest.parameters.get("run") == manifest.parameters.get("run")
    return reference if alike else None


def report_html(result: Result, reference: Result | None) -> str:
    """The whole page; ``reference``: the paired reference run, whose numbers then stand beside the run's."""
    manifest, scenario = result.manifest, scenario_of(result.manifest)
    made = f"{manifest.population}, seed {manifest.seed}, to {scenario.run.last_quarter}"
    parts = [
        f"<header><p>Detour report: {escape(manifest.name)}</p>",
        f"<h1>{escape(manifest.question)}</h1><p>{made}</p></header>",
        _section("Headline numbers", _numbers(result, reference)),
        _section("Figures", _figures(result)),
        _section("What differs from the reference", _differences(scenario)),
        _section("Limits", _items([*_LIMITS.strip().splitlines(), *_errors(result)])),
        _section("How to make it again", _again(manifest, scenario)),
        _section("How to cite", _cite(manifest)),
    ]
    style = _STYLE.read_text(encoding="utf-8")
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" '
        f'content="width=device-width, initial-scale=1"><title>Detour: {escape(manifest.name)}</title>'
        f"<style>{style}</style></head><body>{''.join(parts)}</body></html>\n"
    )


def _section(title: str, content: str) -> str:
    return f"<section><h2>{escape(title)}</h2>{content}</section>"


def _items(lines: Sequence[str]) -> str:
    return "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul>"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], kind: str = "numbers") -> str:
    """A table of text; the first column is a heading, the others stand right if they are ``numbers``."""
    top = "".join(f"<th>{escape(word)}</th>" for word in head)
    body = "".join(
        "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for tag, cell in zip(_tags(row), row, strict=True)) + "</tr>"
        for row in rows
    )
    return f'<div class="wide"><table class="{kind}"><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'


def _tags(row: Sequence[str]) -> list[str]:
    return ["th", *["td"] * (len(row) - 1)]


def _numbers(result: Result, reference: Result | None) -> str:
    own = _by_year(result)
    rows = [
        [label, *(_told(found[key], decimals) for found in own.values())]
        for label, (key, decimals) in ROWS.items()
        if any(math.isfinite(found[key]) for found in own.values())
    ]
    table = _table(["United States", *map(str, own)], rows)
    if reference is None:
        return table
    other = _by_year(reference)
    gaps = [
        [label, *(_told(found[key] - other[year][key], decimals, sign="+") for year, found in own.items())]
        for label, (key, decimals) in ROWS.items()
        if any(math.isfinite(found[key]) for found in own.values())
    ]
    note = "<p>The same less the reference run of the same seed and size: luck is shared, but this is one pair.</p>"
    return table + note + _table(["Less the reference", *map(str, own)], gaps)


def _by_year(result: Result) -> dict[int, Mapping[str, float]]:
    found = {year: outcomes_of_year(result.frames["national"], year) for year in MILESTONES}
    return {year: outcomes for year, outcomes in found.items() if outcomes}


def _told(value: float, decimals: int, sign: str = "") -> str:
    if not math.isfinite(value):
        return "-"
    told = f"{value:{sign},.{decimals}f}"
    return told.lstrip("+-") if float(told.replace(",", "")) == 0.0 else told


def _figures(result: Result) -> str:
    drawn = []
    for name, figure in FIGURES.items():
        try:
            drawn.append(_picture(name, figure(result)))
        except FigureError as error:
            drawn.append(f"<p>{escape(str(error))}</p>")
    return "".join(drawn)


def _picture(name: str, figure: Figure) -> str:
    """A figure inside the page."""
    held = io.BytesIO()
    with styled():
        figure.savefig(held, format="png", metadata={"Software": None})
    told = escape(figure.texts[0].get_text() if figure.texts else name)
    data = base64.b64encode(held.getvalue()).decode("ascii")
    return f'<figure id="{escape(name)}"><img alt="{told}" src="data:image/png;base64,{data}"></figure>'


def _differences(scenario: Scenario) -> str:
    changed = differences(scenario)
    if not changed:
        return "<p>Nothing: this is the reference.</p>"
    known = every_parameter()
    rows = [
        [name, _value(value), _value(usual), known[name].unit, known[name].meaning]
        for name, (value, usual) in changed.items()
    ]
    return _table(["parameter", "value", "reference", "unit", "meaning"], rows, "words")


def _value(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else f"{value:.10g}"


def _errors(result: Result) -> list[str]:
    sd = 100 * float(result.frames["national"]["bev_share_sd"].iloc[-1])
    told = [
        f"The draw gives a quarter's battery-car share a standard deviation of {sd:.2f} points at the end of the run."
    ]
    for name, error in (result.manifest.free_run_mae_points_by_powertrain or {}).items():
        told.append(f"Mean absolute error of the {name} share after {result.manifest.origin}: {error:.2f} points.")
    return told


def command_of(manifest: Manifest, scenario: Scenario) -> str:
    """The command that makes a run again."""
    name = manifest.name.split("+")[0]
    base = name if name in shipped_names() else REFERENCE
    shipped = load_scenario(base).scenario
    sets = {
        key: value_of(scenario, key)
        for key in every_parameter()
        if value_of(scenario, key) != value_of(shipped, key) and key not in _OPTIONS
    }
    words = ["detour", "run", base, "--seed", str(manifest.seed)]
    words += ["--mean-field"] if manifest.is_mean_field else ["--consumers", str(manifest.consumers)]
    for key, value in sets.items():
        words += ["--set", f"{key}={_value(value)}"]
    return shlex.join(words)


def _again(manifest: Manifest, scenario: Scenario) -> str:
    facts = [
        ["results (SHA-256)", manifest.results_sha256],
        ["parameters (SHA-256)", manifest.parameters_sha256],
        ["commit", manifest.git_commit or "not known"],
        *([name, version] for name, version in manifest.versions.items()),
        ["wall time", f"{manifest.wall_s:.0f} s"],
        ["ledger checks passed", f"{manifest.ledger_checks:,}"],
    ]
    return f"<pre>{escape(command_of(manifest, scenario))}</pre>" + _table(["made with", ""], facts, "words")


def _cite(manifest: Manifest) -> str:
    version = manifest.versions["battery-detour"]
    return (
        f"<p>The Detour contributors, <i>Detour: an agent-based market model of the US electric-car and battery "
        f"business</i>, version {escape(version)}; scenario {escape(manifest.name)}, parameters "
        f"{manifest.parameters_sha256[:8]}, seed {manifest.seed}, results {manifest.results_sha256[:8]}.</p>"
    )
