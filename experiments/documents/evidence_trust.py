"""What buyers weigh beside published values, for docs/evidence.md: trust, neighbors, resale (M4-M8)."""

from collections.abc import Mapping

import numpy as np

from agents.buyers.neighbors import fixed_points
from agents.buyers.ownership import out_of_warranty_share
from agents.buyers.resale_proof import certificate_value_kusd
from experiments.documents.evidence_runs import Frames
from experiments.documents.evidence_tables import markdown
from market.base.categories import HOMES, INCOMES, NETWORKS, PHEV, TASTES
from market.buyers.utility_terms import Running, running_terms
from market.charging.perceived_access import perceived_access
from market.fleet.population import class_shares
from market.model import Market
from market.trust.parameters import BRAND_GROUPS

_BAD, _GOOD = 0.5, 0.95  # plug success of bad and good charging in the study's words: judgment
_BUDGET_KUSD = 45.0  # purchase budget behind the published share (evidence A1)
_PUBLISHED_SHARE = 0.32
_MIDDLE_YEARS = 5.5  # of the age bucket 4-6
_OLD, _OLDEST, _WARRANTY_YEARS = 7.0, 11.0, 8.0
_USD = 1e3
_QUARTERS_SEEN = 4
_FIFTH = 0.2
_FAR_BELOW = 1.0 / 3.0
_BEHIND_BETWEEN = (2022, 2026)
_RECALL_YEAR = 2025
_SURVEY_YEARS = (2018, 2020, 2021, 2022, 2024)
_SURVEYED = "34 % of adults: less reliable (2021); 55 %: concerned about cost of battery repair (2022)"
_PERCENT = 100.0


def reliability_value_kusd(market: Market) -> float:
    """Value of good over bad perceived charging success to the average household and BEV on offer, k$."""
    offers, valuation = market.offering.offers, market.valuation
    charging, gallons = valuation.charging, valuation.reference_gallons_per_mile
    seen = market.access
    running = Running.of_offers(offers, market.products.is_bev, market.products.powertrain == PHEV, seen.of_products)
    waits = seen.wait_hours, seen.trip_wait_hours
    found = []
    for success in (_BAD, _GOOD):
        believed = np.full((market.places.size, len(NETWORKS)), success)
        access = perceived_access(
            market.charging_graph, market.places, charging, believed, waits, seen.of_products, seen.of_goods
        )
        terms = running_terms(running, access, market.prices, gallons, valuation.buyers, charging)
        found.append(terms["charging"])
    weight = offers.mix_weight * market.products.is_bev
    gain = ((found[1] - found[0]) * weight).sum(axis=-1) / weight.sum()
    shares = class_shares(market.places).reshape(market.places.size, len(INCOMES), HOMES, TASTES).sum(axis=3)
    seats = shares * market.places.seats[:, None, None]
    return float((gain * seats).sum() / seats.sum())


def neighbour_effect(share: float, weight: float) -> float:
    """New BEVs next quarter per additional BEV in a zone with this share, at the margin of the nest (M7)."""
    return float(weight * share * (1.0 - share) / _QUARTERS_SEEN)


def certificate_kusd(market: Market) -> float:
    """What a battery-health certificate adds to a BEV of 7 to 10 years, k$: perceived against actual trouble."""
    trust = market.trust
    seats = market.places.seats / market.places.seats.sum()
    uncovered = out_of_warranty_share(_OLD, _OLDEST, _WARRANTY_YEARS)
    proven = float(trust.true_trouble(after_origin=False).mean())
    believed = np.array(float(trust.technology_trouble() @ seats))
    loss = market.parameters.ownership.battery_loss_kusd
    return float(certificate_value_kusd(believed, np.array(proven), np.array(uncovered), loss))


def yearly_loss(frames: Frames, kind: str, quarter: str) -> float:
    """Loss of value a year of a kind's cars of 4 to 6 years, share."""
    used = frames["used"]
    row = used[(used["quarter"] == quarter) & (used["kind"] == kind) & (used["age_bucket"] == "4-6")].iloc[0]
    return float(1.0 - float(row["retention"]) ** (1.0 / _MIDDLE_YEARS))


def spill_over_usd(
    hit: Frames, base: Frames, loss_kusd: float, brand_share: Mapping[str, float], brand: str, year: int
) -> float:
    """What trouble at one brand takes off the value of other brands' BEVs in a year, mean by BEVs sold, $.

    ``brand_share``: of BEVs sold, by group of brands.
    """
    others = [name for name in brand_share if name != brand]
    total = sum(brand_share[name] for name in others)
    lost = 0.0
    for sign, frames in ((-1.0, hit), (1.0, base)):
        rows = frames["trust"]
        believed = rows[rows["quarter"].str.startswith(str(year))].groupby("subject", observed=True)["believed"].mean()
        lost += sign * sum(float(believed[name]) * brand_share[name] for name in others) / total
    return loss_kusd * _USD * lost


def believed_by_year(frames: Frames) -> str:
    """Perceived battery trouble in the fourth quarters of the surveys, %."""
    rows = frames["national"].set_index("quarter")["battery_trouble_believed"]
    return ", ".join(f"{year}: {_PERCENT * float(rows[f'{year}Q4']):.1f}" for year in _SURVEY_YEARS)


def sales_gain(without: Frames, base: Frames) -> float:
    """BEV sales of the last year over those of a run without something, as a share more."""
    with_it, left = (float(frames["national"]["bev_sales"].iloc[-_QUARTERS_SEEN:].sum()) for frames in (base, without))
    return with_it / left - 1.0


def reliability_by_use(market: Market) -> tuple[float, float]:
    """Actual success of plugs in the quietest and the busiest fifth of places, independent operators only (M9).

    Fifths by sessions served for each plug, each fifth with a fifth of the plugs.
    """
    network, service = market.charging_side.network, market.charging_side.service
    own = network.shares.captive == 0.0
    plugs, success, served = network.served_plugs[own], network.success_met[own], service.served[own]
    stands = plugs > 0.0
    order = np.argsort(served[stands] / plugs[stands], kind="stable")
    weight, met = plugs[stands][order], success[stands][order]
    reached = np.cumsum(weight) / weight.sum()
    quiet, busy = reached <= _FIFTH, reached >= 1.0 - _FIFTH
    return float(np.average(met[quiet], weights=weight[quiet])), float(np.average(met[busy], weights=weight[busy]))


def zones_left_behind(frames: Frames, first: int, last: int) -> tuple[int, int]:
    """Zones far below the country that fell back further, and all zones: BEV shares of new sales by year.

    Far below: less than a third of the national share in the last year; fallen back: a smaller part of it than in
    the first year.
    """
    zones = frames["zones"].assign(year=frames["zones"]["quarter"].str[:4].astype(int))
    zones = zones.assign(bev=zones["bev_share_new"] * zones["new_sales"])
    sums = zones.groupby(["zone", "year"], observed=True)[["bev", "new_sales"]].sum()
    share = (sums["bev"] / sums["new_sales"]).unstack("year")
    national = sums.groupby("year").sum()
    relative = share / (national["bev"] / national["new_sales"])
    behind = (relative[last] < _FAR_BELOW) & (relative[last] < relative[first])
    return int(behind.sum()), len(relative)


def trust_table(market: Market, runs: Mapping[str, Frames]) -> str:
    """Published values beside the model's; ``market`` stands at the end of the base run, ``runs`` by case."""
    base = runs["base"]
    brand_share = dict(zip(BRAND_GROUPS, market.trust.brand_share(), strict=True))
    share = float(base["national"].iloc[-1]["bev_share_new"])
    weight = market.parameters.trust.neighbour_effect
    rest = fixed_points(np.log(share / (1.0 - share)) - weight * share, weight)
    loss = market.parameters.ownership.battery_loss_kusd
    last = str(base["national"].iloc[-1]["quarter"])

    def losses(kind: str) -> str:
        then, now = (100 * yearly_loss(base, kind, quarter) for quarter in ("2024Q4", last))
        return f"{then:.1f} % in 2024Q4, {now:.1f} % in {last}"

    behind, zones = zones_left_behind(base, *_BEHIND_BETWEEN)
    quiet, busy = reliability_by_use(market)
    published = f"{_PUBLISHED_SHARE * _BUDGET_KUSD:.1f} (32 % of a $45,000 budget)"
    rows = [
        ("bad to good perceived charging, $ (thousand)", published, "Singh, Quinn and MacKenzie 2025",
         f"{reliability_value_kusd(market):.1f}"),
        ("new BEVs next quarter per additional BEV", "0.111 neighbors, 0.077 co-workers", "Tebbe",
         f"{neighbour_effect(share, weight):.3f} a quarter for four quarters"),
        ("stable BEV shares of a zone", "more than one in half of US metros", "Zhou and Li 2018",
         f"{rest.share.size}: {', '.join(f'{value:.2f}' for value in rest.share)}"),
        ("zones far below the national share that fall back", "as above", "as above",
         f"{behind} of {zones} from {_BEHIND_BETWEEN[0]} to {_BEHIND_BETWEEN[1]}"),
        ("plugs that work, quietest and busiest fifth", "13 to 95 % of visits by station, mean 72.5 to 83 %",
         "UC Davis 2024; Rempel et al. 2022", f"{100 * quiet:.0f} % and {100 * busy:.0f} %"),
        ("depreciation per year, BEVs", "13.9 %", "Schloter 2022", losses("BEV_long")),
        ("depreciation per year, gasoline cars", "10.4 %", "Schloter 2022", losses("ICE")),
        ("certificate of battery health, $", "580 to 1,160 (EUR 550 to 1,100)", "Aviloo, vendor-linked",
         f"{_USD * certificate_kusd(market):.0f} at 7 to 10 years"),
        ("spillover of a recall of the Bolt's size on others in a year, $",
         "-300 to -2,000 (-2,057: Volkswagen's scandal on German brands)", "Bachmann et al. (fitted to: no evidence)",
         f"{spill_over_usd(runs['recall'], base, loss, brand_share, 'GM', _RECALL_YEAR):.0f}"),
        ("spillover of a brand with 40 % more trouble on others in its second year, $", "as above", "as above",
         f"{spill_over_usd(runs['bad brand'], base, loss, brand_share, 'Others', _RECALL_YEAR + 1):.0f}"),
        ("perceived battery trouble, %", _SURVEYED, "Pew; AAA (fitted to)", believed_by_year(base)),
        ("BEV sales by proof and claims of sellers' own choice, last year", "none", "",
         f"{_PERCENT * sales_gain(runs['silent'], base):+.1f} %"),
    ]  # fmt: skip
    return markdown(("quantity", "published", "source", "model"), rows)
