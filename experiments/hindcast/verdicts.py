"""What a hindcast must show, reached or not, and what it found, in sentences."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.hindcast.rows import LAST_RANKS, MODEL, RECORD
from experiments.hindcast.study import Scored
from experiments.hindcast.targets import COUNTRY

_POINTS = 100.0
_FIRST_LATE, _LATE_YEAR = "2023Q1", 2023
_AHEAD = 4  # quarters: the horizon of what must be shown
_PORTS_SHARE, _STORAGE_SHARE, _RANK = 0.15, 0.25, 0.85
_POOL, _BAND, _LEAST_SHARE, _MOST_SHARE = "shares of powertrains", 0.80, 0.70, 0.90


@dataclass(frozen=True)
class Verdict:
    """Something that must be shown: what was found, and whether it is so; None if the hindcast cannot tell."""

    claim: str
    found: str
    reached: bool | None


def verdicts(made: Scored) -> list[Verdict]:
    """All of them, strict, with inputs as forecast."""
    found = [_mase(made), _crps(made), _published(made), _coverage(made), _states(made), _ports(made)]
    return [*found, *_storage(made)]


def _score(made: Scored, series: str, method: str, targets: str = "2023-24", horizon: int = _AHEAD) -> pd.Series | None:
    """The row of the model, or of a rule; None if there is none."""
    table = made.scores
    knows_model = method in (MODEL, LAST_RANKS)
    own = table[(table["series"] == series) & (table["method"] == method) & (table["targets"] == targets)]
    own = own[(own["horizon"] == horizon) & (own["version"] == ("strict" if knows_model else RECORD))]
    own = own[own["inputs"] == ("forecast" if knows_model else RECORD)]
    return None if own.empty else own.iloc[0]


def _mase(made: Scored) -> Verdict:
    claim = "National BEV share, targets 2023-24, four quarters ahead: MASE below 1"
    row = _score(made, "bev_share", MODEL)
    if row is None:
        return Verdict(claim, "no such targets", None)
    said = f"{row['mase']:.2f} ({_POINTS * row['mae']:.2f} points, {int(row['forecasts'])} origins)"
    return Verdict(claim, said, bool(row["mase"] < 1.0))


def _crps(made: Scored) -> Verdict:
    claim = "CRPS of the same below the best simple rule"
    rows = {rule: _score(made, "bev_share", rule) for rule in _rules(made)}
    scored = {rule: _POINTS * float(row["crps"]) for rule, row in rows.items() if row is not None}
    model = _score(made, "bev_share", MODEL)
    if model is None or not scored:
        return Verdict(claim, "no such targets", None)
    best, own = min(scored, key=lambda rule: scored[rule]), _POINTS * float(model["crps"])
    return Verdict(claim, f"{own:.2f} points; {best.replace('_', ' ')} {scored[best]:.2f}", own < scored[best])


def _rules(made: Scored) -> list[str]:
    table = made.scores
    return list(table.loc[(table["series"] == "bev_share") & (table["version"] == RECORD), "method"].unique())


def _published(made: Scored) -> Verdict:
    claim = "Years 2023 and 2024: nearer than each published forecast of a vintage not after the origin"
    table = made.published
    if table.empty:
        return Verdict(claim, "no such targets", None)
    own = table[table["series"].isin(["bev_share_year", "pev_share_year"]) & (table["year"] >= _LATE_YEAR)]
    if own.empty:
        return Verdict(claim, "no such targets", None)
    nearer = (own["model"] - own["recorded"]).abs() < (own["published"] - own["recorded"]).abs()
    return Verdict(claim, f"{int(nearer.sum())} of {len(own)}", bool(nearer.all()))


def _coverage(made: Scored) -> Verdict:
    claim = f"80 % bands hold 70 to 90 % of the pool ({_POOL})"
    table = made.coverage
    if table.empty:
        return Verdict(claim, "no bands", None)
    own = table[(table["pool"] == _POOL) & (table["band"] == _BAND) & (table["inputs"] == "forecast")]
    if own.empty:
        return Verdict(claim, "no bands", None)
    row = own.iloc[0]
    said = f"{row['share']:.0%} of {int(row['forecasts'])} ({row['low']:.0%} to {row['high']:.0%})"
    return Verdict(claim, said, bool(_LEAST_SHARE <= row["share"] <= _MOST_SHARE))


def _states(made: Scored) -> Verdict:
    claim = "BEV shares of states, a year ahead: nearer than last year's ranks on the same country"
    model, ranks = (_score(made, "bev_share_by_state", method, "all") for method in (MODEL, LAST_RANKS))
    if model is None or ranks is None:
        return Verdict(claim, "no such targets", None)
    said = f"{_POINTS * model['mae']:.2f} against {_POINTS * ranks['mae']:.2f} points; rank correlation "
    said += f"{model['rank_correlation']:.3f} against {ranks['rank_correlation']:.3f}"
    return Verdict(claim, said, bool(model["mae"] < ranks["mae"]))


def _of_model(made: Scored, series: str) -> pd.DataFrame:
    table = made.forecasts
    own = table[(table["series"] == series) & (table["method"] == MODEL) & (table["version"] == "strict")]
    return own[own["inputs"] == "forecast"]


def _ports(made: Scored) -> Verdict:
    claim = "Fast-charging ports at the end of 2024 within 15 %"
    own = _of_model(made, "fast_ports")
    own = own[own["quarter"] == "2024Q4"]
    if own.empty:
        return Verdict(claim, "no such targets", None)
    off = (own["value"] / own["recorded"] - 1.0).to_numpy(np.float64)
    said = ", ".join(f"{share:+.0%} from {origin}" for share, origin in zip(off, own["origin"], strict=True))
    return Verdict(claim, said, bool((np.abs(off) <= _PORTS_SHARE).all()))


def _storage(made: Scored) -> Iterator[Verdict]:
    total = "Storage added in 2023 and 2024, GW, from 2022Q4: total within 25 %"
    ranks = f"Its rank correlation between regions above {_RANK}"
    own = _of_model(made, "storage_gw")
    own = own[(own["origin"] == "2022Q4") & (own["quarter"] >= _FIRST_LATE)]
    if own.empty:
        yield Verdict(total, "no such targets", None)
        yield Verdict(ranks, "no such targets", None)
        return
    by_place = own.groupby("place")[["value", "recorded"]].sum()
    added, recorded = (float(by_place[column].loc[COUNTRY]) for column in ("value", "recorded"))
    off = added / recorded - 1.0
    said = f"{added:.1f} GW, recorded {recorded:.1f} ({off:+.0%})"
    yield Verdict(total, said, abs(off) <= _STORAGE_SHARE)
    regions = by_place.drop(index=COUNTRY).rank()
    correlation = float(regions["value"].corr(regions["recorded"]))
    yield Verdict(ranks, f"{correlation:.2f}", correlation > _RANK)


def sentences(made: Scored) -> list[str]:
    """What a reader should know first: errors beside the best simple rule, far and near, and what bands hold."""
    said = []
    for horizon in (1, _AHEAD, 2 * _AHEAD):
        for targets in ("all", "2023-24"):
            said += _against_rules(made, targets, horizon)
    said += [f"{each.claim}: {each.found}; {_word(each.reached)}." for each in verdicts(made)[2:]]
    return said


def _word(reached: bool | None) -> str:  # noqa: FBT001 - a verdict
    return "cannot be told" if reached is None else "reached" if reached else "not reached"


def _against_rules(made: Scored, targets: str, horizon: int) -> list[str]:
    model = _score(made, "bev_share", MODEL, targets, horizon)
    if model is None:
        return []
    rows = {rule: _score(made, "bev_share", rule, targets, horizon) for rule in _rules(made)}
    off = {rule: _POINTS * float(row["mae"]) for rule, row in rows.items() if row is not None}
    best, own = min(off, key=lambda rule: off[rule]), _POINTS * float(model["mae"])
    wins = "the model is nearer" if own < off[best] else "the simple rule wins"
    ahead = f"{horizon} quarter{'s' * (horizon > 1)} ahead"
    of = "all targets" if targets == "all" else f"targets of {targets}"
    said = f"National BEV share {ahead}, inputs as forecast, {of}: {own:.2f} points off, MASE {model['mase']:.2f}; "
    return [f"{said}{best.replace('_', ' ')} {off[best]:.2f}: {wins}."]
