"""What the audit remembers of storage: its own reckoning of when storage retires."""

import numpy as np
import pytest

from market.audit.storage import StorageMemory
from market.power.vintages import GWH, StorageVintages


@pytest.mark.parametrize("life_years", [1.0, 5.0, 6.0, 7.5, 10.0, 20.0])
def test_the_audit_retires_storage_when_its_vintages_do(life_years: float) -> None:
    start, generator = np.array([2.4, 0.0, 12.0]), np.random.default_rng(1)
    vintages = StorageVintages(start, start, life_years, 4)
    memory = StorageMemory(("here",) * start.size, start, round(life_years * 4))
    for quarter in range(90):
        vintages.retire(quarter)
        assert memory.retires_gwh(quarter) == pytest.approx(vintages.retired[GWH]), quarter
        added = generator.uniform(0.0, 3.0, 3)
        vintages.install(np.stack([added, added, added]), quarter)
        memory.added_gwh.append(added)
