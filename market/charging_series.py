"""Series of charging: units and labels of its tables and of its columns in the tables national and zones."""

from market.series import Series

NATIONAL_CHARGING: dict[str, Series] = {
    "charging_success": Series("share of attempts", "True success of fast plugs, over sessions"),
    "charging_wait_minutes": Series("minute", "Wait for a fast plug at the peak hour, over sessions"),
    "sessions_served": Series("session/quarter", "Fast-charging sessions served"),
    "sessions_lost": Series("session/quarter", "Fast-charging sessions lost"),
    "plug_utilisation": Series("share of hours", "Use of fast plugs"),
}

ZONE_CHARGING: dict[str, Series] = {
    "charging_success": Series("share of attempts", "True success of fast plugs that the zone's drivers meet"),
    "wait_minutes": Series("minute", "Wait for a fast plug near home at the peak hour"),
}

CHARGING: dict[str, Series] = {
    "quarter": Series("quarter", "Quarter"),
    "operator": Series("name", "Operator (a calibrated archetype, no forecast of the company)"),
    "plugs": Series("plug", "Fast plugs"),
    "started": Series("plug/quarter", "Plugs started"),
    "opened": Series("plug/quarter", "Plugs opened"),
    "closed": Series("plug/quarter", "Plugs closed"),
    "success": Series("share of attempts", "True success of its plugs"),
    "sessions_served": Series("session/quarter", "Sessions served"),
    "sessions_lost": Series("session/quarter", "Sessions lost"),
    "utilisation": Series("share of hours", "Use of its plugs"),
    "revenue_musd": Series("M$ of 2025/quarter", "Revenue"),
    "profit_musd": Series("M$ of 2025/quarter", "Profit before capital"),
    "capital_musd": Series("M$ of 2025/quarter", "Capital spent, net of grants"),
}

CHARGING_STATES: dict[str, Series] = {
    "quarter": Series("quarter", "Quarter at whose end they are counted"),
    "state": Series("postal code", "State"),
    "fast_ports": Series("port", "Fast charging ports"),
    "recorded_fast_ports": Series("port", "Recorded fast charging ports"),
}
