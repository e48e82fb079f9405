"""Figures of a run with random streams: medians, bands and labels by hand; other figures as without them."""

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure

from agents.arrays import Floats
from experiments.figures.fan import MEDIAN_OF_STREAMS, spaced
from experiments.figures.registry import FIGURES
from experiments.figures.saving import picture
from experiments.figures.storage_by_region import added_by_stream, added_gw
from experiments.runs.result_tables import STREAMS
from experiments.runs.spread import MEDIAN, WIDE
from experiments.runs.store import Result
from tests.experiments.figures.figure_reading import line, panel, texts

WITH_FANS = ("bev_share", "cell_capacity", "prices", "storage_by_region")
FACTORS = np.array([0.8, 1.0, 1.4])  # of the three streams after 2024
THIS_RUN = "500 drawn consumers, expected path"
LAST = -1


def bands(ax: Axes) -> list[Floats]:
    """Heights of the filled bands of a panel at the last quarter, low and high."""
    found = [each.get_paths()[0].vertices for each in ax.collections if isinstance(each, PolyCollection)]
    return [
        np.sort(np.asarray(each)[np.asarray(each)[:, 0] == np.asarray(each)[:, 0].max(), 1])[[0, -1]] for each in found
    ]


def labels(figure: Figure, ax: Axes) -> list[str]:
    assert ax.figure is figure
    return [text.get_text() for text in ax.texts]


def assert_fan(ax: Axes, own: Floats, label: str = MEDIAN_OF_STREAMS) -> None:
    """Three streams after 2024: median 1.0, 80% from 0.84 to 1.32 and 50% from 0.9 to 1.2 of the run's own numbers."""
    np.testing.assert_allclose(line(ax, label), own)
    wide, narrow = bands(ax)[:2]
    np.testing.assert_allclose(wide, own[LAST] * np.quantile(FACTORS, WIDE))
    np.testing.assert_allclose(narrow, own[LAST] * np.array([0.9, 1.2]))


def test_figure_1_shows_median_bands_and_the_run_and_no_error_of_the_draw(streamed: Result) -> None:
    figure, own = FIGURES["bev_share"](streamed), streamed.frames["national"]["bev_share_new"].to_numpy()
    (ax,) = figure.axes
    assert_fan(ax, own)
    np.testing.assert_array_equal(line(ax, THIS_RUN), own)
    share = f"{own[LAST]:.0%}"
    assert set(labels(figure, ax)) >= {"80% of streams", "50%", f"Median {share}", f"This run {share}"}
    assert "ampling error" not in texts(figure) + str(ax.get_legend_handles_labels())


def test_figure_1_of_a_run_alone_has_its_line_and_no_band(small_result: Result) -> None:
    (ax,) = FIGURES["bev_share"](small_result).axes
    assert bands(ax) == []
    assert ax.get_legend_handles_labels()[1] == ["Model, fitted", "Model, projected", "Observed"]


def test_storage_cells_produced_have_a_fan_on_the_stack_of_the_run(streamed: Result) -> None:
    ax = panel(FIGURES["cell_capacity"](streamed), "Storage and conversion (enlarged)")
    assert_fan(ax, streamed.frames["national"]["cells_to_storage_gwh"].to_numpy(), "Storage cells produced, median")


def test_every_price_has_a_fan(streamed: Result) -> None:
    figure, national = FIGURES["prices"](streamed), streamed.frames["national"]
    assert_fan(panel(figure, "Lithium carbonate"), national["lithium_usd_per_kg"].to_numpy())
    assert_fan(panel(figure, "New vehicles"), national["bev_price_kusd"].to_numpy(), "BEV")
    top = panel(figure, "Lithium carbonate").get_ylim()[1]
    late = national["quarter"] > "2024Q4"
    highest = max(national["lithium_usd_per_kg"].max(), 1.32 * national["lithium_usd_per_kg"][late].max())
    assert top >= highest


def test_the_total_of_storage_has_a_fan_and_additions_a_median_with_its_interval(streamed: Result) -> None:
    figure, national = FIGURES["storage_by_region"](streamed), streamed.frames["national"]
    assert_fan(panel(figure, "Installed (GW)"), national["storage_installed_gw"].to_numpy())
    ax, own = panel(figure, "Annual additions (GW)"), added_gw(streamed.frames["regions"])["added_gw"]
    found = added_by_stream(streamed.frames[STREAMS])
    np.testing.assert_allclose(found[MEDIAN][2025], own[2025])
    np.testing.assert_allclose(found.loc[2025][list(WIDE)], own[2025] * np.quantile(FACTORS, WIDE))
    (whiskers,) = [each for each in ax.collections if isinstance(each, LineCollection)]
    np.testing.assert_allclose(whiskers.get_segments()[LAST][:, 1], found.iloc[LAST][list(WIDE)])


@pytest.mark.parametrize("name", WITH_FANS)
def test_a_caption_says_what_the_bands_are_and_what_they_are_not(name: str, streamed: Result) -> None:
    told = texts(FIGURES[name](streamed))
    for words in (
        "3 random streams (seeds 1 to 3; mean field, 127 places)",
        "chance alone, not uncertain parameters or errors of the model; their edges are interpolated",
        "this run, on the expected path, 127 places",
        "500 consumers",
    ):
        assert words in told


def test_a_run_on_one_drawn_path_is_named_so(streamed: Result) -> None:
    parameters = streamed.manifest.parameters
    world = {"run": {**parameters["run"], "fast_graph": False}, "world": {**parameters["world"], "shocks": True}}
    manifest = streamed.manifest.model_copy(update={"parameters": {**parameters, **world}})
    assert "this run, on one drawn path, 260 places" in texts(FIGURES["bev_share"](Result(manifest, streamed.frames)))


@pytest.mark.parametrize("name", [name for name in FIGURES if name not in WITH_FANS])
def test_streams_change_no_other_figure(name: str, streamed: Result, small_result: Result) -> None:
    assert picture(FIGURES[name](streamed)) == picture(FIGURES[name](small_result))


@pytest.mark.parametrize(
    ("values", "heights"),
    [
        ([], []),
        ([1.0, 5.0], [1.0, 5.0]),
        ([1.0, 1.5, 9.0], [1.0, 3.0, 9.0]),
        ([8.0, 9.0, 9.5], [6.0, 8.0, 10.0]),
        ([1.0, 9.5, 10.0], [1.0, 8.0, 10.0]),
    ],
)
def test_labels_are_kept_apart_and_below_the_top(values: list[float], heights: list[float]) -> None:
    assert spaced(values, 2.0, 10.0) == heights
