"""The parts that PubMed's articles and book articles are both made of."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

from lxml import etree

from papers.formats.text import clean, date_from_text, partial_date, plain_and_html
from papers.identifiers import normalise_orcid
from papers.records import AbstractSection, AuthorName, Grant, PartialDate

_KEPT = frozenset(("i", "b", "sub", "sup", "u"))
# Some publishers send their markup as text: "&lt;i&gt;".
_TYPED_MARKUP = re.compile(
    r"</?(?:i|b|sub|sup|u|em|strong|script|style|p|br)(?:\s[^<>]*)?/?>", re.I
)


def text_of(element: etree._Element | None) -> str | None:
    """All text nodes of an element as one line; None where there is none."""
    if element is None:
        return None
    text = "".join(map(str, element.itertext())) if len(element) else element.text
    return " ".join(text.split()) or None if text else None


def texts(elements: Iterable[etree._Element]) -> tuple[str, ...]:
    """Their texts in order, each once."""
    found = (text_of(element) for element in elements)
    return tuple(dict.fromkeys(text for text in found if text))


def plain_and_markup(element: etree._Element | None) -> tuple[str | None, str | None]:
    """(text, HTML of italics, bold, super- and subscript where there are any)."""
    plain = text_of(element)
    if element is None or plain is None:
        return None, None
    if "<" in plain and _TYPED_MARKUP.search(plain):
        return plain_and_html(plain)
    if not len(element):
        return plain, None
    parts: list[str] = []
    _append_markup(element, parts)
    markup = clean("".join(parts))
    return plain, markup if markup and "<" in markup else None


def _append_markup(element: etree._Element, parts: list[str]) -> None:
    parts.append(html.escape(element.text or "", quote=False))
    for child in element:
        kept = child.tag if child.tag in _KEPT else None
        if kept:
            parts.append(f"<{kept}>")
        _append_markup(child, parts)
        if kept:
            parts.append(f"</{kept}>")
        parts.append(html.escape(child.tail or "", quote=False))


def abstract_of(element: etree._Element | None) -> tuple[AbstractSection, ...]:
    """One section for each AbstractText, in order; empty ones are left out."""
    if element is None:
        return ()
    sections = []
    for part in element.iterfind("AbstractText"):
        plain, markup = plain_and_markup(part)
        if plain:
            sections.append(AbstractSection(clean(part.get("Label")), plain, markup))
    return tuple(sections)


def authors_of(element: etree._Element | None) -> tuple[AuthorName, ...]:
    """The people and groups of an AuthorList; names that PubMed has withdrawn are not among them."""
    if element is None:
        return ()
    found = (_author(child) for child in element if child.tag == "Author")
    return tuple(author for author in found if author)


def _author(element: etree._Element) -> AuthorName | None:
    if element.get("ValidYN") == "N":
        return None
    family = given = initials = suffix = group = orcid = None
    affiliations: list[str] = []
    for child in element:
        tag = child.tag
        if tag == "LastName":
            family = text_of(child)
        elif tag == "ForeName":
            given = text_of(child)
        elif tag == "Initials":
            initials = text_of(child)
        elif tag == "AffiliationInfo":
            place = text_of(child.find("Affiliation"))
            if place:
                affiliations.append(place)
        elif tag == "Identifier" and child.get("Source") == "ORCID":
            orcid = orcid or normalise_orcid(child.text)
        elif tag == "CollectiveName":
            group = text_of(child)
        elif tag == "Suffix":
            suffix = text_of(child)
    if group and not family:
        return AuthorName(group, is_collective=True, orcid=orcid, affiliations=tuple(affiliations))
    called = given or initials
    name = f"{family}, {called}" if family and called else family or called
    if not name:
        return None
    return AuthorName(
        name, family, given, initials, suffix, orcid=orcid, affiliations=tuple(affiliations)
    )


def date_of(element: etree._Element | None) -> PartialDate | None:
    """A PubDate, ArticleDate or ContributionDate with the precision that it has.

    A Season or a MedlineDate ("1998 Dec-1999 Jan") stays as its text.
    """
    if element is None:
        return None
    parts = {child.tag: child.text for child in element}
    if "MedlineDate" in parts:
        return date_from_text(parts["MedlineDate"])
    return partial_date(
        parts.get("Year"), parts.get("Month"), parts.get("Day"), clean(parts.get("Season"))
    )


def grants_of(element: etree._Element | None) -> tuple[Grant, ...]:
    if element is None:
        return ()
    return tuple(
        Grant(
            text_of(child.find("GrantID")),
            text_of(child.find("Agency")),
            text_of(child.find("Country")),
        )
        for child in element.iterfind("Grant")
    )
