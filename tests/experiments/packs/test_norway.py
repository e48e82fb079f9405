"""The worked example of another country: the pack is made, checked, and runs to 2030; the page tells its figures."""

import importlib.util
from pathlib import Path
from types import ModuleType

import networkx as nx
import pandas as pd
import pytest

from experiments.inputs.data_packs import checked_packs
from experiments.inputs.scenario_files import load_scenario
from experiments.page.charging_map import map_data
from experiments.page.snapshot import take_snapshot
from market.model import Market
from tests.test_howto import page_text

EXAMPLE = Path(__file__).parents[3] / "examples" / "norway"


def maker_of_packs() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_pack", EXAMPLE / "make_pack.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Market:
    """The example's run, made as its page says."""
    folder = tmp_path_factory.mktemp("norway")
    maker_of_packs().main(folder / "pack")
    (folder / "norway.toml").write_bytes((EXAMPLE / "norway.toml").read_bytes())
    checked_packs([folder / "pack"])
    made = Market(load_scenario(str(folder / "norway.toml")).scenario, rng=1)
    made.run()
    return made


@pytest.fixture(scope="module")
def national(market: Market) -> pd.DataFrame:
    return market.recorder.frame("national").assign(year=lambda rows: rows["quarter"].str[:4].astype(int))


def test_its_places_are_norwegian_and_joined_by_computed_roads(market: Market) -> None:
    graph = market.charging_graph.graph
    assert set(graph) == set(pd.read_csv(EXAMPLE / "places.csv")["zone"])
    assert nx.is_connected(graph)
    assert market.places.states == ("NO",)
    assert market.grid.regions.names == ("Norway",)


def test_what_is_recorded_is_met(national: pd.DataFrame) -> None:
    years = pd.read_csv(EXAMPLE / "years.csv").set_index("year")
    for year in range(2017, 2025):
        rows = national[national["year"] == year]
        cars = rows["new_sales"].sum()
        assert cars == pytest.approx(years.loc[year, "new_cars"], rel=0.005)
        assert rows["bev_sales"].sum() / cars == pytest.approx(years.loc[year, "bev_share"], abs=0.002)


def test_its_map_shows_its_own_places(market: Market) -> None:
    drawn = map_data(take_snapshot(market), "bev_share_new")
    assert {zone["name"] for zone in drawn["zones"]} == set(market.places.names)
    assert len(drawn["roads"]) == market.charging_graph.graph.number_of_edges()
    assert drawn["states"]["NO"]["text"].startswith("Norway. BEV share of new sales")


def test_it_goes_on_to_2030_without_a_federal_credit(national: pd.DataFrame) -> None:
    last = national.iloc[-1]
    assert last["quarter"] == "2030Q4"
    assert 0.9 < last["bev_share_new"] < 1.0
    assert national.select_dtypes("number").drop(columns=["bev_share_recorded"]).iloc[-1].notna().any()
    assert national["credits_paid_musd"].iloc[0] == pytest.approx(
        national["bev_sales"].iloc[0] * national["bev_credit_kusd"].iloc[0] / 1e3, rel=0.05
    )


def test_the_page_tells_the_figures_of_the_run(national: pd.DataFrame) -> None:
    page = page_text("another-country")
    for year in (2017, 2020, 2024, 2025, 2027, 2030):
        rows = national[national["year"] == year]
        cars, stock = rows["new_sales"].sum(), rows["bev_stock"].iloc[-1]
        row = f"| {year} | {rows['bev_sales'].sum() / cars:.1%} | {cars / 1e3:,.0f} | {stock / 1e6:.2f} |"
        assert row.replace("%", " %") in page
