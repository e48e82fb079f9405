"""Cells: lines, allocation to cars and storage, costs."""
