"""Car ownership: the population as drawn rows or as expected seats, trades, dealers."""
