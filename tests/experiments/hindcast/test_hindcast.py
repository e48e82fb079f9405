"""The hindcast (figure 12): rules and errors worked by hand, and the figure's numbers equal the table's."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import logit
from typer.testing import CliRunner

from experiments.cli import app
from experiments.figures.of_studies.hindcast import hindcast_figure
from experiments.hindcast.scores import HORIZONS, errors, hindcast
from market.base import quarters
from tests.experiments.figures.figure_reading import texts
from tests.experiments.figures.study_samples import manifest_of_a_study

LABELS = [quarters.label(number) for number in range(32)]
SHARES = pd.Series(np.linspace(0.01, 0.1, 32), index=LABELS)
ORIGINS = {0: "2021Q4", 1: "2024Q2"}


def made() -> pd.DataFrame:
    """Two seeds, one a point above the record and one three points above it."""
    rows = [
        {"point": point, "replication": k, "quarter": label, "bev_share_new": SHARES[label] + 0.01 + 0.02 * k}
        for point in ORIGINS
        for k in (0, 1)
        for label in LABELS
    ]
    return pd.DataFrame(rows)


def of_origin(recorded: pd.Series) -> pd.DataFrame:
    """The rows of 2021Q4."""
    table = hindcast(made(), ORIGINS, recorded)
    return table[table["origin"] == "2021Q4"]


def test_a_row_is_a_horizon_of_an_origin_within_the_record() -> None:
    table = hindcast(made(), ORIGINS, SHARES)
    assert list(zip(table["origin"], table["horizon"], strict=True)) == [
        *(("2021Q4", horizon) for horizon in range(1, 9)), ("2024Q2", 1), ("2024Q2", 2),
    ]  # fmt: skip
    assert table["predicted"].to_numpy() == pytest.approx(table["recorded"].to_numpy() + 0.02)
    assert (table["high"] - table["low"]).to_numpy() == pytest.approx(0.9 * 0.02)
    assert table["quarter"][0] == "2022Q1"


def test_rules_know_the_record_to_the_origin_alone() -> None:
    table = of_origin(SHARES)
    assert table["last_value"].tolist() == [SHARES["2021Q4"]] * 8
    assert table["same_season"].tolist() == [SHARES[f"2021Q{season}"] for season in (1, 2, 3, 4)] * 2
    changed = SHARES.copy()
    changed["2022Q1":] = 0.5
    rules = ["last_value", "same_season", "damped_trend"]
    pd.testing.assert_frame_equal(of_origin(changed)[rules], table[rules])


def test_a_steady_share_is_foreseen_by_every_rule() -> None:
    steady = pd.Series(0.05, index=LABELS)
    table = hindcast(made(), ORIGINS, steady)
    for rule in ("last_value", "same_season", "damped_trend"):
        assert table[rule].to_numpy() == pytest.approx(0.05)


def test_errors_are_means_over_origins_and_skill_is_against_the_last_value() -> None:
    table = hindcast(made(), ORIGINS, SHARES)
    found = errors(table)
    model = found[found["method"] == "predicted"].set_index("horizon")
    assert model["origins"].tolist() == [2, 2, 1, 1]
    assert model["mae_points"].tolist() == pytest.approx([2.0] * 4)
    last = abs(logit(SHARES["2021Q4"]) - logit(SHARES["2023Q4"]))
    own = abs(logit(SHARES["2023Q4"] + 0.02) - logit(SHARES["2023Q4"]))
    assert float(model["skill"][8]) == pytest.approx(1.0 - own / last)
    assert not found.loc[found["method"] == "last_value", "skill"].to_numpy().any()


def test_the_figure_shows_the_table() -> None:
    table = hindcast(made(), ORIGINS, SHARES)
    figure = hindcast_figure(table, manifest_of_a_study(2, 2))
    left, right = figure.axes
    path = table[table["origin"] == "2021Q4"]
    np.testing.assert_allclose(np.asarray(left.lines[0].get_ydata(), np.float64), path["predicted"])
    model = errors(table).query("method == 'predicted'")
    np.testing.assert_allclose(np.asarray(right.lines[0].get_ydata(), np.float64), model["mae_points"])
    assert [tick for tick in right.get_xticks() if tick in HORIZONS] == list(HORIZONS)
    assert "n = 2 forecast origins" in texts(figure)


def test_a_sweep_over_origins_is_shown_as_a_hindcast(tmp_path: Path) -> None:
    design = tmp_path / "two.toml"
    design.write_text(
        'question = "How far off?"\nconsumers = 500\n[set]\n"run.fast_graph" = true\n"run.last_quarter" = "2024Q4"\n'
        '[factors]\n"run.origin" = ["2018Q4", "2019Q4"]\n',
        encoding="utf-8",
    )
    done = CliRunner().invoke(app, ["sweep", str(design), "--workers", "2", "--out", str(tmp_path)])
    assert done.exit_code == 0, done.output
    table = pd.read_csv(tmp_path / "two" / "back_test.csv")
    assert table.groupby("origin")["horizon"].max().to_dict() == {"2018Q4": 8, "2019Q4": 8}
    assert (tmp_path / "two" / "back_test.png").is_file()
    assert CliRunner().invoke(app, ["report", str(tmp_path / "two")]).exit_code == 0
    assert "same_season" in (tmp_path / "two" / "report.html").read_text(encoding="utf-8")
