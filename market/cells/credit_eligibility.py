"""Which lines earn 45X: those in the United States, from 2026 not those of prohibited foreign entities."""

from collections.abc import Sequence

import numpy as np

from agents.cells.plant import NEVER, Lines
from market.base import quarters, tables
from market.policies.parameters import Policy


class CreditEligibility:
    """Law of 4 July 2025; ``plants``: names of plants by place."""

    def __init__(self, policy: Policy, plants: Sequence[str], lines: Lines) -> None:
        self._policy = policy
        rows = tables.load("credit_eligibility").set_index("plant")["effective_from"]
        ends = np.array([quarters.index(rows[name]) if name in rows.index else NEVER for name in plants])
        self._denied_from = ends[lines.plant]
        self._us_made = lines.credited.copy()

    def apply(self, lines: Lines, quarter: int) -> None:
        """Set which lines earn the credit in a quarter."""
        rule = self._policy.at(quarter).foreign_entity_rule
        lines.credited = self._us_made & ~((quarter >= self._denied_from) & rule)
