"""The population of car buyers: who is in the market, who loses a car, who gets one."""

import mesa
import numpy as np
import pytest

from agents.arrays import Floats
from agents.population.columnar import ColumnarModel
from agents.population.consumers import COLUMN_TYPES, LESSEE, NO_CAR, SLEEPING, WAITING, Consumer, Consumers
from agents.population.row_codes import Coding
from agents.random.streams import Purpose, stream_key, uniforms

# row                    0       1       2         3       4         5
CAR = np.array([4, 4, NO_CAR, 19, NO_CAR, 0])
AGE = np.array([0, 40, 0, 255, 0, 7])
NEXT = np.array([3, 5, 0, 2, 6, 255])
FLAGS = np.array([LESSEE, 0, 0, 0, SLEEPING, 0])
FALSE_ALARM_SD = 3.9  # two-sided false alarm of 1e-4
KEY = stream_key(1, Purpose.SCRAPPAGE, 0)
NEVER = np.zeros((256, 256))
CODING = Coding(
    zones=3, classes=50, goods=2, good_of=np.tile((np.arange(256) >= 100).astype(np.int16), (256, 1)),
    part_of_car=(np.arange(256) >= 10).astype(np.uint8), part_of_class=(np.arange(256) % 2).astype(np.uint8),
)  # fmt: skip


@pytest.fixture
def consumers() -> Consumers:
    values = {
        "zone": np.array([0, 0, 1, 1, 1, 2]),
        "buyer_class": np.array([0, 49, 7, 8, 9, 10]),
        "car": CAR,
        "age_quarters": AGE,
        "next_decision": NEXT,
        "flags": FLAGS,
    }
    model = ColumnarModel(rng=1)
    columns = {name: values[name].astype(kind) for name, kind in COLUMN_TYPES.items()}
    population = Consumers(model, columns, CODING)
    model.add_columns(population)
    return population


def column(consumers: Consumers, name: str) -> list[int]:
    return [int(value) for value in consumers.columns[name]]


def test_a_consumer_is_a_mesa_agent_who_can_describe_itself(consumers: Consumers) -> None:
    lessee, carless, sleeper = consumers[0], consumers[2], consumers[4]
    assert isinstance(lessee, mesa.Agent)
    assert isinstance(lessee, Consumer)
    assert (lessee.has_car, lessee.is_asleep) == (True, False)
    assert (carless.has_car, carless.is_asleep) == (False, False)
    assert (sleeper.has_car, sleeper.is_asleep) == (False, True)
    assert consumers[1].describe() == ("seat 1 in zone 0, class 49: car type 4, 10.00 years old, looks in quarter 5")
    assert sleeper.describe() == "seat 4 in zone 1: enters in quarter 6"
    assert "no car" in carless.describe()


@pytest.mark.parametrize(("quarter", "asleep"), [(5, [4]), (6, []), (7, [])])
def test_a_seat_wakes_in_its_quarter(consumers: Consumers, quarter: int, asleep: list[int]) -> None:
    assert consumers.entries()[6] == consumers.entries().sum() == 1
    entered = consumers.open_quarter(quarter, NEVER, KEY).emptied
    assert [agent.row for agent in consumers if agent.is_asleep] == asleep
    assert entered.tolist() == [row for row in [4] if row not in asleep]
    assert consumers[0].flags == LESSEE


def test_who_has_no_car_must_acquire_one_once_awake(consumers: Consumers) -> None:
    assert consumers.without_car().tolist() == [2]
    consumers.open_quarter(6, NEVER, KEY)
    assert consumers.without_car().tolist() == [2, 4]
    assert consumers.still_without_car(np.array([0, 2, 4, 5])).tolist() == [2, 4]
    assert consumers.owners().tolist() == [0, 1, 3, 5]


@pytest.mark.parametrize(("quarter", "rows"), [(1, []), (2, [3]), (3, [0, 3]), (9, [0, 1, 3])])
def test_owners_are_due_from_their_quarter_on_and_stop_waiting(
    consumers: Consumers, quarter: int, rows: list[int]
) -> None:
    consumers.columns["flags"] |= np.uint8(WAITING)
    opened = consumers.open_quarter(quarter, NEVER, KEY)
    assert opened.due.tolist() == rows
    assert [agent.row for agent in consumers if not agent.flags & WAITING] == rows
    places = {0: 0, 1: 98, 3: (50 + 8) * 2 + 1}  # (zone x class) x goods + good
    assert opened.kind.tolist() == [places[row] for row in rows] == consumers.kind_of(opened.due).tolist()
    assert consumers.stratum_of(opened.due).tolist() == [places[row] // 2 for row in rows]


def test_cars_are_counted_by_type_age_zone_and_parts(consumers: Consumers) -> None:
    tally = consumers.tally()
    assert tally.cars.sum() == 6
    assert [tally.cars[4, 0], tally.cars[4, 40], tally.cars[19, 255], tally.cars[0, 7]] == [1, 1, 1, 1]
    assert tally.cars[NO_CAR, 0] == 2
    # by zone: classes 0 and 49 with types below 10; class 8 with type 19; class 10 with type 0
    assert tally.by_zone.tolist() == [[[1, 0], [1, 0]], [[0, 1], [0, 0]], [[1, 0], [0, 0]]]
    assert tally.of_sleepers == 0
    consumers[4].car = 3
    assert consumers.tally().of_sleepers == 1


def test_a_tally_grows_older_as_the_cars_do(consumers: Consumers) -> None:
    older = consumers.tally().a_quarter_older()
    consumers.do("grow_older")
    again = consumers.tally()
    assert np.array_equal(older.cars, again.cars)
    assert np.array_equal(older.by_zone, again.by_zone)


def test_cars_grow_older_by_a_quarter_and_only_cars_do(consumers: Consumers) -> None:
    consumers.do("grow_older")
    assert column(consumers, "age_quarters") == [1, 41, 0, 255, 0, 8]


def certain(*kinds: tuple[int, int]) -> Floats:
    """Probability 1 for cars of these types and ages, else 0."""
    probability = np.zeros((256, 256))
    for car, age in kinds:
        probability[car, age] = 1.0
    return probability


def test_only_cars_of_the_type_and_age_are_scrapped(consumers: Consumers) -> None:
    opened = consumers.open_quarter(3, certain((4, 0), (19, 254), (0, 8)), KEY)
    assert (opened.emptied.tolist(), opened.lost.tolist(), opened.due.tolist()) == ([0], [4 * 256], [3])
    assert column(consumers, "car") == [NO_CAR, 4, NO_CAR, 19, NO_CAR, 0]
    assert consumers[0].flags == 0
    assert consumers.open_quarter(3, np.ones((256, 256)), KEY).emptied.tolist() == [1, 3, 5]
    assert column(consumers, "age_quarters") == [0] * 6
    assert consumers[4].is_asleep


def test_scrappage_is_drawn_row_by_row_at_its_probability() -> None:
    rows = 40_000
    columns = {name: np.zeros(rows, dtype=kind) for name, kind in COLUMN_TYPES.items()}
    population = Consumers(ColumnarModel(rng=1), columns, CODING)
    key = stream_key(9, Purpose.SCRAPPAGE, 4)
    lost = population.open_quarter(0, np.full((256, 256), 0.2), key).emptied
    assert lost.tolist() == np.flatnonzero(uniforms(key, np.arange(rows)) < 0.2).tolist()
    assert abs(lost.size - 8_000) < FALSE_ALARM_SD * np.sqrt(rows * 0.2 * 0.8)


def test_a_car_given_takes_its_age_and_the_lease_of_its_new_seat(consumers: Consumers) -> None:
    rows, before = np.array([0, 2]), consumers.tally()
    car, age = np.array([[7, 8], [30, 0]], dtype=np.uint8)
    change = consumers.give_car(rows, car, age, np.array([900, 12]), np.array([False, True]))
    after = consumers.tally()
    for counted, again in zip(vars(before.changed(change)).values(), vars(after).values(), strict=True):
        assert np.array_equal(counted, again)
    assert column(consumers, "car") == [7, 4, 8, 19, NO_CAR, 0]
    assert column(consumers, "age_quarters") == [30, 40, 0, 255, 0, 7]
    assert column(consumers, "next_decision") == [255, 5, 12, 2, 6, 255]
    assert column(consumers, "flags") == [0, 0, LESSEE, 0, SLEEPING, 0]


def test_a_car_given_to_a_sleeper_is_told(consumers: Consumers) -> None:
    car, age = np.array([[7, 8], [30, 0]], dtype=np.uint8)
    change = consumers.give_car(np.array([0, 4]), car, age, np.array([9, 12]), np.array([False, False]))
    assert change[2] == 1


def test_a_selection_counts_as_the_whole_does(consumers: Consumers) -> None:
    chosen = consumers.select(consumers.get("zone") == 1)
    assert isinstance(chosen, Consumers)
    assert (chosen.coding, chosen.work) == (consumers.coding, consumers.work)
    assert [agent.row for agent in chosen] == [2, 3, 4]


def test_a_decision_is_put_off_no_further_than_can_be_counted(consumers: Consumers) -> None:
    consumers.postpone(np.array([1, 3]), np.array([8, 10_000]))
    assert column(consumers, "next_decision") == [3, 8, 0, 255, 6, 255]
