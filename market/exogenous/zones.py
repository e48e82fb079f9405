"""The zones of a run: who lives there, what cars they have, in which state, with a place to charge or not."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from agents.arrays import Floats
from market.base import tables
from market.base.categories import INCOMES


@dataclass(frozen=True)
class Places:
    """Zones in the order of the charging graph.

    ``seats``: cars of 2024, shape (zones,). ``income_share``: of seats by income class, (zones, incomes).
    ``home_share``: of seats with home charging, (zones,). ``state_share``: of the zone's people by state,
    (zones, states), rows sum to 1. ``states``: state codes in alphabetical order.
    """

    names: tuple[str, ...]
    seats: Floats
    income_share: Floats
    home_share: Floats
    state_share: Floats
    states: tuple[str, ...]
    power_region: tuple[str, ...]

    @property
    def size(self) -> int:
        """Number of zones."""
        return len(self.names)

    def by_zone(self, by_state: Floats) -> Floats:
        """Mean of a figure of the states, shape (states,), over each zone's people, shape (zones,)."""
        return np.asarray((self.state_share * by_state).sum(axis=1))


def read_places(joined: Mapping[str, str] | None = None) -> Places:
    """All zones, or (fast setting) the zones that ``joined`` maps them to, sums and means taken over members."""
    zones = tables.load("zones")
    cars = tables.load("income_propensity").set_index("income_class")["vehicles_per_household"]
    seats = (zones["households"] * zones["vehicles_per_household"]).to_numpy()
    shares = zones[[f"share_{name}" for name in INCOMES]].to_numpy() * cars.loc[list(INCOMES)].to_numpy()
    incomes = shares / shares.sum(axis=1, keepdims=True)
    by_state = tables.load("zone_states").pivot(index="zone", columns="state", values="share_of_zone").fillna(0.0)
    state_share = by_state.loc[zones["zone"]].to_numpy()
    center = zones["zone"] if joined is None else zones["zone"].map(joined)
    centers = set(center)
    names = [name for name in zones["zone"] if name in centers]
    member = (np.array(names)[:, None] == center.to_numpy()[None, :]) * seats
    total = member.sum(axis=1)

    def mean(values: Floats) -> Floats:
        return np.stack([(member * column).sum(axis=1) / total for column in values.T], axis=1)

    states = mean(state_share)
    region = dict(zip(zones["zone"], zones["power_region"], strict=True))
    return Places(
        names=tuple(names),
        seats=total,
        income_share=mean(incomes),
        home_share=mean(zones[["home_charging_share"]].to_numpy())[:, 0],
        state_share=states / states.sum(axis=1, keepdims=True),
        states=tuple(by_state.columns),
        power_region=tuple(region[name] for name in names),
    )


def state_series(table: str, column: str, states: tuple[str, ...]) -> pd.DataFrame:
    """A figure of the states by year: years down, states across in the given order."""
    frame = tables.load(table).pivot(index="year", columns="state", values=column)
    return frame[list(states)]
