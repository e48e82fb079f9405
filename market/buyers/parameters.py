"""Parameters of car buyers, ownership and used cars (M1-M7, M20)."""

from market.base.parameter import Group, parameter, switch

CONSTANT_RULES = ("filter", "last", "mean")
"""Demand constants after the origin: predicted by the filter, those of the last quarter, or the mean of the year."""
_ML = "maximum likelihood, 2017Q1-2022Q4"


class Buyers(Group):
    """Utility of car buyers (M1, M2, M6)."""

    alpha_keep: float = parameter(
        0.02,
        0.01,
        0.03,
        "1/thousand $",
        "price sensitivity (choice coefficient): keep the car or acquire another",
        "EPA-420-R-21-019",
    )
    alpha_market: float = parameter(
        0.04, 0.03, 0.06, "1/thousand $", "price sensitivity (choice coefficient): new or used", "EPA-420-R-21-019"
    )
    alpha_segment: float = parameter(
        0.06, 0.045, 0.075, "1/thousand $", "price sensitivity (choice coefficient): segment of a new car", "judgment"
    )
    alpha_powertrain: float = parameter(
        0.077,
        0.05,
        0.12,
        "1/thousand $",
        "price sensitivity (choice coefficient): powertrain of a new car, and used cars",
        "Muehlegger and Rapson 2022; Allcott et al. 2024",
    )
    alpha_product: float = parameter(
        0.12,
        0.09,
        0.16,
        "1/thousand $",
        "price sensitivity (choice coefficient): product within a nest",
        "Grieco, Murry and Yurukoglu 2024",
    )
    income_elasticity: float = parameter(
        0.4, 0.2, 0.7, "1", "elasticity by which the marginal utility of money falls with income", "BLP studies"
    )
    taste_sd_kusd: float = parameter(
        10.4, 0.0, 18.0, "thousand $", "standard deviation of the taste for BEVs across buyers", "Helveston et al. 2015"
    )
    range_value_kusd: float = parameter(
        12.0, 0.0, 18.0, "thousand $ per log range", "omega_R, value of driving range", "Hidrue et al. 2011"
    )
    variety_elasticity: float = parameter(0.5, 0.0, 1.0, "1", "nu, value of model variety", "recalled")
    gasoline_weight: float = parameter(
        0.76, 0.0, 1.0, "1", "gamma_g, share of gasoline savings that buyers value", "Allcott and Wozny 2014"
    )
    electricity_weight: float = parameter(
        0.35,
        0.0,
        1.0,
        "1",
        "gamma_e, share of electricity cost that buyers value",
        "Bushnell, Muehlegger and Rapson 2022",
    )
    miles_per_year: float = parameter(
        12_000, 5_000, 20_000, "mile", "miles driven per car and year", "FHWA Highway Statistics", "fixed"
    )
    horizon_years: float = parameter(6, 3, 12, "year", "years of running cost that buyers consider", "design")
    discount_rate: float = parameter(0.07, 0.0, 0.2, "1/year", "buyers' discount rate", "design")
    financed_share: float = parameter(
        0.85, 0.0, 1.0, "share", "share of the price that is financed", "Experian, recalled", "fixed"
    )
    resale_weight: float = parameter(
        0.7, 0.0, 1.0, "1", "psi, weight of expected resale value", "judgment: weak evidence"
    )
    resale_years: float = parameter(
        5, 2, 10, "year", "years until buyers expect to sell", "iSeeCars, recalled", "fixed"
    )


class Ownership(Group):
    """Holding, scrappage and the used market (M1, M20)."""

    hold_new_years: float = parameter(8.3, 3, 12, "year", "mean holding time of a new-car buyer", "fitted to turnover")
    hold_used_years: float = parameter(
        6.9, 2, 10, "year", "mean holding time of a used-car buyer", "fitted to turnover"
    )
    hold_shape: float = parameter(1.8, 1.0, 4.0, "1", "Weibull shape of holding times", "judgment", "fixed")
    lease_years: float = parameter(3.0, 2, 4, "year", "length of a lease", "Experian, recalled", "fixed")
    look_again_low: int = parameter(
        2, 1, 4, "quarter", "earliest return to the market after keeping the car", "design", "fixed"
    )
    look_again_high: int = parameter(
        6, 4, 12, "quarter", "latest return to the market after keeping the car", "design", "fixed"
    )
    keep_share: float = parameter(
        0.2, 0.05, 0.5, "share", "share of owners in the market who keep their car, 2017", "design: fitted to turnover"
    )
    look_share: float = parameter(
        0.8, 0.5, 0.95, "share", "share of owners due who enter the market in a normal quarter", "design", "fixed"
    )
    order_share: float = parameter(
        0.6, 0.0, 1.0, "share", "share of new-car buyers who get none that order it and wait; others keep their car",
        "judgment",
    )  # fmt: skip
    waits_tell_orders: bool = switch(
        "recorded waits tell how many cars were ordered where deliveries were limited; off: these are a lower bound",
        default=False, role="fixed",
    )  # fmt: skip
    order_cancel: float = parameter(0.15, 0.0, 0.5, "1/quarter", "share of open orders canceled", "judgment")
    dealer_margin: float = parameter(0.08, 0.0, 0.2, "share", "d, dealer margin on a trade-in", "NADA, recalled")
    transaction_kusd: float = parameter(
        1.0, 0.0, 3.0, "thousand $", "T, transaction cost of changing cars", "Gavazza et al. 2014"
    )
    scrap_elasticity: float = parameter(
        -0.7, -1.0, 0.0, "1", "elasticity of the scrappage hazard to the used price", "Jacobsen and van Benthem 2015"
    )
    seats_growth: float = parameter(
        0.006,
        -0.02,
        0.03,
        "1/year",
        "growth in the number of car-owning seats after the data end",
        "2016-24 mean less slowing",
    )
    dealer_stock_cars: float = parameter(
        2.6e6, 1e3, 6e6, "car", "dealers' used-car inventory at the start", "Cox Automotive, recalled"
    )
    obsolescence: float = parameter(
        0.75, 0.5, 1.0, "1", "lambda_u, share of a change of new cars' net price or attributes that used cars follow",
        "design (M20): substitution alone passes on almost nothing",
    )  # fmt: skip
    power_value_kusd: float = parameter(
        6.0, 0.0, 15.0, "thousand $ per log power", "value of power of new BEVs, by which used ones become obsolete",
        "Greene et al. 2018 (about 1,100 $ per 0.01 hp/lb), recalled and converted",
    )  # fmt: skip
    thin_good_cars: float = parameter(
        50_000, 0, 1e6, "car", "cars from which on a used good has a price of its own; it loses it at half of them",
        "judgment",
    )  # fmt: skip
    price_adjustment: float = parameter(
        0.35,
        0.05,
        1.0,
        "1/quarter",
        "share of the gap to the clearing used price closed in a quarter",
        "as for new prices (M10)",
    )
    battery_loss_kusd: float = parameter(
        10, 0, 15, "thousand $", "owner's loss if a battery fails out of warranty", "design (M5)"
    )
    battery_trouble_share: float = parameter(
        0.075,
        0.0,
        0.5,
        "share",
        "probability of battery failure that buyers believe at the start",
        "fitted to surveys of 2018-22 (evidence)",
    )
    battery_fade: float = parameter(0.015, 0.0, 0.05, "1/year", "loss of battery capacity", "Geotab 2026")
    fast_charging_fade: float = parameter(
        0.015, 0.0, 0.05, "1/year", "additional loss of battery capacity at 100 % fast charging", "Geotab 2026"
    )
    fade_factor: float = parameter(
        1.0, 0.0, 5.0, "1", "loss of battery capacity after the observed data, multiplier", "lever", "lever"
    )
    entrant_sd_kusd: float = parameter(
        7.0,
        0.0,
        15.0,
        "thousand $",
        "standard deviation of the demand constant of a product without sales data",
        "design",
    )


class ConstantLaw(Group):
    """How demand constants move: what the filter assumes up to the origin and predicts after it (B4)."""

    bev_level_sd_kusd: float = parameter(
        2.11, 0.0, 10.0, "thousand $", "innovation of the level of BEVs a quarter", _ML
    )
    phev_level_sd_kusd: float = parameter(
        2.55, 0.0, 10.0, "thousand $", "innovation of the level of plug-in hybrids a quarter", _ML
    )
    hev_level_sd_kusd: float = parameter(
        1.07, 0.0, 10.0, "thousand $", "innovation of the level of hybrids a quarter", _ML
    )
    ice_level_sd_kusd: float = parameter(
        0.378, 0.0, 10.0, "thousand $", "innovation of the level of gasoline cars a quarter", _ML
    )
    drift_sd_kusd: float = parameter(0.611, 0.0, 5.0, "thousand $", "innovation of the drift of BEVs a quarter", _ML)
    level_noise_sd_kusd: float = parameter(
        0.05, 0.01, 10.0, "thousand $", "passing deviation of a level in a quarter", _ML
    )
    row_spread_kusd: float = parameter(
        24.7, 0.1, 50.0, "thousand $", "spread of products around what price and powertrain explain", _ML
    )
    row_noise_sd_kusd: float = parameter(
        0.05, 0.01, 20.0, "thousand $", "passing deviation of a product in a quarter or year", _ML
    )
    look_sd: float = parameter(
        0.133, 0.0, 1.0, "1", "innovation of the logarithm of the share of owners due who look for a car, a quarter",
        "root mean square of changes, 2018Q1-2020Q4",
    )  # fmt: skip
    zone_sd_kusd: float = parameter(2.74, 0.0, 10.0, "thousand $", "innovation of a zone's constant a year", _ML)
    zone_noise_sd_kusd: float = parameter(0.05, 0.01, 10.0, "thousand $", "passing deviation of a zone in a year", _ML)
    price_change_slope: float = parameter(
        0.513, 0.0, 1.0, "1", "lambda_w, change of a product's constant with recorded changes of its price",
        "regression, 2017Q1-2022Q4",
    )  # fmt: skip
    drift_damping: float = parameter(
        0.9, 0.0, 0.99, "1/quarter", "what is left of the drift a quarter on", "as for forecasts (M18)", "fixed"
    )
    row_persistence: float = parameter(
        0.9, 0.3, 0.999, "1/year", "what is left of a product's deviation a year on", "design", "fixed"
    )
    stray_persistence: float = parameter(
        0.8, 0.0, 1.0, "1/year", "what is left a year on of how far a drawn level strays from the expected path",
        "judgment: unexplained growth of 2018-22 alternates in sign",
    )  # fmt: skip
    kin_share: float = parameter(
        0.5, 0.0, 1.0, "share", "part of its kin's deviation that a product without sales data takes", "design"
    )
    most_unserved: float = parameter(
        0.5,
        0.0,
        10.0,
        "share",
        "most demand beyond limited deliveries, over them; 0: none, large: deliveries are but a lower bound",
        "waits grew by 1.1 to 1.5 months a quarter, InsideEVs 2022",
    )
