"""Who decides: car buyers and automakers. Nothing here knows the market; agents act on what they are shown.

``consumers`` holds the columnar population, ``choice`` and ``draws`` its nested logit, ``valuation`` what an
offer is worth, ``ownership`` holding and scrappage, ``expectations`` forecasts, ``automaker`` the makers,
``sensing`` the records in which agents are shown the world, ``luck`` the streams of random numbers.
"""
