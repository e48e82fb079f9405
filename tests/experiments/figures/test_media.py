"""Every figure can be made for a screen, a paper and a slide: of the size asked for, not blank, whole, legible."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from string import ascii_lowercase

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.image import imread
from matplotlib.text import Text
from typer.testing import CliRunner

from experiments.cli import app
from experiments.figures.formats import FORMATS
from experiments.figures.media import MEDIA, SCREEN, SLIDE, Medium, made_for, medium
from experiments.figures.of_studies.bev_share_fan import bev_share_fan, recorded_share
from experiments.figures.of_studies.state_map import is_by_state, state_map
from experiments.figures.registry import FIGURES
from experiments.figures.saving import save, settle
from experiments.figures.style import FigureError
from experiments.packs.writing import write_tables
from experiments.runs.store import Result
from experiments.studies import study_report
from experiments.studies.study_report import plan_of
from market.base import tables
from market.packs import read_packs
from tests.experiments.figures.figure_reading import texts
from tests.experiments.figures.study_samples import by_state, fan_rows, manifest_of_a_study, study_figures
from tests.experiments.packs.own_packs import AUTHOR

RUNNER = CliRunner()
SMALLEST_POINTS = {"screen": 7.0, "paper": 5.5, "slide": 11.0}  # print is held closer than a slide is looked at
WITH_FANS = ("bev_share", "cell_capacity", "prices", "storage_by_region")


def made(result: Result, streamed: Result) -> dict[str, Figure]:
    fans = {f"{name}_over_streams": FIGURES[name](streamed) for name in WITH_FANS}
    return {name: figure(result) for name, figure in FIGURES.items()} | fans | study_figures()


@dataclass(frozen=True)
class Drawn:
    """Every figure made and laid out for a medium."""

    medium: Medium
    figures: dict[str, Figure]


@pytest.fixture(
    scope="module", params=[pytest.param(each, marks=() if each == "paper" else pytest.mark.long) for each in MEDIA]
)
def drawn(request: pytest.FixtureRequest, small_result: Result, streamed: Result) -> Drawn:
    chosen = MEDIA[request.param]
    with made_for(chosen):
        figures = made(small_result, streamed)
        for figure in figures.values():
            settle(figure)
    return Drawn(chosen, figures)


def test_every_figure_is_whole_legible_and_not_blank_in_all_formats(drawn: Drawn, tmp_path: Path) -> None:
    for stem, figure in drawn.figures.items():
        with made_for(drawn.medium):
            png, svg, pdf = save(figure, tmp_path / stem, FORMATS)
        width, height = figure.get_size_inches() * drawn.medium.dots_per_inch
        picture = imread(png)
        assert picture.shape[:2] == (int(height), int(width)), stem
        ink = (picture[..., :3] < 0.95).any(axis=2).mean()
        assert 0.02 < ink < 0.9, stem
        assert svg.read_text(encoding="utf-8").count("<path") > 20, stem
        assert pdf.read_bytes().startswith(b"%PDF"), stem
        frame = np.concatenate([picture[[0, -1]].reshape(-1, 4), picture[:, [0, -1]].reshape(-1, 4)])
        assert (frame == 1.0).all(), f"{stem} is cut at its edge"
        told = [text for text in figure.findobj(Text) if isinstance(text, Text) and text.get_text().strip()]
        assert min(float(text.get_fontsize()) for text in told) >= SMALLEST_POINTS[drawn.medium.name], stem
        plain = [text.get_text() for text in told if text.get_visible() and not text.get_parse_math()]
        assert not [text for text in plain if "\\math" in text], stem


def test_a_slide_is_16_to_9_and_a_paper_figure_has_the_width_of_one_column_or_two(drawn: Drawn) -> None:
    if drawn.medium is SLIDE:
        assert {tuple(figure.get_size_inches()) for figure in drawn.figures.values()} == {(13.33, 7.5)}
        return
    widths = {name: float(figure.get_figwidth()) for name, figure in drawn.figures.items()}
    if drawn.medium is SCREEN:
        assert set(widths.values()) == {9.6}
        return
    assert set(widths.values()) == {3.5, 7.0}
    assert {name for name, width in widths.items() if width == 3.5} == {
        "bev_share", "bev_share_over_streams", "bev_share_fan", "interval_convergence", "trust",
    }  # fmt: skip


def test_head_panels_and_foot_do_not_overlap(drawn: Drawn) -> None:
    for name, figure in drawn.figures.items():
        if drawn.medium.captioned:
            edges = [legend.get_window_extent().y0 for legend in figure.legends] or [figure.bbox.height]
            boxes = [ax.get_tightbbox() for ax in figure.axes if ax.get_label() != "key"]
            assert all(box is None or (box.y0 >= -1 and box.y1 <= min(edges) + 1) for box in boxes), name
            continue
        head = min(text.get_window_extent().y0 for text in figure.texts[:2])
        notes = [text for text in figure.texts if text.get_verticalalignment() == "bottom"]
        foot = min(notes, key=lambda text: text.get_position()[1]).get_window_extent().y1
        for ax in figure.axes:
            box = ax.get_tightbbox()
            if box is not None and ax.get_label() != "key":
                assert box.y1 <= head + 1, (name, ax.get_title(loc="left"))
                assert box.y0 >= foot - 1, (name, ax.get_title(loc="left"))


def test_a_figure_for_a_paper_has_its_title_and_note_beside_it_and_others_within(drawn: Drawn, tmp_path: Path) -> None:
    figure = drawn.figures["tornado"]
    with made_for(drawn.medium):
        pictures = save(figure, tmp_path / "tornado", ("png", "pdf"))
    assert [path.suffix for path in pictures] == [".png", ".pdf"]
    caption = tmp_path / "tornado.txt"
    assert caption.exists() == drawn.medium.captioned
    words = caption.read_text(encoding="utf-8") if drawn.medium.captioned else texts(figure)
    for told in (
        "Largest single-factor effects",
        "Change from",
        "90% paired interval",
        "plan 00000000",
        "seeds 1 to 5",
    ):
        assert told in words.replace("\n", " ")
        assert (told in texts(figure)) != drawn.medium.captioned
    font = pictures[1].read_bytes()
    assert (b"LiberationSans" in font) == drawn.medium.captioned
    assert b"/Type3" not in font


SEVERAL = (
    "cell_capacity", "prices", "profits", "explanation", "retention", "bev_share_by_state", "cells_map", "state_map",
)  # fmt: skip


def test_panels_have_bold_letters_in_a_paper_alone_and_its_caption_says_which_is_which(drawn: Drawn) -> None:
    for name, figure in drawn.figures.items():
        panels = [ax for ax in figure.axes if ax.get_label() not in ("key", "<colorbar>")]
        bold = [text for ax in panels for text in ax.texts if text.get_fontweight() == "bold"]
        signs = [text for text in bold if len(text.get_text()) == 1]
        if not drawn.medium.captioned or len(panels) == 1:
            assert not signs, name
        elif name != "charging_map":  # of which a row of maps has a letter
            assert [text.get_text() for text in signs] == list(ascii_lowercase[: len(panels)]), name
            titles = [ax.get_title(loc="left") for ax in panels]
            told = "; ".join(f"{text.get_text()}: {title}" for text, title in zip(signs, titles, strict=True) if title)
            assert f"Panels: {told}." in str(figure.get_label()) or not all(titles), name
    if drawn.medium.captioned:
        rows = [text.get_text() for text in drawn.figures["charging_map"].texts if text.get_fontweight() == "bold"]
        assert rows == ["a", "b", "c"][: len(rows)]
        assert len(rows) > 1
        assert all("Panels: a: " in str(drawn.figures[name].get_label()) for name in SEVERAL)


def test_a_letter_stands_left_of_its_title(drawn: Drawn) -> None:
    if not drawn.medium.captioned:
        return
    for ax in drawn.figures["prices"].axes:
        words = ax.get_title(loc="left")
        (title,) = [part for part in ax.get_children() if isinstance(part, Text) and part.get_text() == words]
        (sign,) = [text for text in ax.texts if text.get_fontweight() == "bold"]
        assert sign.get_window_extent().x1 < title.get_window_extent().x0
        assert sign.get_window_extent().y0 == pytest.approx(title.get_window_extent().y0, abs=4)


def test_states_of_a_study_are_on_a_map_by_scenario_and_other_places_are_not() -> None:
    table = by_state()
    assert is_by_state(table)
    assert not is_by_state(table.assign(place="ERCOT"))
    figure = state_map(table, manifest_of_a_study(2))
    maps = [ax for ax in figure.axes if ax.get_label() != "<colorbar>"]
    assert [ax.get_title(loc="left") for ax in maps] == ["reference", "other less reference"]
    for ax, shown in zip(maps, (np.arange(6), 0.1 * np.arange(6)), strict=True):
        drawn = np.ma.asarray(ax.collections[0].get_array(), np.float64)
        np.testing.assert_allclose(np.sort(drawn[~np.ma.getmaskarray(drawn)]), shown)
    scale = maps[1].collections[0].norm
    assert (scale.vmin, scale.vmax) == (-0.5, 0.5)


def test_figures_are_made_for_the_screen_outside() -> None:
    with made_for(SLIDE):
        assert medium() is SLIDE
    assert medium() is SCREEN


def test_the_fan_is_the_median_and_quantiles_of_the_runs_over_the_record() -> None:
    figure = bev_share_fan(fan_rows(5), manifest_of_a_study(), "2024Q4")
    (ax,) = figure.axes
    (line,) = [each for each in ax.lines if each.get_label() == "Median run"]
    base = 0.001 * np.arange(76)
    np.testing.assert_allclose(np.asarray(line.get_ydata(), np.float64), base + 0.02)
    bands = {str(band.get_label()): np.asarray(band.get_paths()[0].vertices) for band in ax.collections}
    assert list(bands) == ["90% of runs", "50% of runs"]
    for band, half in ((bands["90% of runs"], 0.018), (bands["50% of runs"], 0.01)):
        np.testing.assert_allclose(band[:, 1].min(), 0.02 - half, atol=1e-12)
        np.testing.assert_allclose(band[:, 1].max(), base[-1] + 0.02 + half, atol=1e-12)
    (dots,) = [each for each in ax.lines if each.get_label() == "Observed"]
    assert len(np.asarray(dots.get_ydata())) == 32  # 2017 to 2024: later outcomes are kept out
    assert "spread over 5 seeds" in texts(figure)
    assert "With this few runs" in texts(figure)
    assert "With this few runs" not in texts(bev_share_fan(fan_rows(20), manifest_of_a_study(1, 20), "2024Q4"))


def test_the_record_of_a_studys_fan_is_that_of_its_data_packs(tmp_path: Path) -> None:
    sales = tables.load("sales_by_powertrain")
    no_bevs = sales.assign(sales=sales["sales"].where(sales["powertrain"] != "BEV", 0.0))
    write_tables(tmp_path / "pack", {"sales_by_powertrain": no_bevs}, AUTHOR)
    named = {"data.packs": str(tmp_path / "pack"), "data.sha256": read_packs([tmp_path / "pack"]).sha256}
    rows = fan_rows().assign(scenario="scenario-with-a-name-0")
    for own, highest in (({}, recorded_share().max()), (named, 0.0)):
        parameters = {"scenario-with-a-name-0": {"run.origin": "2024Q4", **own}}
        manifest = manifest_of_a_study().model_copy(update={"parameters": parameters})
        runs = pd.DataFrame({"scenario": ["scenario-with-a-name-0"], **manifest.points[0].factors})
        read = {"runs": runs, "quarters": rows}
        figures = study_report.shown(manifest, read, tmp_path, [], partial(plan_of, tmp_path, manifest)).figures
        (dots,) = [each for each in figures["bev_share_fan"]().axes[0].lines if each.get_label() == "Observed"]
        assert np.asarray(dots.get_ydata(), np.float64).max() == pytest.approx(highest)
    (tmp_path / "pack" / "sales_by_powertrain.csv").unlink()
    with pytest.raises(FigureError, match=r"what was observed is in the study's data packs: .* holds no table"):
        figures["bev_share_fan"]()


def test_the_record_of_the_fan_is_that_of_a_run(small_result: Result) -> None:
    national = small_result.frames["national"].set_index("quarter")["bev_share_recorded"].dropna()
    np.testing.assert_allclose(recorded_share().loc[national.index], national)


def test_the_command_draws_for_a_paper_and_a_slide_into_folders_of_their_own(
    stored: Path, two_figures: set[str]
) -> None:
    for name in ("paper", "slide"):
        done = RUNNER.invoke(app, ["figures", str(stored), "--for", name, "--format", "png,svg"])
        assert done.exit_code == 0, done.output
        drawn = {path.name for path in (stored / "figures" / name).iterdir()}
        endings = ("png", "svg", "txt") if name == "paper" else ("png", "svg")
        assert drawn == {f"{stem}.{ending}" for stem in two_figures for ending in endings}
    wrong = RUNNER.invoke(app, ["figures", str(stored), "--for", "poster"])
    assert wrong.exit_code == 2
    assert "--for is poster; it must be screen, paper, slide" in wrong.output


def test_another_format_is_drawn_only_if_asked_for(stored: Path, two_figures: set[str]) -> None:
    asked: list[tuple[list[str], str]] = [([], "png"), (["--format", "pdf"], "pdf"), (["--format", "SVG"], "svg")]
    for words, ending in asked:
        done = RUNNER.invoke(app, ["figures", str(stored), "--for", "slide", *words])
        assert done.exit_code == 0, done.output
        assert {Path(line).name for line in done.stdout.split()} == {f"{stem}.{ending}" for stem in two_figures}
    wrong = RUNNER.invoke(app, ["figures", str(stored), "--format", "png,gif"])
    assert wrong.exit_code == 2
    assert "--format is png,gif; it must be one or more of png,svg,pdf" in wrong.output
