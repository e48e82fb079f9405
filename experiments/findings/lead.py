"""The answer in short: which outcomes are changed and which hardly, and the main numbers of two years."""

from collections.abc import Mapping, Sequence

from experiments.findings.amounts import amount
from experiments.findings.detour import ADOPTION, FACTORIES, HEADLINES, PRICES, STORAGE, YEARS
from experiments.findings.finding import Finding, listed
from experiments.studies.comparison import CONFIDENCE

_SMALL = 0.01  # of the level: a smaller effect is called small
_SHARE = "share"
_CHANGES, _HARDLY, _UNCLEAR = "changes", "hardly changes", "does not clearly change"
_TOPICS = {FACTORIES: "factories", STORAGE: "storage", ADOPTION: "EV sales", PRICES: "EV prices"}
_SUBJECTS = {
    "storage_price_usd_per_kwh": "the price of US storage cells",
    "capacity_idle_gwh": "idle cell capacity",
    "storage_installed_gw": "installed storage",
    "bev_share_new": "the BEV share of new cars",
    "bev_price_kusd": "the mean price of a new BEV",
}
_OF_CARS = ("bev_share_new", "bev_price_kusd")
_WORDS = {"rises": "higher", "falls": "lower"}


def is_small(found: Finding) -> bool:
    """Whether an effect is less than a hundredth of the level."""
    return abs(found.effect) < _SMALL * abs(found.before)


def lead(by_question: Mapping[str, Sequence[Finding]]) -> str:
    """What the detour does, from its findings by question. Raises KeyError if an outcome that is told is not there."""
    found = {(each.outcome, each.when): each for own in by_question.values() for each in own}
    first, later = map(str, YEARS)
    return (
        "In this model, letting battery lines built for cars switch to grid storage (the detour) "
        f"{reach(by_question)}. In {first}, against the same world where lines may not switch, "
        f"{_compared([found[outcome, first] for outcome in _SUBJECTS])}. In {later}, "
        f"{_compared([found[outcome, later] for outcome in _OF_CARS])}."
    )


def reach(by_question: Mapping[str, Sequence[Finding]]) -> str:
    """What is changed and what hardly, in a few words. Raises KeyError if a question has no findings."""
    extents = {topic: _extent(by_question[question]) for question, topic in _TOPICS.items()}
    said = []
    for extent in (_CHANGES, _HARDLY, _UNCLEAR):
        topics = [topic for topic, own in extents.items() if own == extent]
        if topics:
            said.append(f"{extent} {listed(topics)}")
    return ", and ".join(said)


def _extent(found: Sequence[Finding]) -> str:
    """How far the headlines of a question are moved, in any year."""
    clear = [each for each in found if each.outcome in HEADLINES and each.is_clear]
    if not clear:
        return _UNCLEAR
    return _HARDLY if all(map(is_small, clear)) else _CHANGES


def _compared(found: Sequence[Finding]) -> str:
    """What is clearly higher or lower, by how much and within which interval; then what is not."""
    clear = [each for each in found if each.is_clear]
    said = [_clause(each, f"{CONFIDENCE:.0%} interval " if each is clear[0] else "") for each in clear]
    unclear = [_SUBJECTS[each.outcome] for each in found if not each.is_clear]
    if unclear:
        said.append(f"{listed(unclear)} {'shows' if len(unclear) == 1 else 'show'} no clear change")
    return "; ".join(said)


def _clause(found: Finding, interval: str) -> str:
    kind, decimals, size = amount(found.unit), found.decimals, ""
    by = kind.difference(abs(found.effect), decimals)
    low, high = (kind.bare(each, decimals) for each in sorted((abs(found.low), abs(found.high))))
    if is_small(found):
        size = f", small beside {kind.level(found.before, 0)}"
    elif not found.unit.startswith(_SHARE) and found.before:
        by += f" or {abs(found.effect / found.before):.0%}"
    return f"{_SUBJECTS[found.outcome]} is {by} {_WORDS[found.direction]} ({interval}{low} to {high}){size}"
