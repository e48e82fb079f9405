"""New and used cars sold by who buys them, as expected from choice probabilities."""

import numpy as np

from agents.arrays import Floats, Ints
from market.base.categories import HOMES, INCOMES, TASTES
from market.buyers.car_market import Outcome, VehicleMarket
from market.buyers.demand import GROUPS, InMarket, new_by_product


def new_cars(market: VehicleMarket, outcome: Outcome, zones: int) -> Floats:
    """New cars sold in a quarter, (zones, incomes, homes, products); by product they are those of the outcome.

    Buyers who wait, hurry or are turned away are taken to be spread over zones and incomes as all buyers of a product.
    """
    flows = outcome.flows
    wanted = new_by_product(market.in_market, outcome.choice, market.nests, flows.acquirers * flows.tables.new)
    cars = np.zeros((zones * GROUPS, wanted.shape[1]))
    cars[market.in_market.group_code] = wanted * _ratio(outcome.served_new, wanted.sum(axis=0))
    return cars.reshape(zones, len(INCOMES), HOMES, -1)


def used_cars(in_market: InMarket, outcome: Outcome) -> Floats:
    """Used cars bought in a quarter, (incomes, homes, goods); by good they are those of the outcome."""
    flows = outcome.flows
    buyers = flows.acquirers * (1.0 - flows.tables.new)
    wanted = (kinds_of_buyer(in_market) * buyers) @ flows.tables.used
    cars = wanted * _ratio(flows.used, wanted.sum(axis=0))
    return np.asarray(cars.reshape(len(INCOMES), HOMES, -1))


def kinds_of_buyer(in_market: InMarket) -> Floats:
    """1 where a stratum has an income and a home, (incomes x homes, strata)."""
    code: Ints = in_market.income * HOMES + (in_market.stratum_code // TASTES) % HOMES
    return np.asarray(code == np.arange(GROUPS)[:, None], dtype=np.float64)


def _ratio(part: Floats, whole: Floats) -> Floats:
    return np.divide(part, whole, out=np.zeros(whole.shape), where=whole > 0.0)
