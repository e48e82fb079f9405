"""Charging: the road graph, demand, service, operators' plugs and accounts."""
