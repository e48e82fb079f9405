"""Charging service by group of networks: which of them is used, and how often charges at it succeed (M5, M8)."""

import numpy as np

from agents.arrays import Floats
from market.base.categories import NETWORKS
from market.charging.network import ChargingNetwork


def networks_of(network: ChargingNetwork) -> Floats:
    """Which group of networks each operator belongs to, (operators, networks), 1 or 0: the captive one is Tesla's."""
    captive = network.shares.captive > 0.0
    return np.stack([captive, ~captive], axis=1).astype(np.float64)


def network_use(network: ChargingNetwork) -> Floats:
    """Share of each network in all fast plugs, (networks,); even without any."""
    plugs = network.plugs.sum(axis=1) @ networks_of(network)
    total = float(plugs.sum())
    return np.asarray(plugs / total) if total > 0.0 else np.full(len(NETWORKS), 1.0 / len(NETWORKS))


def success_by_network(network: ChargingNetwork, success: Floats) -> Floats:
    """True success met by a zone's drivers, (zones, networks), from that of all networks together, (zones,).

    A network fails as much more or less often than all of them as it does in the whole country, by plugs.
    """
    belongs, plugs = networks_of(network), network.served_plugs
    standing = plugs.sum(axis=1) @ belongs
    failing = (plugs * (1.0 - network.success_met)).sum(axis=1) @ belongs
    every = float(failing.sum()) / max(float(standing.sum()), np.finfo(float).tiny)
    own = np.where(standing > 0.0, failing / np.where(standing > 0.0, standing, 1.0), every)
    relative = own / every if every > 0.0 else np.ones(len(NETWORKS))
    return np.asarray(np.clip(1.0 - np.outer(1.0 - success, relative), 0.0, 1.0))
