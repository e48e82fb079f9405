"""Writes a data pack of Norway's car market from the figures beside this file: ``python make_pack.py FOLDER``."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from experiments.packs.writing import Author, write_tables
from market.base import quarters, tables
from market.base.categories import KINDS, MAKERS, POWERTRAINS, SEGMENTS
from market.vehicles.parameters import Makers
from market.vehicles.products import Products

HERE = Path(__file__).parent
NAME, STATE = "Norway", "NO"
FIRST, LAST = 2017, 2024
PERSONS_PER_HOUSEHOLD = 2.15  # Statistics Norway, recalled
BEV_ADVANTAGE_USD = 12_000  # taxes that a buyer of a BEV does not pay and of a gasoline car does: judgment
TESLAS_OF_2016, PHEVS_OF_2016, HYBRIDS_OF_2016 = 12_000, 34_000, 70_000  # registered, recalled
SEGMENTS_OF_OTHERS = {"car": 0.5, "small_suv": 0.35, "large_suv": 0.14, "pickup": 0.01}  # all but BEVs: judgment
LONG_RANGE_OF_2016 = 200  # others than Teslas, from 200 miles on: hardly any; a kind needs some, judgment
KEPT_POWER = 24.0  # GW at the peak, Statnett, recalled

YEARS = pd.read_csv(HERE / "years.csv").set_index("year")
PLACES = pd.read_csv(HERE / "places.csv")
SHARES = pd.read_csv(HERE / "makers.csv").set_index("maker")


def held(year: int) -> int:
    """The year of the figures that stand for a year: shipped prices run past 2024, these are held."""
    return min(year, LAST)


def places() -> dict[str, pd.DataFrame]:
    """Zones, and the one state that they are in."""
    income = tables.load("income_propensity").set_index("income_class")["household_share"]
    households = (PLACES["population"] / PERSONS_PER_HOUSEHOLD).round().astype(int)
    east, north = PLACES["longitude"], PLACES["latitude"]
    zones = PLACES.assign(
        state=STATE, x_albers=((east - east.min()) * 18.0 + 20.0).round(2),
        y_albers=((north.max() - north) * 45.0 + 20.0).round(2), households=households, power_region=NAME, tier=1,
        vehicles_per_household=round(float(YEARS.loc[LAST, "cars"] / households.sum()), 4),
        **{f"share_{name}": round(float(share), 4) for name, share in income.items()},
    )  # fmt: skip
    part = PLACES["population"] / PLACES["population"].sum()
    return {
        "states": pd.DataFrame([{"state": STATE, "name": NAME, "fips": "00"}]),
        "zones": zones,
        "zone_states": pd.DataFrame({
            "zone": PLACES["zone"], "state": STATE, "population_share_of_state": part, "share_of_zone": 1.0,
        }),
    }  # fmt: skip


def prices() -> dict[str, pd.DataFrame]:
    """Gasoline, electricity, public charging and fast chargers."""
    gasoline = tables.load("gasoline_national")
    year = gasoline["quarter"].str[:4].astype(int).map(held)
    years = sorted(tables.load("electricity")["year"].unique())
    of_state = {"state": STATE, "quality": "interpolated"}
    power = [{**of_state, "year": y, "usd_per_kwh_nominal": price_of(held(y), "electricity")} for y in years]
    public = tables.load("public_charging")
    public["usd_per_kwh_nominal"] = [price_of(each, "fast_charging") for each in public["year"]]
    sites = [
        {"state": STATE, "year": y, "network": network, "sites": int(row[f"{key}_sites"]),
         "plugs": int(row[f"{key}_plugs"]), "quality": "interpolated"}
        for network, key in (("Tesla", "tesla"), ("other", "other")) for y, row in YEARS.iterrows()
    ]  # fmt: skip
    federal, used_credits = tables.load("federal_credits"), tables.load("used_credits")
    grants = tables.load("charger_grants")
    rebates = pd.DataFrame([{
        "state": STATE, "year_from": FIRST, "year_to": LAST, "amount_usd_nominal": BEV_ADVANTAGE_USD,
        "quality": "recalled",
    }])  # fmt: skip
    return {
        "gasoline_national": gasoline.assign(
            usd_per_gallon_nominal=year.map(YEARS["gasoline_usd_per_gallon"]), quality="interpolated"
        ),
        "gasoline_states": pd.DataFrame([{**of_state, "year": y, "ratio_to_national": 1.0} for y in years]),
        "electricity": pd.DataFrame(power),
        "public_charging": public.assign(quality="interpolated"),
        "fast_sites": pd.DataFrame(sites),
        "state_incentives": rebates,
        "federal_credits": federal.assign(amount_usd_nominal=0),
        "used_credits": used_credits.assign(take_up_share=0.0),
        "charger_grants": grants.assign(cost_share=0.0, budget_musd_nominal=grants["budget_musd_nominal"] * 0.0),
    }  # fmt: skip


def price_of(year: int, what: str) -> float:
    """A price of a year, nominal dollars a kWh."""
    return float(YEARS.loc[year, f"{what}_usd_per_kwh"])


def stocks() -> dict[str, pd.DataFrame]:
    """Cars on the road: by year, and at the end of 2016 by kind, with the ages of American ones."""
    cars, bevs = YEARS.loc[2016, "cars"], YEARS.loc[2016, "bevs"]
    of_kind = {"HEV": HYBRIDS_OF_2016, "PHEV": PHEVS_OF_2016, "BEV_Tesla": TESLAS_OF_2016}
    american = tables.load("kinds_2016").set_index("kind")["cars"]
    of_kind |= {"BEV_short": bevs - TESLAS_OF_2016 - LONG_RANGE_OF_2016, "BEV_long": LONG_RANGE_OF_2016}
    of_kind["ICE"] = cars - sum(of_kind.values())
    ages = tables.load("kinds_2016_by_age")
    scale = pd.Series(of_kind) / american.where(american > 0, np.nan)
    ages["cars"] = (ages["cars"] * ages["kind"].map(scale).fillna(0.0)).round().astype(int)
    used = tables.load("used_sales")
    registered = YEARS.loc[2016:LAST].reset_index()
    return {
        "fleet_by_year": registered[["year", "cars"]],
        "kinds_2016": pd.DataFrame({"kind": KINDS, "cars": [int(of_kind[kind]) for kind in KINDS]}),
        "kinds_2016_by_age": ages,
        "used_sales": used.assign(used_sales_million=used["year"].map(YEARS["used_sales_million"])),
        "registrations_by_state": registered[["year", "cars", "bevs"]].assign(state=STATE, quality="interpolated"),
    }


def sold(year: int) -> dict[str, int]:
    """New cars of a year by powertrain."""
    row = YEARS.loc[year]
    found = {name: round(row["new_cars"] * row[f"{name.lower()}_share"]) for name in ("HEV", "PHEV", "BEV")}
    return {"ICE": int(row["new_cars"]) - sum(found.values()), **found}


def makers_of_bevs(year: int) -> "pd.Series[float]":
    """Shares of automakers in BEVs, straight between the years given."""
    known = [2017, 2020, 2024]
    return SHARES.apply(lambda row: np.interp(year, known, [row[f"share_of_bevs_{each}"] for each in known]), axis=1)


def bevs_of_a_quarter(quarter: str, total: float) -> pd.DataFrame:
    """BEVs by line: an automaker's over the lines that it sold in America in that quarter, as those sold there."""
    american = tables.load("bev_sales_by_line")
    lines = american[american["quarter"] == quarter].copy()
    share = makers_of_bevs(int(quarter[:4])).reindex(lines["maker"]).to_numpy()
    within = lines["sales"] / lines.groupby("maker")["sales"].transform("sum")
    weight = share * within
    cars = np.maximum(np.round(weight / weight.sum() * total), 1).astype(int)
    cars.iloc[int(cars.argmax())] += int(total) - int(cars.sum())
    return lines.assign(sales=cars, quality="interpolated")


def margin_of(kind: str, bevs: pd.DataFrame, by_powertrain: list[dict[str, object]]) -> "pd.Series[float]":
    """New cars by year and automaker or segment: BEVs as above, hybrids as the model splits them, gasoline judged."""
    last = quarters.index(f"{LAST}Q4")
    products = Products(last, last, last, Makers(), trend_in_variety=True)
    names, place = (MAKERS, products.maker) if kind == "maker" else (SEGMENTS, products.segment)
    of_gasoline = SHARES["share_of_others"] if kind == "maker" else pd.Series(SEGMENTS_OF_OTHERS)
    rows = bevs.rename(columns={"sales": "cars"})[["quarter", kind, "cars"]].to_dict("records")
    for row in by_powertrain:
        weight = products.at(quarters.index(str(row["quarter"]))).mix_weight
        if row["powertrain"] in ("HEV", "PHEV"):
            chosen = weight * (products.powertrain == POWERTRAINS.index(str(row["powertrain"])))
            part = np.bincount(place, chosen, minlength=len(names)) / chosen.sum()
        else:
            part = of_gasoline.reindex(names).to_numpy() * (row["powertrain"] == "ICE")
        rows += [
            {"quarter": row["quarter"], kind: name, "cars": row["sales"] * each}
            for name, each in zip(names, part, strict=True)
        ]
    frame = pd.DataFrame(rows)
    return frame.assign(year=frame["quarter"].str[:4].astype(int)).groupby(["year", kind])["cars"].sum()


def sales() -> dict[str, pd.DataFrame]:
    """New cars, quarters alike within a year: by powertrain, BEVs by line, by automaker, by segment."""
    by_powertrain, by_line = [], []
    for year in range(FIRST, LAST + 1):
        for quarter in (f"{year}Q{each}" for each in (1, 2, 3, 4)):
            cars = {name: round(each / 4) for name, each in sold(year).items()}
            by_powertrain += [
                {"quarter": quarter, "powertrain": name, "sales": cars[name], "quality": "interpolated"}
                for name in POWERTRAINS
            ]
            by_line.append(bevs_of_a_quarter(quarter, cars["BEV"]))
    bevs = pd.concat(by_line)
    margins = {kind: margin_of(kind, bevs, by_powertrain) for kind in ("maker", "segment")}
    totals = margins["maker"].rename("sales").reset_index()
    totals["sales"] = totals["sales"].round().astype(int)
    shares = margins["segment"] / margins["segment"].groupby("year").transform("sum")
    return {
        "sales_by_powertrain": pd.DataFrame(by_powertrain),
        "bev_sales_by_line": bevs,
        "sales_by_maker": totals.assign(sales_as_pooled=totals["sales"], quality="recalled"),
        "segment_shares": shares.round(5).rename("share").reset_index().assign(quality="recalled"),
    }


def power() -> dict[str, pd.DataFrame]:
    """One power region without storage: its cells and storage are not simulated, its peak carries the cars."""
    found = {}
    nothing = ("storage_installed_2016", "storage_additions", "data_centers", "storage_pipeline")
    names = (
        "net_cone", "storage_value", "peaks", "peak_growth", "capacity_prices", "storage_accreditation",
        "data_center_waits", "grid_emissions", *nothing,
    )  # fmt: skip
    for name in names:
        frame = tables.load(name)
        rows = frame[frame["region"] == "NYISO"].assign(region=NAME)
        if name in nothing:
            amounts = [column for column in rows.select_dtypes("number") if column not in ("year", "hours")]
            rows[amounts] = 0
        found[name] = rows
    found["peaks"] = found["peaks"].assign(gw=KEPT_POWER)
    found["net_cone"] = found["net_cone"].assign(basis="not paid")
    found["grid_emissions"] = found["grid_emissions"].assign(marginal_co2_kg_per_mwh=100.0)
    for name, kept in (("storage_mandates", tables.load("storage_mandates")[:1]), ("scarcity_years", None)):
        rows = tables.load(name)[:1] if kept is None else kept
        found[name] = rows.assign(region=NAME, **({"gw": 0.0} if "gw" in rows else {}))
    return found


def main(folder: Path) -> None:
    """Write the pack."""
    frames = places() | prices() | stocks() | sales() | power()
    ordered = {name: frame[list(tables.sources()[name].columns)] for name, frame in frames.items()}
    told = "Norway to 2024; figures recalled or judged, see docs/howto/another-country.md"
    write_tables(folder, ordered, Author("Detour", "CC0-1.0", told))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
