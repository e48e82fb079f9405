"""The power region of a balancing authority, or of a state where no authority is told."""

from collections.abc import Mapping

from market.base import tables

_BY_REGION: Mapping[str, str] = {
    "CAISO": "CISO",
    "ERCOT": "ERCO",
    "PJM": "PJM",
    "MISO": "MISO",
    "SPP": "SWPP",
    "NYISO": "NYIS",
    "ISO-NE": "ISNE",
    "Southeast": "AEC AECI CPLE CPLW DUK FMPP FPC FPL GVL HST JEA LGEE NSB SC SCEG SEC SEPA SOCO TAL TEC TVA YAD",
    "West-nonISO": "AVA AVRN AZPS BANC BPAT CHPD DEAA DOPD EPE GCPD GRID GRIF GRMA GWA HGMA IID IPCO LDWP NEVP NWMT "
    "PACE PACW PGE PNM PSCO PSEI SCL SRP TEPC TIDC TPWR WACM WALC WAUW WWA",
}
AUTHORITIES: Mapping[str, str] = {code: region for region, codes in _BY_REGION.items() for code in codes.split()}
"""Power region by the code of a balancing authority, as Form EIA-860 writes it."""


def states() -> dict[str, str]:
    """Power region by state: that of most of its households."""
    zones = tables.load("zones").groupby(["state", "power_region"])["households"].sum().reset_index()
    largest = zones.sort_values("households", kind="stable").drop_duplicates("state", keep="last")
    return dict(zip(largest["state"], largest["power_region"], strict=True))
