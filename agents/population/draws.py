"""Coupled draws down the nest (M1): at each level the branch with the smallest exponential draw over its share.

This equals the branch with the largest log-probability plus Gumbel noise, at one logarithm per branch. Draws are pure
functions of stream, agent and branch, so improving one offer moves buyers only from rivals in its nest or through a
switch of nest (Gumbel-max coupling; Maddison, Tarlow and Minka 2014).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agents.arrays import Floats, Ints
from agents.buyers.choice import Nests
from agents.population.row_codes import KEEP, NEW, USED, Odds
from agents.population.row_work import RowWork

__all__ = ["KEEP", "NEW", "USED", "ChoiceTables", "draw_choices", "odds_of"]


@dataclass(frozen=True)
class ChoiceTables:
    """Choice probabilities below the acquisition decision, for the strata present in a quarter.

    With S strata and B groups of strata with the same product shares: ``new`` (S,),
    ``segment`` (S, segments), ``nest`` (S, nests), ``used`` (S, used goods), ``product`` (B, products),
    ``group`` (S,): the group of each stratum.
    """

    new: Floats
    segment: Floats
    nest: Floats
    used: Floats
    product: Floats
    group: Ints


def odds_of(tables: ChoiceTables, nests: Nests) -> Odds:
    """The tables as the draw reads them; a share that is 0, or too small to be divided by, is never drawn."""
    with np.errstate(divide="ignore", over="ignore"):
        segment, nest, used, product = (
            np.divide(1.0, table) for table in (tables.segment, tables.nest, tables.used, tables.product)
        )
    nest_edges = np.append(nests.segment_starts, nests.nest_segment.size)
    product_edges = np.append(nests.nest_starts, nests.product_nest.size)
    return Odds(tables.new, segment, nest, used, product, tables.group, nest_edges, product_edges)


def draw_choices(
    odds: Odds, key: np.uint64, agents: Ints, acquire: Floats, stratum: Ints, work: RowWork
) -> tuple[NDArray[np.int8], NDArray[np.int16]]:
    """What each buyer does: KEEP, NEW or USED, shape (buyers,), and which product or used good (-1: keep).

    ``acquire`` is each buyer's probability of acquiring (1 without a car), ``stratum`` its kind; both (buyers,).
    """
    pieces = work.over(
        agents.size, lambda piece: work.engine.choose(key, agents[piece], acquire[piece], stratum[piece], odds)
    )
    kind, item = zip(*pieces, strict=True)
    return np.concatenate(kind), np.concatenate(item)
