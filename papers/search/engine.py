"""From a typed search to the papers that it finds.

``find`` filters a queryset of papers; what stands in the text is asked of the full-text index in
as few subqueries as the tree allows, facts are asked of the tables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.expressions import RawSQL

from papers.models import Paper, Suggestion, Tag, Target
from papers.models.tag import DECIDING, field_of
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
from regimens.models import Drug, Regimen, Setting, StudyDesign, TherapyClass
from regimens.proposals import WORTH_A_PRESS

WAITING = "waiting"
"""The state of what is proposed and undecided, beside those of a tag."""

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


def has_target(target: Target, state: str = Tag.State.CONFIRMED) -> Q:
    """Papers whose current tag on the target, or on one below it, is ``state``.

    ``none``: nobody has said anything on these that still holds. ``waiting``: one of these is
    proposed and undecided, and none is confirmed.
    """
    if state == WAITING:
        return _is_proposed(_at_or_below(target)) & ~has_target(target)
    said = Tag.objects.filter(_at_or_below(target), is_current=True)
    if state == "none":
        return ~Q(pk__in=said.exclude(state=Tag.State.WITHDRAWN).values("paper"))
    return Q(pk__in=said.filter(state=state).values("paper"))


def _at_or_below(target: Target) -> Q:
    """A filter on tags or suggestions: the target itself, or a sub-class of the class, a setting below it."""
    field = field_of(target)
    if isinstance(target, TherapyClass | Setting):
        return Q(**{field: target}) | Q(**{f"{field}__parent": target})
    return Q(**{field: target})


def is_suggested(target: Target) -> Q:
    """Papers for which the target, or one below it, is proposed strongly enough to wait for a
    person, whatever people have said since.
    """
    proposed = Suggestion.objects.filter(_at_or_below(target), score__gte=WORTH_A_PRESS)
    return Q(pk__in=proposed.values("paper"))


def _is_proposed(about: Q) -> Q:
    return Q(pk__in=Suggestion.objects.filter(about).waiting().values("paper"))


def has_kind(field: str) -> Q:
    """Papers of which some target of that kind is confirmed, or proposed and undecided."""
    about = Q(**{f"{field}__isnull": False})
    said = Tag.objects.filter(about, is_current=True, state=Tag.State.CONFIRMED)
    return Q(pk__in=said.values("paper")) | _is_proposed(about)


def has_tag_state(state: str) -> Q:
    """``none``: nobody has said anything on any class or regimen that still holds. ``waiting``:
    one of these is proposed, and it is undecided.

    Settings and designs do not count: they say how a study is made, not what it evaluates.
    """
    if state == WAITING:
        return _is_proposed(_is_deciding())
    said = Tag.objects.filter(_is_deciding(), is_current=True)
    if state == "none":
        return ~Q(pk__in=said.exclude(state=Tag.State.WITHDRAWN).values("paper"))
    return Q(pk__in=said.filter(state=state).values("paper"))


def _is_deciding() -> Q:
    return reduce(or_, (Q(**{f"{field}__isnull": False}) for field in DECIDING))


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
    tagged = Tag.objects.filter(is_current=True, state=Tag.State.CONFIRMED, regimen__in=in_regimens)
    return named | Q(pk__in=tagged.values("paper"))


def _identifier(fact: Fact) -> Q:
    return Q(**{fact.field: fact.value})


def _class(fact: Fact) -> Q:
    return has_target(_named(fact, TherapyClass, letter=fact.value.upper()))


def _regimen(fact: Fact) -> Q:
    return has_target(_named(fact, Regimen, aliases__name__iexact=fact.value))


def _setting(fact: Fact) -> Q:
    return has_target(_named(fact, Setting))


def _design(fact: Fact) -> Q:
    return has_target(_named(fact, StudyDesign))


def _drug(fact: Fact) -> Q:
    return has_drug(_named(fact, Drug, name="inn", synonyms__name__iexact=fact.value))


def _type(fact: Fact) -> Q:
    # Through the rows between: a join would bring a paper once for each of its types.
    typed = Paper.publication_types.through.objects
    return Q(pk__in=typed.filter(publicationtype__name__iexact=fact.value).values("paper"))


def _named(fact: Fact, model: type[Any], *, name: str = "name", **other: str) -> Any:
    """The row of the vocabulary with this slug or name. Raises SearchSyntaxError without one."""
    words = fact.value.lower()
    wanted = [
        Q(slug=words.replace(" ", "-")),
        Q(slug=words.replace(" ", "_")),
        Q(**{f"{name}__iexact": fact.value}),
    ]
    if other:
        wanted.append(Q(**other))
    for condition_ in wanted:
        row = model.objects.filter(condition_).order_by("pk").first()
        if row:
            return row
    label = model._meta.verbose_name
    raise SearchSyntaxError(f"There is no {label} “{fact.value}”. {_list_of(model)}", fact.position)


def _list_of(model: type[Any]) -> str:
    """Where the rows stand; short lists, which have no page, in full."""
    if model in (Setting, StudyDesign):
        return f"There are: {', '.join(model.objects.values_list('slug', flat=True))}."
    return f"The page of the {model._meta.verbose_name_plural} lists them."


FACTS: dict[str, Callable[[Fact], Q]] = {
    "doi": _identifier,
    "pmid": _identifier,
    "pmcid": _identifier,
    "class": _class,
    "regimen": _regimen,
    "setting": _setting,
    "design": _design,
    "drug": _drug,
    "type": _type,
    "status": lambda fact: Q(status=fact.value),
    "tag": lambda fact: has_tag_state(fact.value),
}
