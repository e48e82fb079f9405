"""Inspection of automakers and plants: prices, costs, and what each line would gain by converting (M10, M12-M14)."""

import numpy as np

from agents.calendar import QUARTERS_PER_YEAR
from agents.cells.line_decision import CONVERSIONS, LineAction, LineSensing, LineStatus
from agents.cells.plant import CHEMISTRIES
from experiments.display_names import plant_name, product_name, quarter_at, quarter_name
from experiments.page.inspections.inspection_text import ARCHETYPE, Bar, Fact, Inspection, dollars, musd
from experiments.page.snapshot import History
from market.base.categories import MAKERS
from market.model import Market

_PRODUCTS_SHOWN = 5
_USES = ("vehicles", "storage")
_ACTION_WORDS = {LineAction.WAIT: "leave it as is"}
_STATUS_WORDS = {LineStatus.BUILDING: "under construction"}


def inspect_maker(market: Market, name: str, _history: History) -> Inspection:
    """An automaker: what batteries cost it, its prices, what its plants earn."""
    place = MAKERS.index(name)
    maker, products = market.makers[place], market.products
    own = maker.products[market.offering.offers.on_offer[maker.products]]
    outcome = market.now.outcome
    sold = outcome.served_new[own]
    wanted = float(outcome.flows.new[own][products.is_bev[own]].sum())
    top = own[np.argsort(-sold, kind="stable")][:_PRODUCTS_SHOWN]
    pack = market.offering.pack_prices.usd_per_kwh(market.quarter)
    adder = float(market.offering.cell_adder_usd_per_kwh[place])
    row = next((row for row in market.recorder.latest("makers") if row["maker"] == name), None)
    bevs = float(outcome.served_new[own][products.is_bev[own]].sum())
    decided = [
        Fact(
            product_name(products, int(product)),
            f"{dollars(float(market.offering.price_kusd[product]))}, {sold_here:,.0f} sold",
        )
        for product, sold_here in zip(top, outcome.served_new[top], strict=True)
    ]
    sees = [
        Fact("Battery pack, all automakers", f"{pack:.0f} $/kWh"),
        Fact("Own cells, 45X, duties and capacity", f"{adder:+.1f} $/kWh"),
        Fact("BEV demand", f"{wanted:,.0f} per quarter"),
    ]
    if row is not None:
        cells = float(market.line_decisions.expected_car_cells_gwh(market.quarter)[place])
        sees.append(Fact("Expected demand for US cells", f"{cells:.1f} GWh/year"))
        decided += [
            Fact("Cells produced; of these, for storage", f"{row['output_gwh']:.2f}; {row['for_storage_gwh']:.2f} GWh"),
            Fact("Capacity converted to storage", f"{row['turned_gwh']:.0f} GWh/year"),
            Fact("Profit on vehicles; on cells", f"{musd(row['car_profit_musd'])}; {musd(row['cell_profit_musd'])}"),
        ]
    if market.is_recorded:
        why = f"Through {quarter_at(market.recorded_until)}, prices are as recorded and costs are inferred from them."
    else:
        why = (
            f"Each quarter a price moves {maker.rules.price_adjustment:.0%} of the way to the best response to "
            f"competitors' prices; BEVs are {bevs / max(float(sold.sum()), 1.0):.0%} of its sales."
        )
    return Inspection(name, ARCHETYPE, sees, decided, why, [], "", _line_history(market, name))


def _line_history(market: Market, maker: str, plant: str | None = None) -> list[str]:
    frame = market.recorder.frame("line_changes")
    owners = {each.name: each.maker.name if each.maker is not None else "open market" for each in market.plants}
    hit = frame["plant"].map(owners) == maker if plant is None else frame["plant"] == plant
    return [
        f"{quarter_name(row['quarter'])}: {plant_name(row['plant']) + ', ' if plant is None else ''}"
        f"{row['gwh_per_year']:.0f} GWh/year: {row['action']}"
        + (f", output from {quarter_name(row['output_from'])}" if row["output_from"] else "")
        for row in frame[hit].to_dict("records")
    ]


def inspect_plant(market: Market, name: str, _history: History) -> Inspection:
    """A plant: for each line the prospects of both uses, and the gain from converting less what its owner requires."""
    plant = next(each for each in market.plants if each.name == name)
    lines, expected = market.cells.lines, market.line_decisions.expected_car_cells_gwh(market.quarter)
    seen = {int(n): market.line_decisions.sensing(int(n), expected, 0.0, market.quarter) for n in plant.lines}
    alike: dict[tuple[str, str, float | None], list[int]] = {}
    for number, (line, what) in enumerate(seen.items(), start=1):
        summary = (_prospects(what), _state(market, line, what), _gain_musd_per_gwh_year(what))
        alike.setdefault(summary, []).append(number)
    sees, decided, bars = [], [], []
    for (prospects, state, gain), numbers in alike.items():
        which = f"Line {numbers[0]}" if len(numbers) == 1 else f"Lines {_spans(numbers)}"
        sees.append(Fact(which, prospects))
        decided.append(Fact(which, state))
        if gain is not None:
            bars.append(Bar(which, gain))
    threshold = next(iter(seen.values()))
    why = (
        "Value of converting a line to its other use, less its cost "
        f"({threshold.change.cost_musd_per_gwh_year:.0f} M$ per GWh/year for line 1) and the value of deciding later. "
        "Owners convert if this is positive, whoever gains most first (decisions in Q2 and Q4, with random error)."
    )
    if market.is_recorded:
        why += f" Through {quarter_at(market.origin)}, nothing is decided: lines are built as recorded."
    maker = plant.maker.name if plant.maker is not None else "open market"
    size = float(lines.gwh_per_year[plant.lines].sum())
    note = f"Cells for {maker}; {len(seen)} lines, {size:.0f} GWh/year. {ARCHETYPE}"
    return Inspection(
        plant_name(name), note, sees, decided, why, bars, "M$ per GWh/year", _line_history(market, maker, name),
        ("stays as it is", "converts"),
    )  # fmt: skip


def _spans(numbers: list[int]) -> str:
    """Rising numbers in words, runs as ``1-4``."""
    starts = [n for n in numbers if n - 1 not in numbers]
    ends = [n for n in numbers if n + 1 not in numbers]
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in zip(starts, ends, strict=True))


def _gain_musd_per_gwh_year(seen: LineSensing) -> float | None:
    """What a line would gain by converting over deciding later; None if it cannot convert."""
    gain = max(seen.gain_musd_per_gwh_year(action) for action in CONVERSIONS)
    return gain if np.isfinite(gain) else None


def _prospects(seen: LineSensing) -> str:
    year = slice(QUARTERS_PER_YEAR)
    own, other = (
        f"{_USES[use]}: {float(of.sold_share[year].mean()):.0%} sold, "
        f"margin {float(of.margin_usd_per_kwh[year].mean()):+.0f} $/kWh"
        for use, of in ((seen.use, seen.own), (1 - seen.use, seen.other))
    )
    return f"{own}; {other}"


def _state(market: Market, line: int, seen: LineSensing) -> str:
    lines, plants = market.cells.lines, market.plants
    chemistry = CHEMISTRIES[lines.chemistry[line]]
    status = _STATUS_WORDS.get(seen.status, seen.status.name.lower())
    state = f"{status}, for {_USES[seen.use]} ({chemistry})"
    if market.is_recorded or seen.status in (LineStatus.CLOSED, LineStatus.CONVERTING):
        return state
    action = plants[lines.plant[line]].decide(seen)
    return f"{state}; now it would {_ACTION_WORDS.get(action, action.name.lower().replace('_', ' '))}"
