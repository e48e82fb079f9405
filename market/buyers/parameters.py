"""Parameters of car buyers, of what they hold and of used cars (M1-M7, M20)."""

from market.base.parameter import Group, parameter


class Buyers(Group):
    """Utility of car buyers (M1, M2, M6)."""

    alpha_keep: float = parameter(0.02, 0.01, 0.03, "1/k$", "keep or acquire", "EPA-420-R-21-019")
    alpha_market: float = parameter(0.04, 0.03, 0.06, "1/k$", "new or used", "EPA-420-R-21-019")
    alpha_segment: float = parameter(0.06, 0.045, 0.075, "1/k$", "segment of a new car", "judgement")
    alpha_powertrain: float = parameter(
        0.077,
        0.05,
        0.12,
        "1/k$",
        "powertrain of a new car; used goods",
        "Muehlegger and Rapson 2022; Allcott et al. 2024",
    )
    alpha_product: float = parameter(0.12, 0.09, 0.16, "1/k$", "product", "Grieco, Murry and Yurukoglu 2024")
    income_elasticity: float = parameter(0.4, 0.2, 0.7, "1", "fall of the weight of money with income", "BLP studies")
    taste_sd_kusd: float = parameter(
        10.4, 0.0, 18.0, "k$", "spread of the taste for battery cars", "Helveston et al. 2015"
    )
    range_value_kusd: float = parameter(12.0, 0.0, 18.0, "k$ per log range", "omega_R", "Hidrue et al. 2011")
    variety_elasticity: float = parameter(0.5, 0.0, 1.0, "1", "nu, worth of the number of models", "recalled")
    gasoline_weight: float = parameter(0.76, 0.0, 1.0, "1", "gamma_g", "Allcott and Wozny 2014")
    electricity_weight: float = parameter(0.35, 0.0, 1.0, "1", "gamma_e", "Bushnell, Muehlegger and Rapson 2022")
    miles_per_year: float = parameter(
        12_000, 5_000, 20_000, "mile", "distance driven", "FHWA Highway Statistics", "fixed"
    )
    horizon_years: float = parameter(6, 3, 12, "year", "years of running cost looked at", "model specification")
    discount_rate: float = parameter(0.07, 0.0, 0.2, "1/year", "buyers' discount rate", "model specification")
    financed_share: float = parameter(
        0.85, 0.0, 1.0, "share", "share of a price that is financed", "Experian, recalled", "fixed"
    )
    resale_weight: float = parameter(
        0.7, 0.0, 1.0, "1", "psi, weight of expected resale", "weak evidence (evidence A1)"
    )
    resale_years: float = parameter(5, 2, 10, "year", "when buyers expect to sell", "iSeeCars, recalled", "fixed")


class Ownership(Group):
    """Holding, scrappage and the used market (M1, M20)."""

    hold_new_years: float = parameter(
        8.3, 3, 12, "year", "mean time to the next look of a new-car buyer", "fitted to turnover"
    )
    hold_used_years: float = parameter(6.9, 2, 10, "year", "the same of a used-car buyer", "fitted to turnover")
    looks_per_year: float = parameter(
        0.16, 0.08, 0.3, "1/year", "seats with a car that look in a year, 2017", "model specification M20"
    )
    hold_shape: float = parameter(1.8, 1.0, 4.0, "1", "Weibull shape of holding times", "judgement", "fixed")
    lease_years: float = parameter(3.0, 2, 4, "year", "length of a lease", "Experian, recalled", "fixed")
    look_again_low: int = parameter(2, 1, 4, "quarter", "soonest a keeper looks again", "design", "fixed")
    look_again_high: int = parameter(6, 4, 12, "quarter", "latest a keeper looks again", "design", "fixed")
    keep_share: float = parameter(
        0.2, 0.05, 0.5, "share", "share of lookers who keep in 2017", "design: fitted to turnover"
    )
    look_share: float = parameter(
        0.8, 0.5, 0.95, "share", "share of seats due that look in a normal quarter", "design", "fixed"
    )
    dealer_margin: float = parameter(0.08, 0.0, 0.2, "share", "d, taken off a trade-in", "NADA, recalled")
    transaction_kusd: float = parameter(1.0, 0.0, 3.0, "k$", "T, cost of changing cars", "Gavazza et al. 2014")
    scrap_elasticity: float = parameter(
        -0.7, -1.0, 0.0, "1", "of the scrap hazard to price", "Jacobsen and van Benthem 2015"
    )
    seats_growth: float = parameter(
        0.006, -0.02, 0.03, "1/year", "growth of car-owning seats after records", "2016-24 mean less slowing"
    )
    dealer_stock_cars: float = parameter(
        2.6e6, 5e5, 6e6, "car", "used cars at dealers at the start", "Cox Automotive, recalled"
    )
    price_step: float = parameter(
        0.35, 0.05, 0.5, "1", "log price change per unit of excess", "model specification", "fixed"
    )
    price_adjustment: float = parameter(
        0.35, 0.05, 1.0, "1/quarter", "way to the clearing used price in a quarter", "as new prices, M10"
    )
    battery_loss_kusd: float = parameter(
        10, 0, 15, "k$", "loss if a battery fails out of warranty", "model specification M5"
    )
    battery_trouble_share: float = parameter(0.1, 0.0, 0.5, "share", "believed chance of it", "judgement")
    battery_fade: float = parameter(0.015, 0.0, 0.05, "1/year", "loss of battery health", "Geotab 2026")
    fast_charging_fade: float = parameter(0.015, 0.0, 0.05, "1/year", "more at full fast charging", "Geotab 2026")
    fade_factor: float = parameter(
        1.0, 0.0, 5.0, "1", "loss of battery health after the origin, as a multiple", "lever", "lever"
    )
    entrant_sd_kusd: float = parameter(
        7.0, 0.0, 15.0, "k$", "spread of the constant of a product without a record", "design"
    )
