"""Tables of a run as an analyst wants them: indexed by period, with units and labels at hand."""

import pandas as pd

from experiments.runs.result_tables import columns_of

_PERIODS = {"quarter": "Q", "year": "Y"}


def period_table(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """A table indexed by its quarter or year as a PeriodIndex, rows in order; without either, as it is.

    ``attrs`` holds ``table``, ``units`` and ``labels``, the last two by column.
    """
    column = next((each for each in _PERIODS if each in frame), None)
    table = frame.copy()
    if column is not None:
        periods = pd.PeriodIndex(table.pop(column).astype(str), freq=_PERIODS[column], name=column)
        table = table.set_index(periods)
    series = columns_of(name)
    table.attrs = {
        "table": name,
        "units": {name: series[name].unit for name in map(str, table)},
        "labels": {name: series[name].label for name in map(str, table)},
    }
    return table
