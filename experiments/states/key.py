"""What a saved state is known by: one hash of all that decides a run up to the end of observed data."""

from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_info

from experiments.inputs.parameter_list import Value, counted, identifying
from experiments.runs.own_code import OwnCode
from experiments.runs.provenance import content_sha256, here
from market.base import quarters
from market.recorder import TABLES
from market.scenario import Scenario

LATER_LIST = Path(__file__).parent / "acts_later.txt"
"""Parameters that act only after the end of observed data, as ``experiments.states.acting`` measured it."""
MOST_ROWS = 10_000_000
"""Consumers above which no state is kept: what is saved is a smaller and smaller part of such a run."""
ORIGIN = Scenario().run.origin
"""The origin at which it was measured which parameters act later; runs of others start from their first quarter."""
_FORMAT = 1  # of a state's arrays


def state_key(scenario: Scenario, seed: int, own: OwnCode, record: Collection[str] = tuple(TABLES)) -> str | None:
    """SHA-256 by which a run's state at its origin is known; None if it starts from its first quarter.

    In a mean-field run nothing is drawn before the origin, so that all seeds share a past.
    None for a run with an earlier origin, whose parameters were not measured, one of very many consumers, and one with
    a user's own code, which may keep what no state shows and import what no hash sees.
    """
    rows = 0 if scenario.run.mean_field else scenario.run.consumers
    if own.rules or scenario.plugins.modules or rows > MOST_ROWS or scenario.run.origin != ORIGIN:
        return None
    made_by = here(own.modules)
    return content_sha256(
        {
            "format": _FORMAT,
            "code": made_by.code.sha256,
            "versions": made_by.versions,
            "processor": _processor(),
            "seed": None if scenario.run.mean_field else seed,
            "parameters": acting(scenario),
            "tables": sorted(record),
        }
    )


def acting(scenario: Scenario) -> dict[str, Value]:
    """The parameters of a scenario that may act up to its origin, and those of their dated steps that may.

    All of them where rules are not the shipped ones.
    """
    values = identifying(counted(scenario))
    if any(name.startswith("rules.") for name in values):
        return values
    early = {name for name in values if not acts_later(name)}
    origin = quarters.index(scenario.run.origin)
    known = {
        name.removesuffix(".known") for name in values if name.endswith(".known") and _index(values[name]) <= origin
    }
    return {name: value for name, value in values.items() if name in early or name.removesuffix(".known") in known}


def acts_later(name: str) -> bool:
    """Whether a parameter, or a step of it after the origin (``group.key@2029Q1``), was found to act later only."""
    lever, dated, _ = name.partition("@")
    return lever in _later() or lever + dated in _later()


@cache
def _later() -> frozenset[str]:
    return frozenset(LATER_LIST.read_text(encoding="utf-8").split()) if LATER_LIST.is_file() else frozenset()


def _index(quarter: Value) -> int:
    return quarters.index(str(quarter))


@cache
def _processor() -> list[Any]:
    """What decides the last bits of decimals on this computer: kernels of BLAS, and instructions of loops."""
    from llvmlite.binding import get_host_cpu_name  # type: ignore[import-untyped] # noqa: PLC0415 - seldom needed

    blas = sorted(
        f"{each['internal_api']} {each.get('architecture')}" for each in threadpool_info() if each["user_api"] == "blas"
    )
    extensions = np.show_config(mode="dicts")["SIMD Extensions"]
    return [blas, extensions.get("found", []), get_host_cpu_name()]
