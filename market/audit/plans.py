"""Model programs, proof and line changes reckoned anew: what automakers pay to developers and builders of plants."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from agents.arrays import Floats
from agents.calendar import QUARTERS_PER_YEAR
from agents.cells.line_conversion import LineKind
from agents.cells.line_decision import LineAction, LineStatus
from agents.cells.plant import KIND_OF_CHEMISTRY, Lines
from market.audit.line_record import LineRecord
from market.audit.reckoned import Reckoned
from market.base.categories import MAKERS
from market.base.ledger import Ledger
from market.cells.lines import OPEN_MARKET, SELLERS
from market.cells.parameters import Cells
from market.conversion.accounts import PLANT_BUILDERS
from market.conversion.change_costs import cost_factors, median_kinds
from market.conversion.line_change import LineChange
from market.makers.parameters import Plans
from market.makers.programmes import DEVELOPERS, Programmes
from market.makers.strategies import maker_strategy
from market.vehicles.products import Products

_CONVERTS = (LineAction.START_STORAGE, LineAction.CONVERT, LineAction.CONVERT_BACK, LineAction.SELL_AS_IS)


def reckon_programmes(
    reckoned: Reckoned, programmes: Programmes, products: Products, plans: Plans, quarter: int
) -> None:
    """Count a quarter's part of the cost of every program that was under way, and what suppliers of given-up ones get.

    Under way were those that still are and did not begin now, those finished now and those given up now.
    """
    paid = Counter(each.product for each in programmes.under_way if each.begun < quarter)
    paid.update(event.product for event in programmes.events if event.event in ("on sale", "cancelled"))
    given_up = [event for event in programmes.events if event.event == "cancelled"]
    for number, name in enumerate(MAKERS):
        count = sum(times for product, times in paid.items() if products.maker[product] == number)
        cost = maker_strategy(plans.at(quarter), name).cost_musd * count / plans.lead_quarters
        sunk = sum(event.sunk_musd for event in given_up if products.maker[event.product] == number)
        reckoned.pay(name, DEVELOPERS, cost + plans.supplier_share * sunk)


class ChangeCosts:
    """What changing each line costs, M$ per GWh/year, by the kinds of conversion and the draw of the run."""

    def __init__(self, lines: Lines, given: Cells, seed: int) -> None:
        factors = cost_factors(lines, given.cost_spread, seed)
        kinds = median_kinds(given)
        own = [kinds[LineKind(kind)].cost_musd_per_gwh_year for kind in KIND_OF_CHEMISTRY[lines.car_chemistry]]
        self._converting: Floats = np.array(own) * factors
        self._as_is: Floats = kinds[LineKind.SAME_CELL].cost_musd_per_gwh_year * factors
        self._building = given.new_plant_musd

    def musd(self, line: int, action: LineAction, record: LineRecord) -> float:
        """Cost of an action with a line that stood as recorded; nothing where none is built or converted."""
        builds = action == LineAction.START or (
            action == LineAction.START_STORAGE and record.status[line] == LineStatus.ANNOUNCED
        )
        size = float(record.gwh_per_year[line])
        if builds:
            return self._building * size
        if action == LineAction.SELL_AS_IS:
            return float(self._as_is[line]) * size
        return float(self._converting[line]) * size if action in _CONVERTS else 0.0


def reckon_changes(
    ledger: Ledger, reckoned: Reckoned, changes: Sequence[LineChange], record: LineRecord, costs: ChangeCosts,
    names: Sequence[str],
) -> None:  # fmt: skip
    """Count what sellers pay for lines they change; a sale is paid by the open market at the price agreed."""
    for change in changes:
        seller = int(record.maker[change.line])
        if change.sold_by is not None:
            reckoned.pay(SELLERS[OPEN_MARKET], SELLERS[seller], change.cost_musd)
            continue
        due = costs.musd(change.line, change.action, record)
        ledger.equal(f"cost of changing {names[change.line]}, paid and by its kind, M$", change.cost_musd, due)
        reckoned.pay(SELLERS[seller], PLANT_BUILDERS, due)


def reckon_proof(reckoned: Reckoned, a_year_musd: Floats, operators_musd: float, payee: str, operators: str) -> None:
    """Count a quarter's part of what automakers, (makers,), and operators spend on proof in a year, M$."""
    for name, musd in zip(MAKERS, a_year_musd, strict=True):
        reckoned.pay(name, payee, float(musd) / QUARTERS_PER_YEAR)
    reckoned.pay(operators, payee, operators_musd / QUARTERS_PER_YEAR)
