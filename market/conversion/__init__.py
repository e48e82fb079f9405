"""The detour itself: cell lines that convert from cars to storage, above cells, power and makers."""
