"""What the explorer keeps of studies: whole, paired, and the same numbers that the studies hold."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.errors import InputError
from experiments.explorer.indicators import CHARTS, COLUMNS, INDICATORS, TILES
from experiments.explorer.kept import KEPT, kept, whole, write
from experiments.explorer.of_studies import history_of, observed_quarters, paths_of
from experiments.inputs.design import find_design, read_design
from experiments.inputs.scenario_files import REFERENCE
from market.base import quarters
from market.recorder import TABLES
from market.scenario import Scenario
from market.version import RESULTS_VERSION

OBSERVED, LATER = 2, 3
MOST_BYTES = 1_500_000


def table(scenarios: list[str], replications: int, start: float) -> pd.DataFrame:
    """Quarters of runs; a run's later values are its own, observed ones are the same in all."""
    rows = []
    for replication in range(replications):
        for place, scenario in enumerate(scenarios):
            for quarter in range(OBSERVED + LATER):
                later = start + place + 10 * replication if quarter >= OBSERVED else 0.0
                values = dict.fromkeys(COLUMNS, 1.0 + quarter + later)
                rows.append({"scenario": scenario, "quarter": f"2024Q{quarter}", **values})
    return pd.DataFrame(rows)


def test_paths_of_a_scenario_are_the_expected_one_and_its_streams_in_the_order_of_the_seeds() -> None:
    names = [REFERENCE, "no-detour"]
    found = paths_of(table(names, 1, 0.5), table(names, 3, 100.0), OBSERVED)
    share = found["no-detour"]["bev_share_new"]
    assert [path[0] for path in share] == [450_000, 10_400_000, 11_400_000, 12_400_000]
    assert all(len(path) == LATER for path in share)


def test_studies_of_other_scenarios_do_not_fit_together() -> None:
    with pytest.raises(InputError, match="the same scenarios, the reference first"):
        paths_of(table([REFERENCE], 1, 0.0), table([REFERENCE, "no-detour"], 1, 0.0), OBSERVED)
    with pytest.raises(InputError, match="the same scenarios, the reference first"):
        paths_of(table(["no-detour"], 1, 0.0), table(["no-detour"], 1, 0.0), OBSERVED)


def test_observed_quarters_are_kept_once_and_must_be_the_same_in_all_runs() -> None:
    runs = table([REFERENCE, "no-detour"], 2, 5.0)
    assert history_of(runs, OBSERVED)["storage_installed_gw"] == [100, 200]
    with pytest.raises(InputError, match="bev_share_new differs between runs before the end of observed data"):
        history_of(runs, OBSERVED + 1)


def test_the_last_observed_quarter_is_counted() -> None:
    assert observed_quarters(pd.DataFrame({"quarter": ["2017Q1"]}), "2024Q4") == 32


def test_a_path_is_kept_in_whole_numbers_and_what_is_none_stays_none() -> None:
    assert whole(np.array([0.123456, np.nan, -2.0]), 3) == [123, None, -2000]


def test_what_is_kept_is_small_whole_and_of_this_version_of_results() -> None:
    found = kept()
    assert KEPT.stat().st_size < MOST_BYTES
    assert found.results_version == RESULTS_VERSION
    assert list(found.paths) == list(read_design(find_design("policy-wedge")).scenarios)
    later = quarters.index(Scenario().run.last_quarter) - quarters.index(found.origin)
    runs = [path for paths in found.paths.values() for path in paths.values()]
    assert {len(path) for path in runs} == {1 + found.streams}
    assert {len(each) for path in runs for each in path} == {later}
    assert all(tuple(paths) == COLUMNS for paths in found.paths.values())
    assert {len(path) for path in found.history.values()} == {quarters.index(found.origin) + 1}


def test_it_is_written_and_read_again_as_it_was(tmp_path: Path) -> None:
    write(kept(), tmp_path / "again.json")
    assert kept(tmp_path / "again.json") == kept()
    assert (tmp_path / "again.json").read_bytes() == KEPT.read_bytes()


def test_indicators_are_columns_of_the_country_and_every_chart_and_tile_shows_known_ones() -> None:
    assert set(COLUMNS) <= TABLES["national"].keys()
    drawn = {column for chart in CHARTS for column, _, _ in chart.lines}
    assert drawn == set(COLUMNS)
    assert set(TILES) <= drawn
    for each in INDICATORS:
        unit = TABLES["national"][each.column].unit
        assert unit.startswith("share") == (each.scale == 100.0), each.column
        assert ("$" in unit) == ("$" in each.unit), each.column
