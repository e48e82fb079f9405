"""The page on calibration says what the kept calibration found, and the draws shipped are its own."""

import json
from pathlib import Path

import pandas as pd
import pytest

from experiments.calibration.draws import SHIPPED, SHIPPED_NOTE
from experiments.documents import calibration_page as page
from experiments.errors import InputError
from experiments.figures.of_studies.prior_posterior import prior_posterior_figure

KEPT = page.ROOT / "results" / "calibration"


def _table(name: str) -> pd.DataFrame:
    return pd.read_csv(KEPT / f"{name}.csv")


def test_the_page_has_the_tables_that_were_kept() -> None:
    said = page.PAGE.read_text(encoding="utf-8")
    for name, cells in page.SHOWN.items():
        assert page.shown(_table(name), cells) in said


def test_the_draws_shipped_are_those_kept() -> None:
    assert SHIPPED.read_bytes() == (KEPT / "posterior.csv").read_bytes()
    kept, shipped = (json.loads(path.read_text()) for path in (KEPT / "calibration.json", SHIPPED_NOTE))
    assert shipped == {name: kept[name] for name in shipped}


def test_an_unfinished_calibration_is_not_shipped(tmp_path: Path) -> None:
    (tmp_path / "calibration.json").write_text('{"complete": false}')
    with pytest.raises(InputError, match="not finished"):
        page.ship(tmp_path)


def test_the_figure_names_what_is_known_and_every_parameter_in_words() -> None:
    table = _table("parameters")
    figure = prior_posterior_figure(table)
    fitted = table[table["sd_ratio"].notna()]
    labels = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert len(labels) == len(fitted)
    assert not any(";" in label or "_" in label for label in labels)
    assert any(f"{(fitted['identified'] == 'yes').sum()} of {len(fitted)}" in text.get_text() for text in figure.texts)
