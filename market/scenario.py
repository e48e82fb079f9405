"""A scenario: every number a run can vary, by subject; the groups are declared beside their kind."""

from pydantic import Field, field_validator, model_validator

from agents.choice import Alphas
from market import quarters
from market.car_parameters import Buyers, Charging, Makers, Ownership, World
from market.cell_parameters import Cells
from market.charging_parameters import Operators
from market.grid_parameters import Grid
from market.parameter import Group, parameter, quarter_field, switch
from market.plan_parameters import Plans
from market.power_parameters import Storage
from market.trust_parameters import Trust


class Run(Group):
    """How long, how fine, and up to when history is imposed."""

    last_quarter: str = quarter_field("2035Q4", "last quarter simulated")
    origin: str = quarter_field("2024Q4", "last quarter whose recorded shares the demand constants are inverted to")
    recorded_until: str = quarter_field(
        "2024Q4", "last quarter whose products, prices, chargers and supply limits are taken from records"
    )
    consumers: int = parameter(100_000, 500, 400_000_000, "seat", "rows of the population", "design", "fixed")
    mean_field: bool = switch("count expected seats instead of drawing rows of consumers", default=False, role="fixed")
    fast_graph: bool = switch("contract the graph to the 127 largest places", default=False, role="fixed")

    @field_validator("last_quarter", "origin", "recorded_until")
    @classmethod
    def _is_a_quarter(cls, value: str) -> str:
        quarters.index(value)
        return value

    @model_validator(mode="after")
    def _in_order(self) -> "Run":
        first, last = quarters.index("2017Q4"), quarters.index("2024Q4")
        for name in ("origin", "recorded_until"):
            if not first <= quarters.index(getattr(self, name)) <= last:
                raise ValueError(f"{name} is {getattr(self, name)}; records allow 2017Q4 to 2024Q4")
        if quarters.index(self.recorded_until) < quarters.index(self.origin):
            raise ValueError(f"recorded_until is {self.recorded_until}, before the origin {self.origin}")
        if not quarters.index(self.origin) < quarters.index(self.last_quarter) <= quarters.index("2060Q4"):
            raise ValueError(f"last_quarter is {self.last_quarter}; it must lie after the origin and up to 2060Q4")
        return self


class Policy(Group):
    """Credits, duties, grants and rules: strength and dates (M2, M9, M10, M12, M16, M19)."""

    federal_credit_factor: float = parameter(
        1.0, 0.0, 2.0, "1", "federal credits on cars after the origin, as a multiple", "lever", "lever"
    )
    leased_credit_factor: float = parameter(
        1.0, 0.0, 2.0, "1", "of them the one on leased cars, as a further multiple", "lever", "lever"
    )
    used_credit_factor: float = parameter(
        1.0, 0.0, 2.0, "1", "of them the one on used cars, as a further multiple", "lever", "lever"
    )
    used_price_spread: float = parameter(
        0.35, 0.1, 0.8, "log", "spread of prices within a used good, for the credit's price cap", "judgement"
    )
    federal_credit_end: str = quarter_field("2025Q3", "last quarter of the federal credits", "lever")
    federal_credit_known: str = quarter_field("2025Q3", "quarter in which that end becomes known", "lever")
    production_credit_factor: float = parameter(
        1.0, 0.0, 2.0, "1", "45X after the origin, as a multiple", "lever", "lever"
    )
    investment_credit_factor: float = parameter(
        1.0, 0.0, 2.0, "1", "storage ITC after the origin, as a multiple", "lever", "lever"
    )
    tariff_factor: float = parameter(
        1.0, 0.0, 5.0, "1", "tariffs on cells after the origin, as a multiple", "lever", "lever"
    )
    state_rebate_factor: float = parameter(
        1.0, 0.0, 2.0, "1", "state rebates after the origin, as a multiple", "lever", "lever"
    )
    zev_requirement: float = parameter(
        0.0, 0.0, 1.0, "1", "states' zero-emission rule after the origin: 0 is none, 1 as adopted", "lever", "lever"
    )
    zev_credit_kusd: float = parameter(
        5.0, 0.0, 20.0, "k$", "price of a zero-emission credit, at most the fine", "judgement: the fine before 2026"
    )
    corridor_grant_factor: float = parameter(
        1.0, 0.0, 2.0, "1", "grants for chargers on corridors after the origin, as a multiple", "lever", "lever"
    )
    charger_credit_factor: float = parameter(
        1.0, 0.0, 2.0, "1", "tax credit for chargers after the origin, as a multiple", "lever", "lever"
    )

    @field_validator("federal_credit_end", "federal_credit_known")
    @classmethod
    def _is_a_quarter(cls, value: str) -> str:
        quarters.index(value)
        return value


class Scenario(Group):
    """All parameters of a run, by subject."""

    question: str = Field("What happens if nothing is changed?", description="the question the scenario asks")
    run: Run = Run()
    buyers: Buyers = Buyers()
    charging: Charging = Charging()
    trust: Trust = Trust()
    operators: Operators = Operators()
    ownership: Ownership = Ownership()
    makers: Makers = Makers()
    plans: Plans = Plans()
    world: World = World()
    policy: Policy = Policy()
    cells: Cells = Cells()
    storage: Storage = Storage()
    grid: Grid = Grid()

    @model_validator(mode="after")
    def _alphas_in_order(self) -> "Scenario":
        self.alphas()
        return self

    def alphas(self) -> Alphas:
        """Choice coefficients, top to bottom."""
        b = self.buyers
        return Alphas(b.alpha_keep, b.alpha_market, b.alpha_segment, b.alpha_powertrain, b.alpha_product)
