"""Battery recalls and scandals: recorded, drawn or set by a scenario, and what buyers still remember of them (M5)."""

import numpy as np

from agents.arrays import Floats, Ints, group_sum
from agents.buyers.beliefs import Belief, event_observations, faded_share
from agents.calendar import QUARTERS_PER_YEAR
from agents.random.streams import Purpose, stream_key, uniforms
from market.base import quarters, tables
from market.base.categories import MAKERS
from market.trust.brands import GROUP_OF_MAKER, brand_similarity
from market.trust.parameters import BRAND_GROUPS, Trust

_HAPPENS, _WHERE, _SIZE = range(3)  # branches of the random stream of a quarter
_FEWEST_DRAWN_CARS = 1_000.0  # of a recall that is drawn: smaller ones are no news
_ONE = np.zeros(1, dtype=np.int64)


def recorded_events() -> tuple[Ints, Ints, Floats]:
    """Quarter, group of brands and cars of every recorded event, each shape (events,)."""
    table = tables.load("battery_events")
    when = np.array([quarters.index(name) for name in table["quarter"]], dtype=np.int64)
    maker = np.array([MAKERS.index(name) for name in table["maker"]], dtype=np.int64)
    return when, GROUP_OF_MAKER[maker], table["cars"].to_numpy(np.float64)


class BatteryEvents:
    """Events of a run, and the observations left of them for each group of brands, the same in every zone.

    ``remembered``: observations by group, (groups,): what an event is worth to its own group and, by similarity, to
    others, halved every ``event_half_life``. ``cars``: (groups,) in events of the quarter;
    ``parameters``: with the levers of the quarter that is open; ``seed``: of drawn events, None: none are drawn.
    """

    def __init__(self, parameters: Trust, seed: int | None) -> None:
        self.parameters = parameters
        self._seed = seed
        self._recorded = recorded_events()
        self._similarity = brand_similarity(parameters)
        self._kept = faded_share(parameters.event_half_life)
        self.remembered: Floats = np.zeros(len(BRAND_GROUPS))
        self.cars: Floats = np.zeros(len(BRAND_GROUPS))

    def happen(self, quarter: int, bevs_sold: Floats, *, after_origin: bool) -> None:
        """Let what is remembered fade, and add the events of a quarter; ``bevs_sold``: (groups,) so far.

        Up to the origin events are those recorded, after it the one of the scenario and those drawn.
        """
        self.cars = (
            self._of_scenario(quarter) + self._drawn(quarter, bevs_sold) if after_origin else self._past(quarter)
        )
        worth = event_observations(self.cars, self.parameters.event_salience, self.parameters.noticed_cars)
        self.remembered = self._kept * self.remembered + worth @ self._similarity

    def evidence(self) -> Belief:
        """What is remembered as observations, each shape (groups,)."""
        bad = self.parameters.event_trouble_share
        return Belief(bad * self.remembered, (1.0 - bad) * self.remembered)

    def _past(self, quarter: int) -> Floats:
        when, group, cars = self._recorded
        return group_sum(cars * (when == quarter), group, len(BRAND_GROUPS))

    def _of_scenario(self, quarter: int) -> Floats:
        p = self.parameters
        cars = np.zeros(len(BRAND_GROUPS))
        if quarter == quarters.index(p.recall_quarter):
            cars[BRAND_GROUPS.index(p.recall_brand)] = p.recall_cars
        return cars

    def _drawn(self, quarter: int, bevs_sold: Floats) -> Floats:
        """At most one event a quarter: where, by BEVs sold, and its size, even in logarithms up to all of them."""
        cars = np.zeros(len(BRAND_GROUPS))
        if self._seed is None:
            return cars
        key = stream_key(self._seed, Purpose.BATTERY_EVENT, quarter)
        happens, where, size = (float(uniforms(key, _ONE, branch)[0]) for branch in (_HAPPENS, _WHERE, _SIZE))
        if happens >= -np.expm1(-self.parameters.drawn_events_per_year / QUARTERS_PER_YEAR):
            return cars
        group = int(np.searchsorted(np.cumsum(bevs_sold), where * bevs_sold.sum(), side="right"))
        most = max(float(bevs_sold[group]), _FEWEST_DRAWN_CARS)
        cars[group] = _FEWEST_DRAWN_CARS * (most / _FEWEST_DRAWN_CARS) ** size
        return cars
