"""What a policy buys, from two paired runs: public money a BEV, GWh and ton of CO2, and buyers' surplus by income."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from market.outcomes.welfare import surplus_change_usd

Frames = Mapping[str, pd.DataFrame]
"""The tables of a run."""
_ALL = "all instruments"
_TAILPIPE = ["tailpipe_ice_kt", "tailpipe_hev_kt", "tailpipe_phev_kt"]
SELLERS = "sellers of used cars"
"""Who else than buyers stands in the table of surplus."""
_LEAST_CHANGE = 1e-6  # of the larger total: less is no change that money could be divided by


def _sold_bevs(frames: Frames) -> float:
    return float(frames["national"]["bev_sales"].sum())


def _installed_gwh(frames: Frames) -> float:
    return float(frames["national"]["storage_added_gwh"].sum())


def _co2_t(frames: Frames) -> float:
    return float(frames["emissions"][[*_TAILPIPE, "grid_kt"]].sum().sum()) * 1e3


_BOUGHT = {
    "BEV sold": (_sold_bevs, 1.0),
    "GWh of storage installed": (_installed_gwh, 1.0),
    "t CO2 avoided": (_co2_t, -1.0),
}
"""What is counted of a run, and the sign with which more of it is a gain."""


def public_money_change(frames: Frames, reference: Frames) -> pd.Series:
    """Public money paid over all quarters less that of the reference, M$, by instrument and ``all instruments``."""
    paid, before = (
        each["public_money"].groupby("instrument", sort=False)["paid_musd"].sum() for each in (frames, reference)
    )
    change = paid.sub(before, fill_value=0.0)
    change[_ALL] = change.sum()
    return change


def public_cost(frames: Frames, reference: Frames) -> pd.DataFrame:
    """A row for what a scenario brings about against the reference, in sums over all quarters of both runs.

    Columns: ``what``; ``change``: how much more of it; ``paid_musd``: how much more public money all instruments pay;
    ``usd_per_unit``: the ratio, NaN where nothing changes. Each row charges all of the money to one outcome. CO2 is
    that of cars on the road and their charging up to the last quarter: what cars save later is not counted.
    """
    money = float(public_money_change(frames, reference)[_ALL])
    rows = []
    for what, (count, sign) in _BOUGHT.items():
        own, other = count(frames), count(reference)
        change = sign * (own - other)
        is_change = abs(change) > _LEAST_CHANGE * max(abs(own), abs(other))
        rows.append((what, change, money, money * 1e6 / change if is_change else np.nan))
    return pd.DataFrame(rows, columns=["what", "change", "paid_musd", "usd_per_unit"])


def surplus_change(frames: Frames, reference: Frames) -> pd.DataFrame:
    """Change of surplus over all quarters: of buyers by income class, by the log-sum rule, and of sellers of used cars.

    Columns: ``who``: an income class, or ``sellers of used cars``, dealers among them, who lose what buyers gain by
    lower used prices; ``musd``; ``usd_per_acquirer``: over the households that acquire a car, the mean of both runs.
    Makers and the treasury are not in it.
    """
    keys = ["quarter", "income", "home_charging"]
    both = frames["incomes"].merge(reference["incomes"], on=keys, how="inner", suffixes=("", "_before"))
    values = (both["acquisition_value_usd_before"].to_numpy(), both["acquisition_value_usd"].to_numpy())
    acquirers = (both["acquirers_before"].to_numpy(), both["acquirers"].to_numpy())
    both["usd"] = np.nan_to_num(surplus_change_usd(values, acquirers))
    both["households"] = (acquirers[0] + acquirers[1]) / 2.0
    found = both.groupby("income", sort=False)[["usd", "households"]].sum().reset_index()
    who = [*found["income"], SELLERS]
    usd = np.append(found["usd"].to_numpy(), _sellers_usd(frames, reference))
    households = np.append(found["households"].to_numpy(), found["households"].sum())
    return pd.DataFrame({"who": who, "musd": usd / 1e6, "usd_per_acquirer": usd / households})


def _sellers_usd(frames: Frames, reference: Frames) -> float:
    """What changed prices bring sellers of used cars, $: cars sold, the mean of both runs, times the change."""
    keys = ["quarter", "kind", "age_bucket"]
    both = frames["used"].merge(reference["used"], on=keys, how="inner", suffixes=("", "_before"))
    rise_usd = (both["price_kusd"] - both["price_kusd_before"]) * 1e3
    return float((rise_usd * (both["bought"] + both["bought_before"]) / 2.0).sum())
