"""What an origin knows: nothing later reaches a forecast, to the bit; law as passed; years when they have ended."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pandas as pd
import pytest

from experiments.hindcast.history import Fit
from experiments.hindcast.known import forecast_inputs, known_at, last_known_year
from experiments.hindcast.streams import forecast_paths, storage_paths
from market.base import quarters, tables
from market.buyers.hedonic import Hedonic, Slope
from market.buyers.parameters import ConstantLaw

NOT_OF_THE_TIME = {"consumer_prices", "storage_capex_projection", "published_forecasts", "trust_surveys"}
"""The price level, a projection published later that stands for costs besides cells, and what no market reads."""
DATED = ("quarter", "quarter_from", "known_from", "announced", "announced_quarter")
SHIPPED = Fit(Hedonic(tuple(Slope(0.5, 0.0, 9) for _ in range(4)), Slope(0.3, 0.0, 9)), ConstantLaw())


def unknown(frame: pd.DataFrame, origin: int) -> "pd.Series[bool]":
    """Rows that tell of what came after an origin; those of a year are known when it has ended."""
    for column in DATED:
        if column in frame:
            return frame[column].map(quarters.index) > origin
    if "held_by" in frame:
        return frame["held_by"] > f"{quarters.year(origin)}-12-31"
    for column in ("year", "model_year"):
        if column in frame:
            last = last_known_year(origin) if column == "year" else quarters.year(origin)
            return frame[column] > last
    return pd.Series(data=False, index=frame.index)


@contextmanager
def another_future(origin: int) -> Iterator[None]:
    """Tables whose numbers after an origin are others."""

    def edit(name: str, frame: pd.DataFrame) -> pd.DataFrame:
        if name in NOT_OF_THE_TIME:
            return frame
        later = unknown(frame, origin)
        for column in frame.select_dtypes("number").columns.difference(["year", "model_year", "hours", "age_years"]):
            changed = frame[column] * 1.5 if frame[column].dtype.kind == "f" else frame[column] * 2 + 1
            frame[column] = frame[column].where(~later, changed)
        return frame

    with tables.edited(edit):
        yield


def bits(paths: dict[str, "object"]) -> list[bytes]:
    """Everything observed of paths."""
    return [
        frame.to_numpy(np.float64).tobytes()
        for made in paths.values()
        for frame in (made.expected, *made.streams)  # type: ignore[attr-defined]  # paths
    ]


@pytest.mark.parametrize(
    ("origin", "paths_of", "seeds"), [("2018Q2", forecast_paths, (1,)), ("2018Q4", storage_paths, ())]
)
def test_what_came_after_the_origin_reaches_no_forecast(origin: str, paths_of: object, seeds: tuple[int, ...]) -> None:
    made = [paths_of(origin, SHIPPED, seeds, lambda: None)]  # type: ignore[operator]  # either of two functions
    with another_future(quarters.index(origin)):
        made.append(paths_of(origin, SHIPPED, seeds, lambda: None))  # type: ignore[operator]  # as above
    assert bits(made[0]) == bits(made[1])


def test_another_past_reaches_the_tables() -> None:
    with another_future(quarters.index("2018Q1")), known_at(quarters.index("2018Q2")):
        changed = tables.load("sales_by_powertrain")
    with known_at(quarters.index("2018Q2")):
        known = tables.load("sales_by_powertrain")
    differs = known["sales"] != changed["sales"]
    assert set(known["quarter"][differs]) == {"2018Q2"}
    assert known["quarter"].max() == "2018Q2"


def test_the_record_is_whole_again_afterward() -> None:
    with pytest.raises(ZeroDivisionError), known_at(7):
        raise ZeroDivisionError
    assert tables.load("sales_by_powertrain")["quarter"].max() == "2024Q4"


def test_a_year_is_known_when_it_has_ended() -> None:
    assert [last_known_year(quarters.index(name)) for name in ("2019Q3", "2019Q4", "2020Q1")] == [2018, 2019, 2019]
    with known_at(quarters.index("2019Q3")):
        assert tables.load("fast_sites")["year"].max() == 2018
        makers = tables.load("sales_by_maker")
    of = makers.set_index(["year", "maker"])["sales_as_pooled"]
    sold = tables.load("sales_by_powertrain").set_index("quarter")["sales"].groupby(level=0).sum()
    part = sold.loc["2019Q1":"2019Q3"].sum() / sold.loc["2018Q1":"2018Q4"].sum()
    assert of[2019, "GM"] == pytest.approx(of[2018, "GM"] * part)


def law(origin: str, maker: str) -> list[tuple[float, str, str]]:
    """Rows of 30D for an automaker's BEVs as an origin knows them."""
    with known_at(quarters.index(origin)):
        rows = tables.load("federal_credits")
    own = rows[(rows["maker"] == maker) & (rows["powertrain"] == "BEV") & rows["instrument"].str.startswith("30D")]
    return list(zip(own["amount_usd_nominal"], own["effective_from"], own["effective_to"], strict=True))


def test_law_not_passed_never_comes_and_an_end_not_known_does_not_either() -> None:
    assert [row for row in law("2021Q4", "Ford") if row[1] < "2060"] == [(7500, "2010Q1", "2060Q4")]
    assert (7500, "2022Q4", "2022Q4") in law("2022Q4", "Ford")
    assert (1875, "2019Q3", "2019Q4") in law("2019Q1", "Tesla")  # the phase-out was known in advance


def test_products_and_plants_of_later_are_not_there() -> None:
    with known_at(quarters.index("2019Q4")):
        lines, plants = tables.load("product_quarters"), tables.load("plants")
        products = tables.load("products").merge(lines, on=["maker", "segment", "powertrain", "line"])
    assert lines["quarter_from"].max() <= "2019Q4"
    assert set(lines["quarter_to"]) <= {"", *map(quarters.label, range(quarters.index("2019Q4") + 1))}
    assert products["model_year"].max() <= 2020
    assert plants["announced"].max() <= "2019Q4"
    later = plants[plants["start_quarter"] > "2019Q4"]
    assert set(later["status"]) == {"building"}
    assert (later["start_quarter"] >= "2020Q1").all()


def test_prices_walk_from_the_last_one_known() -> None:
    with known_at(quarters.index("2020Q2")):
        given = forecast_inputs(quarters.index("2020Q2"))
    nominal = tables.load("gasoline_national").set_index("quarter")["usd_per_gallon_nominal"]["2020Q2"]
    assert given["world"]["gasoline_usd_per_gallon"] == pytest.approx(float(tables.real_2025(nominal, 2020)))
    assert given["world"]["loan_rate"] == tables.load("loan_rates").set_index("year")["new_car_rate_share"][2019]
    lithium = tables.load("lithium").set_index("quarter")["usd_per_kg_2025"].loc[:"2020Q2"]
    assert given["world"]["lithium_usd_per_kg"] == pytest.approx(float(np.exp(np.log(lithium).mean())))
    assert given["run"] == {"recorded_until": "2020Q2"}
