"""The emulator of levers: what it learns, how wrong it says it is, and where it refuses."""

import numpy as np
import pytest

from agents.arrays import Floats
from experiments.documents.explorer import PAGE, error_table
from experiments.errors import InputError
from experiments.explorer.fitting import HELD_OUT_EVERY, Runs, fitted, runs_of, scored
from experiments.explorer.indicators import COLUMNS, indicator
from experiments.explorer.kept import kept
from experiments.explorer.levers import TITLES, ExplorerLever
from experiments.inputs.scenario_files import REFERENCE

LEVERS = (ExplorerLever("storage.saturation", 0.5, 2.0, 1.0), ExplorerLever("world.lithium_factor", 0.0, 4.0, 1.0))
QUARTERS: Floats = np.arange(8.0)


def truth(values: Floats) -> Floats:
    """Paths of levers, (runs, quarters): a trend that one lever steepens and a level that the other bends."""
    steep, level = values.T
    return 50.0 + np.outer(3.0 * steep, QUARTERS) + np.outer(4.0 * np.sin(level), np.ones(8))


def some_runs(number: int, noise: float = 0.0) -> Runs:
    rng = np.random.default_rng(5)
    values = np.column_stack([rng.uniform(each.low, each.high, number) for each in LEVERS])
    paths = truth(values) + rng.normal(0.0, noise or 1e-9, (number, 8))
    return runs_of(LEVERS, values, {"storage_installed_gw": paths}, {"storage_installed_gw": truth(np.ones((1, 2)))[0]})


def test_it_knows_places_between_its_runs_to_a_hundredth_of_their_spread() -> None:
    found = fitted(some_runs(60))
    off = []
    for steep, level in [(0.7, 0.5), (1.3, 2.2), (1.9, 3.4)]:
        path = found.at({"storage.saturation": steep, "world.lithium_factor": level})["storage_installed_gw"]
        off.append(np.abs(path - truth(np.array([[steep, level]]))[0]).max())
    assert max(off) < 0.2, "runs spread by 20"


def test_levers_that_are_not_moved_give_the_reference_even_from_noisy_runs() -> None:
    found = fitted(some_runs(40, noise=2.0))
    np.testing.assert_allclose(found.at({})["storage_installed_gw"], truth(np.ones((1, 2)))[0], atol=1e-4)


@pytest.mark.long
def test_the_band_holds_nine_tenths_of_noisy_runs_it_has_not_seen_and_is_no_wider_than_they_need() -> None:
    # 40 held-out runs of 8 quarters, their noise independent: 0.9 is four standard deviations below 0.95
    score = scored(some_runs(160, noise=2.0)).iloc[0]
    assert score["inside"] >= 0.9
    assert 0.67 * 2.0 * 0.7 < score["median"] < 0.67 * 2.0 * 1.5, "the median of the noise's size"
    band = np.array(fitted(some_runs(160, noise=2.0)).indicators["storage_installed_gw"].band)
    assert (band < 3.5 * 2.0).all()


def test_every_fourth_run_after_the_reference_is_held_out() -> None:
    runs = some_runs(9)
    odd = {name: path.copy() for name, path in runs.paths.items()}
    odd["storage_installed_gw"][HELD_OUT_EVERY::HELD_OUT_EVERY] += 1000.0
    told = scored(Runs(runs.levers, runs.cube, odd)).iloc[0]
    assert told["median"] > 900.0, "held-out runs are not what it was fitted to"


def test_outside_of_its_ranges_it_refuses_and_says_how_to_run_it() -> None:
    found = kept().emulator
    with pytest.raises(InputError, match=r"world.lithium_factor is 4; .*0.5 to 3 .*--set world.lithium_factor=4"):
        found.at({"world.lithium_factor": 4.0})
    with pytest.raises(InputError, match=r"world.lithium is not a lever of the explorer"):
        found.at({"world.lithium": 1.0})


def test_the_kept_one_meets_the_reference_and_has_every_indicator_and_lever() -> None:
    found = kept()
    assert tuple(found.emulator.names) == tuple(TITLES)
    assert tuple(found.emulator.indicators) == COLUMNS
    for column, path in found.emulator.at({}).items():
        step = 10.0 ** -found.decimals[column]
        np.testing.assert_allclose(path, found.expected(REFERENCE, column), atol=step, rtol=1e-5)


def test_the_kept_bands_held_nine_tenths_of_held_out_runs_and_the_page_tells_all_errors() -> None:
    found = kept()
    assert found.held_out_runs == 40
    assert min(score.inside for score in found.scores) >= 0.9
    assert [score.column for score in found.scores] == list(COLUMNS)
    assert error_table(found) in PAGE.read_text(encoding="utf-8")
    share = next(score for score in found.scores if score.column == "bev_share_new")
    assert f"| {share.median * 100:.2f} |" in error_table(found)
    assert indicator("bev_share_new").difference_unit == "points"
