"""The car market of a quarter: values, choices, inversion, used prices, waiting."""
