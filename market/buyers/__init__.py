"""The car market of a quarter: values, choices, inversion of demand constants, used prices, purchase timing."""
