"""First beliefs and the salience of recalls fitted to surveys of 2018-22 (M5).

``python -m experiments.documents.survey_fit`` prints them. Beliefs do not act on the past, whose sales are those
recorded, so they are computed again over it for every trial value without running the market again. People differ
around the mean belief m as Beta(n0 m, n0 (1 - m)); a concern is named by those whose belief lies above a threshold.

Four unknowns (first belief in battery trouble, its strength n0, salience, and a factor on the thresholds, which are
judgment), each with a loose prior, and five residuals: two levels of concern about batteries, two changes of concern
about charging, and the middle of the published band of spillovers after a recall. No survey after 2022 is used.
"""

import sys
from dataclasses import dataclass

import numpy as np
from scipy.optimize import least_squares
from scipy.special import logit
from scipy.stats import beta

from agents.arrays import Floats
from agents.buyers.beliefs import event_observations, faded_share
from agents.calendar import QUARTERS_PER_YEAR
from market.base import quarters, tables
from market.charging.by_network import network_use
from market.model import Market
from market.scenario import Scenario
from market.trust.beliefs import TrustState
from market.trust.brands import brand_similarity
from market.trust.parameters import BRAND_GROUPS, Trust

LAST_SURVEYED = "2022Q4"
FIRST_GUESS = np.log([0.10, 30.0, 6.0, 1.0])
"""Logarithms of first belief, strength, salience and the factor: judgment, the centers of their loose priors."""
_PRIOR_SD = np.log([1.6, 2.0, 3.0, 2.0])
BAND_USD = (300.0, 2000.0)
"""Published band of what others lose in the year after a recall of the Bolt's size, and its middle by logarithms."""
_BAND_SD = 0.25 * float(np.log(BAND_USD[1] / BAND_USD[0]))  # the band as two standard deviations either way
_SURVEY_SD = 0.25  # of a share, in log-odds: sampling, wording and season, judgment
_CHANGE_SD = 0.35  # of a change over a change of base
_REPAIR_COST = 0.05  # concerned: an expected loss of 1 % of the price of a new car, $500 of $10,000
_LESS_RELIABLE = 0.10  # less reliable: above the share of gasoline cars that need an engine or transmission, judgment
_UNWILLING = 0.80  # share of adults asked in 2018; those likely to buy a BEV named no concern, or the same ones
_BOLT_CARS = 110_324
_USD = 1e3
_STEP = 1e-3  # of derivatives


@dataclass(frozen=True)
class Past:
    """What buyers could learn from in every quarter to the last survey, and the market it was read from."""

    market: Market
    bev_share: list[Floats]
    deliveries: list[Floats]
    success: list[Floats]
    use: list[Floats]


@dataclass(frozen=True)
class Believed:
    """Means over zones and brands as sold by quarter, (quarters,), and spillover of a recall before any, $."""

    battery: Floats
    charging: Floats
    spillover_usd: float


def recorded_past() -> Past:
    """A mean-field run through the recorded quarters of the surveys, in the fast setting."""
    run = {"mean_field": True, "fast_graph": True, "origin": LAST_SURVEYED, "last_quarter": "2023Q1"}
    market = Market(parameters=Scenario.model_validate({"run": run, "cells": {"power_side": False}}), rng=1)
    past = Past(market, [], [], [], [])
    while market.quarter < quarters.index(LAST_SURVEYED):
        market.step()
        past.bev_share.append(market.fleet.bev_share_of_cars())
        past.deliveries.append(market.now.deliveries)
        past.success.append(market.true_charging_success)
        past.use.append(network_use(market.charging_side.network))
    return past


def believed(past: Past, first_share: float, strength: float, salience: float) -> Believed:
    """Beliefs over the past with these parameters."""
    market, given = past.market, past.market.parameters
    trust = given.trust.model_copy(update={"prior_strength": strength, "event_salience": salience})
    state = TrustState(
        trust, market.charging_graph.roads, market.products, market.places.seats,
        plug_success=(given.charging.captive_plug_success, given.charging.plug_success),
        trouble_share=first_share, stakes=market.trust.stakes, seed=None,
    )  # fmt: skip
    battery, charging, before_any = [], [], 0.0
    first_event = min(quarters.index(name) for name in tables.load("battery_events")["quarter"])
    for quarter, seen in enumerate(zip(past.bev_share, past.deliveries, past.success, past.use, strict=True)):
        if quarter == first_event:
            before_any = spillover_usd(state, trust)
        share, deliveries, success, use = seen
        state.learn(share, deliveries, success, network_use=use, quarter=quarter, after_origin=False)
        battery.append(float(state.seat_share @ state.brand_trouble() @ state.brand_share()))
        charging.append(float(state.seat_share @ (1.0 - state.charging_success()) @ use))
    return Believed(np.array(battery), np.array(charging), before_any)


def spillover_usd(state: TrustState, trust: Trust) -> float:
    """Mean loss over a year of other brands' BEVs, by BEVs sold, had GM a recall of the Bolt's size now, $."""
    gm = BRAND_GROUPS.index("GM")
    worth = event_observations(np.asarray(float(_BOLT_CARS)), trust.event_salience, trust.noticed_cars)
    left = worth * faded_share(trust.event_half_life) ** np.arange(QUARTERS_PER_YEAR)
    evidence = state.brand_evidence()
    bad, sound = (state.seat_share @ counts for counts in (evidence.trouble, evidence.sound))
    added = np.outer(left, brand_similarity(trust)[gm])
    then = (bad + trust.event_trouble_share * added) / (bad + sound + added)
    others = state.brand_share() * (np.arange(len(BRAND_GROUPS)) != gm)
    rise = (then - bad / (bad + sound)).mean(axis=0) @ others / others.sum()
    return float(state.stakes.loss_kusd * _USD * rise)


def concerned(mean: float, strength: float, threshold: float) -> float:
    """Share of people whose belief lies above a threshold."""
    return float(beta.sf(threshold, strength * mean, strength * (1.0 - mean)))


def residuals(guess: Floats, past: Past) -> Floats:
    """Standardized misses of surveys, band and priors, shape (9,); ``guess``: logarithms, (4,)."""
    first_share, strength, salience, scale = np.exp(guess)
    found = believed(past, first_share, strength, salience)
    surveys = tables.load("trust_surveys").set_index(["question", "year"])["share"]

    def mean_of(path: Floats, year: int) -> float:
        first = quarters.index(f"{year}Q1")
        return float(path[first : first + QUARTERS_PER_YEAR].mean())

    levels = (("less reliable than a gasoline car", 2021, _LESS_RELIABLE),
              ("cost of battery repair or replacement", 2022, _REPAIR_COST))  # fmt: skip
    misses = [
        (logit(concerned(mean_of(found.battery, year), strength, scale * limit)) - logit(surveys[question, year]))
        / _SURVEY_SD
        for question, year, limit in levels
    ]
    for question in ("too few places to charge", "running out of charge"):
        at_first = surveys[question, 2018] * (1.0 + _UNWILLING) / 2  # between none and all of those not asked
        then, now = (mean_of(found.charging, year) for year in (2018, 2022))
        limit = beta.isf(at_first, strength * then, strength * (1.0 - then))
        misses.append((logit(concerned(now, strength, limit)) - logit(surveys[question, 2022])) / _CHANGE_SD)
    middle = np.log(BAND_USD).mean()
    misses.append((np.log(found.spillover_usd) - middle) / _BAND_SD)
    return np.concatenate([misses, (guess - FIRST_GUESS) / _PRIOR_SD])


def main() -> None:
    """Fit and say what comes."""
    past = recorded_past()
    fit = least_squares(residuals, FIRST_GUESS, args=(past,), diff_step=[_STEP] * FIRST_GUESS.size)
    jacobian = np.asarray(fit.jac)
    sd = np.sqrt(np.diag(np.linalg.inv(jacobian.T @ jacobian)))
    for name, value, spread in zip(("first belief", "strength", "salience", "thresholds"), fit.x, sd, strict=True):
        low, middle, high = np.exp(value + spread * np.array([-1.0, 0.0, 1.0]))
        sys.stdout.write(f"{name}: {middle:.3g} ({low:.3g} to {high:.3g})\n")
    found = believed(past, *np.exp(fit.x[:3]))
    sys.stdout.write(f"misses in standard deviations: {np.round(fit.fun, 2).tolist()}\n")
    sys.stdout.write(f"spillover of a recall of the Bolt's size: {found.spillover_usd:.0f} $\n")
    for year in range(2017, 2023):
        at = quarters.index(f"{year}Q4")
        sys.stdout.write(f"{year}Q4: battery {found.battery[at]:.4f}, charging {found.charging[at]:.4f}\n")


if __name__ == "__main__":
    main()
