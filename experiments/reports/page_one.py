"""Page one of a run's report, to be read alone: what is seen, three numbers, a figure, why, and how sure."""

import math

from experiments.commands.summary import ROWS, outcomes_of_year, spread_of_year, streams_say, whole_years
from experiments.errors import InputError
from experiments.figures.drawing import Figures
from experiments.figures.explanation import growth_by_group
from experiments.figures.style import rows_of
from experiments.figures.titles import cell_lines, grown, movers
from experiments.findings.kept import kept
from experiments.reports.frame import number, pictures, sentence, table
from experiments.runs.spread import MEDIAN, WIDE, streams_of
from experiments.runs.store import Result
from market.base import quarters

TITLE = "In short"
FIGURE = "bev_share"
"""The figure that stands on page one."""
_NUMBERS = ("bev", "converted_gwh", "storage_gw")
_YEARS = (2030, 2035)  # after the end of observed data; the last whole year of runs that end before them
_NO_STREAMS = (
    "One path without random streams: its numbers have no interval, and another seed would give others. --streams 16 "
    "gives one."
)


def in_short(result: Result, figures: Figures) -> tuple[str, str]:
    """Title and HTML of the first section; ``figures``: what draws those of the run, ``bev_share`` among them."""
    one = {name: make for name, make in figures.items() if name == FIGURE}
    why = _why(result)
    parts = [
        sentence(_seen(result)), _numbers(result), pictures(one),
        sentence(why) if why else "", sentence(f"How sure: {_how_sure(result)}"),
    ]  # fmt: skip
    return TITLE, "".join(parts)


def _seen(result: Result) -> str:
    """What is seen of cars and, if this Detour made the run and so knows its table of plants, of cell lines."""
    cars = f"{grown(result, 'bev_share_new', 'BEV share of new sales')}."
    return f"{cars} {cell_lines(result)}." if result.manifest.is_of_this_version else cars


def _numbers(result: Result) -> str:
    """Three numbers at the end of observed data and after it, medians with 80 % of streams where there are streams."""
    national, streams = result.frames["national"], streams_of(result)
    origin = quarters.year(quarters.index(result.manifest.origin))
    later = [year for year in whole_years(national, _YEARS) if year > origin]
    spreads = {year: None if streams is None else spread_of_year(streams, year) for year in later}
    own = {year: outcomes_of_year(national, year) for year in whole_years(national, (origin, *later))}
    rows = []
    for label, (key, decimals) in ROWS.items():
        if key not in _NUMBERS:
            continue
        row = [label]
        for year, outcomes in own.items():
            spread = spreads.get(year)
            if spread is None or spread.empty or not math.isfinite(spread[MEDIAN][key]):
                row.append(number(outcomes[key], decimals))
            else:
                low, middle, high = (number(spread[at][key], decimals) for at in (WIDE[0], MEDIAN, WIDE[1]))
                row.append(f"{middle} ({low} to {high})")
        rows.append(row)
    head = "United States" if streams is None else "United States: median (80% of streams)"
    return table([head, *map(str, own)], rows)


def _why(result: Result) -> str:
    """Which causes moved the share most; nothing for runs too short to explain a year."""
    try:
        rows = rows_of(result, "explanation", "explanation", "a run to 2018Q4 or later")
    except InputError:
        return ""
    return f"{movers(result, growth_by_group(rows))} (figure explanation, below)."


def _how_sure(result: Result) -> str:
    spread = _NO_STREAMS if streams_of(result) is None else streams_say(result.manifest)
    return f"{spread} {kept().note.hindcast.sentence}"
