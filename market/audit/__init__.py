"""Accounts reckoned anew from quantities, prices, dates and law, to be held against those that sectors post."""
