"""Cell plants: cost of cells, allocation, what to do with a line."""
