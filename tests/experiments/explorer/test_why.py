"""Why scenarios differ: parts in whole numbers that add up, and are of the runs that are kept."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.errors import InputError
from experiments.explorer.kept import kept
from experiments.explorer.why import GROUPS, WHY, kept_why, whole_parts, write
from market.buyers.decomposition import group_of_cause
from market.version import RESULTS_VERSION

MOST_BYTES = 100_000


def test_parts_are_rounded_and_what_is_missing_goes_to_those_rounded_furthest() -> None:
    assert whole_parts(3, np.array([1.4, 1.3, 0.3])) == [2, 1, 0]
    assert whole_parts(2, np.array([1.5, 1.5, -0.6])) == [1, 2, -1]
    assert whole_parts(0, np.array([0.0, 0.0])) == [0, 0]


@given(st.lists(st.floats(-5000.0, 5000.0), min_size=6, max_size=6), st.floats(-1.0, 1.0))
def test_whole_parts_add_up_and_stay_near(exact: list[float], off: float) -> None:
    whole = round(sum(exact) + off)
    parts = whole_parts(whole, np.array(exact))
    assert sum(parts) == whole
    assert np.abs(np.array(parts) - exact).max() <= 1.5


def test_what_is_kept_is_small_of_this_version_and_of_the_kept_runs() -> None:
    found = kept_why()
    assert WHY.stat().st_size < MOST_BYTES
    assert found.results_version == RESULTS_VERSION
    assert found.checked(kept()) is found
    unexplained = [part for parts in found.parts.values() for part in parts["unexplained"]]
    assert set(unexplained) == {0}, "after the observed data the demand constants are held"
    assert {group_of_cause(term) for term in ("price", "charging", "trust", "supply", "range")} <= GROUPS.keys()


@pytest.mark.parametrize("change", ["a part", "a share", "a scenario"])
def test_parts_of_other_runs_are_refused(change: str) -> None:
    found = kept_why().model_copy(deep=True)
    if change == "a part":
        found.parts["recall"]["charging"][3] += 1
    elif change == "a share":
        found.shares["recall"][0] += 1
    else:
        del found.parts["recall"]
    with pytest.raises(InputError, match="make it again with python -m"):
        found.checked(kept())


def test_it_is_written_and_read_again_as_it_was(tmp_path: Path) -> None:
    write(kept_why(), tmp_path / "again.json")
    assert kept_why(tmp_path / "again.json") == kept_why()
    assert (tmp_path / "again.json").read_bytes() == WHY.read_bytes()
