"""Expected trades by stratum when supply is limited (mean-field mode, M1, M11, M20)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agents.arrays import Floats
from agents.buyers.choice import Nests
from agents.population.draws import ChoiceTables

_MOST_ROUNDS = 500
_SHORT = 1e-12  # share by which demand may pass supply


@dataclass(frozen=True)
class Owners:
    """Seats with a car that look. With S strata and G groups of cars: ``looking`` and, of them, ``acquiring`` (S, G).

    ``acquire``: (S, goods) chance of acquiring by the good owned; ``in_goods``: (G, goods) share of a group in each.
    """

    looking: Floats
    acquiring: Floats
    acquire: Floats
    in_goods: Floats

    @classmethod
    def of(cls, looking: Floats, acquire: Floats, in_goods: Floats, out: Floats | None = None) -> "Owners":
        """From those who look and their chance of acquiring; ``out``: an array to count those who acquire in."""
        acquiring = np.matmul(acquire, in_goods.T, out=out)
        acquiring *= looking
        return cls(looking, acquiring, acquire, in_goods)

    def acquirers(self) -> Floats:
        """Seats that acquire, (S,)."""
        return np.asarray(self.acquiring.sum(axis=1))

    def by_good(self) -> Floats:
        """Cars of those who acquire, (S, goods)."""
        return np.asarray((self.looking @ self.in_goods) * self.acquire)

    def sold(self, share: Floats) -> Floats:
        """Cars by group and good, (G, goods), of a share, (S,), of those who acquire."""
        return np.asarray(self.in_goods * (self.looking.T @ (share[:, None] * self.acquire)))


def choice_shares(tables: ChoiceTables, nests: Nests) -> tuple[Floats, Floats]:
    """Shares of new products, (strata, products), and of used goods, (strata, goods), among those who acquire."""
    nest = tables.new[:, None] * tables.segment[:, nests.nest_segment] * tables.nest
    new = nest[:, nests.product_nest] * tables.product[tables.group]
    return new, (1.0 - tables.new)[:, None] * tables.used


@dataclass(frozen=True)
class ExpectedTrades:
    """What becomes of those in the market, in seats, with S strata and G groups of cars.

    ``new`` (S, products) and ``used`` (S, goods) bought; ``sold``: (G, goods) cars traded in. Shares, (S,), of owners
    who acquire: ``sells`` the car, ``waits`` for a better BEV, ``gives_up`` after finding no new car; ``haste_sells``
    and ``haste_gives_up``: of owners in haste, (0,) if nobody is. The others find nothing and look again in the next
    quarter. ``acquired``: (S,) seats without a car that get one.
    """

    new: Floats
    used: Floats
    sold: Floats
    sells: Floats
    waits: Floats
    haste_sells: Floats
    gives_up: Floats
    haste_gives_up: Floats
    acquired: Floats


def expected_trades(
    owners: Owners, hurried: Owners | None, carless: Floats, new: Floats, used: Floats, bev_waits: Floats,
    is_bev: NDArray[np.bool_], served: Floats, gives_up: Floats, lot: Floats,
) -> ExpectedTrades:  # fmt: skip
    """Trades of a quarter. ``hurried``: owners who pull a BEV purchase forward; ``carless``: (strata,) seats.

    ``new`` (strata, products) and ``used`` (strata, goods): choice shares of those who acquire; ``bev_waits``:
    (strata,) share of owners choosing a BEV who wait; ``served``: (products,) share delivered; ``gives_up``:
    (products,) share that gets none and does not wait for it; ``lot``: (goods,) cars at dealers.
    """
    bev = new[:, is_bev]
    bev_share = bev.sum(axis=1)
    to_owners = new.copy()
    to_owners[:, is_bev] -= bev_waits[:, None] * bev
    acquirers, by_good, own_served = owners.acquirers(), owners.by_good(), to_owners @ served
    bought = acquirers[:, None] * to_owners + carless[:, None] * new
    others, haste_served, haste_gives_up = lot + own_served @ by_good, np.zeros(0), np.zeros(0)
    if hurried is not None:
        in_haste = bev / np.maximum(bev_share, _SHORT)[:, None]
        haste_served, haste_gives_up = in_haste @ served[is_bev], in_haste @ gives_up[is_bev]
        bought[:, is_bev] += hurried.acquirers()[:, None] * in_haste
        others = others + haste_served @ hurried.by_good()
    found = used * used_served_share((acquirers + carless) @ used, others, used.T @ by_good)
    own_served = own_served + found.sum(axis=1)
    sold = owners.sold(own_served)
    return ExpectedTrades(
        new=bought * served,
        used=(acquirers + carless)[:, None] * found,
        sold=sold if hurried is None else sold + hurried.sold(haste_served),
        sells=own_served,
        waits=bev_waits * bev_share,
        haste_sells=haste_served,
        gives_up=to_owners @ gives_up,
        haste_gives_up=haste_gives_up,
        acquired=carless * (new @ served + found.sum(axis=1)),
    )


def used_served_share(wanted: Floats, supply_without: Floats, traded_in_by: Floats) -> Floats:
    """Share of the buyers of each used good that find one, (goods,).

    ``wanted``: (goods,) cars wanted; ``supply_without``: (goods,) cars at dealers and traded in by others;
    ``traded_in_by``: (goods, goods), cars of the second good that all buyers of the first would trade in. A buyer who
    finds none keeps the own car, which is then not for sale either.
    """
    share = np.ones(wanted.size)
    for _ in range(_MOST_ROUNDS):
        supply = supply_without + share @ traded_in_by
        short = share * wanted > supply * (1.0 + _SHORT)
        if not short.any():
            break
        share = np.where(short, supply / np.where(short, wanted, 1.0), share)
    return share
