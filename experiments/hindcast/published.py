"""Published forecasts beside the model's, each from the first origin at which it had been published."""

from typing import Any

import numpy as np
import pandas as pd

from experiments.hindcast.rows import MODEL, RECORD
from experiments.hindcast.rules import RULES
from experiments.hindcast.targets import COUNTRY
from market.base import quarters, tables

_YEAR_END = "{}Q4"


def published_forecasts() -> pd.DataFrame:
    """The table ``published_forecasts`` with prices in 2025 $."""
    rows = tables.load("published_forecasts")
    priced = rows["dollars_of_year"].notna()
    years = rows.loc[priced, "dollars_of_year"].astype(np.int64)
    rows.loc[priced, "value"] = tables.real_2025(rows.loc[priced, "value"], years)
    return rows


def beside_published(forecasts: pd.DataFrame) -> pd.DataFrame:
    """A row for each published forecast that an origin follows within two years of its target.

    The model is that of the first such origin, strict, with inputs as forecast; so it knows more than the forecaster
    did where the forecast is old. Columns: ``forecaster``, ``vintage``, ``series``, ``year``, ``origin``, ``recorded``,
    ``published``, ``model`` and one for each simple rule, NaN where it has none.
    """
    yearly = forecasts[(forecasts["place"] == COUNTRY) & forecasts["version"].isin(["strict", RECORD])]
    yearly = yearly[yearly["inputs"].isin(["forecast", RECORD])]
    rows: list[dict[str, Any]] = []
    for each in published_forecasts().to_dict("records"):
        of = yearly[(yearly["series"] == each["series"]) & (yearly["quarter"] == _YEAR_END.format(each["year"]))]
        late = of[(of["origin"] >= each["vintage"]) & (of["method"] == MODEL)]
        if late.empty:
            continue
        origin = min(late["origin"], key=quarters.index)
        there = of[of["origin"] == origin].set_index("method")["value"]
        rows.append({
            "forecaster": each["forecaster"], "vintage": each["vintage"], "series": each["series"],
            "year": each["year"], "origin": origin, "recorded": float(late["recorded"].iloc[0]),
            "published": float(each["value"]), **{name: there.get(name, np.nan) for name in (MODEL, *RULES)},
        })  # fmt: skip
    return pd.DataFrame(rows)
