"""Switches for the channels through which cells reach car buyers, each by itself (R5)."""

from market.base.parameter import MODEL_SWITCH, Group, switch


class Channels(Group):
    """Channels from cells to car buyers; off: that part stays as at the origin, and the cell market as it is (R5)."""

    own_cells: bool = switch(
        "cost of US cells relative to the world price enters pack costs", default=True, one_value=MODEL_SWITCH
    )
    production_credit: bool = switch("passed-through 45X enters pack costs", default=True, one_value=MODEL_SWITCH)
    duties: bool = switch("duties on imported cells enter pack costs", default=True, one_value=MODEL_SWITCH)
    shadow_price: bool = switch(
        "worth of cell capacity to its owner enters pack costs", default=True, one_value=MODEL_SWITCH
    )
    capital_budget: bool = switch(
        "programs of new models need room in the capital budget", default=True, one_value=MODEL_SWITCH
    )
    programmes: bool = switch(
        "new models pay for imported cells in place of those of converted lines", default=True, one_value=MODEL_SWITCH
    )
