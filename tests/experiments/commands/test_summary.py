"""The summary after a run: medians and intervals above the run's own values, the kept findings, advice."""

import io
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from rich.console import Console

from experiments.commands import summary
from experiments.commands.summary import (
    ROWS,
    STREAM_ROWS,
    outcomes_of_year,
    print_summary,
    spread_of_year,
    stream_rows,
)
from experiments.findings.kept import kept
from experiments.inputs.data_packs import PackSaid
from experiments.reports.findings import of_a_run
from experiments.runs.result_tables import STREAMS
from experiments.runs.spread import MEDIAN, WIDE
from experiments.runs.store import Result
from tests.experiments.conftest import with_hand_made_streams


def whole_years(result: Result) -> Result:
    """The streams as they would be to the end of 2026: the last quarters once more."""
    national = result.frames["national"]
    more = [national.tail(1).assign(quarter=f"2026Q{number}") for number in (2, 3, 4)]
    return with_hand_made_streams(
        replace(result, frames={**result.frames, "national": pd.concat([national, *more], ignore_index=True)}),
        {1: 0.8, 2: 1.0, 3: 1.4},
    )


def test_medians_and_intervals_of_streams_stand_above_the_runs_own_values(small_result: Result) -> None:
    result = whole_years(small_result)
    years, rows = stream_rows(result)
    own = outcomes_of_year(result.frames["national"], 2026)
    assert years == [2025, 2026]  # a common year, and the last that is whole
    assert [row[0] for row in rows[::3]] == [label for label, (key, _) in ROWS.items() if key in STREAM_ROWS]
    told = {
        median[0]: (median[-1], run[-1], interval[-1])
        for median, interval, run in zip(rows[::3], rows[1::3], rows[2::3], strict=True)
    }
    storage = own["storage_gw"]
    assert told["Installed storage, GW"] == (
        f"{storage:.0f}", f"{storage:.0f}", f"{0.84 * storage:.0f} to {1.32 * storage:.0f}",
    )  # fmt: skip
    assert [row[0].strip() for row in rows[1:3]] == ["80% of streams", "this run"]


def test_outcomes_of_streams_are_of_whole_years_stream_by_stream(small_result: Result) -> None:
    streams = whole_years(small_result).frames[STREAMS]
    own = outcomes_of_year(streams[streams["stream_seed"] == 2], 2026)
    spread = spread_of_year(streams, 2026)
    assert spread[MEDIAN]["price_kusd"] == pytest.approx(own["price_kusd"])
    assert spread[WIDE[0]]["price_kusd"] == pytest.approx(0.84 * own["price_kusd"])
    assert spread_of_year(streams, 2027).empty


def test_years_shown_are_whole_ones_and_the_last_of_a_run_that_ends_before_them() -> None:
    quarters = [f"{year}Q{number}" for year in range(2024, 2028) for number in (1, 2, 3, 4)]
    short, long = pd.DataFrame({"quarter": quarters[:-1]}), pd.DataFrame({"quarter": [*quarters, "2028Q1"]})
    assert summary.whole_years(short, (2025, 2030)) == [2025, 2026]
    assert summary.whole_years(long, (2025, 2030)) == [2025, 2027]
    assert summary.whole_years(long, (2025, 2026)) == [2025, 2026]
    assert summary.whole_years(short.head(3), (2025, 2030)) == []


def summary_of(result: Result) -> str:
    """The summary as it is printed, on one line."""
    console = Console(record=True, width=100, file=io.StringIO())
    print_summary(console, result, Path("results"), None)
    return " ".join(console.export_text().split())


def test_the_summary_has_the_table_of_streams_only_if_there_are_some(small_result: Result) -> None:
    said = [summary_of(result) for result in (whole_years(small_result), small_result)]
    assert "median and 80% interval of 3 random streams" in said[0]
    assert "chance alone" in said[0]
    assert "random streams" not in said[1]
    assert all("Sampling error of 500 drawn consumers" in each for each in said)
    for words in (kept().summary, kept().source, "What to try next:", "detour run no-detour"):
        assert all(words in each for each in said), words


def test_after_a_run_with_own_data_nothing_is_told_as_if_found_with_them(small_result: Result) -> None:
    pack = PackSaid(name="mine", by="me", date=date(2025, 1, 31), license="CC0")
    own = replace(small_result, manifest=small_result.manifest.model_copy(update={"data_packs": [pack]}))
    told = summary_of(own)
    assert kept().summary not in told
    assert kept().source not in told
    assert "What to try next:" in told
    assert "With the shipped data, not those of this run: " in of_a_run(own)[1]
    assert "With the shipped data" not in of_a_run(small_result)[1]
