"""Medians and intervals over the random streams of a run."""

from collections.abc import Sequence

import pandas as pd

from experiments.runs.result_tables import STREAM_SEED, STREAMS
from experiments.runs.store import Result

MEDIAN = 0.5
WIDE, NARROW = (0.1, 0.9), (0.25, 0.75)
"""Bounds of the intervals that hold 80 and 50 % of streams, as quantiles."""
QUANTILES = (WIDE[0], NARROW[0], MEDIAN, NARROW[1], WIDE[1])


def streams_of(result: Result) -> pd.DataFrame | None:
    """The table of a run's streams; None if it has none."""
    streams = result.frames.get(STREAMS)
    return None if streams is None or streams.empty else streams


def streams_in(streams: pd.DataFrame) -> int:
    """How many streams a table has."""
    return int(streams[STREAM_SEED].nunique())


def quantiles(values: pd.DataFrame, quantile: Sequence[float] = QUANTILES) -> pd.DataFrame:
    """Quantiles over columns, a stream each, shape (rows, quantiles); between two streams in proportion, NaN left out.

    With 11 streams the bounds of 80 % are the second from either end.
    """
    return values.quantile(list(quantile), axis=1).T


def by_stream(streams: pd.DataFrame, column: str) -> pd.DataFrame:
    """A column of the table of streams, shape (quarters, streams), quarters in order."""
    return streams.pivot(index="quarter", columns=STREAM_SEED, values=column)


def by_quarter(streams: pd.DataFrame, column: str) -> pd.DataFrame:
    """Quantiles of a column of the table of streams, shape (quarters, quantiles), quarters in order."""
    return quantiles(by_stream(streams, column))
