"""The best BEV and the best other new car before one household: dollars first, then how they weigh in its choice."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from agents.arrays import Floats
from agents.buyers import valuation
from experiments.display_names import product_name
from experiments.page.inspections.inspection_text import Bar, Compared, dollars
from market.base.categories import INCOME_KUSD, PHEV
from market.buyers.offer_values import Setting
from market.buyers.utility_terms import money_weights, present_value_years
from market.model import Market

_LEAST_BAR_KUSD = 0.05  # terms that weigh less are taken together
_TERM_NAMES = {
    "price": "price",
    "credit": "purchase credit",
    "fuel": "gasoline and electricity",
    "range": "driving range",
    "charging": "charging away from home",
    "trust": "trust in its battery",
    "service": "service nearby",
    "neighbours": "neighbors who drive one",
    "resale": "resale value",
    "variety": "models to choose from",
    "split": "models counted in several rows",
    "availability": "available nearby",
    "unexplained": "what sales tell beyond this",
    "taste": "own taste",
}
_REST = "all smaller terms"
_NONE = "–"  # noqa: RUF001 - an en dash


@dataclass(frozen=True)
class Household:
    """A buyer as the choice knows it: places of its zone and income, home charging (1) or none (0), taste for BEVs."""

    zone: int
    income: int
    home: int
    taste_kusd: float = 0.0


@dataclass(frozen=True)
class Energy:
    """Dollars a year for a car's gasoline and electricity; ``public_usd``: part paid for want of home charging."""

    gasoline_usd: float
    electricity_usd: float
    public_usd: float


@dataclass(frozen=True)
class TwoCars:
    """The best BEV and the best other new car of a quarter for a household."""

    market: Market
    household: Household

    @cached_property
    def weight(self) -> float:
        """What a dollar weighs to it, 1 at the income the coefficients were studied at."""
        return float(money_weights(self.market.parameters.buyers.income_elasticity)[0, self.household.income, 0, 0])

    @cached_property
    def terms_kusd(self) -> dict[str, Floats]:
        """What the choice adds up of each product, (products,) by term, thousand dollars of this household."""
        market, who = self.market, self.household
        is_bev, constants = market.products.is_bev, market.record.constants
        terms = {name: self._own(values) for name, values in market.now.valued.terms.items()}
        terms["unexplained"] = np.nan_to_num(constants.xi) + constants.zeta[who.zone] * is_bev
        terms["taste"] = who.taste_kusd * is_bev
        return {name: np.broadcast_to(values, is_bev.shape) / self.weight for name, values in terms.items()}

    def _own(self, values: Floats) -> Floats:
        """A term for this household."""
        who = self.household
        place = (who.zone, who.income, who.home)
        return np.asarray(values[tuple(0 if n == 1 else at for n, at in zip(values.shape[:3], place, strict=True))])

    @cached_property
    def pair(self) -> tuple[int, int]:
        """The BEV and the other car."""
        is_bev, on_offer = self.market.products.is_bev, self.market.offering.offers.on_offer
        total = np.where(on_offer, sum(self.terms_kusd.values()), -np.inf)
        return int(np.argmax(np.where(is_bev, total, -np.inf))), int(np.argmax(np.where(is_bev, -np.inf, total)))

    @property
    def names(self) -> tuple[str, str]:
        """What the two are called."""
        bev, other = self.pair
        return product_name(self.market.products, bev), product_name(self.market.products, other)

    @cached_property
    def setting(self) -> Setting:
        """Prices, credits and expected resale as the choice saw them."""
        market = self.market
        rate = market.world.loan_rate(market.quarter)
        return market.offering.setting(market.quarter, market.expected_retention, rate)

    def credit_kusd(self, product: int) -> float:
        """Purchase credit it can use."""
        credit = self.setting.credit_kusd
        return float(credit[self.household.zone if len(credit) > 1 else 0, self.household.income, product])

    def energy(self, product: int) -> Energy:
        """A year's gasoline and electricity at this quarter's prices, undiscounted."""
        market, who, offers = self.market, self.household, self.market.offering.offers
        miles, prices = market.valuation.buyers.miles_per_year, market.prices
        at_home = market.valuation.charging.home_share
        electric = float(market.products.is_bev[product])
        if market.products.powertrain[product] == PHEV:
            electric = who.home * float(valuation.electric_share(offers.range_miles[product]))
        home_usd, public_usd = float(prices.electricity_usd_per_kwh[who.zone]), prices.public_usd_per_kwh
        kwh = miles * float(offers.kwh_per_mile[product]) * electric
        gallons = miles * float(offers.gallons_per_mile[product]) * (1.0 - electric)
        forced = kwh * at_home * (public_usd - home_usd) * (1 - who.home) * float(market.products.is_bev[product])
        mixed = kwh * (at_home * home_usd + (1.0 - at_home) * public_usd)
        return Energy(gallons * float(prices.gasoline_usd_per_gallon[who.zone]), mixed + forced, forced)

    def resale_kusd(self, product: int) -> float:
        """Value expected when buyers think of selling, thousand dollars."""
        retention = self.setting.retention[self.market.offering.offers.kind[product]]
        return float(retention) * self._net_kusd(product)

    def _net_kusd(self, product: int) -> float:
        return float(self.setting.price_kusd[product]) - self.credit_kusd(product)

    def compared(self) -> Compared:
        """The two in dollars, miles and minutes, unweighted."""
        bev, other = (self._facts(product) for product in self.pair)
        nothing = {dollars(0.0), _NONE}
        rows = [(label, bev[label], other[label]) for label in bev]
        return Compared(self.names, [row for row in rows if not {row[1], row[2]} <= nothing])

    def _facts(self, product: int) -> dict[str, str]:
        offers, energy, credit = self.market.offering.offers, self.energy(product), self.credit_kusd(product)
        is_bev = bool(self.market.products.is_bev[product])
        return {
            "Price": dollars(float(self.setting.price_kusd[product])),
            "Purchase credit": dollars(credit),
            "Gasoline, a year": dollars(energy.gasoline_usd / 1e3),
            "Electricity, a year": dollars(energy.electricity_usd / 1e3),
            "Of it, for want of a charger at home": dollars(energy.public_usd / 1e3),
            "Electric range": f"{offers.range_miles[product]:,.0f} miles" if energy.electricity_usd > 0.0 else _NONE,
            "Fast charging, 10 to 80%": f"{offers.fast_charging_minutes[product]:.0f} min" if is_bev else _NONE,
            f"Resale value after {self.market.parameters.buyers.resale_years:g} years": dollars(
                self.resale_kusd(product)
            ),
        }

    @property
    def ahead_kusd(self) -> float:
        """By how much the BEV is ahead of the other car in all terms together, thousand dollars of this household."""
        bev, other = self.pair
        return float(sum(values[bev] - values[other] for values in self.terms_kusd.values()))

    def bars(self) -> list[Bar]:
        """What favors the BEV (positive) or the other car by term, and why it is not the dollars alone."""
        bev, other = self.pair
        notes = {"price": self._price_note(), "fuel": self._energy_note(), "resale": self._resale_note()}
        found = [
            Bar(_TERM_NAMES.get(name, name.replace("_", " ")), float(values[bev] - values[other]), notes.get(name, ""))
            for name, values in self.terms_kusd.items()
        ]
        shown = [bar for bar in found if abs(bar.value) >= _LEAST_BAR_KUSD]
        rest = sum(bar.value for bar in found) - sum(bar.value for bar in shown)
        ranked = sorted(shown, key=lambda bar: -abs(bar.value))
        return [*ranked, Bar(_REST, rest)] if abs(rest) >= _LEAST_BAR_KUSD else ranked

    def _price_note(self) -> str:
        return f"the difference, times {self.setting.financing:.2f} for the loan it is mostly paid with"

    def _energy_note(self) -> str:
        buyers = self.market.parameters.buyers
        years = present_value_years(buyers)
        return (
            f"{buyers.horizon_years:g} years at {buyers.discount_rate:.0%} interest count as {years:.1f}; "
            f"of gasoline {buyers.gasoline_weight:.0%} is counted, of electricity {buyers.electricity_weight:.0%}"
        )

    def _resale_note(self) -> str:
        bev, other = self.pair
        weight = self.setting.resale_weight
        return f"against what gasoline cars keep, discounted; {weight[bev]:.0%} and {weight[other]:.0%} is counted"

    def weighs(self) -> str:
        """What a dollar weighs to it, in words."""
        income, reference = float(INCOME_KUSD[self.household.income]), valuation.REFERENCE_INCOME_KUSD
        return (
            f"With an income near {dollars(income)} a dollar weighs {self.weight:.2f} times what it does at "
            f"{dollars(reference)}: range, charging, trust and taste are worth {1.0 / self.weight:.0%} of the dollars "
            "they are worth there."
        )
