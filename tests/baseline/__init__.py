"""The regression baseline: numbers of every table of six small runs, of which none moves by accident."""
