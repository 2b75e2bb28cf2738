"""What the templates of the face need: marks, forms, navigation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from django import forms, template
from django.conf import settings
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.template.context import Context
from django.urls import NoReverseMatch, reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from papers.marks import MARKS, mark_kind, markup
from papers.models import Tag

register = template.Library()

register.filter(mark_kind)
register.filter(markup)


@register.filter
def refuse_every_class(tags: Iterable[Tag]) -> bool:
    """Whether a paper's standing tags say that it evaluates none of the four main classes."""
    decided = [tag for tag in tags if tag.decides]
    mains = (tag.therapy_class for tag in decided if tag.therapy_class)
    refused = {mark_kind(row) for row in mains if row.parent_id is None}
    return refused >= MARKS and all(tag.state == Tag.State.REJECTED for tag in decided)


@register.filter
def byline(paper: Any) -> str:
    """The authors as a list shows them, from ``for_list()``: "Di Carlo et al."."""
    names = [authorship.family or authorship.name for authorship in paper.first_authors]
    if not names:
        return "No author given"
    if paper.author_count <= 2:
        return " and ".join(names)
    return f"{names[0]} et al."


@register.filter
def authors_shown(paper: Any) -> str:
    """The first authors and the last, from ``for_list()``: "Li, Rossi, Meyer, + 5, Okafor"."""
    names = [authorship.family or authorship.name for authorship in paper.first_authors]
    if not names:
        return "No author given"
    unnamed = paper.author_count - len(names) - 1
    if unnamed > 0:
        names.append(f"+ {unnamed}")
    if unnamed >= 0:
        names.append(paper.last_author)
    return ", ".join(names)


@register.filter
def sentence_case(label: str) -> str:
    """A label in capitals as a heading: "AREAS COVERED" -> "Areas covered"; others as they are."""
    return label.capitalize() if label.isupper() else label


@register.filter
def partial_date(iso: str) -> str:
    """ "2021-07" -> "July 2021": a date with the precision that it has."""
    form = {4: "%Y", 7: "%Y-%m", 10: "%Y-%m-%d"}.get(len(iso))
    if not form:
        return iso
    date = dt.datetime.strptime(iso, form)
    shown = {4: "Y", 7: "F Y", 10: "j F Y"}[len(iso)]
    return date_format(date, shown)


@register.filter
def relation_words(kind: str) -> str:
    """ "retraction_in" -> "Retraction in"."""
    return kind.replace("_", " ").capitalize()


@register.filter
def relation_url(link: Any) -> str:
    """Where a relation leads: into the library, else to PubMed, else to the DOI."""
    if link.related_paper_id:
        return reverse("papers:paper", args=[link.related_paper_id])
    if link.pmid:
        return f"https://pubmed.ncbi.nlm.nih.gov/{link.pmid}/"
    return f"https://doi.org/{quote(link.doi)}" if link.doi else ""


_REGISTRIES = (
    ("NCT", "https://clinicaltrials.gov/study/{}"),
    ("ISRCTN", "https://www.isrctn.com/{}"),
    ("ACTRN", "https://www.anzctr.org.au/TrialSearch.aspx?searchTxt={}"),
    ("DRKS", "https://drks.de/search/en/trial/{}"),
)


@register.filter
def trial_url(number: str) -> str:
    """The page of a registration in its registry; "" where the registry has no stable address."""
    return next((url.format(number) for lead, url in _REGISTRIES if number.startswith(lead)), "")


@register.filter
def web_url(address: str | None) -> str:
    """A source's address, if a browser may follow it; "" for javascript: and the like."""
    return address if address and address.lower().startswith(("https://", "http://")) else ""


@register.filter
def words(text: str) -> list[str]:
    return text.split()


@register.filter
def values(data: QueryDict, name: str) -> list[str]:
    """All values of one parameter of a query string."""
    return data.getlist(name)


@register.simple_tag
def querystring_without(data: QueryDict, *names: str) -> str:
    """The query string without some parameters, ready for one more: "search=x&"."""
    rest = data.copy()
    for name in names:
        rest.pop(name, None)
    return f"{rest.urlencode()}&" if rest else ""


@register.filter
def is_checkbox(field: BoundField) -> bool:
    return isinstance(field.field.widget, forms.CheckboxInput)


@register.filter
def is_choice_group(field: BoundField) -> bool:
    """True for radio buttons and lists of checkboxes: a fieldset with a legend."""
    return isinstance(field.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple)


@register.filter
def is_group(label: Any) -> bool:
    """True for a group of a select's choices, whose label is the list of them."""
    return isinstance(label, list | tuple)


@register.filter
def described(field: BoundField) -> SafeString:
    """The input, tied to its help and its errors for screen readers."""
    described_by = [f"{field.auto_id}_helptext"] if field.help_text else []
    if field.errors:
        described_by.append(f"{field.auto_id}_error")
    if not described_by:
        return field.as_widget()
    return field.as_widget(attrs={"aria-describedby": " ".join(described_by)})


@register.inclusion_tag("_components/nav_link.html", takes_context=True)
def nav_link(context: Context, name: str, words: str, count: int = 0) -> dict[str, Any]:
    """One entry of the main navigation: "page" when here, "true" when below. ``count`` waits there.

    What has an entry of its own is not below another.
    """
    try:
        url = reverse(name)
    except NoReverseMatch:
        return {"url": ""}
    path = context["request"].path
    is_own = path.startswith(reverse("papers:bulk_desk")) and name != "papers:bulk_desk"
    is_below = url != "/" and path.startswith(url) and not is_own
    current = "page" if path == url else "true" if is_below else ""
    return {"url": url, "words": words, "current": current, "count": count}


@register.simple_tag
def can_send_mail() -> bool:
    """Whether somebody has set where mail goes."""
    return bool(settings.CAN_SEND_MAIL)


@register.simple_block_tag
def scroll(content: str, name: str, narrow: bool = False) -> SafeString:
    """A wide table in a region that scrolls sideways by keyboard too."""
    return format_html(
        '<div class="scroll{}" tabindex="0" role="region" aria-label="{}">{}</div>',
        " is-narrow" if narrow else "",
        name,
        content,
    )
