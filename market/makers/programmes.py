"""Model programs of all automakers: launched, paid for, finished or written off, and their effect on models (M15)."""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from agents.arrays import Floats, group_sum
from agents.calendar import QUARTERS_PER_YEAR
from agents.makers.programme import (
    MakerStrategy,
    ProgrammeAction,
    ProgrammeRule,
    ProgrammeSensing,
    ProgrammeTerms,
    cars_gained_share,
    cost_to_come_musd,
    decide_programme,
    programme_value_musd,
)
from market.base.categories import ICE, MAKERS
from market.base.ledger import Ledger
from market.cells.capital_budget import CapitalBudget
from market.makers.forecasts import MakerForecasts
from market.makers.makers_quarter import MakersQuarter, missing_share
from market.makers.parameters import Plans
from market.makers.strategies import maker_strategy
from market.vehicles.products import Products

REFUSED = "refused for capital"
DEVELOPERS = "developers and suppliers of models"
_KWH_PER_GWH = 1e6


@dataclass
class Programme:
    """One program for one more model of a product; ``due``: quarter from whose end the model is on sale.

    ``book_musd``: what has been spent and not yet written off or down; on sale it falls evenly over the model's life.
    """

    product: int
    begun: int
    due: int
    book_musd: float = 0.0


class ProgrammeEvent(NamedTuple):
    """A program launched, finished or canceled in this quarter; ``sunk_musd``: what it had cost by then."""

    product: int
    event: str
    sunk_musd: float


class Programmes:
    """State of programs; arrays have shape (products,) or, money of the quarter in M$, (makers,).

    ``models_added``: on sale by programs, up to the end of their life; ``write_off_musd``: sunk in programs given up;
    ``write_down_musd``: of models on sale; ``models_lost``: not launched or canceled only because the automaker's
    lines converted to storage. With a ``budget`` a program begins only if its automaker has the money;
    ``counts_cells``: missing cells of converted lines are counted as imported.
    """

    def __init__(
        self, plans: Plans, products: Products, forecasts: MakerForecasts, start: int, *, variety_elasticity: float,
        counts_cells: bool = True,
    ) -> None:  # fmt: skip
        self._plans = plans
        self._products = products
        self._forecasts = forecasts
        self._counts_cells = counts_cells
        self.budget: CapitalBudget | None = None
        self._chosen: list[tuple[float, int]] = []
        self._start = start
        self.terms = ProgrammeTerms(plans.lead_quarters, plans.years_on_sale, variety_elasticity)
        self.strategies = [maker_strategy(plans.at(start), name) for name in MAKERS]
        self.rule: ProgrammeRule = decide_programme
        size = products.size
        self.under_way: list[Programme] = []
        self.on_sale: list[Programme] = []
        self.events: list[ProgrammeEvent] = []
        self.models_added: Floats = np.zeros(size)
        self.models_lost: Floats = np.zeros(size)
        self.spent_musd: Floats = np.zeros(len(MAKERS))
        self.write_off_musd: Floats = np.zeros(len(MAKERS))
        self.write_down_musd: Floats = np.zeros(len(MAKERS))
        self.paid_off_musd: Floats = np.zeros(len(MAKERS))

    def decide(self, seen: MakersQuarter) -> None:
        """Pay for what is under way, bring on sale what is due, and in the fourth quarter launch and cancel.

        Decisions begin one lead before the records end: what comes on sale up to then is in the records.
        """
        self.events = []
        for money in (self.spent_musd, self.write_off_musd, self.write_down_musd, self.paid_off_musd):
            money[:] = 0.0
        quarter = seen.quarter
        self.strategies = [maker_strategy(self._plans.at(quarter), name) for name in MAKERS]
        self._pay()
        self._retire(quarter)
        self._finish(quarter)
        if quarter % QUARTERS_PER_YEAR == QUARTERS_PER_YEAR - 1 and quarter > self._start - self._plans.lead_quarters:
            self._write_down(seen)
            self._review(seen)
            self._launch(seen)

    def _pay(self) -> None:
        for programme in self.under_way:
            maker = int(self._products.maker[programme.product])
            part = self.strategies[maker].cost_musd / self._plans.lead_quarters
            programme.book_musd += part
            self.spent_musd[maker] += part

    def _retire(self, quarter: int) -> None:
        """Models whose life on sale is over leave; a program begun in time has the next one ready."""
        for programme in [each for each in self.on_sale if self._end_of_sale(each) <= quarter]:
            self.on_sale.remove(programme)
            self.models_added[programme.product] -= 1.0
            self.events.append(ProgrammeEvent(programme.product, "end of life", programme.book_musd))

    def _end_of_sale(self, programme: Programme) -> int:
        """Quarter from whose end a model is no longer on sale."""
        return programme.due + self.terms.years_on_sale * QUARTERS_PER_YEAR

    def _finish(self, quarter: int) -> None:
        for programme in [each for each in self.under_way if each.due <= quarter]:
            self.under_way.remove(programme)
            self.models_added[programme.product] += 1.0
            self.on_sale.append(programme)
            self.events.append(ProgrammeEvent(programme.product, "on sale", programme.book_musd))

    def _review(self, seen: MakersQuarter) -> None:
        """Judge what is under way, the last begun of a product first; what is not worth the rest is given up.

        So is what was for a product taken off sale.
        """
        cars = self._forecasts.cars_ahead(_years_seen(self.terms), seen.quarter)
        for programme in sorted(self.under_way, key=lambda each: (each.product, -each.begun)):
            maker = int(self._products.maker[programme.product])
            if not seen.offers.on_offer[programme.product]:
                self._cancel(programme, maker)
                continue
            before = sum(p.product == programme.product and p.begun < programme.begun for p in self.under_way)
            model = self._sense(seen, programme.product, cars, before, programme.due - seen.quarter)
            if (
                self._decides(model, self.strategies[maker], programme.product, under_way=True)
                == ProgrammeAction.CANCEL
            ):
                self._cancel(programme, maker)

    def _write_down(self, seen: MakersQuarter) -> None:
        """Models on sale that will not earn their book value are written down to what they will (no payment)."""
        cars = self._forecasts.cars_ahead(_years_seen(self.terms), seen.quarter)
        for programme in self.on_sale:
            years_left = self.terms.years_on_sale - (seen.quarter - programme.due) // QUARTERS_PER_YEAR
            if years_left <= 0 or programme.book_musd <= 0.0:
                continue
            maker = int(self._products.maker[programme.product])
            younger = sum(p.product == programme.product and p.due >= programme.due for p in self.on_sale)
            model = self._sense(seen, programme.product, cars, -younger, 0)
            left = replace(self.terms, years_on_sale=years_left)
            worth = max(0.0, programme_value_musd(model, self.strategies[maker], left))
            loss = max(0.0, programme.book_musd - worth)
            self.write_down_musd[maker] += loss
            programme.book_musd = (programme.book_musd - loss) * (years_left - 1) / years_left

    def _launch(self, seen: MakersQuarter) -> None:
        """Each automaker launches the programs with the highest net value, up to its engineering capacity."""
        lead, products = self._plans.lead_quarters, self._products
        cars = self._forecasts.cars_ahead(_years_seen(self.terms), seen.quarter)
        on_offer = products.is_bev & seen.offers.on_offer
        for maker, strategy in enumerate(self.strategies):
            worth: dict[int, float] = {}
            for product in map(int, np.flatnonzero(on_offer & (products.maker == maker))):
                before = sum(programme.product == product for programme in self.under_way)
                model = self._sense(seen, product, cars, before, lead)
                if self._decides(model, strategy, product, under_way=False) == ProgrammeAction.LAUNCH:
                    worth[product] = programme_value_musd(model, strategy, self.terms)
            for product in sorted(worth, key=lambda each: -worth[each])[: self._plans.most_launches]:
                index = worth[product] / cost_to_come_musd(lead, strategy, self.terms) - 1.0
                self._choose(product, maker, index, seen.quarter)

    def _choose(self, product: int, maker: int, index: float, quarter: int) -> None:
        """Begin a program at once, or let it wait until all uses of the automaker's money are known."""
        if self.budget is None:
            self._begin(product, quarter)
            return
        self.budget.hold(maker, self._first_year_musd(maker), index)
        self._chosen.append((index, product))

    def settle(self, quarter: int) -> None:
        """Begin the programs chosen in a quarter that the budgets still hold, best first."""
        if self.budget is None:
            return
        self.budget.release()
        for _, product in sorted(self._chosen, key=lambda each: -each[0]):
            maker = int(self._products.maker[product])
            cost = self._first_year_musd(maker)
            if self.budget.affords(maker, cost):
                self.budget.spend(maker, cost)
                self._begin(product, quarter)
            else:
                self.budget.refuse(maker, cost)
                self.events.append(ProgrammeEvent(product, REFUSED, 0.0))
        self._chosen = []

    def _begin(self, product: int, quarter: int) -> None:
        self.under_way.append(Programme(product, quarter, quarter + self._plans.lead_quarters))
        self.models_lost[product] = max(0.0, float(self.models_lost[product]) - 1.0)
        self.events.append(ProgrammeEvent(product, "launched", 0.0))

    def _first_year_musd(self, maker: int) -> float:
        return self.strategies[maker].cost_musd * min(1.0, QUARTERS_PER_YEAR / self._plans.lead_quarters)

    def committed_musd(self, quarter: int) -> Floats:
        """What programs under way will cost in the coming year, by seller of cells, the open market last (nothing)."""
        due = np.zeros(len(MAKERS) + 1)
        for programme in self.under_way:
            maker, left = int(self._products.maker[programme.product]), min(programme.due - quarter, QUARTERS_PER_YEAR)
            due[maker] += self.strategies[maker].cost_musd / self._plans.lead_quarters * max(left, 0)
        return due

    def _decides(
        self, seen: ProgrammeSensing, strategy: MakerStrategy, product: int, *, under_way: bool
    ) -> ProgrammeAction:
        """What the automaker decides; a model it would have but for converted cell lines is counted as lost."""
        action = self.rule(seen, strategy, self.terms, under_way=under_way)
        if not isinstance(action, ProgrammeAction):
            raise ValueError(f"the rule for programmes gave {action!r}; it must give a ProgrammeAction")  # noqa: TRY004 - a run fails on it
        if seen.cells_missing > 0.0:
            there = replace(seen, cells_missing=0.0, models=seen.models + self.models_lost[product])
            if self.rule(there, strategy, self.terms, under_way=under_way) != action:
                self.models_lost[product] += 1.0
        return action

    def _cancel(self, programme: Programme, maker: int) -> None:
        self.under_way.remove(programme)
        self.write_off_musd[maker] += programme.book_musd
        self.paid_off_musd[maker] += self._plans.supplier_share * programme.book_musd
        self.events.append(ProgrammeEvent(programme.product, "cancelled", programme.book_musd))

    def _sense(
        self, seen: MakersQuarter, product: int, cars: Floats, before: int, quarters_left: int
    ) -> ProgrammeSensing:
        """What an automaker sees of one more model of a product after ``before`` others under way.

        Models whose life will be over when it is on sale are not counted: it would replace them.
        """
        products, maker = self._products, int(self._products.maker[product])
        last = self._forecasts.last_year()
        own = float(last[(products.maker == maker) & products.is_bev].sum())
        nest = float(last[(products.segment == products.segment[product]) & products.is_bev].sum())
        coming = cars[:, maker] * (float(last[product]) / own if own > 0 else 0.0)
        finished_now = float(self.models_added[product] - seen.models_added[product])
        then = seen.quarter + quarters_left
        leaving = sum(each.product == product and self._end_of_sale(each) <= then for each in self.on_sale)
        models = float(seen.offers.effective_models[product]) + finished_now + before - leaving
        share = float(last[product]) / nest if nest > 0 else 0.0
        gasoline = (products.maker == maker) & (products.powertrain == ICE)
        gained = cars_gained_share(models, share, self.terms.variety)
        return ProgrammeSensing(
            cars_per_year=coming,
            models=models,
            nest_share=share,
            margin_kusd=float(seen.margin_kusd[product]),
            lost_kusd=seen.lost_kusd(gasoline),
            cells_missing=self._cells_missing(seen, maker, product, cars[:, maker], gained * coming),
            quarters_left=quarters_left,
            imported_pack_kusd=seen.imported_pack_kusd(maker, product),
        )

    def _cells_missing(self, seen: MakersQuarter, maker: int, product: int, cars: Floats, won: Floats) -> float:
        """Share of a new model's cells that the automaker lacks; ``cars``, ``won``: BEVs of both, (years,)."""
        if seen.cells is None or not self._counts_cells:
            return 0.0
        year = min(self._plans.lead_quarters // QUARTERS_PER_YEAR, cars.size - 1)
        sold = float(self._forecasts.last_year()[(self._products.maker == maker) & self._products.is_bev].sum())
        pack = float(seen.offers.pack_kwh[product])
        mine = float(won[year]) * pack / _KWH_PER_GWH * float(seen.cells.domestic_share[maker])
        if mine <= 0.0 or sold <= 0.0:
            return 0.0
        return missing_share(seen.cells, maker, float(cars[year]), sold, mine)

    def lost_share(self, effective_models: Floats) -> Floats:
        """Share of BEV models an automaker lost to converted lines, (makers,); ``effective_models``: (products,)."""
        products = self._products
        on_offer = np.where(products.is_bev, effective_models, 0.0)
        models = group_sum(on_offer, products.maker, len(MAKERS))
        lost = group_sum(self.models_lost, products.maker, len(MAKERS))
        return np.asarray(np.where(lost > 0, lost / np.where(lost > 0, models + lost, 1.0), 0.0))

    def post_money(self, ledger: Ledger) -> None:
        """What automakers pay for programs, and to suppliers for those given up, M$."""
        for number, name in enumerate(MAKERS):
            ledger.pay(name, DEVELOPERS, float(self.spent_musd[number] + self.paid_off_musd[number]))


def _years_seen(terms: ProgrammeTerms) -> int:
    return terms.lead_quarters // QUARTERS_PER_YEAR + terms.years_on_sale + 1
