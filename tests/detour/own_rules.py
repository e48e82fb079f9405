"""Rules of a user's own, as a module that workers can import."""

from dataclasses import dataclass

from agents.cells.line_decision import LineAction, LineSensing


@dataclass(frozen=True)
class StayAsPlanned:
    """No line changes; a rule may hold numbers of its own."""

    patience: int = 0

    def __call__(self, seen: LineSensing) -> LineAction:  # noqa: ARG002 - what every rule is shown
        """Leave the line as it is."""
        return LineAction.WAIT


RULES = {"lines": {"stay-as-planned": StayAsPlanned()}}
