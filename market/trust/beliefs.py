"""Buyers' beliefs about chargers and batteries, and peer effects (M5, M7)."""

import numpy as np

from agents.arrays import Floats, group_sum
from agents.buyers import beliefs
from agents.buyers.neighbors import neighbor_value_kusd
from agents.calendar import QUARTERS_PER_YEAR
from market.base.categories import MAKERS, NETWORKS
from market.charging.trip_coverage import RoadArrays
from market.trust.parameters import Trust
from market.vehicles.products import Products

BRAND_GROUPS = ("GM", "Ford and Stellantis", "Asian makers", "VW Group", "Tesla", "New brands", "Others")
"""Groups of automakers about whose batteries buyers hold one belief."""
_GROUP_OF_MAKER = {
    "GM": 0, "Ford": 1, "Stellantis": 1, "Toyota": 2, "Honda": 2, "Nissan": 2, "Hyundai-Kia": 2, "VW Group": 3,
    "Tesla": 4, "New brands": 5, "Rest of market": 6,
}  # fmt: skip
GROUP_OF_MAKER = np.array([_GROUP_OF_MAKER[name] for name in MAKERS])
_CLAIMED_TROUBLE = 0.0  # who claims, claims to be flawless
_BATTERY_VOICES = len(BRAND_GROUPS)


class TrustState:
    """Beliefs of charging by zone and network, of batteries by zone and brand group; ``learn`` and ``see`` write them.

    ``parameters``: with the levers of the quarter that is open.

    ``seat_share``: (zones,) of all seats; ``news``: observations of the last quarter by channel, means over zones, for
    charging and batteries. Beliefs begin at ``plug_success``, by network of ``NETWORKS``, and ``trouble_share``, the
    chance of serious battery trouble, which costs ``loss_kusd``.
    """

    def __init__(
        self, parameters: Trust, roads: RoadArrays, products: Products, seats: Floats, *,
        plug_success: tuple[float, float], trouble_share: float, loss_kusd: float,
    ) -> None:  # fmt: skip
        self._given = self.parameters = p = parameters
        self._loss_kusd = loss_kusd
        zones = seats.size
        self.seat_share: Floats = seats / seats.sum()
        self._neighbor_share = _neighbor_share(roads)
        self._sold: Floats = np.zeros(len(BRAND_GROUPS))
        self._group = GROUP_OF_MAKER[products.maker]
        self._is_bev = products.is_bev
        first_success = np.tile(np.array(plug_success), (zones, 1))
        trouble = np.full((zones, len(BRAND_GROUPS)), trouble_share)
        strength = np.array(p.prior_strength)
        self.charging_prior = self.charging = beliefs.belief_of(1.0 - first_success, strength)
        self.battery_prior = self.battery = beliefs.belief_of(trouble, strength)
        self.credibility: Floats = np.full(_BATTERY_VOICES + 1, p.first_credibility)
        self.shares: list[Floats] = []
        self.news: dict[str, Floats] = {name: np.zeros(3) for name in ("charging", "battery")}

    def open(self, quarter: int) -> None:
        """Take the levers of a quarter, before anything else is asked."""
        self.parameters = self._given.at(quarter)

    # Beliefs

    def brand_share(self) -> Floats:
        """Share of each brand group in the BEVs sold so far, shape (groups,)."""
        return np.asarray(self._sold / self._sold.sum())

    def charging_success(self) -> Floats:
        """Plug success as believed, shape (zones, networks)."""
        return self.charging.perceived_success

    def brand_trouble(self) -> Floats:
        """Perceived battery trouble of each brand group, with spillover, shape (zones, groups)."""
        return beliefs.spill_over(self.battery, self.parameters.technology_strength).mean_trouble

    def technology_trouble(self) -> Floats:
        """Perceived battery trouble of BEVs in general, shape (zones,)."""
        total = self.battery.trouble.sum(axis=1)
        return np.asarray(total / (total + self.battery.sound.sum(axis=1)))

    def true_trouble(self, *, after_origin: bool) -> Floats:
        """Share of BEVs with serious trouble by brand group, (groups,)."""
        p = self.parameters
        share = np.full(len(BRAND_GROUPS), p.true_trouble_share * (p.trouble_factor if after_origin else 1.0))
        share[-1] += p.bad_brand_trouble_share if after_origin else 0.0
        return np.asarray(np.minimum(share, 1.0))

    def used_trouble(self, *, after_origin: bool) -> Floats:
        """Share of trouble expected of used BEVs, (zones,): believed, or proven where certified."""
        certified = self.parameters.certified_share if after_origin else 0.0
        proven = float(self.true_trouble(after_origin=after_origin).mean())
        return np.asarray(self.technology_trouble() * (1.0 - certified) + proven * certified)

    def new_terms_kusd(self, alpha_powertrain: float) -> dict[str, Floats]:
        """Terms ``trust`` and ``neighbours`` of new products, shape (zones, 1, 1, products), k$ (M5, M7)."""
        fear = beliefs.trouble_value_kusd(self.brand_trouble()[:, self._group], self._loss_kusd)
        seen = np.zeros(self.seat_share.size)
        if self.shares:
            seen = neighbor_value_kusd(np.stack(self.shares), self.parameters.neighbour_effect, alpha_powertrain)
        on_bev = self._is_bev[None, :].astype(np.float64)
        return {
            "trust": (fear * on_bev)[:, None, None, :],
            "neighbours": (seen[:, None] * on_bev)[:, None, None, :],
        }

    # Phase 9

    def see(self, bev_share_by_zone: Floats) -> None:
        """Store the quarter's BEV share of each zone, which peers observe (M7)."""
        self.shares = [*self.shares[-3:], bev_share_by_zone]

    def learn(
        self, bev_share_of_cars: Floats, deliveries: Floats, charging_success: Floats, *, after_origin: bool
    ) -> None:
        """A quarter's news, then what is disclosed or claimed after the origin (M5).

        ``bev_share_of_cars``: (zones,) of cars standing; ``deliveries``: (products,) new cars of the quarter;
        ``charging_success``: (zones, networks) true success met by the drivers of a zone. Of charges that they tell of
        as many are at one network as at the other.
        """
        p = self.parameters
        self._sold = self._sold + group_sum(deliveries * self._is_bev, self._group, len(BRAND_GROUPS))
        heard = p.news_weight * p.contacts * bev_share_of_cars
        by_network = np.full((heard.size, len(NETWORKS)), 1.0 / len(NETWORKS))
        charges = self._news("charging", heard[:, None] * p.sessions_told * by_network)
        self.charging = beliefs.updated(
            self.charging, self.charging_prior, charges * (1.0 - charging_success), charges * charging_success,
            memory=p.memory, negativity=p.negativity,
        )  # fmt: skip
        true_trouble = self.true_trouble(after_origin=after_origin)
        cars = self._news("battery", heard[:, None] * self.brand_share() / QUARTERS_PER_YEAR)
        self.battery = beliefs.updated(
            self.battery, self.battery_prior, cars * true_trouble, cars * (1.0 - true_trouble),
            memory=p.memory, negativity=p.negativity,
        )  # fmt: skip
        if after_origin:
            self._disclose(charging_success, true_trouble)

    def _news(self, subject: str, seen_in_zone: Floats) -> Floats:
        p = self.parameters
        exposures = beliefs.channel_exposures(seen_in_zone, self._neighbor_share, self.seat_share)
        weights = np.array([p.own_weight, p.neighbour_weight, p.media_weight])
        by_channel = exposures.reshape(*exposures.shape[:2], -1).sum(axis=2) @ self.seat_share
        self.news[subject] = weights * by_channel
        return beliefs.weighted_news(exposures, weights)

    def _disclose(self, charging_success: Floats, true_trouble: Floats) -> None:
        """Proof and claims of a quarter; a claim weighs by its credibility, which meets the outcome."""
        p = self.parameters
        quarterly = p.disclosure_observations / QUARTERS_PER_YEAR
        national_success = float((self.seat_share @ charging_success).mean())
        outcome = np.append(true_trouble, 1.0 - national_success)
        claimed = np.full(outcome.shape, _CLAIMED_TROUBLE)
        self.battery = beliefs.verified_disclosure(self.battery, true_trouble, quarterly * p.verified_battery)
        self.charging = beliefs.verified_disclosure(
            self.charging, np.asarray(1.0 - charging_success), quarterly * p.verified_uptime
        )
        if p.claims > 0.0:
            observations = quarterly * p.claims
            self.battery = beliefs.claim(self.battery, claimed[:-1], observations, self.credibility[:-1])
            self.charging = beliefs.claim(self.charging, claimed[-1], observations, self.credibility[-1])
            self.credibility = beliefs.credibility_step(
                self.credibility, claimed, outcome, rise=p.credibility_rise, tolerance=p.credibility_tolerance
            )


def _neighbor_share(roads: RoadArrays) -> Floats:
    """How each zone weighs the others: those a corridor leads to, by people; shape (zones, zones), rows add up to 1."""
    people = roads.population
    linked = np.zeros((people.size, people.size))
    start, end = roads.corridor_ends.T
    linked[start, end] = people[end]
    linked[end, start] = people[start]
    total = linked.sum(axis=1, keepdims=True)
    return linked / np.where(total > 0, total, 1.0)
