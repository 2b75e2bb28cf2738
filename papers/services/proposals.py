"""What the machine proposes and nobody has decided: as statements to make, and in figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from django.db.models import QuerySet

from papers.models import Suggestion, Tag, Target
from papers.models.tag import MODELS, field_of
from papers.querysets import IN_TREES
from papers.records import TARGETS
from papers.services.tagging import Plan, Statement
from papers.standing import standing


def statements_on(suggestions: QuerySet[Suggestion], state: str) -> list[tuple[int, Statement]]:
    """What it says to give each proposed target that state on its paper: (paper id, statement)."""
    return [(paper_id, Statement(target, state)) for paper_id, target in _targets_of(suggestions)]


def _targets_of(suggestions: QuerySet[Suggestion]) -> Iterator[tuple[int, Target]]:
    """Targets are read once a kind, for there are thousands of proposals of a few."""
    rows = suggestions.values_list("paper", *(f"{field}_id" for field in TARGETS))
    targets = {field: _by_id(field) for field in TARGETS}
    for paper_id, *keys in rows.iterator():
        for field, key in zip(TARGETS, keys, strict=True):
            if key is not None:
                yield paper_id, targets[field][key]


def _by_id(field: str) -> dict[int, Target]:
    rows = MODELS[field].objects.all()
    return (rows.select_related("parent") if field in IN_TREES else rows).in_bulk()


def decision_on(suggestion: Suggestion, tags: Iterable[Tag]) -> str:
    """What people's word is on a proposal, from the current tags of its paper; "" for none."""
    target = suggestion.target
    said = {(tag.target_field, tag.target.pk): tag.state for tag in tags}
    return standing(said, suggestion.target_field, target.pk, getattr(target, "parent_id", None))


def changes_by_target(plan: Plan) -> list[tuple[Target, str, int]]:
    """(target, the word for its kind, papers that a plan changes for it), the most first."""
    counted = Counter(change.target for change in plan.changes)
    return [(target, TARGETS[field_of(target)], papers) for target, papers in counted.most_common()]


def overruled_people(plan: Plan) -> dict[int, Counter[str]]:
    """Whose word a plan overrules: the person's id, and how many of each state."""
    found: dict[int, Counter[str]] = {}
    for change in plan.changes:
        if change.current and change.before == change.current.state:
            found.setdefault(change.current.by_id, Counter())[change.before] += 1
    return found
