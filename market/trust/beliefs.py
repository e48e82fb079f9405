"""Buyers' beliefs about chargers and batteries, and peer effects (M5, M7)."""

from dataclasses import dataclass

import numpy as np

from agents.arrays import Floats, group_sum
from agents.buyers import beliefs
from agents.buyers.beliefs import Belief
from agents.buyers.neighbors import neighbor_value_kusd
from agents.calendar import QUARTERS_PER_YEAR
from market.base.categories import MAKERS, NETWORKS
from market.charging.trip_coverage import RoadArrays
from market.trust.brands import GROUP_OF_MAKER, BatteryFacts
from market.trust.disclosure import Sellers, disclosure, told
from market.trust.events import BatteryEvents
from market.trust.parameters import BRAND_GROUPS, Trust
from market.trust.service_points import ServicePoints, service_within_reach
from market.trust.warranties import Warranties
from market.vehicles.products import Products

_RESALE_BUCKET = 1  # 4-6 years: cars of the age at which buyers expect to sell
_IN_GROUP = np.equal.outer(GROUP_OF_MAKER, np.arange(len(BRAND_GROUPS))).astype(np.float64)


@dataclass(frozen=True)
class Stakes:
    """What trust is worth to a buyer.

    ``loss_kusd``: of serious battery trouble; ``resale_weight``: psi x present value of a k$ when the car is sold on at
    ``resale_years``; ``next_owner_years``: that the next owner counts; ``miles_per_year``: driven.
    """

    loss_kusd: float
    resale_weight: float
    resale_years: float
    next_owner_years: float
    miles_per_year: float


class TrustState:
    """Beliefs of charging by zone and network, of batteries by zone and brand group.

    ``learn``, ``see`` and ``prove`` write them; ``parameters``: with the levers of the quarter that is open.
    ``seat_share``: (zones,) of all seats; ``news``: observations of the last quarter by channel, means over zones, for
    charging and batteries. Beliefs begin at ``plug_success``, by network of ``NETWORKS``, and
    ``trouble_share``, the chance of serious battery trouble. ``makers``, ``operators``: what sellers prove and claim.
    ``seed``: of drawn recalls, None: none are drawn.
    """

    def __init__(
        self, parameters: Trust, roads: RoadArrays, products: Products, seats: Floats, *,
        plug_success: tuple[float, float], trouble_share: float, stakes: Stakes, seed: int | None,
    ) -> None:  # fmt: skip
        self._given = self.parameters = p = parameters
        self.stakes = stakes
        self.events = BatteryEvents(p, seed)
        self.facts = BatteryFacts.read()
        self.warranties = Warranties(self.facts, stakes.miles_per_year, stakes.resale_years)
        self._service = ServicePoints()
        self._cars = float(seats.sum())
        self.seat_share: Floats = seats / seats.sum()
        self._neighbor_share = _neighbor_share(roads)
        self._sold: Floats = np.zeros(len(MAKERS))
        self._years_after = 0.0
        self._quarter = 0
        self._maker = products.maker
        self._group = GROUP_OF_MAKER[products.maker]
        self._is_bev = products.is_bev
        self.network_use: Floats = np.full(len(NETWORKS), 1.0 / len(NETWORKS))
        first_success = np.tile(np.array(plug_success), (seats.size, 1))
        trouble = np.full((seats.size, len(BRAND_GROUPS)), trouble_share)
        strength = np.array(p.prior_strength)
        self.charging_prior = self.charging = beliefs.belief_of(1.0 - first_success, strength)
        self.battery_prior = self.battery = beliefs.belief_of(trouble, strength)
        self.credibility: Floats = np.full(len(BRAND_GROUPS) + len(NETWORKS), p.first_credibility)
        nothing = np.zeros(len(MAKERS))
        self.battery_proof, self.battery_claims, self.longer_warranty = nothing, nothing, nothing
        self.operators: Sellers | None = None
        self.shares: list[Floats] = []
        self.news: dict[str, Floats] = {name: np.zeros(3) for name in ("charging", "battery")}

    def open(self, quarter: int) -> None:
        """Take the levers of a quarter, before anything else is asked."""
        self.parameters = self.events.parameters = self._given.at(quarter)
        self.warranties.lengthen(self.parameters.longer_warranty_years)

    # Beliefs

    def brand_share(self) -> Floats:
        """Share of each brand group in the BEVs sold so far, shape (groups,); even before any."""
        sold = group_sum(self._sold, GROUP_OF_MAKER, len(BRAND_GROUPS))
        return np.asarray(sold / sold.sum()) if sold.sum() > 0.0 else np.full(sold.size, 1.0 / sold.size)

    def maker_share(self) -> Floats:
        """Share of each automaker in the BEVs of its brand group sold so far, shape (makers,); even before any."""
        sold = group_sum(self._sold, GROUP_OF_MAKER, len(BRAND_GROUPS))[GROUP_OF_MAKER]
        even = 1.0 / _IN_GROUP.sum(axis=0)[GROUP_OF_MAKER]
        return np.where(sold > 0.0, self._sold / np.where(sold > 0.0, sold, 1.0), even)

    def charging_success(self) -> Floats:
        """Plug success as believed, shape (zones, networks)."""
        return self.charging.perceived_success

    def brand_evidence(self) -> Belief:
        """Observations behind beliefs about brands, with spillover and events, each (zones, groups)."""
        brands, events = beliefs.spill_over(self.battery, self.parameters.technology_strength), self.events.evidence()
        return Belief(brands.trouble + events.trouble, brands.sound + events.sound)

    def brand_trouble(self) -> Floats:
        """Perceived battery trouble of each brand group, with spillover and events, shape (zones, groups)."""
        return self.brand_evidence().mean_trouble

    def technology_trouble(self) -> Floats:
        """Perceived battery trouble of BEVs in general, shape (zones,)."""
        events = self.events.evidence()
        total = (self.battery.trouble + events.trouble).sum(axis=1)
        return np.asarray(total / (total + (self.battery.sound + events.sound).sum(axis=1)))

    def maker_trouble(self, *, after_origin: bool) -> Floats:
        """Share of BEVs with serious trouble by automaker, (makers,); after the origin updates lower it by the year."""
        p = self.parameters
        share = p.true_trouble_share * (1.0 + p.trouble_spread * (self.facts.relative_trouble - 1.0))
        if after_origin:
            kept = (1.0 - p.update_effect) ** (self._years_after * self.facts.ships_updates)
            share = share * p.trouble_factor * kept
            share[-1] += p.bad_brand_trouble_share
        return np.asarray(np.minimum(share, 1.0))

    def true_trouble(self, *, after_origin: bool) -> Floats:
        """Share of BEVs with serious trouble by brand group, (groups,): the mean of its automakers by BEVs sold."""
        mean = self.maker_share() * self.maker_trouble(after_origin=after_origin)
        return group_sum(mean, GROUP_OF_MAKER, len(BRAND_GROUPS))

    def used_trouble(self, *, after_origin: bool) -> Floats:
        """Share of trouble expected of used BEVs, (zones,): believed, or proven where certified or by its automaker."""
        certified = max(self.parameters.certified_share, self._proven_cars()) if after_origin else 0.0
        proven = float(self.true_trouble(after_origin=after_origin) @ self.brand_share())
        return np.asarray(self.technology_trouble() * (1.0 - certified) + proven * certified)

    def new_terms_kusd(self, alpha_powertrain: float) -> dict[str, Floats]:
        """Terms ``trust``, ``service`` and ``neighbours`` of new products, (zones, 1, 1, products), k$ (M5, M7).

        Trust is fear of trouble, and what the next owner will pay less for it than is paid for the used cars of today,
        of which all brands are alike and warranties those of their years.
        """
        stakes, believed = self.stakes, self.brand_trouble()[:, self._group]
        fear = beliefs.trouble_value_kusd(believed, stakes.loss_kusd)
        uncovered = self.warranties.uncovered_after_resale(self.warranties.now, stakes.next_owner_years)
        sold_on = self.warranties.of_used_cars()[_RESALE_BUCKET]
        today = self.warranties.uncovered_after_resale(np.array(sold_on), stakes.next_owner_years)
        ahead = believed * uncovered[self._maker] - self.technology_trouble()[:, None] * today
        fear = fear - stakes.resale_weight * stakes.loss_kusd * ahead
        reach = service_within_reach(self._service.at(self._quarter), self.seat_share)[:, self._maker]
        seen = np.zeros(self.seat_share.size)
        if self.shares:
            seen = neighbor_value_kusd(np.stack(self.shares), self.parameters.neighbour_effect, alpha_powertrain)
        on_bev = self._is_bev[None, :].astype(np.float64)
        return {
            "trust": (fear * on_bev)[:, None, None, :],
            "service": (self.parameters.service_kusd * (reach - 1.0) * on_bev)[:, None, None, :],
            "neighbours": (seen[:, None] * on_bev)[:, None, None, :],
        }

    # Phase 9

    def see(self, bev_share_by_zone: Floats) -> None:
        """Store the quarter's BEV share of each zone, which peers observe (M7)."""
        self.shares = [*self.shares[-3:], bev_share_by_zone]

    def prove(self, verified: Floats, claimed: Floats, longer_warranty: Floats) -> None:
        """Let automakers prove or claim battery health or offer a longer warranty; each (makers,), 0 or 1."""
        self.battery_proof, self.battery_claims, self.longer_warranty = verified, claimed, longer_warranty

    def learn(
        self, bev_share_of_cars: Floats, deliveries: Floats, charging_success: Floats, *, network_use: Floats,
        quarter: int, after_origin: bool,
    ) -> None:  # fmt: skip
        """A quarter's news and events, then what is disclosed or claimed after the origin (M5).

        ``bev_share_of_cars``: (zones,) of cars standing; ``deliveries``: (products,) new cars of the quarter;
        ``charging_success``: (zones, networks) true success met by the drivers of a zone; ``network_use``: (networks,)
        share of each network in their charging.
        """
        p = self.parameters
        self._quarter, self.network_use = quarter + 1, network_use
        self._years_after += after_origin / QUARTERS_PER_YEAR
        bevs = group_sum(deliveries * self._is_bev, self._maker, len(MAKERS))
        self._sold = self._sold + bevs
        self.warranties.offer(np.maximum(self.longer_warranty, p.longer_warranty if after_origin else 0.0))
        self.warranties.see(bevs)
        heard = p.news_weight * p.contacts * bev_share_of_cars[:, None]
        nation = float(bev_share_of_cars @ self.seat_share) * self._cars
        failed = 1.0 - charging_success
        charges = p.sessions_told * network_use
        self.charging = self._after_news("charging", heard * charges, failed, nation * charges)
        true_trouble = self.true_trouble(after_origin=after_origin)
        cars = self.brand_share() / QUARTERS_PER_YEAR
        trouble = np.broadcast_to(true_trouble, self.battery.trouble.shape)
        self.battery = self._after_news("battery", heard * cars, trouble, nation * cars)
        self.events.happen(quarter, self.brand_share() * self._sold.sum(), after_origin=after_origin)
        if after_origin:
            self._disclose(failed, true_trouble)

    def _after_news(self, subject: str, seen_in_zone: Floats, bad_share: Floats, in_nation: Floats) -> Belief:
        """The belief after a quarter's news; ``bad_share``: (zones, subjects); ``in_nation``: (subjects,) met there."""
        p, belief = self.parameters, self.charging if subject == "charging" else self.battery
        prior = self.charging_prior if subject == "charging" else self.battery_prior
        weights = np.array([p.own_weight, p.neighbour_weight, p.media_weight * p.news_weight])
        reported = beliefs.reported_observations(in_nation, p.noticed_cars)
        every = beliefs.channel_exposures(seen_in_zone, self._neighbor_share, reported)
        nation_bad = reported * (self.seat_share @ bad_share)
        bad = beliefs.channel_exposures(seen_in_zone * bad_share, self._neighbor_share, nation_bad)
        self.news[subject] = weights * (every.sum(axis=2) @ self.seat_share)
        trouble = beliefs.weighted_news(bad, weights)
        sound = beliefs.weighted_news(every - bad, weights)
        return beliefs.updated(belief, prior, trouble, sound, memory=p.memory, negativity=p.negativity)

    def _proven_cars(self) -> float:
        """Share of BEVs sold so far whose automaker proves battery health by its own choice."""
        total = float(self._sold.sum())
        return float(self._sold @ self.battery_proof) / total if total > 0.0 else 0.0

    def longer_warranty_share(self, *, after_origin: bool) -> Floats:
        """Share of each brand group's BEVs sold with a longer warranty than recorded, (groups,)."""
        longer = np.maximum(self.longer_warranty, self.parameters.longer_warranty if after_origin else 0.0)
        return group_sum(self.maker_share() * longer, GROUP_OF_MAKER, len(BRAND_GROUPS))

    def makers(self, *, after_origin: bool) -> Sellers:
        """Automakers as sellers of BEVs: what each proves and claims, rules that bind all of them included."""
        p = self.parameters
        return Sellers(
            self._sold, self.maker_trouble(after_origin=after_origin), _IN_GROUP,
            np.maximum(self.battery_proof, p.verified_battery), np.maximum(self.battery_claims, p.claims),
        )  # fmt: skip

    def mean_believed_trouble(self) -> float:
        """Perceived battery trouble of all BEVs sold so far."""
        return float(self.seat_share @ self.brand_trouble() @ self.brand_share())

    def mean_believed_failure(self) -> float:
        """Perceived share of failed charges, by use of networks."""
        return float(self.seat_share @ (1.0 - self.charging_success()) @ self.network_use)

    def networks(self, failed: Floats) -> Sellers:
        """Charging operators as sellers, or networks as such; ``failed``: (networks,) national share of charges."""
        p, known = self.parameters, self.operators
        if known is None:
            nothing = np.zeros(len(NETWORKS))
            known = Sellers(self.network_use, failed, np.eye(len(NETWORKS)), nothing, nothing)
        verified, claimed = np.maximum(known.verified, p.verified_uptime), np.maximum(known.claimed, p.claims)
        return Sellers(known.size, known.trouble, known.subject, verified, claimed)

    def _disclose(self, failed: Floats, true_trouble: Floats) -> None:
        """Proof and claims of a quarter; a claim weighs by its credibility, which meets the outcome."""
        p = self.parameters
        quarterly = p.disclosure_observations / QUARTERS_PER_YEAR
        brands, nation = len(BRAND_GROUPS), self.seat_share @ failed
        battery = disclosure(self.makers(after_origin=True), self.mean_believed_trouble())
        uptime = disclosure(self.networks(nation), self.mean_believed_failure())
        self.battery = told(self.battery, battery, battery.proven_trouble, quarterly, self.credibility[:brands])
        relative = uptime.proven_trouble / np.where(nation > 0.0, nation, 1.0)
        proven = np.minimum(failed * np.where(uptime.verified > 0.0, relative, 1.0), 1.0)
        self.charging = told(self.charging, uptime, proven, quarterly, self.credibility[brands:])
        claimed = np.concatenate([battery.claimed, uptime.claimed])
        self.credibility = beliefs.credibility_step(
            self.credibility, np.where(claimed > 0.0, 0.0, np.nan), np.concatenate([true_trouble, nation]),
            rise=p.credibility_rise, tolerance=p.credibility_tolerance,
        )  # fmt: skip


def _neighbor_share(roads: RoadArrays) -> Floats:
    """How each zone weighs the others: those a corridor leads to, by people; shape (zones, zones), rows add up to 1."""
    people = roads.population
    linked = np.zeros((people.size, people.size))
    start, end = roads.corridor_ends.T
    linked[start, end] = people[end]
    linked[end, start] = people[start]
    total = linked.sum(axis=1, keepdims=True)
    return linked / np.where(total > 0, total, 1.0)
