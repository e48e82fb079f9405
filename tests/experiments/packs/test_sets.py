"""Packs whose sets differ from the shipped ones: a utility's territory as a region of its own, and what it needs."""

from pathlib import Path

import pandas as pd
import pytest

from experiments.packs.writing import write_tables
from market.base import tables
from market.base.sets import region_names
from market.model import Market
from market.packs import read_packs
from market.scenario import Scenario
from tests.experiments.packs.own_packs import AROUND, AUTHOR, TERRITORY, territory_tables

SMALL = {
    "mean_field": True, "fast_graph": True, "last_quarter": "2018Q1", "origin": "2017Q4", "recorded_until": "2017Q4",
}  # fmt: skip


def run_with(folder: Path | None = None) -> Market:
    data = {} if folder is None else {"packs": str(folder), "sha256": read_packs([folder]).sha256}
    market = Market(Scenario.model_validate({"run": SMALL, "data": data}), rng=1)
    market.run()
    return market


def test_a_territory_is_an_eleventh_region_and_nothing_is_lost(tmp_path: Path) -> None:
    write_tables(tmp_path / "own", territory_tables(), AUTHOR)
    shipped, own = run_with().recorder.frame("regions"), run_with(tmp_path / "own").recorder.frame("regions")
    names = own[own["quarter"] == "2018Q1"]["region"].tolist()
    assert names == [*region_names(), TERRITORY]
    for column in ("peak_gw", "installed_gw", "added_gw", "car_load_gw"):
        assert own[column].sum() == pytest.approx(shipped[column].sum(), rel=1e-6)
    peak = own[own["quarter"] == "2017Q4"].set_index("region")["peak_gw"]
    assert peak[TERRITORY] / (peak[TERRITORY] + peak[AROUND]) == pytest.approx(0.08, rel=1e-4)
    assert (own[own["region"] == TERRITORY]["car_load_gw"] > 0.0).all()
    assert own[own["region"] == TERRITORY]["electricity_usd_per_kwh"].notna().all()


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
        ("a year less", "table peaks has no row of year 2020, region City utility; each state and region of a pack"),
        ("an auction less", "table capacity_prices has no row of region City utility, year 2020; give every year"),
        ("not in net_cone", "names region City utility, which table net_cone lacks; add it there"),
    ],
)
def test_what_a_region_of_its_own_needs_is_told(tmp_path: Path, what: str, words: str) -> None:
    write_tables(tmp_path / "own", faulty(what), AUTHOR)
    with pytest.raises(tables.TableError, match=words):
        read_packs([tmp_path / "own"])
