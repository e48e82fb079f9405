"""Terms of the utility of a vehicle, in thousand 2025 $ (k$) (M2, M4, M6).

Pure functions of arrays. Money terms are later multiplied by ``money_weight``; tastes are not, so
that willingness to pay for range, charging and the like rises with income.
"""

import numpy as np

from agents.arrays import Floats

REFERENCE_INCOME_KUSD = 85.0  # mean buyer of the studies behind the coefficients
REFERENCE_RANGE_MILES = 300.0  # where the range term is zero (M2)
_MINUTES_PER_HOUR = 60.0
REFERENCE_RATE = 0.05  # loan rate at which prices were valued in the studies (M2)
LOAN_YEARS = 6  # usual length of a new-car loan (Federal Reserve G.19: 65-70 months)
ELECTRIC_RANGE_SCALE_MILES = 40.0  # utility factor 1 - exp(-range/40): 0.53 at 30 miles, near SAE J2841


def money_weight(income_kusd: Floats, income_elasticity: float) -> Floats:
    """Weight of a k$ for an income class: (y / 85)^(-eta_y). Same shape as ``income_kusd``."""
    return np.asarray((income_kusd / REFERENCE_INCOME_KUSD) ** (-income_elasticity))


def annuity(years: float, rate: float) -> float:
    """Present value of 1 a year for ``years`` years at ``rate`` (years themselves if the rate is 0)."""
    return years if rate == 0 else (1.0 - (1.0 + rate) ** -years) / rate


def financing_ratio(loan_rate: float, financed_share: float) -> float:
    """Multiplier of the price at a loan rate: the financed share scales with the ratio of payments (M2)."""
    ratio = annuity(LOAN_YEARS, REFERENCE_RATE) / annuity(LOAN_YEARS, loan_rate)
    return 1.0 - financed_share + financed_share * ratio


def electric_share(range_miles: Floats) -> Floats:
    """Share of miles a plug-in hybrid drives on electricity, from its electric range; shape kept."""
    return np.asarray(1.0 - np.exp(-range_miles / ELECTRIC_RANGE_SCALE_MILES))


def fuel_saving_kusd(
    gallons_per_mile: Floats,
    kwh_per_mile: Floats,
    gasoline_usd_per_gallon: Floats,
    electricity_usd_per_kwh: Floats,
    *,
    miles_per_year: float,
    present_value_years: float,
    gasoline_weight: float,
    electricity_weight: float,
    reference_gallons_per_mile: float,
) -> Floats:
    """Present value of fuel saved against a reference car, k$, broadcast shape (M2).

    gamma_g (Allcott and Wozny 2014) weighs gasoline, gamma_e (Bushnell, Muehlegger and Rapson 2022)
    electricity. The reference is the same for every offer and for the car owned, so it cancels in
    every choice; it only keeps the numbers readable.
    """
    gasoline = gasoline_weight * gasoline_usd_per_gallon * (reference_gallons_per_mile - gallons_per_mile)
    electricity = electricity_weight * electricity_usd_per_kwh * kwh_per_mile
    return np.asarray(miles_per_year * present_value_years * (gasoline - electricity) / 1e3)


def range_value_kusd(range_miles: Floats, weight_kusd: float) -> Floats:
    """omega_R ln(R / 300) (M2; form of Hidrue et al. 2011). Raises ValueError for a range that is not positive."""
    if np.any(range_miles <= 0):
        raise ValueError("a BEV needs a range above 0 miles")
    return np.asarray(weight_kusd * np.log(range_miles / REFERENCE_RANGE_MILES))


def variety_value_kusd(effective_models: Floats, elasticity: float, alpha_product: float) -> Floats:
    """(nu / alpha_3) ln n: value of a product that represents n models (M2). Zero models: not on offer."""
    some = effective_models > 0
    return np.where(some, elasticity / alpha_product * np.log(np.where(some, effective_models, 1.0)), -np.inf)


def split_offset_kusd(model_share: Floats, elasticity: float, alpha_product: float) -> Floats:
    """((1 - nu) / alpha_3) ln(n_h / n): added to a line that has this share of the models of a row that was split.

    With it lines alike in all else together weigh in their nest what the row did, so that counting the same models in
    more rows changes no other share.
    """
    return np.asarray((1.0 - elasticity) / alpha_product * np.log(model_share))


def depreciation_gap_kusd(
    net_price_kusd: Floats,
    retention_share: Floats,
    reference_retention_share: Floats,
    *,
    resale_weight: Floats,
    discount_rate: float,
    years: float,
) -> Floats:
    """D = psi PV[(ret_ref - ret_j) p_j] at ``years`` years, k$, broadcast shape (M6)."""
    present_value = (1.0 + discount_rate) ** -years
    return np.asarray(resale_weight * present_value * (reference_retention_share - retention_share) * net_price_kusd)


def network_value_kusd(
    trip_coverage: Floats,
    range_miles: Floats,
    local_adequacy: Floats,
    no_home_charging: Floats,
    *,
    weight: float,
    coverage_kusd: float,
    local_kusd: float,
) -> Floats:
    """-theta_c [W_C (300/R)(1 - C) + W_L (1 - L)(1 + no home)], k$, broadcast shape (M4).

    Sizes W_C and W_L: Greene, Muratori, Kontou et al. 2020.
    """
    trips = coverage_kusd * REFERENCE_RANGE_MILES / range_miles * (1.0 - trip_coverage)
    local = local_kusd * (1.0 - local_adequacy) * (1.0 + no_home_charging)
    return np.asarray(-weight * (trips + local))


def public_living_cost_kusd(
    kwh_per_year: Floats,
    price_gap_usd_per_kwh: Floats,
    *,
    home_share: float,
    kwh_per_session: float,
    hours_per_session: Floats | float,
    time_value_usd_per_hour: float,
    plug_success: Floats | float,
    present_value_years: float,
) -> Floats:
    """Q: present value of the extra cost and time of a BEV without home charging, k$ (M4).

    Each session takes 1/r attempts. ``price_gap`` is the public less the home price; what would have
    been charged at home (``home_share``) pays it.
    """
    money = kwh_per_year * home_share * price_gap_usd_per_kwh
    sessions = kwh_per_year * home_share / kwh_per_session
    time = sessions * hours_per_session * time_value_usd_per_hour / plug_success
    return np.asarray(present_value_years * (money + time) / 1e3)


def long_trip_time_cost_kusd(
    range_miles: Floats,
    fast_charging_minutes: Floats,
    *,
    long_trip_miles_per_year: float,
    time_value_usd_per_hour: float,
    stop_overhead_hours: Floats | float,
    usable_range_share: float,
    present_value_years: float,
) -> Floats:
    """T: present value of charging time on long trips, k$, broadcast shape (M4, M8).

    Every usable range driven is a stop: an overhead, any wait within it, and the time to charge from 10 to 80 %, which
    is the usable range's energy: ``fast_charging_minutes``.
    """
    leg_miles = usable_range_share * range_miles
    hours_per_stop = stop_overhead_hours + fast_charging_minutes / _MINUTES_PER_HOUR
    stops = long_trip_miles_per_year / leg_miles
    return np.asarray(present_value_years * stops * hours_per_stop * time_value_usd_per_hour / 1e3)


def failed_visit_cost_kusd(
    public_sessions_per_year: Floats, plug_success: Floats | float, *, cost_usd: float, present_value_years: float
) -> Floats:
    """H: hassle of failed public visits, chi_f (1 - r) x sessions x PV, k$ (M4)."""
    return np.asarray(present_value_years * public_sessions_per_year * (1.0 - plug_success) * cost_usd / 1e3)
