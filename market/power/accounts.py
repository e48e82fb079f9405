"""Accounts of storage: contracts, installed storage by region, credits paid."""

import numpy as np

from agents.arrays import group_sum
from market.base.ledger import Ledger
from market.cells.accounts import TREASURY
from market.power.sector import PowerSide
from market.power.vintages import GWH


def check_storage(ledger: Ledger, power: PowerSide) -> None:
    """Contracts add up; installed storage equals additions less retirements, by region and by vintage."""
    contracts = [*power.book.open, *power.book.closed]
    signed = float(sum(signed.sum() for signed in power.signed_gwh))
    amounts = [(each.gwh, each.delivered_gwh, each.shortfall_gwh, each.untaken_gwh) for each in contracts]
    gwh, delivered, short, untaken = np.array(amounts).reshape(-1, 4).T
    put_up, outstanding = delivered + short + untaken, gwh - delivered - short - untaken
    ledger.equal(
        "storage contracted and delivered, outstanding, short or refused",
        signed,
        float(put_up.sum() + outstanding.sum()),
    )
    after_end = float(np.abs(outstanding[len(power.book.open) :]).sum())
    ledger.equal("storage outstanding after a contract's end", after_end, 0.0)
    region = np.array([each.region for each in contracts], dtype=np.int64)
    install = power.regions.installed_gwh + group_sum(put_up, region, power.installed_gwh.size)
    expected = install - power.vintages.retired_to_date[GWH]
    worst = int(np.argmax(np.abs(power.installed_gwh - expected)))
    ledger.equal(
        "installed storage of a region and additions less retirements",
        float(power.installed_gwh[worst]),
        float(expected[worst]),
    )
    of_vintages = power.vintages.standing()[GWH]
    worst = int(np.argmax(np.abs(power.installed_gwh - of_vintages)))
    ledger.equal(
        "installed storage of a region and its vintages", float(power.installed_gwh[worst]), float(of_vintages[worst])
    )


def check_credits(ledger: Ledger, power: PowerSide, production_credits_musd: float) -> None:
    """Credits paid by the treasury, M$, equal those on cells made and on storage installed."""
    paid = -ledger.balance_musd(TREASURY)
    due = production_credits_musd + power.book.credits_musd
    ledger.equal("battery credits paid and units times amount", paid, due)
