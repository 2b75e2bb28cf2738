"""From a typed search to the papers that it finds.

``find`` filters a queryset of papers; what stands in the text is asked of the full-text index in
as few subqueries as the tree allows, facts are asked of the tables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.expressions import RawSQL

from papers.models import Tag
from papers.search.grammar import SearchSyntaxError, parse
from papers.search.index import engine
from papers.search.tree import (
    And,
    Everything,
    Fact,
    Node,
    Not,
    Or,
    Text,
    Years,
    any_of,
    sought_texts,
)
from papers.search.words import words_of
from regimens.models import Drug, Regimen, TherapyClass

SHORTEST_DRUG_NAME = 5
"""Letters of a synonym that is looked for in text: "VCR" and "V" mean other things too."""


def find(papers: QuerySet[Any], search: str) -> QuerySet[Any]:
    """The papers that a search finds, with ``relevance`` (smaller is better, None without words).

    Raises SearchSyntaxError, a sentence for the person who typed it.
    """
    tree = parse(search)
    texts = tuple(dict.fromkeys(sought_texts(tree)))
    relevance = engine().relevance(texts) if texts else F("pk") * 0
    found = papers.annotate(relevance=relevance)
    return found if isinstance(tree, Everything) else found.filter(condition(tree))


def condition(node: Node) -> Q:
    """The tree as a condition on papers."""
    match node:
        case Everything():
            return Q()
        case Not(part):
            return ~condition(part)
        case Years(first, last):
            return _years(first, last)
        case Fact():
            return FACTS[node.field](node)
        case Text():
            return Q(pk__in=engine().matching(node))
        case And(parts) | Or(parts):
            return _joined(type(node), parts)


def _joined(kind: type[And] | type[Or], parts: Iterable[Node]) -> Q:
    """Texts side by side go into one question to the index."""
    parts = tuple(parts)
    in_text = tuple(part for part in parts if _is_text(part))
    conditions = [condition(part) for part in parts if not _is_text(part)]
    if in_text:
        whole = in_text[0] if len(in_text) == 1 else kind(in_text)
        conditions.append(Q(pk__in=_matching(whole)))
    joined = conditions[0]
    for other in conditions[1:]:
        joined = joined & other if kind is And else joined | other
    return joined


def _is_text(node: Node) -> bool:
    if isinstance(node, And | Or):
        return all(_is_text(part) for part in node.parts)
    return isinstance(node, Text)


def _matching(node: Node) -> RawSQL:
    assert isinstance(node, Text | And | Or)
    return engine().matching(node)


def _years(first: int | None, last: int | None) -> Q:
    found = Q(year__isnull=False)
    if first is not None:
        found &= Q(year__gte=first)
    return found & Q(year__lte=last) if last is not None else found


def tagged(**target: Any) -> QuerySet[Any]:
    """Ids of the papers with a current confirmed tag on a target (a filter on tags)."""
    return stated(Tag.State.CONFIRMED, **target)


def stated(state: str, **target: Any) -> QuerySet[Any]:
    """Ids of the papers on which somebody's current word on a target is ``state``."""
    return Tag.objects.filter(is_current=True, state=state, **target).values("paper")


def classes_under(therapy_class: TherapyClass) -> Q:
    """A filter on tags: the class itself or one of its sub-classes."""
    return Q(therapy_class=therapy_class) | Q(therapy_class__parent=therapy_class)


def has_class(therapy_class: TherapyClass, state: str = Tag.State.CONFIRMED) -> Q:
    """Papers whose current tag on the class, or on one of its sub-classes, is ``state``."""
    return Q(
        pk__in=Tag.objects.filter(
            classes_under(therapy_class), is_current=True, state=state
        ).values("paper")
    )


def has_tag_state(state: str) -> Q:
    """``none``: nobody has said anything on any class or regimen that still holds."""
    if state == "none":
        decided = Tag.objects.filter(is_current=True).exclude(state=Tag.State.WITHDRAWN)
        return ~Q(pk__in=decided.values("paper"))
    return Q(pk__in=stated(state))


def has_drug(drug: Drug) -> Q:
    """Papers tagged with a regimen that holds the drug, and papers that name it in their text."""
    in_regimens = Regimen.objects.filter(phases__components__drug=drug)
    names = [drug.inn, *(row.name for row in drug.synonyms.all())]
    texts = [
        Text(words)
        for name in names
        if len(name) >= SHORTEST_DRUG_NAME and (words := words_of(name))
    ]
    named = condition(any_of(texts)) if texts else Q(pk__in=())
    return named | Q(pk__in=tagged(regimen__in=in_regimens))


def _identifier(fact: Fact) -> Q:
    return Q(**{fact.field: fact.value})


def _class(fact: Fact) -> Q:
    return has_class(_named(fact, TherapyClass, "name", "therapy class", letter=fact.value.upper()))


def _regimen(fact: Fact) -> Q:
    regimen = _named(fact, Regimen, "name", "regimen", aliases__name__iexact=fact.value)
    return Q(pk__in=tagged(regimen=regimen))


def _drug(fact: Fact) -> Q:
    return has_drug(_named(fact, Drug, "inn", "drug", synonyms__name__iexact=fact.value))


def _named(fact: Fact, model: type[Any], name: str, label: str, **other: str) -> Any:
    """The row of the vocabulary with this slug or name. Raises SearchSyntaxError without one."""
    slug = fact.value.lower().replace(" ", "-")
    wanted = (
        Q(slug=slug),
        Q(slug=fact.value.lower()),
        Q(**{f"{name}__iexact": fact.value}),
        Q(**other),
    )
    for condition_ in wanted:
        row = model.objects.filter(condition_).order_by("pk").first()
        if row:
            return row
    raise SearchSyntaxError(
        f"There is no {label} “{fact.value}”. The page of the {_PLURALS[label]} lists them.",
        fact.position,
    )


_PLURALS = {"therapy class": "therapy classes", "regimen": "regimens", "drug": "drugs"}

FACTS: dict[str, Callable[[Fact], Q]] = {
    "doi": _identifier,
    "pmid": _identifier,
    "pmcid": _identifier,
    "class": _class,
    "regimen": _regimen,
    "drug": _drug,
    "type": lambda fact: Q(publication_types__name__iexact=fact.value),
    "status": lambda fact: Q(status=fact.value),
    "tag": lambda fact: has_tag_state(fact.value),
}
