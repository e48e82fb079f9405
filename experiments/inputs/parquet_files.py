"""Parquet files of results, whoever wrote them."""

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq


def parquet_table(content: bytes) -> pd.DataFrame:
    """The table in the bytes of a Parquet file. Raises ValueError."""
    try:
        frame: pd.DataFrame = pq.read_table(pa.BufferReader(content)).to_pandas(ignore_metadata=True)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise ValueError("it is no Parquet file") from error
    return frame
