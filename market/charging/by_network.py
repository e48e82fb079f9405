"""Charging by group of networks: to which each operator belongs, and which is used (M5, M8)."""

import numpy as np

from agents.arrays import Floats
from market.base.categories import NETWORKS
from market.charging.network import ChargingNetwork


def networks_of(network: ChargingNetwork) -> Floats:
    """Which group of networks each operator belongs to, (operators, networks), 1 or 0."""
    return np.equal.outer(network.shares.network, np.arange(len(NETWORKS))).astype(np.float64)


def network_use(network: ChargingNetwork) -> Floats:
    """Share of each network in all fast plugs, (networks,); even without any."""
    plugs = network.of_networks(network.plugs).sum(axis=1)
    total = float(plugs.sum())
    return np.asarray(plugs / total) if total > 0.0 else np.full(len(NETWORKS), 1.0 / len(NETWORKS))
