"""One sentence of many findings: what rises, what falls, what does not clearly move."""

from collections.abc import Sequence

from experiments.findings.finding import Finding, listed

_VERBS = {"rises": "raises", "falls": "lowers", "no clear change": "does not clearly move", "no change": "leaves"}
_SHORT = {
    "BEV share of new sales": "the BEV share",
    "Mean price of new BEVs": "BEV prices",
    "Price of US storage cells": "the price of US storage cells",
    "Utilization of cell lines that run": "utilization of cell lines",
}


def summary(found: Sequence[Finding], subject: str) -> str:
    """What the subject does to the outcomes of the findings, by direction. Raises IndexError without findings."""
    said = []
    for direction, verb in _VERBS.items():
        labels = [
            _SHORT.get(each.label, each.label[:1].lower() + each.label[1:])
            for each in found
            if each.direction == direction
        ]
        if labels:
            said.append(f"{verb} {listed(labels)}")
    return f"In {found[0].when} {subject} {listed(said)}."
