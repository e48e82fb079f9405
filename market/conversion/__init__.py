"""The detour: cell lines that convert from vehicles to storage; uses cells, power and automakers."""
