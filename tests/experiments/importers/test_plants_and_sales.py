"""Plants and sales of a user's own: joined to the shipped ones, checked, told if they cannot be used."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from experiments.errors import InputError
from experiments.importers.plants import import_plants
from experiments.importers.receipt import Imported, write_import
from experiments.importers.sales import import_sales
from experiments.inputs.data_packs import checked_packs
from market.base import tables
from tests.experiments.packs.own_packs import AUTHOR

PLANTS = """Plant,Owner,Site,State,GWh per year,Announced,Latitude,Longitude,Jobs
ours,We,Abilene,TX,20,2022Q1,32.45,-99.73,900
panasonic_kansas,Panasonic,De Soto,KS,30,2022Q3,,,
lost,They,Nowhere,OK,5,2022Q1,,,
none,They,Sparks,NV,,2022Q1,,,
"""
MONTHS = "month,powertrain,sales\n2024-10,BEV,100\n2024-11,BEV,200\n2024-12,bev,300\n2024-09,BEV,50\n2025-01,BEV,9\n"


def made(tmp_path: Path, text: str, read: Callable[[Path], Imported]) -> Imported:
    (tmp_path / "own.csv").write_text(text, encoding="utf-8")
    found = read(tmp_path / "own.csv")
    assert found.kept + sum(found.dropped.values()) == found.read
    return found


def test_own_plants_join_the_shipped_ones_with_their_towns_and_jobs(tmp_path: Path) -> None:
    found = made(tmp_path, PLANTS, import_plants)
    write_import(tmp_path / "own", found, tmp_path / "own.csv", AUTHOR, "plants")
    own = checked_packs([tmp_path / "own"])[1].frames
    plants = own["plants"].set_index("plant")
    said = [plants[column]["ours"] for column in ("site", "state", "maker", "country")]
    assert said == ["Abilene", "TX", "open market", "US"]
    assert len(plants) == len(tables.load("plants")) + 1
    assert plants["gwh_per_year"]["panasonic_kansas"] == 30.0
    assert ("Abilene", "TX") in set(zip(own["plant_towns"]["site"], own["plant_towns"]["state"], strict=True))
    assert own["plant_jobs"].set_index("plant")["jobs"]["ours"] == 900
    assert found.dropped == {"a town without latitude and longitude": 1, "no capacity": 1}
    assert "There is no column chemistry: LFP is put in." in found.notes


def test_plants_of_no_state_are_dropped_and_numbers_with_decimal_commas_are_read(tmp_path: Path) -> None:
    text = PLANTS.replace("ours,We,Abilene,TX,20,", "ours,We,Abilene,tx,20.5,").replace("Nowhere,OK", "Nowhere,ZZ")
    found = made(tmp_path, text.replace(".", "@").replace(",", ";").replace("@", ","), import_plants)
    assert found.dropped == {"no state of the 51": 1, "no capacity": 1}
    write_import(tmp_path / "pack", found, tmp_path / "own.csv", AUTHOR, "plants")
    own = checked_packs([tmp_path / "pack"])[1].frames
    assert own["plants"].set_index("plant")["gwh_per_year"]["ours"] == 20.5
    towns = own["plant_towns"].set_index(["site", "state"])
    assert [towns[column]["Abilene", "TX"] for column in ("latitude", "longitude")] == [32.45, -99.73]
    assert own["plant_jobs"].set_index("plant")["jobs"]["ours"] == 900


def test_why_every_row_was_dropped_is_counted(tmp_path: Path) -> None:
    words = re.escape("(3 rows read, all dropped: 2 no quarter of the table; later ones the model has not seen, 1 no ")
    with pytest.raises(InputError, match=words):
        made(tmp_path, "quarter,BEV\n2030Q4,1\n2024Q4,x\n2031Q1,2\n", import_sales)


def test_a_plant_that_no_run_would_take_is_told_before_anything_is_written(tmp_path: Path) -> None:
    found = made(tmp_path, PLANTS.replace("2022Q1", "soon"), import_plants)
    with pytest.raises(InputError, match=r"column announced, row [0-9]+: soon is no quarter") as told:
        write_import(tmp_path / "own", found, tmp_path / "own.csv", AUTHOR, "plants")
    assert str(told.value).startswith(f"data pack {tmp_path / 'own'}: ")
    assert not (tmp_path / "own").exists()


def test_months_are_summed_to_quarters_and_those_without_all_months_dropped(tmp_path: Path) -> None:
    found = made(tmp_path, MONTHS, import_sales)
    own, shipped = (
        each.set_index(["quarter", "powertrain"])["sales"]
        for each in (found.tables["sales_by_powertrain"], tables.load("sales_by_powertrain"))
    )
    assert own["2024Q4", "BEV"] == 600
    assert own.drop(("2024Q4", "BEV")).equals(shipped.drop(("2024Q4", "BEV")))
    assert found.dropped == {
        "a quarter without all its months": 1, "no quarter of the table; later ones the model has not seen": 1,
    }  # fmt: skip


def test_a_column_a_powertrain_is_read_too_and_a_blank_is_no_sale(tmp_path: Path) -> None:
    found = made(tmp_path, 'quarter,BEV,PHEV\n2024 Q4,"1,000",\n2024Q3,7,8\n', import_sales)
    own = found.tables["sales_by_powertrain"].set_index(["quarter", "powertrain"])["sales"]
    assert [own["2024Q4", "BEV"], own["2024Q3", "BEV"], own["2024Q3", "PHEV"]] == [1_000, 7, 8]
    assert found.dropped == {"no number of cars": 1}


@pytest.mark.parametrize(
    ("read", "text", "words"),
    [
        (import_plants, "plant,owner\na,b\n", "own.csv has no column of site; give one called site"),
        (import_plants, PLANTS.splitlines()[0] + "\n,,,,,,,,\n", "own.csv has no plant with a name, a capacity"),
        (import_sales, "quarter,sales\n2024Q4,1\n", "own.csv has no column of powertrains; give powertrain and sales"),
        (import_sales, "quarter,BEV\n2030Q4,1\n", "own.csv has no sales of 2017Q1 to 2024Q4; give quarter"),
    ],
    ids=["no sites", "no plants", "no powertrains", "no quarters"],
)
def test_what_cannot_be_used_is_told(read: Callable[[Path], Imported], text: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=words):
        made(tmp_path, text, read)
