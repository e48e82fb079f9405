"""Line decisions: the owner who gains most moves first, until none wants to move (M14)."""

import numpy as np
from scipy.special import ndtri

from agents.arrays import Bools, Floats, group_sum
from agents.calendar import QUARTERS_PER_YEAR
from agents.cells.line_conversion import LineKind
from agents.cells.line_decision import CONVERSIONS, LineAction, LineSensing, LineStatus, Use
from agents.cells.plant import CellPlant
from agents.random.streams import Purpose, stream_key, uniforms
from market.cells.allocation import SLACK_USE, CellMarket
from market.cells.lines import JOINT, OPEN_MARKET, SELLERS
from market.conversion.line_change import LineChange, Reason, reason_of
from market.conversion.prospects import LineProspects
from market.conversion.survey import Bounds, LineSurveys, Survey
from market.makers.forecasts import MakerForecasts
from market.power.sector import PowerSide

DECISION_QUARTERS = (1, 3)
"""Second and fourth quarter of a year, counted from 0."""
_BETWEEN_QUARTERS = 2  # between two decisions: how long building rests if it is delayed


class LineDecisions:
    """Half-yearly decisions about all lines; what was decided this quarter stands in ``changes``.

    Sellers' capital budgets limit conversions and new lines.
    """

    def __init__(
        self, cells: CellMarket, power: PowerSide, plants: list[CellPlant], seed: int,
        forecasts: MakerForecasts | None = None,
    ) -> None:  # fmt: skip
        self._cells = cells
        self._power = power
        self._plants = plants
        self._seed = seed
        self._prospects = LineProspects(cells, power, forecasts)
        self._surveys = LineSurveys(cells, self._prospects, seed)
        self._is_joint: Bools = np.array([JOINT in plants[plant].owner for plant in cells.lines.plant])
        self.changes: list[LineChange] = []
        self._owed_gwh: tuple[tuple[int, int], Floats] = ((-1, 0), np.zeros(len(SELLERS)))

    def decide(self, quarter: int) -> None:
        """Let lines move one at a time, each line once, the largest gain per GWh first, until none wants to (M14)."""
        self.changes = []
        if quarter <= self._cells.origin or quarter % QUARTERS_PER_YEAR not in DECISION_QUARTERS:
            return
        expected = self._prospects.car_cells_ahead_gwh(quarter)
        draws = self._draws(quarter)
        waiting = self._cells.lines.status != LineStatus.CLOSED
        while True:
            survey = self.survey(expected, draws, quarter)
            mover = self._next_mover(survey, waiting, draws, quarter)
            if mover is None:
                return
            line, action = mover
            waiting[line] = False
            self._move(line, action, self._surveys.sensing(survey, line, quarter), quarter)

    def _draws(self, quarter: int) -> Floats:
        """Standard normal draws of owners' errors, (lines,)."""
        key = stream_key(self._seed, Purpose.LINE_GAIN, quarter)
        return np.asarray(ndtri(uniforms(key, np.arange(self._cells.lines.size))))

    def _next_mover(self, survey: Survey, waiting: Bools, draws: Floats, quarter: int) -> tuple[int, LineAction] | None:
        """Of the lines that have not moved the first, by gain and then at random, whose rule does not wait.

        Where building only rests what all will sell stays as it is: that is done without valuing all lines anew.
        """
        order = np.lexsort((draws, -survey.best_gain))
        for line in map(int, order[waiting[order]]):
            seen = self._surveys.sensing(survey, line, quarter)
            action = self._plants[self._cells.lines.plant[line]].decide(seen)
            if action == LineAction.DELAY:
                waiting[line] = False
                self._move(line, action, seen, quarter)
            elif action != LineAction.WAIT:
                return line, action
        return None

    def _move(self, line: int, action: LineAction, seen: LineSensing, quarter: int) -> None:
        lines = self._cells.lines
        size = float(lines.gwh_per_year[line])
        seller = int(lines.maker[line])
        gain = seen.gain_musd_per_gwh_year(action) * size
        keep = float(seen.values_musd_per_gwh_year[LineAction.WAIT]) * size
        if action == LineAction.SELL:
            price = self._cells.parameters.maker_share * float(seen.values_musd_per_gwh_year[action]) * size
            lines.sell(line, OPEN_MARKET, quarter)
            self.changes.append(LineChange(line, action, price, gain, keep, reason_of(seen, action), seller))
            return
        builds = action == LineAction.START or (
            seen.status == LineStatus.ANNOUNCED and action == LineAction.START_STORAGE
        )
        change = self._surveys.build_kind() if builds else self._surveys.change_kind(line, action)
        cost = change.cost_musd_per_gwh_year * size if builds or action in CONVERSIONS else 0.0
        if cost > 0.0 and not self._pays(line, cost, gain):
            self.changes.append(LineChange(line, LineAction.WAIT, 0.0, gain, keep, Reason.NO_CAPITAL))
            return
        lag = _BETWEEN_QUARTERS if action == LineAction.DELAY else change.lag_quarters
        lines.change(line, action, quarter, lag, change.offline_quarters)
        self.changes.append(LineChange(line, action, cost, gain, keep, reason_of(seen, action)))

    def _pays(self, line: int, cost_musd: float, gain_musd: float) -> bool:
        """Whether the seller of a line has the money for its change, which is then spent."""
        budget, seller, joint = self._cells.budget, int(self._cells.lines.maker[line]), bool(self._is_joint[line])
        if not budget.affords(seller, cost_musd, gain_musd / cost_musd, joint=joint):
            budget.refuse(seller, cost_musd)
            return False
        budget.spend(seller, cost_musd, joint=joint)
        return True

    # What owners see

    def expected_car_cells_gwh(self, quarter: int) -> Floats:
        """A year's cells for cars wanted from US plants by automaker, (makers,)."""
        return self._prospects.expected_car_cells_gwh(quarter)

    def survey(self, expected_gwh: Floats, draws: Floats, quarter: int) -> Survey:
        """All lines as their owners see them; ``draws``: (lines,) standard normal.

        ``expected_gwh``: cells for cars, (makers,) or by coming year (years, makers).
        """
        noise = 1.0 + self._cells.parameters.decision_noise * draws
        return self._surveys.survey(expected_gwh, noise, self._bounds(expected_gwh, quarter), quarter)

    def sensing(self, line: int, expected_gwh: Floats, draw: float, quarter: int) -> LineSensing:
        """What the owner of a line sees; ``expected_gwh``: (makers,) cells for cars; ``draw``: a standard normal."""
        draws = np.full(self._cells.lines.size, draw)
        return self._surveys.sensing(self.survey(expected_gwh, draws, quarter), line, quarter)

    def shown(self, survey: Survey, line: int, quarter: int) -> LineSensing:
        """One line of a survey, as its owner's rule is shown it."""
        return self._surveys.sensing(survey, line, quarter)

    def _bounds(self, expected: Floats, quarter: int) -> Bounds:
        """Contracts, cars' cells and levers that hold lines back."""
        lines, levers = self._cells.lines, self._cells.parameters.at(quarter)
        for_storage = lines.use == Use.STORAGE
        owed = self._owed(quarter)
        free = ~(for_storage & self._is_owed(owed, quarter))
        knows_how = levers.partners_stay | ~self._is_joint | (lines.kind == LineKind.SAME_CELL)
        can_sell = levers.may_sell_share & self._is_joint & (lines.maker != OPEN_MARKET) & ~for_storage
        return Bounds(
            may_change=np.asarray(levers.may_convert & knows_how & free),
            may_idle=np.where(for_storage, free, self._stays_slack(expected, quarter)),
            may_sell_as_is=np.asarray(levers.sold_as_is & (lines.kind != LineKind.SAME_CELL)),
            may_sell=np.asarray(can_sell & ~np.isin(lines.status, (LineStatus.CONVERTING, LineStatus.CLOSED))),
            calm=self._calm(owed, quarter)[lines.maker],
        )

    def _owed(self, quarter: int) -> Floats:
        """Most that each seller owes in a quarter of the coming year, GWh, (sellers,); nothing is signed meanwhile."""
        at = (quarter, self._power.book.signed_count)
        if self._owed_gwh[0] != at:
            self._owed_gwh = (at, self._power.book.committed_by_seller(quarter, quarter + QUARTERS_PER_YEAR))
        return self._owed_gwh[1]

    def _calm(self, owed: Floats, quarter: int) -> Floats:
        """Part of the value of waiting that a seller's contracts take away: what it has sold ahead under take-or-pay.

        Of what its storage lines will make in a year; in a walk the value of waiting is in proportion to volatility.
        """
        p = self._cells.parameters
        makes = self._storage_gwh(quarter)
        share = np.minimum(owed / np.where(makes > 0.0, makes, np.inf), 1.0)
        return np.asarray(p.contract_cover * self._power.take_or_pay_share * share)

    def _storage_gwh(self, quarter: int) -> Floats:
        """Good cells a quarter of lines that will make storage cells a year on, by seller."""
        lines = self._cells.lines
        there = lines.meant_for(Use.STORAGE, quarter + QUARTERS_PER_YEAR)
        good = self._cells.parameters.last_yield / QUARTERS_PER_YEAR
        return good * group_sum(lines.gwh_per_year * there, lines.maker, len(SELLERS))

    def _is_owed(self, owed: Floats, quarter: int) -> Bools:
        """Whether the seller's other storage lines could not make what it has under contract for the coming year."""
        lines = self._cells.lines
        there = lines.meant_for(Use.STORAGE, quarter + QUARTERS_PER_YEAR)
        good = self._cells.parameters.last_yield / QUARTERS_PER_YEAR
        others = self._storage_gwh(quarter)[lines.maker] - there * lines.gwh_per_year * good
        return np.asarray(owed[lines.maker] > others + 1e-9)

    def _stays_slack(self, expected: Floats, quarter: int) -> Bools:
        """Whether cars' cells stay slack, for all automakers together, without a line: idle, or closed if it is."""
        lines, good = self._cells.lines, self._cells.parameters.last_yield
        there = lines.meant_for(Use.VEHICLES, quarter + QUARTERS_PER_YEAR)
        idle = (lines.status == LineStatus.IDLE) & (lines.use == Use.VEHICLES)
        size = lines.gwh_per_year
        left = np.where(idle, size[there | idle].sum(), size[there].sum()) - size * (there | idle)
        return np.asarray(np.atleast_2d(expected)[0].sum() <= SLACK_USE * good * left)
