"""Result columns of automakers' offers and sales, and the rows that fill them."""

from collections.abc import Iterator, Sequence

import numpy as np

from agents.arrays import Floats
from agents.makers.automaker import Automaker
from market.base.categories import ICE, MAKERS, POWERTRAINS
from market.base.column import Row, Series
from market.base.ledger import GOVERNMENT, Ledger
from market.buyers.car_market import Outcome
from market.buyers.outputs import weighted_or_nan
from market.fleet.traded import Traded
from market.makers.offering import Offering

NATIONAL_MAKERS: dict[str, Series] = {
    "bev_price_kusd": Series("thousand 2025 $", "Mean price of new BEVs", "Before credits; mean over cars sold."),
    "petrol_price_kusd": Series("thousand 2025 $", "Mean price of new gasoline cars", "Mean over cars sold."),
    "bev_credit_kusd": Series(
        "thousand 2025 $", "Mean credit on a new BEV", "Federal and state credits a buyer gets; mean over cars sold."
    ),
    "credits_paid_musd": Series("million 2025 $/quarter", "Purchase credits paid, new and used cars"),
    "used_credits_paid_musd": Series("million 2025 $/quarter", "Purchase credits paid, used cars"),
    "bev_range_miles": Series("mile", "Mean range of new BEVs", "Mean over cars sold."),
    "bev_pack_kwh": Series("kWh", "Mean pack of new BEVs", "Mean over cars sold."),
    "bev_models": Series(
        "effective model", "BEV models on offer", "Products count by their effective number of models."
    ),
    "pack_price_usd_per_kwh": Series(
        "2025 $/kWh", "Battery pack price", "The world's price, before what US cells add or save."
    ),
}

AUTOMAKERS: dict[str, Series] = {
    "quarter": Series("quarter", "Quarter"),
    "maker": Series("name", "Automaker (a calibrated archetype, not a forecast of the company)", "Of the product."),
    "product": Series(
        "name", "Product", "Key, with quarter: an automaker's cars of one segment and powertrain, or a line of them."
    ),
    "powertrain": Series("name", "Powertrain", "ICE, HEV, PHEV or BEV."),
    "price_kusd": Series("thousand 2025 $", "Price", "After incentives, before credits."),
    "marginal_cost_kusd": Series("thousand 2025 $", "Marginal cost"),
    "markup_share": Series("share of price", "Markup", "Price less marginal cost, over price."),
    "incentive_share": Series(
        "share of list price", "Incentive", "Discount from the list price beyond that in recorded prices."
    ),
    "stock": Series("car", "New-car inventory", "At the end of the quarter."),
    "demand": Series("car/quarter", "Demand (expected)", "Wanted in the quarter, before supply limits."),
    "sales": Series("car/quarter", "Sales (expected)", "Sold in the quarter, after supply limits."),
    "recorded_sales": Series("car/quarter", "Recorded sales", "In the quarter; empty after the observed data."),
    "constant_kusd": Series(
        "thousand 2025 $",
        "Demand constant",
        "What observed sales say beyond price and attributes (inverted until the end of observed data, then "
        "predicted).",
    ),
}


def national(offering: Offering, sold: Floats, traded: Traded, ledger: Ledger, quarter: int) -> Row:
    """Prices, credits and models on offer; means over cars ``sold``, (products,)."""
    products, offers = offering.products, offering.offers
    bev, gasoline = sold * products.is_bev, sold * (products.powertrain == ICE)
    credit = np.broadcast_to(offering.credit_kusd.mean(axis=(0, 1)), sold.shape)
    on_used = (traded.used_credit_musd(amount) for amount in offering.used_credit_by_policy.values())
    return {
        "bev_price_kusd": weighted_or_nan(offering.price_kusd, bev),
        "petrol_price_kusd": weighted_or_nan(offering.price_kusd, gasoline),
        "bev_credit_kusd": weighted_or_nan(credit, bev),
        "credits_paid_musd": -ledger.balance_musd(GOVERNMENT),
        "used_credits_paid_musd": sum(on_used),
        "bev_range_miles": weighted_or_nan(offers.range_miles, bev),
        "bev_pack_kwh": weighted_or_nan(offers.pack_kwh, bev),
        "bev_models": float(offers.effective_models[products.is_bev].sum()),
        "pack_price_usd_per_kwh": offering.pack_prices.usd_per_kwh(quarter),
    }


def automakers(
    label: str, offering: Offering, makers: Sequence[Automaker], outcome: Outcome, recorded: Floats, constants: Floats
) -> Iterator[Row]:
    """A row a product on offer; ``recorded``: (products,) sales on record, ``constants``: (products,) of demand, k$."""
    products, price = offering.products, offering.price_kusd
    cost, incentive, stock = (np.zeros(products.size) for _ in range(3))
    for maker in makers:
        cost[maker.products], stock[maker.products] = maker.cost_kusd, maker.stock_cars
        incentive[maker.products] = maker.incentive_share
    for product in np.flatnonzero(offering.offers.on_offer):
        yield {
            "quarter": label, "maker": MAKERS[products.maker[product]], "product": products.names[product],
            "powertrain": POWERTRAINS[products.powertrain[product]], "price_kusd": price[product],
            "marginal_cost_kusd": cost[product], "markup_share": 1.0 - cost[product] / price[product],
            "incentive_share": incentive[product], "stock": stock[product], "demand": outcome.flows.new[product],
            "sales": outcome.served_new[product], "recorded_sales": recorded[product],
            "constant_kusd": constants[product],
        }  # fmt: skip
