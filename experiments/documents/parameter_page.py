"""Write docs/parameters.md from the declarations: ``python -m experiments.documents.parameter_page``."""

from pathlib import Path

from experiments.inputs.parameter_list import ParameterInfo, every_parameter, groups

PAGE = Path(__file__).parents[2] / "docs" / "parameters.md"
_OPENING = """# Parameters

Generated from `market/scenario.py` by `python -m experiments.documents.parameter_page`; do not edit it by hand.
A *lever* is what somebody could change, an *uncertain* number is known only within its bounds, a *fixed* one is a
measurement or a choice of design. Most levers may change at dates ([how](howto/date-a-lever.md)). A source called
judgment, design or recalled is no publication. Set a parameter in a scenario file or with `--set group.name=value`.
"""
_HEADINGS = ("name", "default", "bounds", "unit", "role", "meaning", "source")


def parameter_page() -> str:
    """The page: one table a group, parameters in the order of their declaration."""
    parts = [_OPENING]
    for group, declared in groups().items():
        rows = [_row(known) for known in every_parameter().values() if known.name.startswith(f"{group}.")]
        lines = [_HEADINGS, ("---",) * len(_HEADINGS), *rows]
        table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
        parts.append(f"## {group}\n\n{declared.__doc__}\n\n{table}\n")
    return "\n".join(parts)


def _row(known: ParameterInfo) -> tuple[str, ...]:
    bounds = "" if known.low is None or known.high is None else f"{known.low:,.10g} to {known.high:,.10g}"
    default = str(known.default).lower() if isinstance(known.default, bool) else known.default
    shown = default if isinstance(default, str) else f"{default:,.10g}"
    name = known.name.partition(".")[2]
    return f"`{name}`", shown, bounds, known.unit, known.role, known.meaning, known.source


def main() -> None:
    """Rewrite the page."""
    PAGE.write_text(parameter_page(), encoding="utf-8")


if __name__ == "__main__":
    main()
