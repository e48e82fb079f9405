"""Faults in money, cells, lines and deliveries die by the run's own accounts, which name both sides and the agent."""

import pytest

from market.base.ledger import LedgerError
from market.base.object_pairs import Array
from market.model import Market
from market.scenario import Scenario
from tests.market.audit.mutants import Mutant, plant
from tests.market.conftest import small_scenario

_CELLS, _COSTS = "market.cells.allocation:CellMarket", "market.cells.costs:CellCosts"
_BOOK, _SIDE = "market.power.contracts:ContractBook", "market.power.sector:PowerSide"
_LINES, _LAW = "agents.cells.plant:Lines", "market.policies"
_MONEY = "posted and reckoned"

BEFORE_2019: list[tuple[Mutant, str]] = [
    (
        Mutant("deliveries over the limit", "agents.makers.automaker:Automaker.deliver",
               "np.minimum(orders.demand_cars, orders.limit_cars)", "orders.demand_cars"),
        "cars that could be delivered beyond those that were, GM car BEV",
    ),
    (
        Mutant("cars in stock from nowhere", "agents.makers.automaker:Automaker.deliver",
               "self.stock_cars + built - delivered", "self.stock_cars + built - 0.9 * delivered"),
        "stock",
    ),
    (
        Mutant("federal credit doubled", f"{_LAW}.federal_law:FederalLaw.statutory_kusd",
               "nominal = self.nominal_kusd(law)", "nominal = 2 * self.nominal_kusd(law)"),
        "federal credit within that of the law, k[$], .* (BEV|PHEV)",
    ),
    (
        Mutant("state incentive doubled", f"{_LAW}.state_rebate:StateRebate._of_year",
               "amount = real", "amount = 2 * real"),
        "state incentive within those of the states, k[$], .* BEV",
    ),
    (
        Mutant("credits on new cars posted twice", "market.fleet.accounts:pay_credits",
               "paid = traded.credit_musd(amount)\n        ledger.pay(GOVERNMENT, BUYERS, paid)",
               "paid = traded.credit_musd(amount)\n        ledger.pay(GOVERNMENT, BUYERS, 2 * paid)"),
        "account of buyers, M[$] posted and reckoned",
    ),
    (
        Mutant("buyers pay a tenth more for new cars", "market.makers.accounts:pay",
               "price_kusd * sold, 0.0)", "1.1 * price_kusd * sold, 0.0)"),
        "account of (Ford|GM), M[$] posted",
    ),
    (
        Mutant("dealers keep no margin", "market.fleet.accounts:pay_used_cars",
               "share = 1.0 - dealer_margin", "share = 1.0"),
        "account of dealers, M[$] posted",
    ),
    (
        Mutant("dealers sell a tenth dearer", "market.fleet.accounts:pay_used_cars",
               "(traded.used_by_good() * used_price_kusd).sum()",
               "(traded.used_by_good() * used_price_kusd * 1.1).sum()"),
        "account of (buyers|dealers), M[$] posted",
    ),
    (
        Mutant("upkeep of chargers halved everywhere", "market.charging.network:ChargingNetwork.invest",
               "(self.success) / QUARTERS_PER_YEAR", "(self.success) / QUARTERS_PER_YEAR / 2"),
        "account of .*, M[$] posted",
    ),
    (
        Mutant("a markup of -12", "agents.makers.automaker:Automaker.back_out_cost",
               "self.cost_kusd = best - markup_kusd", "self.cost_kusd = 13 * best - markup_kusd"),
        "markup, share of list price, .*: -1",
    ),
    (
        Mutant("pack kWh doubled", f"{_CELLS}.pack_cells", "built * pack_kwh", "2 * built * pack_kwh"),
        "cells in packs and in cars built|cells bought and missing",
    ),
    (
        Mutant("half the missing cells never bought", f"{_CELLS}.settle",
               "done.bought_by_maker = needed - taken", "done.bought_by_maker = (needed - taken) / 2"),
        "cells in packs and in cars built|cells bought and missing",
    ),
    (
        Mutant("capacity four times", f"{_CELLS}.good_capacity",
               "/ QUARTERS_PER_YEAR", ""),
        "line .* of panasonic_nevada",
    ),
    (
        Mutant("cells of a new line without its ramp", f"{_CELLS}.yields",
               "cells.first_yield, cells.last_yield", "cells.last_yield, cells.last_yield"),
        "beyond",
    ),
    (
        Mutant("no scrap", f"{_CELLS}._quarter_of", "group_sum(output / made,", "group_sum(output,"),
        "cells begun",
    ),
    (
        Mutant("variable cost halved", f"{_CELLS}._quarter_of", "group_sum(output * cost,",
               "group_sum(output * cost / 2,"),
        "variable cost of cells, .*, Nissan",
    ),
    (
        Mutant("variable cost halved at its source", f"{_COSTS}.cost_usd_per_kwh",
               "iron, nickel) +", "iron, nickel) / 2 +"),
        "variable cost of cells, .*, Nissan",
    ),
    (
        Mutant("fixed cost four times", f"{_CELLS}.fixed_cost_musd", "/ QUARTERS_PER_YEAR", ""),
        "fixed cost of lines, .*, Tesla",
    ),
    (
        Mutant("storage stands twice", f"{_BOOK}._install", "self.added_gwh[contract.region] += energy",
               "self.added_gwh[contract.region] += 2 * energy"),
        "installed storage",
    ),
]  # fmt: skip
AFTER_2024: list[tuple[Mutant, str]] = [
    (
        Mutant("a dark line produces: converting", f"{_LINES}.running",
               "(quarter < self.offline_from)", "(quarter < self.offline_from + 99)"),
        "line .* of",
    ),
    (
        Mutant("a dark line produces: idle", f"{_LINES}.running",
               "(self.status == LineStatus.OPERATING) | before_dark",
               "(self.status == LineStatus.OPERATING) | before_dark | (self.status == LineStatus.IDLE)"),
        "line .* of",
    ),
    (
        Mutant("a dark line produces: under construction", f"{_LINES}.complete",
               "(self.ready <= quarter)", "(self.ready <= quarter + 4)"),
        "line .* of",
    ),
    (
        Mutant("45X posted twice", "market.cells.accounts:pay_for_cells",
               "ledger.pay(TREASURY, name, credit *", "ledger.pay(TREASURY, name, 2 * credit *"),
        "battery credits paid|account of",
    ),
    (
        Mutant("45X doubled", f"{_LAW}.production_credit:ProductionCredit._of_year", "nominal = (", "nominal = 2 * ("),
        "account of .*, M[$] posted|earnings",
    ),
    (
        Mutant("45X for all", "market.cells.credit_eligibility:CreditEligibility.apply",
               "self._us_made & ~((quarter >= self._denied_from) & rule)", "self._us_made | True"),
        "cells with 45X|cells for cars with 45X",
    ),
    (
        Mutant("45X to denied plants", "market.cells.credit_eligibility:CreditEligibility.apply",
               "& rule)", "& False)"),
        "cells with 45X|cells for cars with 45X",
    ),
    (
        Mutant("sellers' revenue up a tenth", f"{_BOOK}._settle", "+= price * came - damages",
               "+= 1.1 * (price * came - damages)"),
        "revenue from storage, booked and by contracts, M[$], ",
    ),
    (
        Mutant("buyers of storage pay a tenth more", f"{_BOOK}._settle",
               "contract.seller, price * came)", "contract.seller, 1.1 * price * came)"),
        "account of .*, M[$] posted",
    ),
    (
        Mutant("damages unpaid", f"{_BOOK}._settle", "contract.buyer, damages)", "contract.buyer, 0.0)"),
        "account of .*, M[$] posted",
    ),
    (
        Mutant("investment credit doubled", f"{_BOOK}._settle",
               "credit = contract.credit_share * (", "credit = 2 * contract.credit_share * ("),
        "account of .*, M[$] posted|investment credits, booked",
    ),
    (
        Mutant("investment credit doubled in contracts", f"{_SIDE}._credit_share", "return ", "return 2 * "),
        "investment credit of contract .* of .* with",
    ),
    (
        Mutant("investment credit doubled in the law", f"{_LAW}.investment_credit:InvestmentCredit.statutory",
               ".sum()]", ".sum() * 2]"),
        "investment credit of contract .* of .* with",
    ),
    (
        Mutant("shortfalls are counted as delivered", f"{_BOOK}.deliver",
               "came = energy * (served[_SELLER[contract.seller]] if contract.is_domestic else 1.0)", "came = energy"),
        "cells for storage, delivered under contract and made",
    ),
    (
        Mutant("contracts deliver a tenth too much", "market.power.contracts:StorageContract.due_gwh",
               "return self.gwh /", "return 1.1 * self.gwh /"),
        "contract|storage",
    ),
    (
        Mutant("used-car credit posted twice", "market.fleet.accounts:pay_credits",
               "paid = traded.used_credit_musd(amount)\n        ledger.pay(GOVERNMENT, BUYERS, paid)",
               "paid = traded.used_credit_musd(amount)\n        ledger.pay(GOVERNMENT, BUYERS, 2 * paid)"),
        "account of buyers, M[$] posted",
    ),
    (
        Mutant("drivers pay double", "market.charging.accounts:revenue_musd", "/ 1e6", "/ 5e5"),
        "money of|account of drivers who charge",
    ),
    (
        Mutant("programs cost half", "market.makers.programmes:Programmes.post_money",
               "self.spent_musd[number]", "self.spent_musd[number] / 2"),
        "account of .*, M[$] posted",
    ),
    (
        Mutant("changing a line costs double", "market.conversion.accounts:pay_for_changes",
               "payee, change.cost_musd)", "payee, 2 * change.cost_musd)"),
        "account of .*, M[$] posted",
    ),
    (
        Mutant("cells earn a tenth more", "market.conversion.accounts:cell_profit_musd",
               "cars + storage_revenue_musd", "1.1 * cars + storage_revenue_musd"),
        "earnings on cells, booked and reckoned, M[$], ",
    ),
    (
        Mutant("cars earn a tenth more", "market.conversion.accounts:car_profit_musd",
               "maker.price_kusd + margin", "1.1 * maker.price_kusd + margin"),
        "earnings on cars, booked and reckoned, M[$], ",
    ),
    (
        Mutant("grants doubled", "market.charging.funding:ChargerFunding.pay", "granted += due", "granted += 2 * due"),
        "grants within those of the law, [$], ",
    ),
]  # fmt: skip


def _expected() -> Scenario:
    """A small run of expected seats: all that is rare among drawn rows happens in it."""
    return small_scenario("2026Q4").with_(run={"mean_field": True})


@pytest.fixture(scope="module")
def at_origin() -> dict[str, Array]:
    """Where a small run stands at the end of 2024."""
    market = Market(parameters=_expected(), rng=1)
    while market.quarter < market.origin:
        market.step()
    return market.state()


def _started(state: dict[str, Array]) -> Market:
    market = Market(parameters=_expected(), rng=1)
    market.restore({name: array.copy() for name, array in state.items()})
    return market


def _dies(market: Market, quarters: int, breach: str) -> None:
    words = rf"^20[0-9]{{2}}Q[1-4]: .*({breach}).* on one side, .* on the other$"
    with pytest.raises(LedgerError, match=words):
        _step(market, quarters)


def _step(market: Market, quarters: int) -> None:
    for _ in range(quarters):
        market.step()


def _named(mutant: object) -> str | None:
    return mutant.fault if isinstance(mutant, Mutant) else None


@pytest.mark.parametrize(("mutant", "breach"), BEFORE_2019, ids=_named)
def test_a_fault_dies_in_the_first_two_years(mutant: Mutant, breach: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(mutant, monkeypatch)
    _dies(Market(parameters=small_scenario("2026Q4", 500), rng=1), 8, breach)


@pytest.mark.parametrize(("mutant", "breach"), AFTER_2024, ids=_named)
def test_a_fault_dies_in_two_years_after_the_origin(
    mutant: Mutant, breach: str, monkeypatch: pytest.MonkeyPatch, at_origin: dict[str, Array]
) -> None:
    plant(mutant, monkeypatch)
    _dies(_started(at_origin), 8, breach)


def test_without_a_fault_both_live(at_origin: dict[str, Array]) -> None:
    market = _started(at_origin)
    market.run()
    assert market.quarter == market.last_quarter
    assert all(count > 0 for count in market.ledger.checked_about.values())
