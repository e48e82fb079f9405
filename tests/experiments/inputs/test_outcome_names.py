"""Names of outcomes by place: what they mean, and the sentence for each that means nothing."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest

from experiments.inputs.outcome_names import OutcomeError, expanded, first_key, is_placed, parsed
from experiments.studies.market_runs import NUMBERS
from market.recorder import TABLES

QUARTERS = ["2029Q4", "2030Q1", "2030Q2", "2030Q3", "2030Q4"]
NATIONAL = pd.DataFrame({"quarter": QUARTERS, "bev_share_new": [0.1, 0.2, 0.3, 0.4, 0.5]})
REGIONS = pd.DataFrame({
    "quarter": np.repeat(QUARTERS, 2), "region": ["ERCOT", "CAISO"] * 5,
    "installed_gw": np.arange(10.0), "added_gw": np.arange(10.0) / 10.0,
})  # fmt: skip
INCOMES = pd.DataFrame({
    "quarter": np.repeat(QUARTERS, 2), "income": ["lt35k"] * 10, "home_charging": ["yes", "no"] * 5,
    "bev_sales": np.arange(10.0), "bev_share_new": np.arange(10.0) / 100.0,
})  # fmt: skip
AUTOMAKERS = pd.DataFrame({
    "quarter": ["2029Q4", "2030Q1", "2030Q1"], "maker": ["Ford"] * 3, "product": ["a", "a", "b"],
    "powertrain": ["ICE", "ICE", "BEV"], "sales": [5.0, 6.0, 7.0],
})  # fmt: skip
FRAMES = {"national": NATIONAL, "regions": REGIONS, "incomes": INCOMES, "automakers": AUTOMAKERS}


def value(name: str) -> float:
    return parsed(name).value(FRAMES)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("regions.installed_gw:ERCOT@2030Q4", 8.0),
        ("regions.installed_gw:CAISO", 9.0),
        ("regions.installed_gw:CAISO@last", 9.0),
        ("regions.installed_gw:ERCOT@2030", 5.0),  # a stock: the mean of 2, 4, 6 and 8
        ("regions.added_gw:ERCOT@2030", 2.0),  # a flow: their sum, in tenths
        ("national.bev_share_new@2030", 0.35),
        ("incomes.bev_sales:lt35k@2030Q4", 17.0),  # both rows
        ("incomes.bev_sales:lt35k&home_charging=no@2030Q4", 9.0),
        ("incomes.bev_share_new:lt35k&home_charging=yes@2030Q4", 0.08),
        ("automakers.sales:Ford@2030Q1", 13.0),
        ("automakers.sales:Ford&powertrain=BEV@2030Q1", 7.0),
        ("automakers.sales:Ford&powertrain=BEV@2029Q4", 0.0),  # not on sale yet
        ("automakers.sales:Ford@2030", 13.0),
    ],
)
def test_a_name_is_a_number_of_the_tables(name: str, found: float) -> None:
    assert value(name) == pytest.approx(found, rel=1e-12)


@pytest.mark.parametrize("name", ["regions.installed_gw:ERCOT@2029", "regions.installed_gw:ERCOT@2031Q1"])
def test_what_a_run_does_not_reach_is_no_number(name: str) -> None:
    assert np.isnan(value(name))


def test_a_share_of_a_place_without_rows_is_no_number_and_a_sum_is_zero() -> None:
    name = "incomes.{}:lt35k&home_charging=maybe@2030Q4"
    assert value(name.format("bev_sales")) == 0.0
    assert np.isnan(value(name.format("bev_share_new")))


def test_units_of_flows_are_of_the_year_they_are_summed_over() -> None:
    assert parsed("regions.added_gw:ERCOT@2030").series.unit == "GW/year"
    assert parsed("regions.added_gw:ERCOT@2030Q4").series.unit == "GW/quarter"
    assert parsed("regions.installed_gw:ERCOT@2030").series.unit == "GW"
    assert parsed("regions.installed_gw:ERCOT").series.label == "Installed storage, ERCOT, last quarter"


def frames_of(tables: Sequence[str]) -> dict[str, pd.DataFrame]:
    return {name: FRAMES[name] for name in tables}


def names(*asked: str) -> list[str]:
    return [each.name for each in expanded(asked, frames_of, "2030Q4")]


def test_a_star_is_every_place_and_nothing_is_asked_twice() -> None:
    assert names("regions.installed_gw:*@2030Q4", "regions.installed_gw:ERCOT@2030Q4") == [
        "regions.installed_gw:ERCOT@2030Q4", "regions.installed_gw:CAISO@2030Q4",
    ]  # fmt: skip
    assert names("incomes.bev_share_new:*&home_charging=*@2030") == [
        "incomes.bev_share_new:lt35k&home_charging=yes@2030", "incomes.bev_share_new:lt35k&home_charging=no@2030",
    ]  # fmt: skip
    assert "automakers.sales:New brands&powertrain=BEV@2030" in names("automakers.sales:*&powertrain=BEV@2030")


def test_a_name_made_of_its_parts_is_read_back() -> None:
    for each in expanded(
        ["incomes.bev_share_new:*&home_charging=*@2030", "national.bev_share_new"], frames_of, "2030Q4"
    ):
        assert parsed(each.name) == each
        assert is_placed(each.name)
    assert not any(is_placed(name) for name in NUMBERS)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("region.installed_gw:ERCOT", "region is no table by quarter and place; did you mean regions?"),
        ("line_changes.gwh_per_year:*", "line_changes is no table by quarter and place"),
        ("regions.instaled_gw:ERCOT", "table regions has no column of numbers instaled_gw; did you mean installed_gw?"),
        ("regions.region:ERCOT", "table regions has no column of numbers region"),
        ("regions.installed_gw:ERCOTT@2030", "table regions has no region ERCOTT; did you mean ERCOT?"),
        ("regions.installed_gw:Mars", "table regions has no region Mars; it has ERCOT, CAISO"),
        ("regions.installed_gw:ERCOT@2030Q5", "'2030Q5' is no time; write 2030Q4, 2030 or last"),
        ("regions.installed_gw:ERCOT@", "'' is no time"),
        ("regions.installed_gw:ERCOT@2031", "runs end with 2030Q4; ask for that or an earlier time"),
        ("regions.installed_gw:ERCOT@2016", "2016 is outside of what runs reach, 2017Q1 to 2060Q4"),
        ("regions.installed_gw@2030", "name a region after a colon, or * for every region"),
        ("national.bev_share_new:US@2030", "table national has no places; leave out :US"),
        ("incomes.bev_share_new:lt35k", "cannot be summed over rows; add &home_charging=VALUE or &home_charging=*"),
        (
            "incomes.bev_sales:lt35k&home_chargin=yes",
            "rows of incomes are not told apart by home_chargin; did you mean home_charging?",
        ),
        ("incomes.bev_sales:lt35k&income=lt35k&home_charging=ja", "table incomes has no home_charging ja"),
        ("installed_gw", "write it like regions.installed_gw:ERCOT@2030Q4"),
        ("regions.installed_gw:ERCOT@2030@2031", "write it like"),
        ("a.b.c:d", "write it like"),
    ],
)
def test_a_wrong_name_is_told_in_one_sentence(name: str, words: str) -> None:
    with pytest.raises(OutcomeError) as told:
        names(name)
    sentence = str(told.value)
    assert sentence.startswith(f"outcome {name}: ")
    assert words in sentence
    assert "\n" not in sentence


def test_every_table_but_the_country_has_a_first_key_that_is_no_number() -> None:
    assert first_key("national") == ""
    others = ("national", "line_changes", "storage_contracts", "explanation", "cell_flows")
    for table in [each for each in TABLES if each not in others]:
        assert TABLES[table][first_key(table)].unit in ("name", "postal code"), table
