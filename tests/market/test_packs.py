"""Data packs in a market: tables in place of shipped ones, checked, named by what they hold, read by nobody else."""

import re
from pathlib import Path

import pandas as pd
import pytest

from market.base import tables
from market.base.sets import region_names
from market.base.table_links import LINKS, refuse_faulty, refuse_unlinked
from market.model import Market
from market.packs import NOT_OF_RUNS, STAY, DataPacks, OwnTables, own_tables, read_packs
from market.scenario import Scenario

SMALL = {
    "mean_field": True, "fast_graph": True, "last_quarter": "2018Q1", "origin": "2017Q4", "recorded_until": "2017Q4",
}  # fmt: skip
PLANT = {
    "plant": "own_plant", "owner": "Somebody", "maker": "GM", "site": "Sparks", "state": "NV", "country": "US",
    "gwh_per_year": 30.0, "announced": "2022Q1", "status": "operating", "start_quarter": "2023Q1", "chemistry": "LFP",
    "built_for": "storage", "us_made": 1, "quality": "recalled",
}  # fmt: skip


def pack(folder: Path, **frames: pd.DataFrame) -> Path:
    """A folder with these tables."""
    folder.mkdir(exist_ok=True)
    for name, frame in frames.items():
        frame.to_csv(folder / f"{name}.csv", index=False)
    return folder


def lowered(name: str, column: str) -> pd.DataFrame:
    frame = tables.load(name)
    return frame.assign(**{column: frame[column] * 0.9})


def named(*folders: Path) -> Scenario:
    packs = ", ".join(map(str, folders))
    return Scenario.model_validate({
        "run": SMALL, "data": {"packs": packs, "sha256": read_packs(folders).sha256 if folders else ""},
    })  # fmt: skip


def national(chosen: Scenario) -> pd.DataFrame:
    market = Market(chosen, rng=1)
    market.run()
    return market.recorder.frame("national")


def test_a_market_reads_its_tables_while_it_is_built_and_later_only_what_no_pack_may_hold(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """So a pack needs to be open at no other time, and no table in it is without effect."""
    read: set[str] = set()
    load = tables.load

    def noted(name: str) -> pd.DataFrame:
        read.add(name)
        return load(name)

    monkeypatch.setattr(tables, "load", noted)
    for mean_field in (True, False):
        run = {"mean_field": mean_field, "fast_graph": True, "consumers": 500, "last_quarter": "2025Q1"}
        market = Market(Scenario.model_validate({"run": run, "world": {"shocks": True}}), rng=1)
    for_places = {"plant_towns", "zone_cbsas"}  # of the map and of exports
    assert set(tables.names()) - read - for_places == NOT_OF_RUNS | STAY - {"supply_limits"}
    read.clear()
    market.run()
    assert read <= STAY


def test_own_tables_take_the_place_of_shipped_ones_in_one_market_and_in_no_other(tmp_path: Path) -> None:
    usual = national(named())
    own = named(pack(tmp_path, electricity=lowered("electricity", "usd_per_kwh_nominal")))
    assert not national(own).equals(usual)
    assert national(named()).equals(usual)
    market = Market(own, rng=1)
    twice = Market(own, rng=1).as_built()
    assert (market.world.electricity_usd_per_kwh(0) == twice.world.electricity_usd_per_kwh(0)).all()
    assert (market.world.electricity_usd_per_kwh(0) < 0.95 * Market(named()).world.electricity_usd_per_kwh(0)).all()


def test_shipped_tables_in_a_pack_in_any_order_of_rows_and_columns_give_the_same_bits(tmp_path: Path) -> None:
    held = {
        name: tables.load(name).sample(frac=1.0, random_state=1)[list(tables.load(name))[::-1]]
        for name in tables.names()
        if name not in NOT_OF_RUNS | STAY and tables.sources()[name].key
    }
    assert national(named(pack(tmp_path, **held))).equals(national(named()))


def test_of_two_packs_the_later_counts_and_the_hash_is_of_what_counts(tmp_path: Path) -> None:
    first = pack(tmp_path / "a", peaks=lowered("peaks", "gw"), net_cone=tables.load("net_cone"))
    later = pack(tmp_path / "b", peaks=tables.load("peaks"))
    both = read_packs([first, later])
    assert both.frames["peaks"].equals(tables.load("peaks"))
    assert read_packs([later, first]).frames["peaks"].equals(lowered("peaks", "gw"))
    assert len({read_packs(each).sha256 for each in ([first], [later], [first, later], [later, first])}) == 3
    assert read_packs([later, first]).sha256 == read_packs([first]).sha256
    moved = pack(tmp_path / "c", peaks=tables.load("peaks"))
    assert read_packs([moved]).sha256 == read_packs([later]).sha256
    assert read_packs([]).sha256 == "" == OwnTables({}, {}).sha256


@pytest.mark.parametrize("told", ["0" * 64, ""], ids=["another", "none"])
def test_a_pack_that_is_not_what_its_hash_says_is_refused(tmp_path: Path, told: str) -> None:
    folder = pack(tmp_path, peaks=tables.load("peaks"))
    chosen = Scenario.model_validate({"run": SMALL, "data": {"packs": str(folder), "sha256": told}})
    with pytest.raises(tables.TableError, match=r"they hold tables [0-9a-f]{12} instead of (0{12}|none told)"):
        Market(chosen)


def test_a_hash_without_folders_is_refused() -> None:
    with pytest.raises(tables.TableError, match="they hold tables none instead of abc"):
        own_tables(DataPacks(sha256="abc"))


def with_plant(**changed: object) -> pd.DataFrame:
    return pd.concat([tables.load("plants"), pd.DataFrame([{**PLANT, **changed}])])


def test_an_own_plant_makes_cells(tmp_path: Path) -> None:
    market = Market(named(pack(tmp_path, plants=with_plant())), rng=1)
    assert "own_plant" in [plant.name for plant in market.plants]


def test_a_plant_without_a_town_is_told_and_taken_with_one(tmp_path: Path) -> None:
    plants = with_plant(site="Nowhere", state="TX")
    with pytest.raises(tables.TableError, match="plants names site Nowhere, state TX, which table plant_towns lacks"):
        read_packs([pack(tmp_path, plants=plants)])
    town = {"site": "Nowhere", "state": "TX", "latitude": 31.0, "longitude": -97.0, "quality": "recalled"}
    towns = pd.concat([tables.load("plant_towns"), pd.DataFrame([town])])
    assert len(read_packs([pack(tmp_path, plants=plants, plant_towns=towns)]).frames["plants"]) == len(plants)


def test_what_shipped_tables_name_stands_in_the_tables_they_point_to() -> None:
    refuse_unlinked(tables.load, tables.names())
    assert {name for name, _, other, _ in LINKS for name in (name, other)} <= set(tables.names())
    sets = {"state": set(tables.load("states")["state"]), "region": set(region_names())}
    for name in tables.names():
        refuse_faulty(name, tables.load(name), tables.sources()[name], tables.load(name), sets)


def test_totals_of_the_shipped_tables_are_not_asked_of_own_ones(tmp_path: Path) -> None:
    frame = lowered("storage_additions", "gw")
    assert read_packs([pack(tmp_path, storage_additions=frame)]).frames["storage_additions"].equals(frame)


FAULTS = {
    "a value below its bound": ("gw", -1, ", column gw, line 2: the value is below"),
    "a value that is no number": ("gw", "nan", ", column gw, line 2: the value is not a number"),
    "infinity": ("gw", "inf", ", column gw, line 2: the value is not a number"),
    "a region that is none": ("region", "Texas", " names region Texas, which table net_cone lacks; add it"),
    "a key twice": ("region", "ERCOT", ", column region, year, line 11: the value repeats an earlier one"),
}


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_a_fault_of_an_own_table_is_told_with_its_place(tmp_path: Path, fault: str) -> None:
    column, value, words = FAULTS[fault]
    frame = tables.load("peaks")
    frame[column] = [value, *frame[column][1:]]
    with pytest.raises(tables.TableError, match=re.escape(f"data pack {tmp_path}: table peaks{words}")):
        read_packs([pack(tmp_path, peaks=frame)])


def test_rows_that_a_full_table_needs_are_asked_for(tmp_path: Path) -> None:
    frame = tables.load("peaks")
    with pytest.raises(tables.TableError, match="table peaks has no row of region CAISO, year 2016; keep the shipped"):
        read_packs([pack(tmp_path, peaks=frame.iloc[1:])])


def test_places_and_dates_of_an_own_table_are_checked(tmp_path: Path) -> None:
    ports = tables.load("fast_sites")
    ports.loc[ports["state"] == "AZ", "state"] = "ZZ"
    with pytest.raises(tables.TableError, match=r"column state, row [0-9]+: ZZ is no state of table states"):
        read_packs([pack(tmp_path / "a", fast_sites=ports)])
    with pytest.raises(tables.TableError, match="column announced, row 27: 2022-01 is no quarter; write one like"):
        read_packs([pack(tmp_path / "b", plants=with_plant(announced="2022-01"))])
    with pytest.raises(tables.TableError, match="column owner, row 27: a text holds a character that cannot be shown"):
        read_packs([pack(tmp_path / "c", plants=with_plant(owner="A\x1b[31mB"))])
    with pytest.raises(tables.TableError, match="column owner, row 27: a text has 300 characters, 200 are allowed"):
        read_packs([pack(tmp_path / "d", plants=with_plant(owner="A" * 300))])
