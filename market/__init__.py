"""Where agents meet and what must balance: ``model`` is the schedule, ``scenario`` every number a run can vary.

``quarters`` counts time, ``tables`` reads the data, ``charging_graph`` holds zones, corridors and chargers,
``products`` what is on offer, ``terms`` what it is worth, ``demand`` who wants it, ``used_prices`` the used market,
``inversion`` the constants behind recorded sales, ``world`` prices of fuel, ``policies`` the credits, ``ledger``
the books, ``recorder`` what is written down.
"""
