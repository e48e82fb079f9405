"""Hindcast from copies of one history in memory: all origins share what came before them exactly.

After an origin the recorded prices, products, incentives and fast-charging ports stay; demand is the model's.
"""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.hindcast.scores import MOST_QUARTERS, SERIES, hindcast
from market.base import quarters
from market.base.categories import BEV
from market.buyers.constant_fit import fitted_law
from market.buyers.hedonic import Hedonic, fitted_hedonic
from market.buyers.parameters import ConstantLaw
from market.model import Market
from market.recorder import NATIONAL_ONLY
from market.scenario import Scenario
from market.vehicles.recorded_retention import recorded_retention

ORIGINS = tuple(quarters.label(quarter) for quarter in range(quarters.index("2019Q4"), quarters.index("2023Q4") + 1))
"""The 17 forecast origins."""
FITTED_TO = "2022Q4"
"""Last quarter of the data that the parameters of a shipped run are fitted to."""
VERSIONS = {
    "strict": "slopes and variances fitted again at every origin to data up to it",
    "pseudo": f"slopes and variances fitted once to data to {FITTED_TO}",
}


@dataclass(frozen=True)
class History:
    """A market as it stood at every origin, and the shares recorded."""

    copies: Mapping[str, Market]
    recorded: pd.Series


def history(
    origins: Sequence[str] = ORIGINS, seed: int = 1, changes: Mapping[str, Mapping[str, Any]] | None = None
) -> History:
    """One run through the record with expected flows, the fast graph and no power side, copied at every origin.

    ``changes``: parameters that differ from the reference, by group. The quarter ``FITTED_TO`` is copied too. Recorded
    values of used cars are interpolated between years, so what is known at an origin differs from the later record in
    the quarters before it; a copy is taken before them and lives through them with what was known.
    """
    given = Scenario().with_(
        run={"mean_field": True, "fast_graph": True, "last_quarter": "2025Q4"},
        cells={"power_side": False},
        **(changes or {}),
    )
    market = Market(given, rng=seed, record=NATIONAL_ONLY)
    wanted = sorted(map(quarters.index, {*origins, FITTED_TO}))
    apart = {origin: _last_shared(origin) for origin in wanted}
    copies: dict[str, Market] = {}
    while market.quarter < max(apart.values()):
        market.step()
        for origin in (origin for origin, last in apart.items() if last == market.quarter):
            copies[quarters.label(origin)] = _lived_to(origin, deepcopy(market))
    market.release()
    shares = [market.record.shares(quarter) for quarter in range(quarters.LAST_RECORD + 1)]
    recorded = pd.Series([float(share[BEV]) for share in shares], index=list(map(quarters.label, range(len(shares)))))
    return History(copies, recorded)


def _last_shared(origin: int) -> int:
    """Last quarter to which what is known of used cars at an origin is what the whole record says."""
    known = recorded_retention(origin)
    same = np.isclose(known, recorded_retention(quarters.LAST_RECORD)[: origin + 1], rtol=1e-12, atol=0.0).all(axis=1)
    return int(np.argmin(same)) - 1 if not same.all() else origin


def _lived_to(origin: int, market: Market) -> Market:
    """The market at an origin, with no recorded value of used cars after it."""
    market.used_market.know_until(origin)
    while market.quarter < origin:
        market.step()
    return market


@dataclass(frozen=True)
class Fit:
    """What constants are predicted with: slopes on prices and standard deviations."""

    hedonic: Hedonic
    law: ConstantLaw


def shipped_fit(past: History) -> Fit:
    """Slopes fitted to data to ``FITTED_TO``, and deviations as declared, which were fitted to the same."""
    record = past.copies[FITTED_TO].record
    return Fit(fitted_hedonic(record.history().priced_rows()), record.law)


def fits(past: History, origins: Sequence[str] = ORIGINS) -> dict[str, dict[str, Fit]]:
    """Fits by version and origin: strict ones to each origin's data, the pseudo one to data to ``FITTED_TO``."""
    shipped = shipped_fit(past)
    alpha = past.copies[FITTED_TO].parameters.buyers.alpha_product
    strict = {}
    for origin in origins:
        known = past.copies[origin].record.history()
        hedonic = fitted_hedonic(known.priced_rows())
        strict[origin] = Fit(hedonic, fitted_law(known, hedonic, shipped.law, alpha))
    return {"strict": strict, "pseudo": dict.fromkeys(origins, shipped)}


def from_origin(at_origin: Market, fit: Fit, last: str, *, limits: bool = False) -> pd.DataFrame:
    """National results of a copy of a market that takes its last quarter as the origin, to ``last`` at most.

    ``limits``: whether recorded supply limits are imposed after the origin; they are outcomes, so a score has none.
    """
    market = deepcopy(at_origin)
    market.origin = market.quarter
    market.record.hedonic, market.record.law = fit.hedonic, fit.law
    if not limits:
        market.record.limits[market.origin + 1 :] = np.inf
    end = min(quarters.index(last), market.origin + MOST_QUARTERS)
    while market.quarter < end:
        market.step()
    return market.recorder.frame("national")


def hindcast_from(
    past: History, by_origin: Mapping[str, Fit], last: str = "2024Q4", *, limits: bool = False
) -> pd.DataFrame:
    """The table of ``hindcast`` with targets to ``last``: one run an origin, so its band has no width."""
    made = [from_origin(past.copies[origin], fit, last, limits=limits) for origin, fit in by_origin.items()]
    shares = pd.concat([national[["quarter", SERIES]].assign(point=point) for point, national in enumerate(made)])
    return hindcast(shares, dict(enumerate(by_origin)), past.recorded.loc[:last])
