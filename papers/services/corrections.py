"""What may be corrected, and how corrections lie over what the sources say.

``papers.services.correcting`` makes them and takes them back.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import ValidationError

from papers import identifiers
from papers.formats.text import (
    author_from_inverted,
    clean,
    date_from_text,
    language_code,
    normalise_pages,
    sections_from_text,
)
from papers.merge import Merged
from papers.models import Correction, Paper
from papers.records import AuthorName, JournalName, PartialDate


@dataclass(frozen=True, slots=True)
class Correctable:
    """A field that a person may correct. ``parse`` turns typed text into the Record's value."""

    label: str
    record_field: str
    parse: Callable[[str], Any]
    is_long: bool = False
    help: str = ""
    typed: Callable[[str], Any] | None = None
    """Raises ValidationError for what is not to be typed, though ``parse`` could read it."""

    def check(self, text: str) -> None:
        """Raises ValidationError for text that is none of the kind."""
        (self.typed or self.parse)(text)


def _lines(text: str) -> list[str]:
    return [line for part in text.splitlines() if (line := clean(part))]


def _parsed(normalise: Callable[[str], Any], sentence: str) -> Callable[[str], Any]:
    """A parser that refuses what ``normalise`` does not know, with ``sentence``."""

    def parse(text: str) -> Any:
        if not text.strip():
            return None
        value = normalise(text)
        if value is None:
            raise ValidationError(sentence)
        return value

    return parse


NO_DATE = "Write the date as 2021, 2021-07 or 2021-07-01."
_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")


def _iso_date(text: str) -> PartialDate | None:
    """What a person types is held to the calendar; other dates are read as far as they go."""
    found = _DATE.fullmatch(text.strip())
    if found is None:
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    try:
        dt.date(year or 0, month or 1, day or 1)
    except ValueError:
        return None
    return date_from_text(text.strip())


_date = _parsed(date_from_text, NO_DATE)
_typed_date = _parsed(_iso_date, NO_DATE)

CORRECTABLE: dict[str, Correctable] = {
    "title": Correctable("Title", "title", clean, is_long=True),
    "original_title": Correctable("Original title", "original_title", clean),
    "abstract": Correctable(
        "Abstract", "abstract_sections", sections_from_text, is_long=True,
        help="A line that begins with a word in capitals and a colon becomes a section.",
    ),
    "authors": Correctable(
        "Authors", "authors",
        lambda text: tuple(a for line in _lines(text) if (a := author_from_inverted(line))),
        is_long=True, help="One a line: Family, Given.",
    ),
    "journal": Correctable(
        "Journal", "journal", lambda text: JournalName(title=clean(text)) if clean(text) else None
    ),
    "volume": Correctable("Volume", "volume", clean),
    "issue": Correctable("Issue", "issue", clean),
    "pages": Correctable("Pages", "pages", normalise_pages),
    "publication_date": Correctable("Published", "published", _date, typed=_typed_date),
    "electronic_date": Correctable(
        "Published electronically", "electronic", _date, typed=_typed_date
    ),
    "languages": Correctable(
        "Languages", "languages",
        lambda text: tuple(code for line in _lines(text.replace(",", "\n")) if (code := language_code(line))),
        help="Three-letter codes, one a line: eng, fre.",
    ),
    "publication_types": Correctable(
        "Publication types", "publication_types", lambda text: tuple(_lines(text)),
        is_long=True, help="One a line.",
    ),
    "keywords": Correctable(
        "Keywords", "keywords", lambda text: tuple(_lines(text)), is_long=True, help="One a line."
    ),
    "doi": Correctable(
        "DOI", "doi", _parsed(identifiers.normalise_doi, "This is no DOI. One looks like 10.1002/pbc.28904")
    ),
    "pmid": Correctable(
        "PMID", "pmid", _parsed(identifiers.normalise_pmid, "A PMID has 1 to 9 digits.")
    ),
    "pmcid": Correctable(
        "PMCID", "pmcid", _parsed(identifiers.normalise_pmcid, "A PMCID looks like PMC7363864.")
    ),
    "url": Correctable("Link", "url", clean),
    "note": Correctable("Note", "note", clean, is_long=True),
}  # fmt: skip


def shown_text(paper: Paper, field: str) -> str:
    """The present value of a correctable field as the text that a person would type."""
    if field == "authors":
        return "\n".join(row.name for row in paper.authorships.all())
    if field == "publication_types":
        return "\n".join(row.name for row in paper.publication_types.all())
    value = getattr(paper, field)
    if isinstance(value, list):
        return "\n".join(value)
    return str(value) if value else ""


def apply_corrections(
    merged: Merged, corrections: Iterable[Correction]
) -> dict[str, dict[str, str]]:
    """Put the corrections over what the sources say; returns their part of the provenance.

    Where the sources have come to say something new since, it is kept as a proposal.
    """
    provenance = {}
    for correction in corrections:
        kind = CORRECTABLE[correction.field]
        _propose(correction, merged, kind)
        value = kind.parse(correction.value or "")
        if value in (None, ()):
            merged.values.pop(kind.record_field, None)
            merged.origins.pop(kind.record_field, None)
        else:
            if correction.field == "authors":
                value = tuple(_with_what_is_known(value, merged.values.get("authors", ())))
            merged.values[kind.record_field] = value
        if correction.field == "title":
            merged.title_html = None
        provenance[correction.field] = {
            "by": correction.by.get_username(),
            "at": correction.at.isoformat(timespec="seconds"),
        }
    return provenance


def _with_what_is_known(
    typed: Sequence[AuthorName], said: Sequence[AuthorName]
) -> Iterator[AuthorName]:
    """The typed names, each with what the sources know of that person: of the same name, or, where
    no line was added or taken away, at the same place.
    """
    by_name = {author.name: author for author in said}
    kept = {author.name for author in typed}
    is_line_for_line = len(typed) == len(said)
    for place, author in enumerate(typed):
        before = said[place] if is_line_for_line and said[place].name not in kept else None
        if author.name in by_name:
            yield by_name[author.name]
        elif before and before.is_collective:
            yield replace(before, name=author.name)
        elif before:
            yield replace(
                author,
                suffix=author.suffix or before.suffix,
                is_collective=False,
                orcid=before.orcid,
                semantic_scholar_id=before.semantic_scholar_id,
                affiliations=before.affiliations,
            )
        else:
            yield author


def typed_journals(corrections: Iterable[Correction]) -> set[JournalName]:
    """The journals that corrections name."""
    parse = CORRECTABLE["journal"].parse
    names = (parse(row.value or "") for row in corrections if row.field == "journal")
    return {name for name in names if name}


def _propose(correction: Correction, merged: Merged, kind: Correctable) -> None:
    said = _as_text(merged, correction.field, kind)
    is_news = said not in (None, "", correction.replaced, correction.value)
    proposed = said if is_news else None
    if proposed != correction.proposed:
        correction.proposed = proposed
        correction.proposed_from_id = merged.origins.get(kind.record_field) if is_news else None
        correction.save(update_fields=["proposed", "proposed_from"])


def _as_text(merged: Merged, field: str, kind: Correctable) -> str | None:
    """What the sources say of a field, as the text that a person would type."""
    value = merged.values.get(kind.record_field)
    if value is None:
        return None
    if field == "abstract":
        return merged.abstract
    if field == "journal":
        return value.title
    if field == "authors":
        return "\n".join(author.name for author in value)
    if field in ("publication_date", "electronic_date"):
        return value.iso()
    return "\n".join(value) if isinstance(value, tuple) else str(value)
