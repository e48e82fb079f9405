"""Packs whose sets differ from the shipped ones: a utility's territory as a region of its own, and what it needs."""

from pathlib import Path

import pandas as pd
import pytest

from experiments.packs.writing import write_tables
from experiments.page.charging_map import map_data
from experiments.page.snapshot import take_snapshot
from market.base import tables
from market.base.categories import MAKERS
from market.base.sets import region_names
from market.model import Market
from market.packs import read_packs
from market.scenario import Scenario
from tests.experiments.packs.own_packs import (
    AROUND,
    AUTHOR,
    TERRITORY,
    tables_of_a_state,
    tables_without,
    territory_tables,
)

SMALL = {
    "mean_field": True, "fast_graph": True, "last_quarter": "2018Q1", "origin": "2017Q4", "recorded_until": "2017Q4",
}  # fmt: skip


def run_with(folder: Path | None = None, **groups: dict[str, float]) -> Market:
    data = {} if folder is None else {"packs": str(folder), "sha256": read_packs([folder]).sha256}
    market = Market(Scenario.model_validate({"run": SMALL, "data": data, **groups}), rng=1)
    market.run()
    return market


def test_a_territory_is_an_eleventh_region_and_nothing_is_lost(tmp_path: Path) -> None:
    write_tables(tmp_path / "own", territory_tables(), AUTHOR)
    market = run_with(tmp_path / "own")
    shipped, own = run_with().recorder.frame("regions"), market.recorder.frame("regions")
    names = own[own["quarter"] == "2018Q1"]["region"].tolist()
    assert names == [*region_names(), TERRITORY]
    for column in ("peak_gw", "installed_gw", "added_gw", "car_load_gw"):
        assert own[column].sum() == pytest.approx(shipped[column].sum(), rel=1e-6)
    peak = own[own["quarter"] == "2017Q4"].set_index("region")["peak_gw"]
    assert peak[TERRITORY] / (peak[TERRITORY] + peak[AROUND]) == pytest.approx(0.08, rel=1e-4)
    assert (own[own["region"] == TERRITORY]["car_load_gw"] > 0.0).all()
    assert own[own["region"] == TERRITORY]["electricity_usd_per_kwh"].notna().all()
    drawn = map_data(take_snapshot(market), "bev_share_new")["regions"]
    assert {region["name"]: region["label"]["short"] for region in drawn}[TERRITORY] == TERRITORY


def faulty(what: str) -> dict[str, pd.DataFrame]:
    frames = territory_tables()
    if what == "zones alone":
        return {"zones": frames["zones"]}
    if what == "no value":
        del frames["storage_value"]
    if what == "a year less":
        rows = frames["peaks"]
        frames["peaks"] = rows[(rows["region"] != TERRITORY) | (rows["year"] != 2020)]
    if what == "an auction less":
        rows = frames["capacity_prices"]
        frames["capacity_prices"] = rows[(rows["region"] != TERRITORY) | (rows["year"] != 2020)]
    if what == "not in net_cone":
        frames["net_cone"] = tables.load("net_cone")
    return frames


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("zones alone", "table zones names power_region City utility, which table net_cone lacks; add it there"),
        ("no value", "table net_cone names region City utility, which table storage_value lacks; add it there"),
        ("a year less", "table peaks has no row of region City utility, year 2020; each state and region needs"),
        ("an auction less", "table capacity_prices has no row of region City utility, year 2020; give every year"),
        ("not in net_cone", "names region City utility, which table net_cone lacks; add it there"),
    ],
)
def test_what_a_region_of_its_own_needs_is_told(tmp_path: Path, what: str, words: str) -> None:
    write_tables(tmp_path / "own", faulty(what), AUTHOR)
    with pytest.raises(tables.TableError, match=words):
        read_packs([tmp_path / "own"])


def test_an_automaker_less_is_out_of_the_market(tmp_path: Path) -> None:
    write_tables(tmp_path / "own", tables_without("Nissan"), AUTHOR)
    market = run_with(tmp_path / "own")
    assert "Nissan" not in {MAKERS[maker] for maker in market.products.maker}
    makers = market.recorder.frame("makers")
    numbers = makers[makers["maker"] == "Nissan"].drop(columns=["quarter", "maker"])
    assert (numbers == 0.0).all(axis=None)
    assert market.recorder.last("national")["new_sales"] > 3e6


def test_the_zones_of_one_state_are_a_market_of_their_own(tmp_path: Path) -> None:
    frames, share = tables_of_a_state("CA")
    write_tables(tmp_path / "own", frames, AUTHOR)
    cars = {"ownership": {"dealer_stock_cars": 2.6e6 * share, "thin_good_cars": 5e4 * share}}
    market = run_with(tmp_path / "own", **cars)
    assert set(market.places.names) <= set(frames["zones"]["zone"])
    assert market.charging_graph.states == market.places.states == tuple(sorted(set(frames["zone_states"]["state"])))
    rows = market.recorder.frame("national").set_index("quarter")
    recorded = tables.load("sales_by_powertrain").set_index(["quarter", "powertrain"])["sales"]
    known = rows.loc["2017Q4"]
    assert known["bev_share_new"] == pytest.approx(recorded["2017Q4", "BEV"] / recorded["2017Q4"].sum(), rel=2e-3)
    assert known["new_sales"] == pytest.approx(share * recorded["2017Q4"].sum(), rel=2e-3)


def test_zones_alone_of_another_size_are_refused(tmp_path: Path) -> None:
    frames, _ = tables_of_a_state("CA")
    write_tables(tmp_path / "own", {name: frames[name] for name in ("zones", "zone_states", "corridors")}, AUTHOR)
    with pytest.raises(tables.TableError, match=r"35,421,145 cars, fleet_by_year 287,723,716 in 2024; give all"):
        read_packs([tmp_path / "own"])


def test_zones_of_one_s_own_have_computed_roads(tmp_path: Path) -> None:
    frames, _ = tables_of_a_state("CA")
    del frames["corridors"]
    write_tables(tmp_path / "own", frames, AUTHOR)
    roads = read_packs([tmp_path / "own"]).frames["corridors"]
    assert set(roads["zone_a"]) | set(roads["zone_b"]) == set(frames["zones"]["zone"])
    assert set(roads["quality"]) == {"computed"}


def operators(what: str) -> pd.DataFrame:
    frame = tables.load("charging_operators")
    other = frame["operator"] == "Other operators"
    if what == "one more":
        halves = frame[other].assign(port_share=frame["port_share"][other] / 2.0)
        return pd.concat([frame[~other], halves, halves.assign(operator="City utility")])
    if what == "a year less":
        return frame[~other | (frame["year"] != 2024)]
    if what == "too much":
        return frame.assign(port_share=frame["port_share"].where(~other, 0.5))
    return frame.assign(captive=0)


def test_an_operator_more_is_an_agent(tmp_path: Path) -> None:
    write_tables(tmp_path / "own", {"charging_operators": operators("one more")}, AUTHOR)
    market = run_with(tmp_path / "own")
    names = [each.name for each in market.charging_side.network.operators]
    assert "City utility" in names
    assert len(names) == tables.load("charging_operators")["operator"].nunique() + 1


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("a year less", "has no row of Other operators, year 2024; give each, if with 0"),
        ("too much", "year 2016: shares add up to"),
        ("none captive", "needs a captive operator and another, with ports in every year"),
    ],
)
def test_operators_that_no_run_could_use_are_told(tmp_path: Path, what: str, words: str) -> None:
    write_tables(tmp_path / "own", {"charging_operators": operators(what)}, AUTHOR)
    with pytest.raises(tables.TableError, match=words):
        read_packs([tmp_path / "own"])


def one_more(table: str, **changed: str) -> pd.DataFrame:
    frame = tables.load(table)
    return pd.concat([frame, frame[-1:].assign(**changed)])


@pytest.mark.parametrize(
    ("table", "changed", "words"),
    [
        (
            "product_quarters",
            {"maker": "Newcomer"},
            "column maker, line 82: the value is unknown; allowed are GM",
        ),
        (
            "product_quarters",
            {"segment": "van"},
            "column segment, line 82: the value is unknown; allowed are car",
        ),
        (
            "sales_by_powertrain",
            {"quarter": "2025Q1"},
            "holds 2025Q1; sales are recorded to 2024Q4 and run.origin",
        ),
        ("bev_sales_by_line", {"quarter": "2025Q1"}, "holds 2025Q1; sales are recorded to 2024Q4 and run.origin"),
    ],
)
def test_sets_that_are_those_of_the_model_are_told(
    tmp_path: Path, table: str, changed: dict[str, str], words: str
) -> None:
    write_tables(tmp_path / "own", {table: one_more(table, **changed)}, AUTHOR)
    with pytest.raises(tables.TableError, match=words):
        read_packs([tmp_path / "own"])


def test_a_kind_of_cars_without_a_new_one_is_told(tmp_path: Path) -> None:
    write_tables(tmp_path / "own", tables_without("GM"), AUTHOR)
    with pytest.raises(tables.TableError, match="products and product_quarters have no new BEV_long in 2017"):
        run_with(tmp_path / "own")


def test_an_automaker_whose_bevs_leave_nothing_is_told(tmp_path: Path) -> None:
    frame = tables.load("sales_by_maker")
    honda = (frame["maker"] == "Honda") & (frame["year"] == 2017)
    frame["sales_as_pooled"] = frame["sales_as_pooled"].mask(honda, 0)
    write_tables(tmp_path / "own", {"sales_by_maker": frame}, AUTHOR)
    with pytest.raises(tables.TableError, match="leave no gasoline car of Honda in 2017: BEVs and hybrids are all"):
        run_with(tmp_path / "own")


def test_what_a_start_needs_is_told(tmp_path: Path) -> None:
    ages = tables.load("kinds_2016_by_age")
    ages["cars"] = ages["cars"].where(ages["kind"] != "BEV_long", 0)
    write_tables(tmp_path / "ages", {"kinds_2016_by_age": ages}, AUTHOR)
    with pytest.raises(tables.TableError, match="table kinds_2016_by_age has no car of kind BEV_long; give one"):
        read_packs([tmp_path / "ages"])
    write_tables(tmp_path / "tiers", {"zones": tables.load("zones").assign(tier=2)}, AUTHOR)
    with pytest.raises(tables.TableError, match="table zones has no zone of tier 1"):
        read_packs([tmp_path / "tiers"])
