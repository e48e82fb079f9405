"""What the law gives at most or exactly, read from its tables once more: credits on cars, cells and storage."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from agents.arrays import Bools, Floats, Ints
from market.base import quarters, tables
from market.base.categories import MAKERS, POWERTRAINS, SEGMENTS
from market.policies.parameters import Policy
from market.vehicles.products import Products

_LAST_PRICE_YEAR = 2026  # last year of a known price level
_NO_END = 10_000  # a quarter later than any run
_ANY = ""


class Statutory:
    """Credits by quarter at the strength of a scenario, 2025 $."""

    def __init__(self, policy: Policy, products: Products, origin: int) -> None:
        self._policy = policy
        self._origin = origin
        federal = tables.load("federal_credits")
        self._federal_from, self._federal_to = _quarters(federal["effective_from"]), _quarters(federal["effective_to"])
        per_car = federal["amount_usd_nominal"] * federal["eligible_share"] * federal["take_up_share"] / 1e3
        self._federal_kusd = per_car.to_numpy(np.float64)
        self._covered = np.stack([
            _same(products.maker, MAKERS, row["maker"])
            & _same(products.powertrain, POWERTRAINS, row["powertrain"])
            & _same(products.segment, SEGMENTS, row["segment"])
            & (np.array([row["line"] in (_ANY, line) for line in products.line]))
            for row in federal.to_dict("records")
        ])  # fmt: skip
        self._used = tables.load("used_credits").iloc[0].to_dict()
        self._state_kusd = _largest_by_year(tables.load("state_incentives"))
        production, investment = tables.load("production_credits"), tables.load("investment_credits")
        self._production = {
            int(row["year"]): float(row["phase_share"])
            * float(row["cell_usd_per_kwh_nominal"] + row["module_usd_per_kwh_nominal"])
            for row in production.to_dict("records")
        }
        spans = zip(_quarters(investment["from_quarter"]), _quarters(investment["to_quarter"]), strict=True)
        self._investment = list(zip(spans, investment["rate_share"], strict=True))

    def _levers(self, quarter: int) -> Policy | None:
        """The levers of a quarter, or None up to the origin, where the law holds as it is."""
        return self._policy.at(quarter) if quarter > self._origin else None

    def production_usd_per_kwh(self, quarter: int) -> float:
        """45X on a kWh of cells and modules as the law pays it; it is not indexed and loses worth to inflation."""
        year, levers = quarters.year(quarter), self._levers(quarter)
        known = min(year, _LAST_PRICE_YEAR)
        in_prices_known = self._production.get(year, 0.0) / (1.0 + self._policy.inflation) ** (year - known)
        return _real(in_prices_known, known) * (1.0 if levers is None else levers.production_credit_factor)

    def investment_share(self, quarter: int) -> float:
        """Investment credit of a storage project begun in a quarter, share of its cost."""
        levers = self._levers(quarter)
        share = sum(float(rate) for (first, last), rate in self._investment if first <= quarter <= last)
        return share * (1.0 if levers is None else levers.investment_credit_factor)

    def most_federal_kusd(self, quarter: int) -> Floats:
        """Most that the mean buyer of a product can get of the federal credits, bought and leased, k$, (products,).

        That is the largest amount of a row in force times the shares that are eligible and claim it.
        """
        levers, law = self._levers(quarter), quarter
        if levers is not None:
            if quarter > quarters.index(self._policy.federal_credit_end):
                return np.zeros(self._covered.shape[1])
            law = min(quarter, int(self._federal_to.max()))
        in_force = (self._federal_from <= law) & (law <= self._federal_to)
        most = (self._covered * (self._federal_kusd * in_force)[:, None]).max(axis=0)
        strength = 1.0 if levers is None else levers.federal_credit_factor * max(1.0, levers.leased_credit_factor)
        return np.asarray(_real(1.0, quarters.year(law)) * most * strength)

    def most_state_kusd(self, quarter: int) -> float:
        """Largest incentive of any state for a BEV, k$; the last record holds after it."""
        levers = self._levers(quarter)
        most = self._state_kusd.get(min(quarters.year(quarter), max(self._state_kusd)), 0.0)
        return most * (1.0 if levers is None else levers.state_rebate_factor)

    def most_used_kusd(self, quarter: int) -> float:
        """Most that the mean buyer of a used good can get of its credit, k$: all eligible, at the dearest."""
        levers, law, last = self._levers(quarter), quarter, quarters.index(self._used["effective_to"])
        if levers is not None:
            if quarter > quarters.index(self._policy.federal_credit_end):
                return 0.0
            law = min(quarter, last)
        if not quarters.index(self._used["effective_from"]) <= law <= last:
            return 0.0
        most = (
            _real(float(self._used["most_usd_nominal"]), quarters.year(law)) / 1e3 * float(self._used["take_up_share"])
        )
        return most * (1.0 if levers is None else levers.federal_credit_factor * levers.used_credit_factor)


def _largest_by_year(rows: pd.DataFrame) -> dict[int, float]:
    """Largest sum of the incentives of one state in each year, 2025 k$."""
    found = {}
    for year in range(int(rows["year_from"].min()), int(rows["year_to"].max()) + 1):
        now = rows[(rows["year_from"] <= year) & (year <= rows["year_to"])]
        most = float(now.groupby("state")["amount_usd_nominal"].sum().max()) if len(now) else 0.0
        found[year] = _real(most, year) / 1e3
    return found


def _real(nominal: float, year: int) -> float:
    return float(tables.real_2025(np.array([nominal]), np.array([year]))[0])


def _quarters(names: ArrayLike) -> Ints:
    return np.array([quarters.index(name) if name else _NO_END for name in np.asarray(names)], dtype=np.int64)


def _same(place: Ints, names: tuple[str, ...], wanted: str) -> Bools:
    """Which products a row of the table takes; an empty cell takes all."""
    return np.ones(place.shape, dtype=np.bool_) if wanted == _ANY else np.asarray(place == names.index(wanted))
