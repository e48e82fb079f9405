"""What to try next after a run or a study: commands that fit what was made, with what each shows."""

import json
import math
import os
import shlex
from collections.abc import Mapping, Sequence
from itertools import chain, count
from pathlib import Path

import pandas as pd

from experiments.inputs.changes import changed_from, value_text
from experiments.inputs.parameter_list import Value
from experiments.inputs.scenario_files import REFERENCE, shipped_names
from experiments.runs.manifest import Manifest
from experiments.studies.by_place import placed_in
from experiments.studies.job import Content
from experiments.studies.study_files import StudyManifest
from market.scenario import Scenario

Step = tuple[str, str]
"""A command, and what it shows."""
_SCENARIOS = {
    "no-detour": "vehicle-cell lines cannot convert to storage",
    "no-credits": "no purchase credits after 2024",
    "free-run": "how well the model reproduces 2018 to 2024",
}  # worth a run of their own, with what they show
_ONE_CHANGE = "buyers.taste_sd_kusd=8"
_FEW_STREAMS, _USUAL_STREAMS = 8, 16
_MOST_REPLICATIONS = 64  # more are not advised: what they would show is small beside errors of the model
_ROOM = 1.2  # beyond the replications that would just do: the spread itself is estimated
_BY_REGION, _LATEST = "regions.installed_gw:*", "2030Q4"  # and of that quarter, or where runs end before it
_HOW_RUN = "run."
_REPEATED = ("--set", "--outcome")  # options that may be given several times
_WIDTH, _WIDEST = 46, 76  # of commands among the next steps: least, and of those that others are lined up with


def lines(steps: Sequence[Step]) -> list[str]:
    """Next steps as lines of text under a heading; none without steps.

    A command with a character that cannot be shown, as a file may have in its name, cannot be copied and is left out.
    """
    shown = [step for step in steps if step[0].isprintable()]
    if not shown:
        return []
    width = max([_WIDTH, *(len(command) for command, _ in shown if len(command) <= _WIDEST)])
    return ["What to try next:", *(f"  {command:<{width}}  {shows}" for command, shows in shown)]


def after_run(manifest: Manifest, scenario: Scenario | None) -> list[Step]:
    """After a run; ``scenario``: what was run, None if parameters are not those of this Detour.

    Never the command that was just run.
    """
    base = manifest.name.partition("+")[0]
    others = [(f"detour run {other}", shows) for other, shows in _SCENARIOS.items() if other != base]
    return [*_against_its_base(manifest, scenario), *_more_streams(manifest), *others, _one_change(base)]


def _against_its_base(manifest: Manifest, scenario: Scenario | None) -> list[Step]:
    """The comparison that shows what was changed, through a new scenario file where values were set.

    How runs are made, the group ``run``, must be the same on both sides: it is an option of the comparison.
    """
    name, _, is_changed = manifest.name.partition("+")
    if name not in shipped_names():
        return [_comparison(REFERENCE, f"{name}.toml", "your file")]
    if not is_changed:
        return [] if name == REFERENCE else [_comparison(REFERENCE, name, "this scenario")]
    values = {} if scenario is None else changed_from(name, scenario)
    own = {key: value for key, value in values.items() if not key.startswith(_HOW_RUN)}
    if not own or any("@" in key for key in values):
        return []
    path = _new_file()
    how = [word for key in values if key not in own for word in ("--set", f"{key}={value_text(values[key])}")]
    command, shows = _comparison(name, path, "what you set", how)
    return [(f"printf {shlex.quote(file_of(name, own))} > {path} && {command}", shows)]


def _new_file() -> str:
    """A name of a scenario file that is not here yet."""
    names = chain(["mine.toml"], (f"mine-{number}.toml" for number in count(2)))
    return next(name for name in names if not os.path.lexists(name))


def _comparison(first: str, other: str, what: str, options: Sequence[str] = ()) -> Step:
    return shlex.join(["detour", "compare", first, other, *options]), f"effects of {what}, with intervals"


def file_of(base: str, values: Mapping[str, Value]) -> str:
    r"""A scenario file with these values, on one line as ``printf`` takes it: ``\n`` for breaks, ``%%`` for %."""
    written = ['question = "What does it change?"']
    if base != REFERENCE:
        written.append(f'extends = "{base}"')
    for group in dict.fromkeys(key.partition(".")[0] for key in values):
        own = {key.partition(".")[2]: value for key, value in values.items() if key.startswith(f"{group}.")}
        written += [f"[{group}]", *(f"{key} = {_toml(value)}" for key, value in own.items())]
    return "".join(each.replace("\\", "\\\\").replace("%", "%%") + "\\n" for each in written)


def _toml(value: Value) -> str:
    return json.dumps(value) if isinstance(value, str) else value_text(value)


def _more_streams(manifest: Manifest) -> list[Step]:
    """More random streams where there are few; of a run with values set it is its own command, with that option."""
    made = 0 if manifest.streams is None else len(manifest.streams.seeds)
    if made >= _FEW_STREAMS or "+" in manifest.name or manifest.name not in shipped_names():
        return []
    shows = "bands over more streams" if made else "medians and bands, which one path has not"
    return [(f"detour run {manifest.name} --streams {_USUAL_STREAMS}", shows)]


def _one_change(base: str) -> Step:
    if base == REFERENCE or base not in shipped_names():
        return f"detour run --set {_ONE_CHANGE}", "change one parameter; detour list shows all"
    return f"detour run {base} --set {_ONE_CHANGE}", "change one more parameter; detour list shows all"


def after_study(
    manifest: StudyManifest, folder: Path, headline: pd.DataFrame | None, contents: Sequence[Content]
) -> list[Step]:
    """After a complete study: what makes its intervals say more, and where to read on.

    ``headline``: its table, with paired differences if it compares; ``contents``: parameters of its points.
    """
    shown, steps = shlex.quote(str(folder)), list[Step]()
    if headline is not None and "paired_sd" in headline:
        steps += _of_comparison(manifest, headline, contents)
    if not placed_in(manifest):
        last = min(
            [_LATEST, *(str(content["run.last_quarter"]) for content in contents if "run.last_quarter" in content)]
        )
        by_region = _with(manifest.command, "--outcome", f"{_BY_REGION}@{last}")
        steps.append((by_region, "the same by region; also by plant, automaker, state"))
    if manifest.design["design"]["kind"] == "latin-hypercube":
        steps.append((f"detour export {shown} --to csv", "points and outcomes as tables for a regression"))
    return [*steps, (f"detour report {shown}", "question, findings, tables and figures in one file")]


def _of_comparison(manifest: StudyManifest, headline: pd.DataFrame, contents: Sequence[Content]) -> list[Step]:
    steps = []
    wanted, outcome = _replications_wanted(headline)
    if wanted:
        steps.append(
            (
                _with(manifest.command, "--replications", f"{wanted}"),
                f"an interval of {outcome} that may leave zero out",
            )
        )
    if not (all(content.get("world.shocks") for content in contents) or "world.shocks=" in manifest.command):
        steps.append((_with(manifest.command, "--set", "world.shocks=true"), "prices and demand drawn by seed too"))
    return steps


def _replications_wanted(headline: pd.DataFrame) -> tuple[int, str]:
    """How many replications might tell a difference from zero that now is not, at a bearable number; 0 if none."""
    for _, row in headline.iterrows():
        made, apart, spread = int(row["replications"]), abs(float(row["difference"])), float(row["paired_sd"])
        if made == 1:
            return _FEW_STREAMS, str(row["outcome"])
        if apart == 0.0 or row["low"] > 0.0 or row["high"] < 0.0 or not math.isfinite(spread):
            continue
        half = 0.5 * float(row["high"] - row["low"])
        wanted = math.ceil(_ROOM * made * (half / apart) ** 2)
        if made < wanted <= _MOST_REPLICATIONS:
            return wanted, str(row["outcome"])
    return 0, ""


def _with(command: str, option: str, value: str) -> str:
    """The command with an option: in place of the one it had if there can be but one, else one more."""
    words = shlex.split(command)
    if option not in _REPEATED:
        words = [word for word in words if not word.startswith(f"{option}=")]
        if option in words:
            place = words.index(option)
            del words[place : place + 2]
    return shlex.join([*words, option, value])
