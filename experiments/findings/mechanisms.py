"""Why an effect comes about: facts from tables of two runs on the expected path, and the sentences they make."""

import math
from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from experiments.findings.amounts import amount
from experiments.findings.detour import PACK_COST, PARTS, STORAGE_CELLS, YEARS, Contrast
from experiments.findings.finding import Finding
from market.base.column import Series
from market.cells.outputs import PACK_PARTS

Frames = Mapping[str, pd.DataFrame]
"""The tables of a run."""
TABLES = ("national", "line_changes", "explanation")
"""Tables of a run that facts are from; ``channels`` is a study's."""
LINE_CHANGES, EXPLANATION, CHANNELS = "line_changes", "explanation", "channels"
_TURN, _CLOSE = "turn", "close"
_ACTIONS = {_TURN: ("convert", "start storage"), _CLOSE: ("close",)}  # one that is not yet built may turn as it starts
_LINES, _GWH, _LOG_ODDS, _SHARE = "lines", "GWh/year", "log-odds", "share of new sales"
_WHOLE = "whole"
_SMALL_SHARE = 0.0005  # of new sales: half of a tenth of a point, the last digit that sentences show
_FACT = ("table", "item", "until", "world", "against", "unit")


def facts_of(world: Frames, against: Frames) -> pd.DataFrame:
    """What two runs did until a year: columns ``table``, ``item``, ``until``, ``world``, ``against``, ``unit``.

    Of ``line_changes`` the lines that turn to storage and those that close, and their capacity; of ``explanation`` the
    growth of the log-odds of a BEV by group of causes.
    """
    rows: list[tuple[str, str, int, float, float, str]] = []
    for until in YEARS:
        for action in _ACTIONS:
            own, other = (_changed(frames[LINE_CHANGES], action, until) for frames in (world, against))
            rows.append((LINE_CHANGES, f"{action}: lines", until, len(own), len(other), _LINES))
            gwh, other_gwh = (float(lines["gwh_per_year"].sum()) for lines in (own, other))
            rows.append((LINE_CHANGES, f"{action}: capacity", until, gwh, other_gwh, _GWH))
        grown = [_growth(frames[EXPLANATION], until) for frames in (world, against)]
        rows += [
            (EXPLANATION, str(group), until, grown[0][group], grown[1][group], _LOG_ODDS) for group in grown[0].index
        ]
    return pd.DataFrame(rows, columns=list(_FACT))


def _changed(changes: pd.DataFrame, action: str, until: int) -> pd.DataFrame:
    """Lines with such a decision up to a year, each once."""
    years = changes["quarter"].str[:4].astype(int)
    return changes[changes["action"].isin(_ACTIONS[action]) & (years <= until)].drop_duplicates("line")


def _growth(explanation: pd.DataFrame, until: int) -> pd.Series:
    return explanation[explanation["year"] <= until].groupby("group", sort=False)["log_odds"].sum()


def channel_facts(channels: pd.DataFrame, world: str, sign: float) -> pd.DataFrame:
    """Rows of the study ``channels`` for a world as facts; none if it has not been there.

    ``sign``: -1 where that world is the one held against.
    """
    own = channels[channels["world"] == world]
    rows = [
        (CHANNELS, str(row["channel"]), int(row["year"]), sign * float(row["bev_share_new"]), 0.0, _SHARE)
        for _, row in own.iterrows()
    ]
    return pd.DataFrame(rows, columns=list(_FACT))


def mechanism(contrast: Contrast, found: Sequence[Finding], facts: pd.DataFrame, year: int) -> list[str]:
    """Sentences on how the world of a contrast comes to differ by a year, from its findings and its facts."""
    parts = [
        _lines(contrast, facts, year),
        _storage_cells(contrast, found, year),
        _packs(found, year),
        _causes(facts, year),
        _channels(facts, year),
    ]
    return [each for each in parts if each]


def _fact(facts: pd.DataFrame, table: str, item: str, year: int) -> tuple[float, float]:
    own = facts[(facts["table"] == table) & (facts["item"] == item) & (facts["until"] == year)].iloc[0]
    return float(own["world"]), float(own["against"])


def _lines(contrast: Contrast, facts: pd.DataFrame, year: int) -> str:
    """How many lines turn and close in both worlds."""
    said = []
    for action, verb in ((_TURN, "turn to storage cells:"), (_CLOSE, "close:")):
        own, other = (_fact(facts, LINE_CHANGES, f"{action}: {what}", year) for what in ("lines", "capacity"))
        said.append(
            f"{verb} {own[0]:.0f} ({other[0]:.0f} GWh a year), against {own[1]:.0f} ({other[1]:.0f} GWh a year) in "
            f"{contrast.against}"
        )
    return f"Lines that by the end of {year} {'; that '.join(said)} (expected path)."


def _storage_cells(contrast: Contrast, found: Iterable[Finding], year: int) -> str:
    """Capacity for storage cells in both worlds, and what cells from abroad cost beside them."""
    own = {each.outcome: each for each in found if each.when == str(year)}
    capacity, abroad = (own[column] for column in STORAGE_CELLS)
    there, before = (capacity.before + capacity.effect, capacity.before)
    price = amount(abroad.unit).level(abroad.before + abroad.effect, 0)
    return (
        f"US capacity for storage cells in {year} is {there:,.0f} GWh a year, against {before:,.0f} in "
        f"{contrast.against}; imported ones cost {price} with duty."
    )


def _packs(found: Iterable[Finding], year: int) -> str:
    """What packs cost more or less, and the part of it that is largest."""
    own = {each.outcome: each for each in found if each.when == str(year)}
    cost = own[PACK_COST]
    kind, use = amount(cost.unit), own["us_cell_share"]
    share = amount(use.unit)
    cells = (
        f"{share.level(use.before + use.effect, 0)} of automakers' cells are from the US, against "
        f"{share.level(use.before, 0)}"
    )
    if not cost.is_clear:
        return f"Car batteries show no clear change of cost in {year} ({cost.interval}); {cells}."
    clear = [own[part] for part in PARTS if own[part].is_clear and own[part].effect * cost.effect > 0.0]
    largest = max(clear, key=lambda each: abs(each.effect), default=None)
    by = f"Car batteries cost automakers {kind.difference(abs(cost.effect), cost.decimals)} "
    by += f"{'more' if cost.effect > 0.0 else 'less'} in {year}"
    if largest is not None:
        part = kind.difference(largest.effect, cost.decimals, sign=True)
        by += f"; the largest part is {_part_label(largest.outcome)} ({part})"
    return f"{by}; {cells}."


def _part_label(column: str) -> str:
    series: Series = PACK_PARTS[column]
    return series.label.partition(": ")[2]


def _causes(facts: pd.DataFrame, year: int) -> str:
    """The group of causes that moves buyers most: by how much it multiplies the odds of a BEV against other cars."""
    own = facts[(facts["table"] == EXPLANATION) & (facts["until"] == year)]
    if own.empty:
        return ""
    apart = own.set_index("item")["world"] - own.set_index("item")["against"]
    most = str(apart.abs().idxmax())
    whole, part = (math.expm1(float(value)) for value in (apart.sum(), apart[most]))
    return (
        f"The odds that a new car is a BEV differ by {whole:+.1%} in {year}, most through {most} ({part:+.1%}; "
        "expected path)."
    )


def _channels(facts: pd.DataFrame, year: int) -> str:
    """Through which channel cells move the BEV share most, if the study of channels has this world."""
    own = facts[(facts["table"] == CHANNELS) & (facts["until"] == year)].set_index("item")["world"]
    if own.empty:
        return ""
    whole = float(own[_WHOLE])
    ways = own.drop(_WHOLE)
    most = str(ways.abs().idxmax())
    share = amount(_SHARE)
    if abs(whole) < _SMALL_SHARE and abs(float(ways[most])) < _SMALL_SHARE:
        return f"No channel from cells to car buyers moves the BEV share of {year} by 0.05 points (Shapley values)."
    total, part = (share.difference(value, 2, sign=True) for value in (whole, float(ways[most])))
    return (
        f"Of {total} of BEV share in {year}, {part} come through {most.replace('_', ' ')} (Shapley values over "
        "channels, expected path)."
    )
