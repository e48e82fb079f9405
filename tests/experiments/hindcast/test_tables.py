"""Tables of a hindcast from forecasts made up: scores, coverage, comparisons and what must be shown."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments.hindcast.measures import clopper_pearson
from experiments.hindcast.study import Scored
from experiments.hindcast.tables import comparisons, coverage, scores
from experiments.hindcast.verdicts import sentences, verdicts
from market.base import quarters

ORIGINS = ("2021Q4", "2022Q1", "2022Q2", "2022Q3", "2022Q4", "2023Q1")


def row(method: str, origin: str, horizon: int, off: float, **of: Any) -> dict[str, Any]:
    """A forecast of a share of 10 %, off by so much, with a band of 2 points around it."""
    model = method == "model"
    known = {"version": "strict", "inputs": "forecast"} if model or method == "last_ranks" else None
    made: dict[str, Any] = {
        **(known or {"version": "record", "inputs": "record"}), "method": method, "origin": origin, "horizon": horizon,
        "quarter": quarters.label(quarters.index(origin) + horizon), "series": "bev_share", "place": "US",
        "value": 0.1 + off, "recorded": 0.1, "crps": abs(off) / 2.0, "scale": 0.02,
    } | of  # fmt: skip
    width = {50: 0.005, 80: 0.01, 95: 0.02} if model else dict.fromkeys((50, 80, 95), float("nan"))
    return made | {
        f"{side}_{band}": made["value"] + sign * reach
        for band, reach in width.items()
        for side, sign in (("low", -1.0), ("high", 1.0))
    }


def made(model: float = 0.01, rule: float = -0.015) -> pd.DataFrame:
    """The model off by a point, a rule by one and a half, a little more at later origins."""
    rows = [
        row(method, origin, horizon, off * (1.0 + 0.1 * place))
        for place, origin in enumerate(ORIGINS)
        for horizon in (1, 4)
        for method, off in (("model", model), ("damped_trend", rule))
    ]
    return pd.DataFrame(rows)


def test_scores_are_means_over_origins_and_scaled_by_what_was_known() -> None:
    found = scores(made())

    def of(method: str, horizon: int, targets: str) -> "pd.Series[Any]":
        chosen = (found["method"] == method) & (found["horizon"] == horizon) & (found["targets"] == targets)
        return found[chosen].iloc[0]

    own = of("model", 4, "all")
    assert own["forecasts"] == 6
    assert float(own["mae"]) == pytest.approx(0.01 * 1.25)
    assert float(own["mase"]) == pytest.approx(0.01 * 1.25 / 0.02)
    assert float(own["bias"]) == pytest.approx(0.01 * 1.25)
    assert float(of("damped_trend", 4, "all")["bias"]) == pytest.approx(-0.015 * 1.25)
    late = of("model", 1, "2023-24")
    assert late["forecasts"] == 2
    assert float(late["mae"]) == pytest.approx(0.01 * 1.45)


def test_ranks_are_compared_within_an_origin() -> None:
    rows = [
        row("model", origin, 4, value, series="bev_share_by_state", place=f"S{place}", recorded=0.01 * place)
        for origin, values in (("2021Q4", (0.1, 0.2, 0.3, 0.4, 0.5)), ("2022Q4", (0.5, 0.4, 0.3, 0.2, 0.1)))
        for place, value in enumerate(values)
    ]
    found = scores(pd.DataFrame(rows))
    assert float(found.loc[found["targets"] == "all", "rank_correlation"].iloc[0]) == pytest.approx(0.0)
    late = found.loc[found["targets"] == "2023-24", "rank_correlation"]
    assert float(late.iloc[0]) == pytest.approx(-1.0)


def test_coverage_counts_outcomes_within_edges() -> None:
    table = coverage(made())
    found = table[table["pool"] == "shares of powertrains"].set_index("band")
    assert found["forecasts"].tolist() == [12, 12, 12]
    assert found["inside"].tolist() == [0, 2, 12]  # off by 1 to 1.5 points; edges 0.5, 1 and 2 points away
    assert found[["low", "high"]].to_numpy()[-1].tolist() == pytest.approx(list(clopper_pearson(12, 12)))


def test_an_automaker_without_bevs_is_not_counted() -> None:
    none = row("model", "2021Q4", 1, -0.1, series="bev_share_by_maker", place="Honda", recorded=0.0, value=0.0)
    some = row("model", "2021Q4", 1, 0.0, series="bev_share_by_maker", place="GM")
    table = coverage(pd.DataFrame([none, some]))
    assert table["forecasts"].tolist() == [1, 1, 1]


def test_a_better_model_has_a_negative_difference() -> None:
    table = comparisons(made())
    own = table[(table["horizon"] == 4) & (table["targets"] == "all")].set_index("loss")
    assert own["rival"].tolist() == ["damped_trend"] * 2
    assert float(own.loc["absolute_error", "difference"]) == pytest.approx(-0.005 * 1.25)  # type: ignore[arg-type]  # a number
    assert float(own.loc["crps", "difference"]) == pytest.approx(-0.0025 * 1.25)  # type: ignore[arg-type]  # a number
    assert own["origins"].tolist() == [6, 6]
    assert (own["p_value"] < 0.2).all()


def test_another_version_of_the_model_is_no_rival_of_this_one() -> None:
    other = made().query("method == 'model'").assign(version="pseudo", method="without_trust")
    table = comparisons(pd.concat([made(), other]))
    assert set(table["rival"]) == {"damped_trend"}


def with_claims(*, storage: float, ports: float, states: float) -> Scored:
    """A hindcast with a year of storage, ports and states besides."""
    year: dict[str, Any] = {"origin": "2022Q4", "horizon": 4}
    rows = [
        row("model", **year, off=0.0, series="fast_ports", value=ports, recorded=100.0, quarter="2024Q4"),
        row("model", **year, off=0.0, series="storage_gw", value=storage, recorded=10.0),
    ]
    for place in range(6):
        region: dict[str, Any] = {"place": f"R{place}", "series": "storage_gw", "recorded": float(place)}
        rows.append(row("model", **year, off=0.0, value=float(place), **region))
        state: dict[str, Any] = {"place": f"S{place}", "series": "bev_share_by_state"}
        rows += [row("model", **year, off=states, **state), row("last_ranks", **year, off=0.01, **state)]
    return Scored.of(pd.concat([made(0.01, -0.015), pd.DataFrame(rows)]))


def test_what_must_be_shown_is_reached_or_not() -> None:
    reached = [each.reached for each in verdicts(with_claims(storage=12.0, ports=110.0, states=0.005))]
    assert reached == [True, True, None, False, True, True, True, True]
    missed = [each.reached for each in verdicts(with_claims(storage=13.0, ports=84.0, states=0.02))]
    assert missed == [True, True, None, False, False, False, False, True]


def test_the_text_says_where_a_simple_rule_wins() -> None:
    better, worse = (" ".join(sentences(Scored.of(made(off)))) for off in (0.01, 0.03))
    assert "1.25 points off, MASE 0.62; damped trend 1.88: the model is nearer." in better
    assert "3.75 points off, MASE 1.88; damped trend 1.88: the simple rule wins." in worse
    assert "cannot be told" in better


def test_what_is_not_there_cannot_be_told() -> None:
    early = made().query("quarter < '2023Q1'").assign(**dict.fromkeys(("low_50", "high_50"), np.nan))
    assert [each.reached for each in verdicts(Scored.of(early))] == [None] * 8
