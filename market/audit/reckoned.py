"""Payments reckoned anew, and what they must agree with on the ledger."""

from collections import defaultdict

from market.base.ledger import Ledger


class Reckoned:
    """What every account should have received and paid in a quarter, M$; nothing of it is posted."""

    def __init__(self) -> None:
        self._balance: defaultdict[str, float] = defaultdict(float)
        self._turnover: defaultdict[str, float] = defaultdict(float)

    def pay(self, payer: str, payee: str, musd: float) -> None:
        """Count a payment that should stand on the ledger, M$."""
        size = abs(musd)
        self._balance[payer] -= musd
        self._balance[payee] += musd
        self._turnover[payer] += size
        self._turnover[payee] += size

    def compare(self, ledger: Ledger) -> None:
        """Raise LedgerError unless every account on either side holds the same on both, to rounding of its turnover."""
        for account in sorted({*ledger.accounts, *self._balance}):
            ledger.equal(
                f"account of {account}, M$ posted and reckoned from quantities and prices",
                ledger.balance_musd(account), self._balance[account], scale=self._turnover[account],
            )  # fmt: skip
