"""Expected trades by stratum when supply is limited (mean-field mode, M1, M11, M20)."""

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np

from agents.arrays import Bools, Floats, Ints
from agents.buyers.choice import Nests
from agents.population.draws import ChoiceTables

_MOST_ROUNDS = 500
_SHORT = 1e-12  # share by which demand may pass supply


@dataclass(frozen=True)
class Owners:
    """Seats with a car that look. With S strata and G groups of cars: ``looking`` and, of them, ``acquiring`` (G, S).

    Both as they would be had no car been scrapped; ``looking_by_good``: (S, goods) those of today. ``acquire``: (S,
    goods) chance of acquiring by the good owned; ``in_goods``: (G, goods) share of a group in each, times those alive.
    """

    looking: Floats
    acquiring: Floats
    looking_by_good: Floats
    acquire: Floats
    in_goods: Floats

    @classmethod
    def of(
        cls, looking: Floats, looking_by_good: Floats, acquire: Floats, in_goods: Floats, alive: Floats,
        out: Floats | None = None,
    ) -> "Owners":  # fmt: skip
        """From those who look and their chance of acquiring; ``in_goods``: shares; ``out``: to count them in.

        ``alive``: (G,) share of the cars of each group that has not been scrapped.
        """
        acquiring = np.matmul(in_goods, acquire.T, out=out)
        acquiring *= looking
        return cls(looking, acquiring, looking_by_good, acquire, in_goods * alive[:, None])

    def acquirers(self) -> Floats:
        """Seats that acquire, (S,)."""
        return np.asarray(self.by_good().sum(axis=1))

    def by_good(self) -> Floats:
        """Cars of those who acquire, (S, goods)."""
        return np.asarray(self.looking_by_good * self.acquire)

    def sold(self, share: Floats) -> Floats:
        """Cars by group and good, (G, goods), of a share, (S,), of those who acquire."""
        return np.asarray(self.in_goods * (self.looking @ (share[:, None] * self.acquire)))


@dataclass(frozen=True)
class NewByNest:
    """New cars, or shares of them, by stratum and nest, shape (strata, nests), and how they divide within nests.

    ``product``: (groups, products) shares within nests, for groups of equally many strata side by side; ``starts``:
    (nests,) first product of each nest; ``bev_nest``: (nests,) whether its products are BEVs.
    """

    nest: Floats
    product: Floats
    starts: Ints
    bev_nest: Bools

    def less(self, bev_waits: Floats) -> "NewByNest":
        """Without the share, (strata,), of those choosing a BEV who wait."""
        return replace(self, nest=self.nest * (1.0 - bev_waits[:, None] * self.bev_nest))

    def bev(self) -> Floats:
        """Of BEVs, (strata,)."""
        return np.asarray(self.nest @ self.bev_nest)

    def among_bevs(self) -> "NewByNest":
        """Shares among those choosing a BEV."""
        return replace(self, nest=self.nest * self.bev_nest / np.maximum(self.bev(), _SHORT)[:, None])

    def served(self, share: Floats) -> "NewByNest":
        """With a share, (products,), of each product."""
        return replace(self, product=self.product * share)

    def summed(self, weight: Floats) -> Floats:
        """Sums over products, (strata, weights), each times its ``weight``, (products, weights)."""
        edges = pairwise([*self.starts.tolist(), self.product.shape[1]])
        by_nest = np.stack([self.product[:, first:last] @ weight[first:last] for first, last in edges], axis=1)
        return np.asarray((self._by_group() @ by_nest).reshape(len(self.nest), -1))

    @cached_property
    def by_product(self) -> Floats:
        """By group and product, shape (groups, products)."""
        nest_of_product = np.repeat(np.arange(self.starts.size), np.diff(np.append(self.starts, self.product.shape[1])))
        return np.asarray(self._by_group().sum(axis=1)[:, nest_of_product] * self.product)

    def _by_group(self) -> Floats:
        return self.nest.reshape(len(self.product), -1, self.starts.size)


def choice_shares(tables: ChoiceTables, nests: Nests, is_bev: Bools) -> tuple[NewByNest, Floats]:
    """Shares of new cars, and of used goods, (strata, goods), among those who acquire, for all strata of all groups."""
    starts = nests.nest_starts
    nest = tables.new[:, None] * tables.segment[:, nests.nest_segment] * tables.nest
    return NewByNest(nest, tables.product, starts, is_bev[starts]), (1.0 - tables.new)[:, None] * tables.used


@dataclass(frozen=True)
class ExpectedTrades:
    """What becomes of those in the market, in seats, with S strata and G groups of cars.

    ``new`` cars and ``used`` ones, (S, goods), bought; ``sold``: (G, goods) cars traded in. Shares, (S,), of owners
    who acquire: ``sells`` the car, ``waits`` for a better BEV, ``gives_up`` after finding no new car; ``haste_sells``
    and ``haste_gives_up``: of owners in haste, (0,) if nobody is. The others find nothing and look again in the next
    quarter. ``acquired``: (S,) seats without a car that get one.
    """

    new: NewByNest
    used: Floats
    sold: Floats
    sells: Floats
    waits: Floats
    haste_sells: Floats
    gives_up: Floats
    haste_gives_up: Floats
    acquired: Floats


def expected_trades(
    owners: Owners, hurried: Owners | None, carless: Floats, new: NewByNest, used: Floats, bev_waits: Floats,
    served: Floats, gives_up: Floats, lot: Floats,
) -> ExpectedTrades:  # fmt: skip
    """Trades of a quarter. ``hurried``: owners who pull a BEV purchase forward; ``carless``: (strata,) seats.

    ``new`` and ``used`` (strata, goods): choice shares of those who acquire; ``bev_waits``: (strata,) share of owners
    choosing a BEV who wait; ``served``: (products,) share delivered; ``gives_up``: (products,) share that gets none and
    does not wait for it; ``lot``: (goods,) cars at dealers.
    """
    outcomes = np.stack([served, gives_up], axis=1)
    to_owners = new.less(bev_waits)
    own_served, own_gives_up = to_owners.summed(outcomes).T
    acquirers, by_good = owners.acquirers(), owners.by_good()
    bought = acquirers[:, None] * to_owners.nest + carless[:, None] * new.nest
    others, haste_served, haste_gives_up = lot + own_served @ by_good, np.zeros(0), np.zeros(0)
    if hurried is not None:
        in_haste = new.among_bevs()
        haste_served, haste_gives_up = in_haste.summed(outcomes).T
        bought += hurried.acquirers()[:, None] * in_haste.nest
        others = others + haste_served @ hurried.by_good()
    found = used * used_served_share((acquirers + carless) @ used, others, used.T @ by_good)
    found_any = found.sum(axis=1)
    sells = own_served + found_any
    sold = owners.sold(sells)
    return ExpectedTrades(
        new=replace(new, nest=bought).served(served),
        used=(acquirers + carless)[:, None] * found,
        sold=sold if hurried is None else sold + hurried.sold(haste_served),
        sells=sells,
        waits=bev_waits * new.bev(),
        haste_sells=haste_served,
        gives_up=own_gives_up,
        haste_gives_up=haste_gives_up,
        acquired=carless * (new.summed(served[:, None])[:, 0] + found_any),
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
