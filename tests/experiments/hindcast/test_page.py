"""The page and figure of a scored hindcast say what its tables say."""

from pathlib import Path

import numpy as np
import pytest

from experiments.documents.hindcast_page import PAGE
from experiments.documents.hindcast_scores import SECTIONS, page_with_scores, read_hindcast
from experiments.figures.of_studies.hindcast_scores import scores_figure
from experiments.hindcast.files import write_hindcast
from experiments.hindcast.study import Asked, Scored
from tests.experiments.hindcast.test_tables import made, with_claims


def test_every_section_has_its_place_on_the_page() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for name in SECTIONS:
        assert page.count(f"<!-- {name} -->") == page.count(f"<!-- end {name} -->") == 1


def test_the_page_says_what_the_tables_say() -> None:
    page = "\n".join(f"<!-- {name} -->\nSTALE\n<!-- end {name} -->" for name in SECTIONS)
    written = page_with_scores(page, with_claims(storage=12.0, ports=110.0, states=0.02))
    assert "STALE" not in written
    assert "| Fast-charging ports at the end of 2024 within 15 % | +10% from 2022Q4 | yes |" in written
    assert "| Model, strict, inputs forecast | 0.62 (0.62) |  | 0.62 (0.62) |" in written
    assert "| shares of powertrains | forecast | 12 | 0% (0% to 26%) |" in written
    assert "| Damped trend | forecast | all targets | -0.6" in written


def test_a_folder_is_read_as_it_was_written(tmp_path: Path) -> None:
    found = with_claims(storage=12.0, ports=110.0, states=0.02)
    write_hindcast(tmp_path, found, Asked(), "detour hindcast")
    read = read_hindcast(tmp_path)
    assert read.scores["mase"].to_numpy() == pytest.approx(found.scores["mase"].to_numpy(), rel=1e-5)


def test_the_figure_shows_the_tables() -> None:
    found = Scored.of(made())
    figure = scores_figure(found.scores, found.coverage)
    left, right = figure.axes
    own = found.scores.query("method == 'model' and targets == 'all'").sort_values("horizon", kind="stable")
    np.testing.assert_allclose(np.asarray(left.lines[0].get_ydata(), np.float64), own["mase"].to_numpy(np.float64))
    shares = found.coverage.loc[found.coverage["pool"] == "shares of powertrains", "share"]
    np.testing.assert_allclose(np.asarray(right.lines[1].get_ydata(), np.float64), shares.to_numpy(np.float64))
