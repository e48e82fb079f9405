"""A scenario: every number a run can vary, by subject; the groups are declared beside their kind."""

from collections.abc import Mapping
from typing import Any

from pydantic import Field, ValidationError, field_validator, model_validator

from agents.buyers.choice import Alphas
from market.base import quarters
from market.base.lever_path import LeverPath
from market.base.names import nearest
from market.base.parameter import Group, bounds, choice_field, one_of, parameter, quarter_field, switch
from market.buyers.parameters import CONSTANT_RULES, Buyers, ConstantLaw, Ownership
from market.cells.channel_parameters import Channels
from market.cells.parameters import Cells
from market.charging.parameters import Charging, Operators
from market.exogenous.parameters import World
from market.makers.parameters import Plans
from market.packs import DataPacks
from market.plugins import PluginNames
from market.policies.parameters import Policy
from market.power.grid_parameters import Grid
from market.power.parameters import Storage
from market.rules import RuleNames, chosen_rules
from market.trust.parameters import Trust
from market.vehicles.parameters import Makers
from market.vehicles.supply_limits import LIMIT_SPANS

_GROUP_AND_KEY = 2


class Run(Group):
    """How long, how fine, and up to when history is imposed."""

    last_quarter: str = quarter_field("2035Q4", "last quarter simulated")
    origin: str = quarter_field("2024Q4", "last quarter whose recorded shares the demand constants are inverted to")
    recorded_until: str = quarter_field(
        "2024Q4", "last quarter whose products, prices, chargers and supply limits are taken from records"
    )
    limits: str = choice_field(
        "recorded",
        LIMIT_SPANS,
        "whether supply limits are imposed as recorded, or only up to the origin: later ones are outcomes",
    )
    constants: str = choice_field(
        "filter",
        CONSTANT_RULES,
        "demand constants after the origin: predicted by a filter, the last quarter's or the year's mean",
    )
    consumers: int = parameter(100_000, 500, 400_000_000, "seat", "rows of the population", "design", "fixed")
    mean_field: bool = switch("count expected seats instead of drawing rows of consumers", default=False, role="fixed")
    fast_graph: bool = switch("contract the graph to the 127 largest places", default=False, role="fixed")

    @field_validator("last_quarter", "origin", "recorded_until")
    @classmethod
    def _is_a_quarter(cls, value: str) -> str:
        quarters.index(value)
        return value

    @field_validator("constants")
    @classmethod
    def _is_a_rule(cls, value: str) -> str:
        return one_of(value, CONSTANT_RULES)

    @field_validator("limits")
    @classmethod
    def _is_a_span(cls, value: str) -> str:
        return one_of(value, LIMIT_SPANS)

    @model_validator(mode="after")
    def _in_order(self) -> "Run":
        first, last = quarters.index("2017Q4"), quarters.index("2024Q4")
        for name in ("origin", "recorded_until"):
            if not first <= quarters.index(getattr(self, name)) <= last:
                raise ValueError(f"{name} is {getattr(self, name)}; records allow 2017Q4 to 2024Q4")
        if quarters.index(self.recorded_until) < quarters.index(self.origin):
            raise ValueError(f"recorded_until is {self.recorded_until}, before the origin {self.origin}")
        if not quarters.index(self.origin) < quarters.index(self.last_quarter) <= quarters.LAST_SIMULATED:
            end = quarters.label(quarters.LAST_SIMULATED)
            raise ValueError(f"last_quarter is {self.last_quarter}; it must lie after the origin and up to {end}")
        return self


class Scenario(Group):
    """All parameters of a run, by subject."""

    question: str = Field("What happens if nothing is changed?", description="the question the scenario asks")
    run: Run = Run()
    buyers: Buyers = Buyers()
    charging: Charging = Charging()
    trust: Trust = Trust()
    operators: Operators = Operators()
    ownership: Ownership = Ownership()
    constants: ConstantLaw = ConstantLaw()
    makers: Makers = Makers()
    plans: Plans = Plans()
    world: World = World()
    policy: Policy = Policy()
    cells: Cells = Cells()
    channels: Channels = Channels()
    storage: Storage = Storage()
    grid: Grid = Grid()
    rules: RuleNames = RuleNames()
    plugins: PluginNames = PluginNames()
    data: DataPacks = DataPacks()

    @model_validator(mode="after")
    def _rules_known(self) -> "Scenario":
        if not self.plugins.modules:  # plugins may add names, and are loaded only to run
            chosen_rules(self.rules, {})
        return self

    @model_validator(mode="after")
    def _steps_after_the_origin(self) -> "Scenario":
        origin = quarters.index(self.run.origin)
        for name, path in self.dated().items():
            first = path.steps[0].start
            if first <= origin:
                raise ValueError(
                    f"{name} has a step from {quarters.label(first)}, not after run.origin {self.run.origin}; "
                    "date it later, or give one value"
                )
        return self

    @model_validator(mode="after")
    def _recall_after_the_origin(self) -> "Scenario":
        recalled, origin = self.trust.recall_quarter, self.run.origin
        then = quarters.index(recalled)
        if self.trust.at(then).recall_cars > 0 and then <= quarters.index(origin):
            raise ValueError(f"trust.recall_quarter is {recalled}, not after run.origin {origin}; recall cars later")
        return self

    @model_validator(mode="after")
    def _alphas_in_order(self) -> "Scenario":
        self.alphas()
        return self

    def with_(self, **groups: Mapping[str, Any]) -> "Scenario":
        """The scenario with parameters changed by group, such as ``storage={"data_center_factor": 3.0}``.

        A lever takes a list of dated steps too: ``{"data_center_factor": [{"from": "2028Q1", "value": 3.0}]}``.
        Raises ValueError, in a sentence with the nearest right name or the bounds, for what is no parameter or is out
        of its bounds.
        """
        content = self.model_dump()
        names = [name for name in content if isinstance(getattr(self, name), Group)]
        for group, values in groups.items():
            if group in names and not isinstance(values, Mapping):
                raise ValueError(f"{group} is {values!r}; give its parameters by name, as in {group}={{...}}")
            if group not in names:
                raise ValueError(f"{group} is no group of parameters; {nearest(group, names)}")
            wrong = next((key for key in values if key not in content[group]), None)
            if wrong is not None:
                raise ValueError(f"{group}.{wrong} is no parameter; {nearest(wrong, list(content[group]))}")
            content[group] |= values
        try:
            return type(self).model_validate(content, strict=True)
        except ValidationError as error:
            raise ValueError(_sentence(error, groups)) from None

    def __repr__(self) -> str:
        """The question, and what differs from the reference by ``group.key``."""
        reference = type(self)().model_dump()
        changed = [
            f"{group}.{key}={value!r}"
            for group, values in self.model_dump().items()
            if isinstance(values, dict)
            for key, value in values.items()
            if value != reference[group][key]
        ]
        return f"Scenario({', '.join([repr(self.question), *changed])})"

    def dated(self) -> dict[str, LeverPath]:
        """The levers that change at dates, by ``group.key``."""
        return {
            f"{group}.{key}": path
            for group, content in self.__dict__.items()
            if isinstance(content, Group)
            for key, path in content.paths().items()
        }

    def alphas(self) -> Alphas:
        """Choice coefficients, top to bottom."""
        b = self.buyers
        return Alphas(b.alpha_keep, b.alpha_market, b.alpha_segment, b.alpha_powertrain, b.alpha_product)


def _sentence(error: ValidationError, given: Mapping[str, Mapping[str, Any]]) -> str:
    """The first fault of a scenario: what was given, and what is allowed."""
    first = error.errors()[0]
    reason = str(first.get("ctx", {}).get("error", first["msg"]))
    if len(first["loc"]) != _GROUP_AND_KEY:
        return reason
    group, key = map(str, first["loc"])
    value = given.get(group, {}).get(key)
    if isinstance(value, list):
        return f"{group}.{key}: {reason}"
    kind = Scenario.model_fields[group].annotation
    known = kind.model_fields[key] if isinstance(kind, type) and issubclass(kind, Group) else None
    low, high = bounds(known) if known is not None else (None, None)
    allowed = reason if low is None or high is None else f"allowed are {low:g} to {high:g}"
    return f"{group}.{key} is {value!r}; {allowed}"
