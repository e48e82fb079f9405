"""Names for people: one each, none lost, and a name of a user's own kept."""

from experiments.display_names import REGION_NAMES, plant_name, product_name, quarter_at, quarter_name
from market.base import tables
from market.base.sets import region_names
from market.model import Market

REGIONS = region_names()


def test_every_plant_has_a_name_of_its_own_without_its_code() -> None:
    names = {plant: plant_name(plant) for plant in tables.load("plants")["plant"]}
    assert len(set(names.values())) == len(names)
    assert names["panasonic_nevada"] == "Panasonic with Tesla, Sparks NV"
    assert names["starplus_2"] == "Stellantis and Samsung SDI, Kokomo IN (plant 2)"
    assert plant_name("my_plant") == "my_plant"


def test_every_power_region_has_a_name_of_its_own() -> None:
    assert tuple(REGION_NAMES) == REGIONS
    assert len(set(REGION_NAMES.values())) == len(REGIONS)


def test_products_are_called_by_automaker_line_and_powertrain() -> None:
    products = Market().products
    names = [product_name(products, product) for product in range(products.size)]
    assert len(set(names)) == products.size
    assert {"Tesla Model Y (BEV)", "GM small SUV (gasoline)", "Toyota car (hybrid)"} <= set(names)


def test_a_quarter_is_told_as_people_do() -> None:
    assert quarter_name("2024Q4") == quarter_at(31) == "Q4 2024"
