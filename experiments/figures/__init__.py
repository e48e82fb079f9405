"""Figures: one file a figure, each a function from a stored result to a matplotlib Figure; none runs the model.

``registry`` lists them all, ``style`` holds what they share, ``drawing`` draws them one by one.
"""
