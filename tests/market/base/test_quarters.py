"""Quarters as whole numbers and by name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.base import quarters


def test_quarters_are_counted_from_the_first_of_2017() -> None:
    names = ["2016Q4", "2017Q1", "2017Q4", "2018Q1", "2024Q4", "2035Q4"]
    assert [quarters.index(name) for name in names] == [-1, 0, 3, 4, 31, 75]
    assert [quarters.year(quarters.index(name)) for name in names] == [2016, 2017, 2017, 2018, 2024, 2035]


@given(st.integers(-400, 400))
def test_a_name_leads_back_to_its_quarter(index: int) -> None:
    assert quarters.index(quarters.label(index)) == index


@pytest.mark.parametrize("name", ["2024", "2024Q5", "2024Q0", "24Q4", "2024q4", "2024Q4 "])
def test_what_is_no_quarter_is_told(name: str) -> None:
    with pytest.raises(ValueError, match="is not a quarter; write it like 2024Q4"):
        quarters.index(name)
