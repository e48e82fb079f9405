"""Scenarios against the first of them, replication by replication, with common random numbers."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from agents.arrays import Floats
from experiments.errors import InputError
from experiments.studies.job import Content
from experiments.studies.stop_rule import half_width, students_quantile

CONFIDENCE = 0.9
_ROUNDING = 1e-9  # of an outcome's size: a smaller spread of differences is that of floating-point numbers


def check_same_end(ends: Iterable[tuple[str, str]]) -> None:
    """Raises InputError unless all runs, given as (scenario, last quarter), end with that of the first."""
    (first, end), *others = ends
    other, its_end = next((each for each in others if each[1] != end), (first, end))
    if its_end != end:
        raise InputError(
            f"{first} ends with {end} and {other} with {its_end}, so that their last quarters cannot be compared; set "
            f"run.last_quarter={min(end, its_end)} in both"
        )


_FEW_CONSUMERS = 20_000  # with fewer drawn ones a difference may be two or three of them


def what_intervals_are(contents: Sequence[Content], *, parameters: bool = False) -> str:
    """What the intervals of paired differences are about, in sentences.

    ``contents``: parameters of all points. ``parameters``: whether each replication has a posterior draw of its own.
    """
    shocks, expected = (all(each.get(name) for each in contents) for name in ("world.shocks", "run.mean_field"))
    if shocks:
        drawn = f"prices, demand{'' if expected else ', consumers'} and events are drawn by seed"
    else:
        what = "what converting a line costs is" if expected else "consumers are"
        drawn = f"{what} drawn by seed, prices and demand are on their expected path"
    few = min((int(each.get("run.consumers", _FEW_CONSUMERS)) for each in contents), default=_FEW_CONSUMERS)
    grain = (
        "" if expected or few >= _FEW_CONSUMERS else f" With {few:,} drawn consumers a few of them decide: draw more."
    )
    of = (
        "Each seed has a posterior draw of the calibrated parameters too. They are of chance and these parameters, not "
        "of"
        if parameters
        else "They are of chance alone, not of uncertain parameters or"
    )
    over = f"Intervals hold {CONFIDENCE:.0%}, over seeds that all scenarios share: {drawn}."
    return f"{over} {of} errors of the model.{grain}"


def _wide(table: pd.DataFrame, outcome: str, index: Sequence[str]) -> pd.DataFrame:
    """The outcome by scenario (down, in the order of the design) and replication (across), other ``index`` between."""
    wide = table.set_index([*index, "replication"])[outcome].unstack("replication")
    order = list(dict.fromkeys(table["scenario"]))
    return wide.reindex(order, level="scenario") if len(index) > 1 else wide.reindex(order)


def differences(runs: pd.DataFrame, outcomes: Sequence[str], confidence: float = CONFIDENCE) -> pd.DataFrame:
    """A row for each outcome and scenario but the first.

    Columns: ``outcome``, ``scenario``, ``replications``, ``reference`` and ``mean`` (means of both sides),
    ``difference`` with ``low`` and ``high`` (Student's interval of the paired difference), ``paired_sd`` and
    ``unpaired_sd`` (standard deviation of a difference with common and with independent random numbers), ``saves``:
    how many times more replications independent random numbers would need, NaN where the paired differences spread by
    no more than rounding. A replication that failed on either side is left out.
    """
    rows = []
    for outcome in outcomes:
        wide = _wide(runs, outcome, ["scenario"])
        reference = wide.iloc[0].to_numpy(np.float64)
        for scenario, values in wide.iloc[1:].iterrows():
            own = values.to_numpy(np.float64)
            rows.append({"outcome": outcome, "scenario": scenario, **_paired(own, reference, confidence)})
    return pd.DataFrame(rows)


def _paired(own: Floats, reference: Floats, confidence: float) -> dict[str, float]:
    there = np.isfinite(own) & np.isfinite(reference)
    own, reference = own[there], reference[there]
    if not own.size:
        raise InputError("no replication has an outcome on both sides; `detour sweep --retry-failed` reruns them")
    apart = own - reference
    half = float(half_width(apart, confidence))
    several = own.size > 1
    paired = float(apart.var(ddof=1)) if several else np.nan
    unpaired = float(own.var(ddof=1) + reference.var(ddof=1)) if several else np.nan
    mean = float(apart.mean())
    rounding = _ROUNDING * float(np.abs([own, reference]).max())
    return {
        "replications": own.size,
        "reference": float(reference.mean()),
        "mean": float(own.mean()),
        "difference": mean,
        "low": mean - half,
        "high": mean + half,
        "paired_sd": float(np.sqrt(paired)),
        "unpaired_sd": float(np.sqrt(unpaired)),
        "saves": unpaired / paired if paired > rounding**2 else np.nan,
    }


def wedge(quarters: pd.DataFrame, outcome: str, confidence: float = CONFIDENCE) -> pd.DataFrame:
    """By scenario (but the first) and quarter: mean paired ``difference`` and its interval, ``low`` to ``high``."""
    wide = _wide(quarters, outcome, ["scenario", "quarter"])
    scenarios = list(dict.fromkeys(quarters["scenario"]))
    reference = wide.loc[scenarios[0]]
    parts = []
    for scenario in scenarios[1:]:
        apart = wide.loc[scenario] - reference.reindex(wide.loc[scenario].index)
        values = apart.to_numpy(np.float64)
        mean, half = np.nanmean(values, axis=1), half_width(values, confidence)
        part = pd.DataFrame({"quarter": apart.index, "difference": mean, "low": mean - half, "high": mean + half})
        parts.append(part.assign(scenario=scenario).sort_values("quarter", kind="stable"))
    return pd.concat(parts, ignore_index=True)[["scenario", "quarter", "difference", "low", "high"]]


def convergence(runs: pd.DataFrame, outcome: str, confidence: float = CONFIDENCE) -> pd.DataFrame:
    """Half width of the interval of each difference after 2, 3, ... replications: ``paired`` and ``unpaired``."""
    wide = _wide(runs, outcome, ["scenario"]).dropna(axis=1)
    values = wide.to_numpy(np.float64)
    rows = []
    for n in range(2, values.shape[1] + 1):
        first = values[:, :n]
        paired = half_width(first[1:] - first[0], confidence)
        variance = first.var(axis=1, ddof=1)
        quantile = students_quantile(confidence, 2 * (n - 1))
        unpaired = quantile * np.sqrt((variance[1:] + variance[0]) / n)
        for scenario, with_pairs, without in zip(wide.index[1:], paired, unpaired, strict=True):
            rows.append({"scenario": scenario, "replications": n, "paired": with_pairs, "unpaired": without})
    return pd.DataFrame(rows)
