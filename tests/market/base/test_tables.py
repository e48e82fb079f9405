"""The tables as shipped, and every kind of fault a table can have."""

import re
from collections.abc import Callable
from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from market.base import tables

LAST_OUTCOME_YEAR = 2024
"""Outcomes of later years are a held-out test and must not be in the project."""
INPUTS_AFTER_2024 = {
    "gasoline_national", "gasoline_states", "electricity", "consumer_prices", "lithium", "cell_costs",
    "capacity_prices", "data_centers", "production_credits",
    "zev_requirements",
    "storage_capex_projection", "storage_mandates", "storage_pipeline",
}  # fmt: skip
YEAR_COLUMNS = ("year", "quarter", "model_year")
HOUSEHOLDS, PEOPLE, CARS_2024 = 125.7e6, 331.6e6, 287.7e6
ROAD_COLUMNS = ("zone_a", "zone_b", "miles")
INCOME_SHARES = ["share_lt35k", "share_35_75k", "share_75_125k", "share_125_200k", "share_gt200k"]

SECTION = """
[stock]
title = "Stock"
publisher = "Somebody"
date = "2024"
url = "https://example.org"
quality = "official"
key = ["state", "year"]
[stock.columns]
state = {unit = "postal code", type = "str", values = ["NY", "CA"]}
year = {unit = "year", type = "int", min = 2020, max = 2024}
cars = {unit = "car", type = "float", min = 0, max = 100, missing = true}
rank = {unit = "rank", type = "int", unique = true}
[[stock.totals]]
column = "cars"
where = {year = 2024}
sum = 30
tolerance = 0.01
[assets.picture]
title = "not a table"
"""
ROWS = "state,year,cars,rank\nNY,2024,10,1\nCA,2024,20,2\nNY,2023,,3\n"


@pytest.fixture
def stock(tmp_path: Path) -> Callable[..., Path]:
    """Write the small table, with one piece of its text or section replaced, and return its folder."""

    def write(old: str = "", new: str = "", *, section: str = SECTION) -> Path:
        assert old in ROWS
        (tmp_path / "stock.csv").write_text(ROWS.replace(old, new, 1) if old else ROWS)
        (tmp_path / "sources.toml").write_text(section)
        return tmp_path

    return write


@pytest.mark.parametrize("name", tables.names())
def test_every_shipped_table_loads(name: str) -> None:
    assert len(tables.load(name)) > 0


def test_every_file_has_a_section_and_every_section_a_file() -> None:
    held = {item.name.removesuffix(".csv") for item in tables.DATA.iterdir() if item.name.endswith(".csv")}
    assert held == set(tables.names())


@pytest.mark.parametrize("name", sorted(set(tables.names()) - INPUTS_AFTER_2024))
def test_no_outcome_after_2024_is_held(name: str) -> None:
    frame = tables.load(name)
    for column in frame.columns.intersection(list(YEAR_COLUMNS)):
        years = frame[column].astype(str).str[:4].astype(int)
        assert years.max() <= LAST_OUTCOME_YEAR, f"{name}.{column}"


def test_a_loaded_table_is_the_callers_own() -> None:
    first = tables.load("zones")
    first["households"] = 0
    assert tables.load("zones")["households"].sum() > 0


def test_a_sound_table_is_read_with_its_types(stock: Callable[..., Path]) -> None:
    frame = tables.load_from(stock(), "stock")
    assert [frame[column].dtype.kind for column in ("year", "cars", "rank")] == ["i", "f", "i"]
    assert frame["cars"].isna().tolist() == [False, False, True]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("cars,", "trucks,", "has columns state, year, trucks, rank; allowed are exactly"),
        ("state,year", "year,state", "has columns year, state"),
        ("2024,10", "2024,-1", "column cars, line 2: the value is below 0"),
        ("2024,20", "2024,101", "column cars, line 3: the value is above 100"),
        ("2024,20", "2024,many", "column cars, line 3: the value is not a number"),
        ("2024,20", "2024,2_0", "column cars, line 3: the value is not a number"),
        ("2024,20", "2024,nan", "column cars, line 3: the value is not a number"),
        ("CA,2024", "CA,,2024", "stock.csv cannot be read (line 3 has 5 cells instead of 4)"),
        ("CA,2024", "2024", "stock.csv cannot be read (line 3 has 3 cells instead of 4)"),
        ("CA,2024", '"CA,2024', "stock.csv cannot be read (unexpected end of data)"),
        ("2024,20", "2024.5,20", "column year, line 3: the value is not a whole number"),
        ("2024,20", "2024,25", "column cars, year = 2024: the sum is 35; allowed is 30"),
        ("CA,2024", ",2024", "column state, line 3: the value is missing"),
        ("NY,2023", "NY,", "column year, line 4: the value is missing"),
        ("CA,", "ZZ,", "column state, line 3: the value is unknown; allowed are NY, CA"),
        ("20,2", "20,1", "column rank, line 3: the value repeats"),
        ("2023,,", "2024,0,", "column state, year, line 4: the value repeats"),
    ],
)
def test_each_fault_is_named_with_its_place(stock: Callable[..., Path], old: str, new: str, words: str) -> None:
    with pytest.raises(tables.TableError, match=re.escape("table stock") + ".*" + re.escape(words)):
        tables.load_from(stock(old, new), "stock")


def test_texts_in_quotes_and_empty_lines_are_read(stock: Callable[..., Path]) -> None:
    frame = tables.load_from(stock("CA,2024", '\n"CA",2024'), "stock")
    assert frame["state"].tolist() == ["NY", "CA", "NY"]


def test_an_empty_file_has_no_columns(stock: Callable[..., Path]) -> None:
    with pytest.raises(tables.TableError, match="table stock has columns ; allowed are exactly"):
        tables.load_from(stock(ROWS), "stock")


def test_an_unknown_table_is_refused_with_the_known_names(stock: Callable[..., Path]) -> None:
    with pytest.raises(tables.TableError, match=r"table flow has no section .* there are stock"):
        tables.load_from(stock(), "flow")


def test_a_missing_file_is_named(stock: Callable[..., Path]) -> None:
    folder = stock()
    (folder / "stock.csv").unlink()
    with pytest.raises(tables.TableError, match=r"stock\.csv cannot be read"):
        tables.load_from(folder, "stock")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('publisher = "Somebody"\n', "", "publisher, date and url"),
        ('type = "float"', 'type = "real"', "stock.columns.cars.type"),
        ("tolerance = 0.01", "tolerance = 0.01\nslack = 1", "stock.totals.0.slack"),
        ('key = ["state", "year"]', 'key = ["county"]', "not declared: county"),
        ("[stock]", "[stock", "cannot be read"),
    ],
)
def test_a_faulty_section_is_named(stock: Callable[..., Path], old: str, new: str, words: str) -> None:
    with pytest.raises(tables.TableError, match=re.escape(words)):
        tables.load_from(stock(section=SECTION.replace(old, new, 1)), "stock")


def test_dollars_of_2025_stay_and_older_ones_grow() -> None:
    real = tables.real_2025([100.0, 100.0, 100.0], [2010, 2020, 2025])
    assert real[0] > real[1] > real[2] == pytest.approx(100.0)
    assert tables.real_2025(5.0, 2025).shape == ()


def test_a_year_without_prices_is_refused() -> None:
    with pytest.raises(tables.TableError, match="consumer_prices, column year: no 1999"):
        tables.real_2025(1.0, 1999)


def test_zones_hold_the_whole_country() -> None:
    zones = tables.load("zones")
    cars = (zones["households"] * zones["vehicles_per_household"]).sum()
    assert zones["households"].sum() == pytest.approx(HOUSEHOLDS, rel=1e-3)
    assert zones["population"].sum() == pytest.approx(PEOPLE, rel=1e-3)
    assert cars == pytest.approx(CARS_2024, rel=1e-3)
    np.testing.assert_allclose(zones[INCOME_SHARES].sum(axis=1), 1.0, atol=1e-5)


def test_zones_and_states_share_out_exactly() -> None:
    shares = tables.load("zone_states")
    assert shares["zone"].drop_duplicates().tolist() == tables.load("zones")["zone"].tolist()
    np.testing.assert_allclose(shares.groupby("state")["population_share_of_state"].sum(), 1.0, atol=1e-5)
    np.testing.assert_allclose(shares.groupby("zone")["share_of_zone"].sum(), 1.0, atol=1e-5)


def test_every_state_table_names_the_same_states() -> None:
    states = set(tables.load("zone_states")["state"])
    for name in ("fast_ports", "registrations_by_state", "gasoline_states", "electricity"):
        assert set(tables.load(name)["state"]) == states, name


def test_shortest_paths_over_the_corridors_match_known_distances() -> None:
    roads: nx.Graph[str] = nx.Graph()
    corridors = tables.load("corridors")
    for zone_a, zone_b, miles in zip(*(corridors[c].tolist() for c in ROAD_COLUMNS), strict=True):
        assert not roads.has_edge(zone_a, zone_b)
        roads.add_edge(zone_a, zone_b, miles=miles)
    known = tables.load("road_distances_known")
    pairs = zip(known["zone_a"].tolist(), known["zone_b"].tolist(), strict=True)
    found = [nx.shortest_path_length(roads, start, end, "miles") for start, end in pairs]
    errors = np.abs(np.array(found) / known["miles"].to_numpy() - 1.0)
    assert errors.mean() < 0.03  # corridor miles and atlas miles are each good to 2-3 %
    assert errors.max() < 0.10


def test_the_fleet_of_2016_adds_up_by_kind_and_age() -> None:
    by_age = tables.load("kinds_2016_by_age")
    fleet = tables.load("fleet_by_age").query("year == 2016").set_index("age_years")
    kinds = tables.load("kinds_2016").set_index("kind")["cars"]
    bevs = by_age[by_age["kind"].str.startswith("BEV")]
    assert by_age.groupby("age_years")["cars"].sum().tolist() == fleet["cars"].tolist()
    assert bevs.groupby("age_years")["cars"].sum().tolist() == fleet["bevs"].tolist()
    assert by_age.groupby("kind")["cars"].sum().to_dict() == kinds.to_dict()
    segments = tables.load("fleet_segments").groupby("kind")["share"].sum()
    np.testing.assert_allclose(segments, 1.0, atol=1e-12)


def test_survival_falls_with_age_from_one() -> None:
    alive = tables.load("survival")["share_alive"].to_numpy()
    assert alive[0] == pytest.approx(1.0)
    assert (np.diff(alive) < 0).all()
