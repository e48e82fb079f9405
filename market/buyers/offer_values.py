"""Values of new products and used goods, assembled from their terms for households in the market (M2, M6, M20)."""

from dataclasses import dataclass
from functools import reduce
from operator import add

import numpy as np

from agents.arrays import Floats, group_sum
from agents.buyers import ownership, valuation
from agents.buyers.resale_proof import expected_trouble_loss_kusd
from agents.calendar import QUARTERS_PER_YEAR
from market.base.categories import (
    AGE_BUCKETS,
    BEV_SHORT,
    BUCKET_MEAN_YEARS,
    BUCKET_STARTS_YEARS,
    CONNECTORS,
    HOMES,
    ICE,
    INCOMES,
    KINDS,
    PHEV,
)
from market.buyers.demand import InMarket, Values, taste_points
from market.buyers.parameters import Buyers, Ownership
from market.buyers.utility_terms import Prices, Running, money_weights, running_terms
from market.charging.access import connector_share
from market.charging.parameters import Charging
from market.charging.perceived_access import Access
from market.vehicles.cohort_mix import CohortMix
from market.vehicles.products import Offers, Products

_LAST_AGE_YEARS = 20.0  # end of the bucket 11+ for the share out of warranty
_LEAST_HEALTH = 0.05  # share of range: a battery is not valued below it
_FAST_CHARGING_SHARE = 0.15  # energy from fast chargers, DOE and INL, recalled
BEV_GOOD = np.repeat(np.arange(len(KINDS)) >= BEV_SHORT, len(AGE_BUCKETS))

_CARRIED = ("range", "kwh", "gallons", "minutes", *CONNECTORS)  # what is known of used cars when new, besides prices

Terms = dict[str, Floats]


@dataclass(frozen=True)
class Setting:
    """What a quarter's values depend on besides the offers themselves.

    ``price_kusd``: (products,); ``credit_kusd``: (zones or 1, incomes, products); ``availability``: (zones,
    products); ``retention``: expected 5-year retention by kind (kinds,); ``financing``: what the loan rate does
    to prices; ``resale_weight``: psi by product (products,), 1 for lessees.
    """

    price_kusd: Floats
    credit_kusd: Floats
    availability: Floats
    retention: Floats
    financing: float
    resale_weight: Floats


def new_terms(
    products: Products,
    offers: Offers,
    setting: Setting,
    access: Access,
    prices: Prices,
    reference: float,
    buyers: Buyers,
    charging: Charging,
    trust_terms: Terms,
) -> Terms:
    """Named terms of new products, axes (zones, incomes, homes, products), k$ (M2, M5, M7)."""
    money = money_weights(buyers.income_elasticity)
    credit = setting.credit_kusd[:, :, None, :]
    net = setting.price_kusd - credit
    running = Running.of_offers(offers, products.is_bev, products.powertrain == PHEV, access.of_products)
    shared = running_terms(running, access, prices, reference, buyers, charging)
    gap = valuation.depreciation_gap_kusd(
        net, setting.retention[offers.kind], setting.retention[ICE], resale_weight=setting.resale_weight,
        discount_rate=buyers.discount_rate, years=buyers.resale_years,
    )  # fmt: skip
    with np.errstate(divide="ignore"):
        available = np.log(setting.availability)[:, None, None, :] / buyers.alpha_product
    split = valuation.split_offset_kusd(products.split_share, buyers.variety_elasticity, buyers.alpha_product)
    variety = valuation.variety_value_kusd(offers.effective_models, buyers.variety_elasticity, buyers.alpha_product)
    return {
        "price": (-money * setting.financing * setting.price_kusd),
        "credit": money * setting.financing * credit,
        **shared,
        **trust_terms,
        "resale": -money * gap,
        "variety": np.where(offers.on_offer, variety, -np.inf)[None, None, None, :],
        "split": split[None, None, None, :],
        "availability": available,
    }


def price_weight(offers: Offers, setting: Setting, buyers: Buyers) -> Floats:
    """What a k$ of price takes off a product's value before the weight of money, (products,): financing and resale."""
    lost = valuation.depreciation_gap_kusd(
        np.ones(offers.kind.size), setting.retention[offers.kind], setting.retention[ICE],
        resale_weight=setting.resale_weight, discount_rate=buyers.discount_rate, years=buyers.resale_years,
    )  # fmt: skip
    return np.asarray(setting.financing + lost)


def used_service(
    cohorts: Running,
    mix: CohortMix,
    worth_kusd: Floats,
    access: Access,
    prices: Prices,
    reference: float,
    buyers: Buyers,
    charging: Charging,
    trouble_share: Floats,
    warranty_years: Floats,
    battery_loss_kusd: float,
) -> Floats:
    """Service value of used goods before their constants and taste, shape (zones, incomes, homes, goods) (M5, M20).

    What the cars in a good offer, mean over their cohorts: ``cohorts`` has their attributes, in the order of ``mix``.
    ``worth_kusd``: (goods,) money by which a good is worth more or less than its attributes say; ``trouble_share``:
    (zones,) battery trouble expected of used BEVs, a loss of ``battery_loss_kusd`` once the warranty has ended, at the
    age ``warranty_years``, (buckets,), of the cars in each age bucket.
    """
    terms = running_terms(cohorts, access, prices, reference, buyers, charging)
    first = np.array(BUCKET_STARTS_YEARS, dtype=np.float64)
    last = np.append(first[1:], _LAST_AGE_YEARS)
    uncovered = ownership.out_of_warranty_share(first, last, warranty_years)
    exposed = np.where(BEV_GOOD, np.tile(uncovered, len(KINDS)), 0.0)
    trouble = expected_trouble_loss_kusd(trouble_share[:, None], exposed, battery_loss_kusd)
    offered = mix.by_good(summed(terms))
    return offered - trouble[:, None, None, :] + money_weights(buyers.income_elasticity) * worth_kusd


def summed(terms: Terms) -> Floats:
    """Sum of terms over their broadcast axes."""
    return np.asarray(reduce(add, terms.values()))


def for_groups(value: Floats, zones: int, in_market: InMarket) -> Floats:
    """Rows of a table (zones, incomes, homes, vehicles) for the groups at hand, shape (groups, vehicles)."""
    full = np.broadcast_to(value, (zones, len(INCOMES), HOMES, value.shape[-1]))
    return np.asarray(full.reshape(-1, value.shape[-1])[in_market.group_code])


def values_for(
    in_market: InMarket,
    new: Floats,
    service: Floats,
    listings: Floats,
    used_credit: Floats,
    zones: int,
    products: Products,
    buyers: Buyers,
) -> Values:
    """Values for households in the market, net of demand constants; ``used_credit``: (incomes, goods), k$."""
    taste, _ = taste_points(buyers.taste_sd_kusd)
    by_stratum = taste[in_market.taste]
    return Values(
        new=np.asfortranarray(for_groups(new, zones, in_market)),
        taste_nest=(products.bev_nests()[:, None] * by_stratum).T,
        service=for_groups(service, zones, in_market)[in_market.group] + by_stratum[:, None] * BEV_GOOD,
        listings=listings,
        money=money_weights(buyers.income_elasticity)[0, in_market.income, 0, 0],
        used_credit=used_credit[in_market.income],
    )


class Cohorts:
    """What used cars were when new: means over products on offer in each year, by kind (M20).

    ``price_kusd``: (years, kinds), recorded prices first; the market writes those of each year as it comes.
    """

    def __init__(self, products: Products, last_quarter: int) -> None:
        middle = np.arange(1, last_quarter + QUARTERS_PER_YEAR, QUARTERS_PER_YEAR)
        self._running = {name: np.zeros((middle.size, len(KINDS))) for name in _CARRIED}
        plugs = dict(zip(CONNECTORS, connector_share(products).T, strict=True))
        self.price_kusd = np.zeros((middle.size, len(KINDS)))
        for year, quarter in enumerate(np.minimum(middle, last_quarter)):
            offers = products.at(int(quarter))
            columns = {
                "range": offers.range_miles, "kwh": offers.kwh_per_mile, "gallons": offers.gallons_per_mile,
                "minutes": offers.fast_charging_minutes, **plugs,
            }  # fmt: skip
            for name, values in columns.items():
                before = self._running[name][max(year - 1, 0)]
                self._running[name][year] = mean_by_kind(values, offers, before)
            before = self.price_kusd[max(year - 1, 0)]
            self.price_kusd[year] = mean_by_kind(products.recorded_price_kusd[quarter], offers, before)

    def connectors(self, quarter: int) -> Floats:
        """Share of each fast-charging connector among the cars of every good, shape (goods, connectors)."""
        kind = np.repeat(np.arange(len(KINDS)), len(AGE_BUCKETS))
        age = np.tile(BUCKET_MEAN_YEARS, len(KINDS))
        year = np.clip(quarter / QUARTERS_PER_YEAR - age, 0, self.price_kusd.shape[0] - 1).astype(np.int64)
        return np.stack([self._running[name][year, kind] for name in CONNECTORS], axis=1)

    def running(self, mix: CohortMix, holding: Ownership, fade_factor: float, access_of_goods: Floats) -> Running:
        """Attributes of the cohorts of a mix as they were new, and miles by age, shape (cohorts,).

        What age takes is in the loss of value with age, usual battery fade included; only what ``fade_factor``, a
        multiplier of that fade, makes of it beyond is taken off the range here. ``access_of_goods``: (goods, classes)
        of networks; a cohort has that of the good its age belongs to.
        """
        usual, health = (
            ownership.state_of_health(
                mix.age_years, holding.battery_fade * factor, holding.fast_charging_fade * factor, _FAST_CHARGING_SHARE
            )
            for factor in (1.0, fade_factor)
        )
        pick = {name: table[mix.year, mix.kind] for name, table in self._running.items()}
        is_bev = mix.kind >= BEV_SHORT
        return Running(
            range_miles=pick["range"] * np.where(is_bev, _kept_range(health, usual), 1.0),
            kwh_per_mile=pick["kwh"],
            gallons_per_mile=pick["gallons"],
            fast_charging_minutes=pick["minutes"],
            is_bev=is_bev,
            plugs_in=mix.kind == PHEV,
            miles_share=mix.miles_share,
            access=access_of_goods[mix.home_good],
        )


def _kept_range(health: Floats, usual: Floats) -> Floats:
    """Share of the usual range that a state of health leaves, (cohorts,); all of it where usually nothing is left."""
    some = usual > 0.0
    return np.maximum(np.where(some, health / np.where(some, usual, 1.0), 1.0), _LEAST_HEALTH)


def mean_by_kind(values: Floats, offers: Offers, otherwise: Floats) -> Floats:
    """Mean over the products of each kind by mix weight, shape (kinds,); ``otherwise`` where there are none."""
    weight = group_sum(offers.mix_weight, offers.kind, len(KINDS))
    total = group_sum(offers.mix_weight * values, offers.kind, len(KINDS))
    return np.where(weight > 0, total / np.where(weight > 0, weight, 1.0), otherwise)
