"""Names and indices of the model's categories; their order is the order of every array axis."""

import numpy as np
from numpy.typing import NDArray

from agents.calendar import QUARTERS_PER_YEAR

SEGMENTS = ("car", "small_suv", "large_suv", "pickup")
POWERTRAINS = ("ICE", "HEV", "PHEV", "BEV")
ICE, HEV, PHEV, BEV = range(4)
KINDS = ("ICE", "HEV", "PHEV", "BEV_short", "BEV_long", "BEV_Tesla")
"""Kinds of cars in stock; all from ``BEV_SHORT`` on are BEVs, Tesla's of any range apart from the others."""
BEV_SHORT, BEV_LONG, BEV_TESLA = 3, 4, 5
LONG_RANGE_MILES = 200.0  # another automaker's BEV of this range and more is BEV_long
AGE_BUCKETS = ("0-3", "4-6", "7-10", "11+")
BUCKET_STARTS_YEARS = (0, 4, 7, 11)
BUCKET_MEAN_YEARS = np.array([2.0, 5.5, 9.0, 15.0])  # middle of each bucket; 11+ near the mean of the 2016 fleet
INCOMES = ("lt35k", "35_75k", "75_125k", "125_200k", "gt200k")
INCOME_KUSD = np.array([20.0, 55.0, 98.0, 155.0, 300.0])  # middle of each class; ACS mean for the open one, recalled
HOMES = 2  # 0: no charging at home, 1: charging at home
TASTES = 5  # points of the Gauss-Hermite rule
CLASSES = len(INCOMES) * HOMES * TASTES
GOODS = len(KINDS) * len(AGE_BUCKETS)
CAR_TYPES = len(KINDS) * len(SEGMENTS)

CONNECTORS = ("Tesla", "CCS", "CHAdeMO")
"""Fast-charging plugs of BEVs as built; what networks a car may use besides follows from dates of access."""
NETWORKS = ("Tesla", "other")
"""Groups of fast-charging networks about which buyers hold separate beliefs."""

MAKERS = (
    "GM", "Ford", "Stellantis", "Toyota", "Honda", "Nissan", "Hyundai-Kia", "VW Group", "Tesla", "New brands",
    "Rest of market",
)  # fmt: skip


def good_of(kind: NDArray[np.int64], bucket: NDArray[np.int64]) -> NDArray[np.int64]:
    """Used good of a kind and an age bucket."""
    return kind * len(AGE_BUCKETS) + bucket


def bucket_of(age_quarters: NDArray[np.int64]) -> NDArray[np.int64]:
    """Age bucket of an age in quarters."""
    return np.searchsorted(np.array(BUCKET_STARTS_YEARS[1:]) * QUARTERS_PER_YEAR, age_quarters, side="right")


def good_of_car(car: NDArray[np.int64], age_quarters: NDArray[np.int64]) -> NDArray[np.int64]:
    """Used good that a car of a type (kind x segment) and an age in quarters belongs to."""
    return good_of(car // len(SEGMENTS), bucket_of(age_quarters))


def car_type(kind: NDArray[np.int64], segment: NDArray[np.int64]) -> NDArray[np.int64]:
    """Type of a car: its kind and segment in one number."""
    return kind * len(SEGMENTS) + segment
