"""Factors of studies have names that people read, with units."""

import re
from collections import Counter

import pytest

from experiments.figures.of_studies.factor_names import factor_label, factor_name
from experiments.inputs.parameter_list import every_parameter


@pytest.mark.parametrize(
    ("factor", "name"),
    [
        ("storage.other_capex", "Project cost excluding cells in 2025, $/kWh"),
        ("buyers.taste_sd_kusd", "Standard deviation of the taste for BEVs across buyers, thousand $"),
        ("charging.network_weight", "Weight of charging access in utility"),
        ("buyers.alpha_keep", "Price sensitivity: keep the car or acquire another, 1/thousand $"),
        ("charging.other_cover_share", "Other networks: share of their sites placed to cover trips, to full cover"),
        (
            "policy.production_credit_factor@2029Q1",
            "45X production credit after the observed data, multiplier from 2029Q1 on",
        ),
        (
            "policy.production_credit_factor@2029Q1.known",
            "45X production credit after the observed data, multiplier: quarter in which 2029Q1 is known",
        ),
        ("a group of a design", "a group of a design"),
    ],
)
def test_a_factor_is_told_in_words_with_its_unit(factor: str, name: str) -> None:
    assert factor_name(factor) == name


def test_no_two_parameters_share_a_name_and_none_shows_a_symbol_or_a_key() -> None:
    names = {parameter: factor_name(parameter) for parameter in every_parameter()}
    assert [name for name, number in Counter(names.values()).items() if number > 1] == []
    assert [name for name in names.values() if re.search(r"\w_\w|^\w\d?,|^[a-z]", name)] == []


def test_a_label_has_two_short_lines_at_most() -> None:
    labels = [factor_label(parameter).split("\n") for parameter in every_parameter()]
    assert max(len(label) for label in labels) == 2
    assert max(len(line) for label in labels for line in label) <= 40
