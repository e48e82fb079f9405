"""The detour in whole runs: who converts when, what it does to whom, and that without storage it is not there."""

import numpy as np
import pandas as pd
import pytest

from market.base import quarters
from market.base.categories import MAKERS
from market.cells.channel_parameters import Channels
from market.cells.costs import CellCosts
from market.cells.sourcing import Sourcing
from market.model import Market
from market.recorder import NATIONAL_BATTERIES
from tests.market.conftest import small_scenario
from tests.market.shipped import LONG, Run, shipped_runs

NO_STORAGE = ("storage.demand_factor=0", "storage.data_center_factor=0")
NO_45X = ("policy.production_credit_factor=0",)
CLOSED = tuple(f"channels.{name}=false" for name in Channels.model_fields)
AFTER_ORIGIN = "2025Q1"


@pytest.fixture(scope="module")
def run() -> Run:
    """A run of a shipped scenario in small with seed 1; each is made once."""
    return shipped_runs(LONG)


def after(market: Market) -> pd.DataFrame:
    """National rows after the origin."""
    national = market.recorder.frame("national")
    return national[national["quarter"] >= AFTER_ORIGIN].reset_index(drop=True)


def most_converted(market: Market) -> float:
    return float(after(market)["converted_gwh_cumulative"].max())


def premium(market: Market, first: str, last: str) -> float:
    rows = after(market)
    rows = rows[(rows["quarter"] >= first) & (rows["quarter"] <= last)]
    return float((rows["storage_price_usd_per_kwh"] - rows["storage_import_price_usd_per_kwh"]).mean())


def test_lines_convert_in_the_reference_but_not_without_bound(run: Run) -> None:
    assert 10.0 < most_converted(run("reference")) <= 300.0


def test_flows_of_cells_add_up_to_what_was_made_imported_and_installed(run: Run) -> None:
    recorder = run("reference").recorder
    flows, national, regions = (recorder.frame(name) for name in ("cell_flows", "national", "regions"))
    assert (flows["gwh"] > 0.0).all()
    assert not flows.duplicated(["quarter", "seller", "use", "buyer", "region"]).any()
    cars, imported = flows["use"] == "vehicles", flows["seller"].str.startswith("imports")

    def by_quarter(chosen: "pd.Series[bool]") -> pd.Series:
        return flows[chosen].groupby("quarter")["gwh"].sum().reindex(national["quarter"], fill_value=0.0)

    for chosen, column in (
        (cars & ~imported, "cells_to_vehicles_gwh"), (cars & imported, "cells_imported_for_vehicles_gwh")
    ):  # fmt: skip
        np.testing.assert_allclose(by_quarter(chosen), national[column] / 4.0, atol=1e-9)
    storage = flows[~cars].groupby(["quarter", "region"])["gwh"].sum()
    added = regions.set_index(["quarter", "region"])["added_gwh"]
    np.testing.assert_allclose(storage.reindex(added.index, fill_value=0.0), added, atol=1e-9)
    assert {"utilities", "data centers"} <= set(flows[~cars & ~imported]["buyer"])


def test_a_conversion_has_its_lag_and_dark_quarters_and_ramps_up(run: Run) -> None:
    market = run("reference")
    changes, plants = market.recorder.frame("line_changes"), market.recorder.frame("plants")
    converted = changes[changes["action"] == "convert"]
    assert len(converted) > 0
    assert (converted["output_from"] > converted["quarter"]).all()
    offline = plants.groupby("quarter")["capacity_converting_gwh"].sum()
    assert offline.max() > 0.0
    made = after(market)["cells_to_storage_gwh"]
    assert made.iloc[0] == 0.0
    assert made.iloc[-12:].mean() > 10.0


def test_no_line_converts_where_none_may(run: Run) -> None:
    market = run("no-detour")
    assert most_converted(market) == 0.0
    assert not market.recorder.frame("line_changes")["action"].isin(["convert", "convert back", "start storage"]).any()


def test_with_all_channels_closed_the_car_market_is_bit_for_bit_that_without_cells(run: Run) -> None:
    closed, alone = run("reference", *CLOSED), run("reference", "cells.power_side=false")
    assert most_converted(closed) > 10.0
    same_car_market(closed, alone)


def test_without_us_cells_duties_or_full_lines_the_car_market_is_that_with_all_channels_closed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """US share 0, duties as at the origin and slack lines: cells add exactly nothing to a pack."""
    at_origin = CellCosts.tariff
    origin = quarters.index("2024Q4")
    with monkeypatch.context() as patch:
        patch.setattr(Sourcing, "wanted_at_origin_costs", lambda _self, _lines: np.zeros(len(MAKERS)))
        patch.setattr(CellCosts, "tariff", lambda self, quarter, use: at_origin(self, min(quarter, origin), use))
        found = Market(parameters=small_scenario("2026Q4", 500), rng=1)
        found.run()
        assert (after(found)["us_cell_share"] == 0.0).all()
    shut = dict.fromkeys(("own_cells", "production_credit", "duties", "shadow_price"), False)
    closed = Market(parameters=small_scenario("2026Q4", 500, channels=shut), rng=1)
    closed.run()
    same_car_market(found, closed)


def same_car_market(one: Market, other: Market) -> None:
    """All tables of cars are the same to the bit."""
    for table in ("national", "zones", "automakers", "used", "explanation"):
        found, wanted = one.recorder.frame(table), other.recorder.frame(table)
        cars = [name for name in found.columns if name not in NATIONAL_BATTERIES]
        pd.testing.assert_frame_equal(found[cars], wanted[cars], check_exact=True)


def test_a_run_without_a_power_side_has_no_number_for_it(run: Run) -> None:
    market = run("reference", "cells.power_side=false")
    assert after(market)[list(NATIONAL_BATTERIES)].isna().all().all()
    assert market.recorder.frame("plants").empty


def test_more_data_centers_turn_more_lines(run: Run) -> None:
    assert most_converted(run("data-center-boom")) > most_converted(run("reference"))


def test_a_glut_turns_fewer_lines_and_lowers_the_price_of_storage(run: Run) -> None:
    glut, plain = run("storage-glut"), run("reference")
    assert most_converted(glut) < most_converted(plain)
    assert after(glut)["storage_price_usd_per_kwh"].mean() < after(plain)["storage_price_usd_per_kwh"].mean()


def test_lithium_passes_to_cars_and_storage_by_six_dollars_for_ten(run: Run) -> None:
    spike, plain = run("lithium-spike"), run("reference")
    rise = after(spike)["lithium_usd_per_kg"] - after(plain)["lithium_usd_per_kg"]
    packs = after(spike)["pack_price_usd_per_kwh"] - after(plain)["pack_price_usd_per_kwh"]
    storage = after(spike)["storage_import_price_usd_per_kwh"] - after(plain)["storage_import_price_usd_per_kwh"]
    assert rise.min() > 5.0
    assert (packs / rise).to_numpy() == pytest.approx(np.full(len(rise), 0.6), rel=1e-6)
    assert 0.6 <= float((storage / rise).mean()) <= 0.9


def test_a_stricter_content_rule_raises_the_premium_of_us_cells(run: Run) -> None:
    strict, plain = run("strict-foreign-content"), run("reference")
    assert premium(strict, "2025Q1", "2027Q4") > premium(plain, "2025Q1", "2027Q4")


def test_without_45x_us_plants_make_fewer_cells_for_cars_and_for_storage(run: Run) -> None:
    without, plain = after(run("reference", *NO_45X)), after(run("reference"))
    assert without["cells_to_vehicles_gwh"].mean() < 0.95 * plain["cells_to_vehicles_gwh"].mean()
    assert without["cells_to_storage_gwh"].mean() < 0.95 * plain["cells_to_storage_gwh"].mean()


def test_makers_new_to_storage_earn_less_if_lines_may_not_turn(run: Run) -> None:
    """The maker that sells storage already keeps its rivals out and gains; see docs/odd.md."""
    gain = profit(run("reference")) - profit(run("no-detour"))
    assert gain.sum() > 0.0
    assert gain.drop("Tesla").sum() > 0.0
    assert gain["Tesla"] < 0.0


def profit(market: Market) -> pd.Series:
    """Profit on cells after the origin by maker, M$."""
    makers = market.recorder.frame("makers")
    return makers[makers["quarter"] >= AFTER_ORIGIN].groupby("maker")["cell_profit_musd"].sum()


def test_without_45x_packs_cost_more_and_fewer_bevs_are_sold(run: Run) -> None:
    without, plain = after(run("reference", *NO_45X)), after(run("reference"))
    dearer = without["pack_credit_usd_per_kwh"] - plain["pack_credit_usd_per_kwh"]
    assert dearer.iloc[:4].min() > 10.0  # then ever fewer cells are US cells
    assert dearer.iloc[:20].min() > 0.0
    assert without["bev_share_new"].iloc[4:].mean() < plain["bev_share_new"].iloc[4:].mean()


def test_a_programme_without_money_is_refused_and_counted(run: Run) -> None:
    poor = run("reference", "cells.capital_factor=0")
    makers = poor.recorder.frame("makers")
    assert makers["capital_refused_musd"].max() > 0.0
    spent = [
        rows[rows["quarter"] >= "2026Q1"]["programme_spending_musd"].sum()
        for rows in (makers, run("reference").recorder.frame("makers"))
    ]
    assert spent[0] < spent[1]
