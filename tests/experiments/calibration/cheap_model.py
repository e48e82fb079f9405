"""An evaluation that costs nothing: statistics that are linear in some parameters. Found by import, for workers."""

from dataclasses import replace

from experiments.calibration.evaluation import STATISTICS
from experiments.calibration.waves import evaluation_model
from experiments.studies.job import Content, Model, Outcome


def run(content: Content, _seed: int) -> Outcome:
    """Price coefficients and what buyers do go together; no other statistic moves much."""
    alpha, ports = float(content["buyers.alpha_powertrain"]), float(content["charging.network_weight"])
    moved = {"credits_effect": -4.5 * alpha, "price_elasticity": -40.0 * alpha, "port_elasticity": 0.15 * ports}
    small = 1e-3 * float(content["trust.neighbour_effect"])
    return Outcome(dict.fromkeys(STATISTICS, small) | moved)


def model() -> Model:
    """The market's parameters, read by ``run``."""
    return replace(evaluation_model(), run=run)
