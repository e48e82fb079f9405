"""The detour itself: lines that turn from cars to storage, above cells, power and makers."""
