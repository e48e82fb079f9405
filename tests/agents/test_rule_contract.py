"""The contract of rules finds the rule that breaks it."""

from itertools import count

import numpy as np
import pytest

from agents.arrays import Floats
from tests.agents.rule_contract import asked


def test_a_rule_that_keeps_the_contract_answers() -> None:
    assert asked(lambda values: values.sum(), np.arange(4.0)) == 6.0


def test_a_rule_that_remembers_is_found() -> None:
    calls = count()
    with pytest.raises(AssertionError, match="another output"):
        asked(lambda values: values + next(calls), np.zeros(2))


def test_a_rule_that_changes_what_it_sees_is_found() -> None:
    def doubling(values: Floats) -> float:
        values *= 2.0
        return 1.0

    with pytest.raises(AssertionError, match="input was changed"):
        asked(doubling, np.ones(2))
