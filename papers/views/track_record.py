"""How often the machine was right, and how far curators agree: figures, and what to learn from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from papers.renderers import CSVRenderer
from papers.services.disagreements import (
    difference_rows,
    disagreement_rows,
    papers_of,
    with_papers,
)
from papers.services.track_record import MISSED, REFUSED, RuleRecord, by_rule, disagreements
from papers.services.track_record_json import TABLES, TrackRecord, table, track_record
from regimens.models import TherapyClass
from regimens.views.access import requires

PAGE_SIZE = 25
MOST_DIFFERENCES = 25
"""Papers on which curators differ that the page lists; the file has all."""

ORDERINGS: dict[str, tuple[str, Callable[[RuleRecord], Any]]] = {
    "decided": ("most decisions", lambda row: -row.figures.precision.of),
    "precision": ("least precise", lambda row: _or_last(row.figures.precision.value)),
    "rule": ("name", lambda row: (row.rule, row.version)),
}


def _or_last(share: float | None) -> float:
    return 2.0 if share is None else share


@require_safe
@requires("papers.view_suggestion")
def page(request: HttpRequest) -> HttpResponse:
    record = track_record()
    chosen = _chosen(request, record)
    classes = {each.slug: each for each in TherapyClass.objects.filter(parent=None)}
    context = {
        "record": record,
        **chosen,
        **_rules(request, record, chosen["subject"]),
        **_disagreements(request, record, chosen),
        "subjects": [(row, classes.get(row.subject)) for row in record.subjects],
        "learnt": [(row, classes[row.slug]) for row in record.classifier.classes],
        "curated": [(classes[slug], each) for slug, each in record.curators.by_class.items()],
        "pairs": sorted(record.curators.by_pair.items(), key=lambda each: -each[1].count),
        "differences": _differences(record, classes),
        "most_differences": MOST_DIFFERENCES,
    }
    return render(request, "papers/track_record.html", context)


def _rules(request: HttpRequest, record: TrackRecord, subject: str) -> dict[str, Any]:
    ordering = request.GET.get("ordering", "")
    ordering = ordering if ordering in ORDERINGS else "decided"
    return {
        "ordering": ordering,
        "orderings": [(name, label) for name, (label, _) in ORDERINGS.items()],
        "rules": sorted(by_rule(record.words, subject=subject), key=ORDERINGS[ordering][1]),
        "rule_names": sorted({word.rule for word in record.words if word.rule}),
    }


def _disagreements(
    request: HttpRequest, record: TrackRecord, chosen: dict[str, str]
) -> dict[str, Any]:
    kind = _kind(request)
    found = disagreements(record.words, **chosen)
    shown = disagreements(record.words, **chosen, kind=kind) if kind else found
    pages = Paginator(shown, PAGE_SIZE).get_page(request.GET.get("page"))
    pages.object_list = list(with_papers(pages.object_list))
    return {"kind": kind, "kinds": _kinds(found), "page_obj": pages}


def _chosen(request: HttpRequest, record: TrackRecord) -> dict[str, str]:
    """What the address asks for, as far as it is known."""
    subject, rule = request.GET.get("subject", ""), request.GET.get("rule", "")
    known = {word.rule for word in record.words}
    return {
        "subject": subject if subject in record.names else "",
        "rule": rule if rule in known else "",
    }


def _kind(request: HttpRequest) -> str:
    """Which disagreements the address asks for; empty for all."""
    kind = request.GET.get("kind", "")
    return kind if kind in (REFUSED, MISSED) else ""


def _kinds(found: list[Any]) -> list[tuple[str, str, int]]:
    refused = sum(word.is_refused for word in found)
    return [
        ("", "All", len(found)),
        (REFUSED, "Rejected though proposed", refused),
        (MISSED, "Confirmed, not proposed", len(found) - refused),
    ]


def _differences(record: TrackRecord, classes: dict[str, TherapyClass]) -> list[Any]:
    first = record.curators.differences[:MOST_DIFFERENCES]
    papers = papers_of(first)
    return [(each, papers[each.paper], classes[each.slug]) for each in first]


@require_safe
@requires("papers.view_suggestion")
def download(request: HttpRequest, name: str) -> StreamingHttpResponse:
    """One of the page's tables, whole, as CSV; the disagreements as the address filters them."""
    record = track_record()
    if name in TABLES:
        rows = table(record, name)
    elif name == "disagreements":
        chosen = _chosen(request, record)
        kind = _kind(request)
        rows = disagreement_rows(disagreements(record.words, **chosen, kind=kind))
    elif name == "differences":
        rows = difference_rows(record.curators.differences)
    else:
        raise Http404("The track record has no such table.")
    columns = list(rows[0]) if rows else []
    filename = f"rms-review-{name}-{timezone.localdate():%Y-%m-%d}.csv"
    return StreamingHttpResponse(
        CSVRenderer().pieces(rows, columns),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{filename}"'},
    )
