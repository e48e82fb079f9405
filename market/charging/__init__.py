"""Charging: the graph, who charges where, service, operators' plugs and their money."""
