"""Order books over two quarters, by hand."""

import numpy as np
import pytest

from market.buyers.order_books import OrderBooks
from market.buyers.parameters import Ownership


def test_a_book_grows_by_those_who_order_and_is_served_before_others() -> None:
    """36 of 60 who get none order. Then 0.9 x 36 = 32.4 orders stand, 20 are served: 12.4 and 0.6 x 7.6 wait."""
    books = OrderBooks(Ownership(order_share=0.6, order_cancel=0.1), 2)
    assert books.ration(np.array([100.0, 5.0]), np.array([40.0, 5.0])) == pytest.approx([0.6, 1.0])
    assert books.cars == pytest.approx([36.0, 0.0])
    share = books.ration(np.array([40.0, 5.0]), np.array([20.0, 5.0]))
    assert books.cars == pytest.approx([12.4 + 0.6 * 7.6, 0.0])
    assert share == pytest.approx([(12.4 + 0.6 * 7.6) / 20.0, 1.0])
