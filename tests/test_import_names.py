"""The flat import names lead to this project, and no other distribution claims them."""

import importlib
from collections.abc import Mapping
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PACKAGES = ("agents", "market", "experiments")
DISTRIBUTION = "battery-detour"


def _claims(providers: Mapping[str, list[str]]) -> list[str]:
    """One sentence for each other distribution that provides a package named like one of ours."""
    return [
        f"{culprit} also installs a package called {package}: give Detour an environment of its own"
        for package in PACKAGES
        for culprit in sorted({canonicalize_name(name) for name in providers.get(package, [])} - {DISTRIBUTION})
    ]


@pytest.mark.parametrize("package", PACKAGES)
def test_our_packages_are_the_ones_imported(package: str) -> None:
    origin = importlib.import_module(package).__file__
    assert origin is not None
    assert Path(origin).parent == ROOT / package, f"{package} comes from {origin}, not from this project"


@pytest.mark.parametrize("package", PACKAGES)
def test_our_packages_say_that_they_are_typed(package: str) -> None:
    assert (ROOT / package / "py.typed").is_file()


def test_no_other_distribution_claims_our_names() -> None:
    assert _claims(packages_distributions()) == []


def test_a_foreign_distribution_is_named() -> None:
    providers = {"agents": ["Battery_Detour", "Open.Agents"], "numpy": ["numpy"]}
    assert _claims(providers) == [
        "open-agents also installs a package called agents: give Detour an environment of its own"
    ]
