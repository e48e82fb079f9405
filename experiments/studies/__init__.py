"""Many runs as one study: a design becomes jobs, an engine makes them, files keep them, tables and figures show them.

``design`` reads a design file, ``factors`` and ``sampling`` make its points, ``plan`` its jobs. ``engine`` says what an
engine is; ``local_engine`` and ``dask_engine`` are two. ``run_files`` keeps one run, ``study_files`` what belongs to
all, ``study`` carries a plan out.
``comparison`` and ``sensitivity`` read a finished study. ``market_runs`` is the model.
"""
