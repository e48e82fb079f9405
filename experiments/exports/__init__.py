"""Tables of a run or a study for other programs: CSV, Excel, DuckDB."""
