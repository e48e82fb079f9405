"""Peak loads of a user's own: a row or a column a year, GW or MW, regions and years that the model has."""

from pathlib import Path

import pytest

from experiments.errors import InputError
from experiments.importers.peaks import import_peaks
from market.base import tables

FORMS = {
    "a row a year": "Region,Year,Peak (GW)\nercot,2023,85.5\nERCOT,2024,86.25\nNowhere,2024,1\nERCOT,2031,90\n",
    "MW": 'region,year,peak_mw\nERCOT,2023,"85,500"\nERCOT,2024,86250\nNowhere,2024,1\nERCOT,2031,90000\n',
    "a column a year": "ISO,2023,2024,2031\nERCOT,85.5,86.25,90\nNowhere,,1,\n",
}


@pytest.mark.parametrize("form", sorted(FORMS))
def test_peaks_take_the_place_of_the_shipped_ones_and_others_stay(form: str, tmp_path: Path) -> None:
    (tmp_path / "peaks.csv").write_text(FORMS[form], encoding="utf-8")
    found = import_peaks(tmp_path / "peaks.csv")
    shipped, own = (each.set_index(["region", "year"])["gw"] for each in (tables.load("peaks"), found.tables["peaks"]))
    assert (own["ERCOT", 2023], own["ERCOT", 2024]) == (85.5, 86.25)
    assert own.drop(index=[("ERCOT", 2023), ("ERCOT", 2024)]).equals(
        shipped.drop(index=[("ERCOT", 2023), ("ERCOT", 2024)])
    )
    assert found.kept == 2
    assert found.kept + sum(found.dropped.values()) == found.read
    assert found.dropped["after the last year of the table, which the model has not seen"] == 1
    assert found.sums == {"ERCOT": pytest.approx((shipped["ERCOT", 2023] + shipped["ERCOT", 2024], 171.75))}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("year,gw\n2024,1\n", "peaks.csv has no column of regions; give one called region"),
        ("region,gw\nERCOT,1\n", "peaks.csv has no column of years; give one called year"),
        ("region,year\nERCOT,2024\n", "peaks.csv has no column of peaks in GW or MW"),
        ("region,year,gw\nTexas,2024,80\n", "peaks.csv has no peak of CAISO, ERCOT"),
        ("region,year,gw\nERCOT,2024,-5\n", "peaks.csv has no peak of CAISO, ERCOT"),
    ],
    ids=["no regions", "no years", "no peaks", "a region that is none", "below zero"],
)
def test_what_holds_no_peaks_is_told(text: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "peaks.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=words):
        import_peaks(tmp_path / "peaks.csv")


@pytest.mark.parametrize(
    ("numbers", "gw"),
    [
        (("85,5", "86,25"), (85.5, 86.25)),
        (("85.5", "86.250"), (85.5, 86.25)),
        (("85,500", "86,25"), (85.5, 86.25)),
        (("1.085,5", "86,25"), (1_085.5, 86.25)),
        (("1,085.5", "1,086"), (1_085.5, 1_086.0)),
        (("0,500", "86"), (0.5, 86.0)),
        (("85", "86"), (85.0, 86.0)),
    ],
    ids=["commas", "points", "three digits", "German", "American", "below one", "whole"],
)
@pytest.mark.parametrize("separator", [";", "\t"], ids=["semicolons", "tabs"])
def test_a_comma_is_the_decimal_sign_where_none_parts_the_cells(
    separator: str, numbers: tuple[str, str], gw: tuple[float, float], tmp_path: Path
) -> None:
    rows = [("region", "year", "gw"), ("ERCOT", "2023", numbers[0]), ("ERCOT", "2024", numbers[1])]
    text = "".join(f"{separator.join(row)}\n" for row in rows)
    (tmp_path / "peaks.csv").write_text(text, encoding="utf-8")
    own = import_peaks(tmp_path / "peaks.csv").tables["peaks"].set_index(["region", "year"])["gw"]
    assert (own["ERCOT", 2023], own["ERCOT", 2024]) == gw


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        (
            ("85", "300.000"),
            "peaks.csv, row 2 below the header: 300.000 in column gw has a decimal or a thousands sign",
        ),
        (("85,500", "86"), "peaks.csv, row 1 below the header: 85,500 in column gw"),
        (("85.5", "86,5"), "peaks.csv, row 2 below the header: 86,5 in column gw"),
    ],
    ids=["a point", "a comma", "both signs"],
)
def test_a_sign_that_may_be_either_is_refused_with_its_row(
    numbers: tuple[str, str], words: str, tmp_path: Path
) -> None:
    text = f"region;year;gw\nERCOT;2023;{numbers[0]}\nERCOT;2024;{numbers[1]}\n"
    (tmp_path / "peaks.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=words):
        import_peaks(tmp_path / "peaks.csv")


def test_a_comma_that_parts_no_thousands_is_no_number_where_commas_part_the_cells(tmp_path: Path) -> None:
    text = 'region,year,gw\nERCOT,2023,"20,5"\nERCOT,2024,"1,085.5"\n'
    (tmp_path / "peaks.csv").write_text(text, encoding="utf-8")
    found = import_peaks(tmp_path / "peaks.csv")
    assert found.dropped == {"no peak above zero": 1}
    assert found.tables["peaks"].set_index(["region", "year"])["gw"]["ERCOT", 2024] == 1_085.5
