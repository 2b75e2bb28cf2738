"""What a paper says when several sources speak: the precedence rule, as a pure function.

Terms: a *voice* is one stored source record with the id that it is stored under. ``merge`` hears
all voices of one publication, the strongest first, and takes every *field* whole from the first
voice that has it. Voices are ordered by source (design.md 4.2: PubMed, Semantic Scholar, file,
aggregator), then by the fuller format, then by the later version. So the outcome depends on
what was said and never on the order in which it arrived from different sources.

Exceptions, each for a reason:

* identifiers of other kinds and trial registrations add up, for no source lists them all;
* an abstract that its source cut short does not silence a longer one;
* links to other publications add up: a retraction that one source knows is a retraction;
* the names of the byline that counts gain what other voices know of the same people of this paper:
  ORCID, Semantic Scholar's id, affiliations. The same is who alone on the paper has that family
  name and initial; across papers names never make one person of two.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from papers.records import AbstractSection, AuthorName, Record, Related, join_sections

FIELDS = (
    "doi", "pmid", "pmcid", "semantic_scholar_id", "title", "original_title", "abstract_sections",
    "abstract_copyright", "authors", "journal", "book", "volume", "issue", "pages", "published",
    "electronic", "languages", "publication_types", "mesh_headings", "supplementary_concepts",
    "keywords", "substances", "grants", "open_access", "citation_count", "reference_count",
    "medline_status", "publication_status", "url", "note", "tldr",
)  # fmt: skip
"""Fields that one voice gives as a whole."""

IDENTIFIERS = ("pmid", "doi", "pmcid", "semantic_scholar_id")
"""In the order of trust: what a PMID says outweighs what a DOI says, and so on."""

_FORMAT_ORDER = ("pubmed_xml", "medline")
_CUT_SHORT = re.compile(r"(?:\.\.\.|…|\(ABSTRACT TRUNCATED AT \d+ WORDS\))\s*$", re.IGNORECASE)
_NEVER = dt.date.min


class Voice(NamedTuple):
    """A Record and the id of the source record that holds it."""

    id: int
    record: Record


@dataclass(slots=True)
class Merged:
    """The values of a paper and, for each field, the id of the voice that gave it."""

    values: dict[str, Any]
    origins: dict[str, int]
    other_ids: dict[str, str] = field(default_factory=dict)
    trial_registrations: tuple[str, ...] = ()
    related: tuple[Related, ...] = ()
    remarks: tuple[str, ...] = ()
    title_html: str | None = None
    pmid_version: int | None = None

    @property
    def abstract(self) -> str | None:
        return join_sections(self.values.get("abstract_sections") or ())

    @property
    def year(self) -> int | None:
        """The year of the issue; where there is none, of the electronic publication."""
        date = self.values.get("published") or self.values.get("electronic")
        return date.year if date else None

    @property
    def status(self) -> str:
        return status_of(self.values.get("publication_types") or (), self.related)


def merge(voices: Sequence[Voice]) -> Merged:
    """One publication out of what its voices say. At least one voice is needed."""
    if len(voices) == 1:
        return _alone(voices[0])
    ordered = sorted(voices, key=_strength)
    merged = Merged({}, {})
    for name in FIELDS:
        voice = _speaker(name, ordered)
        if voice is not None:
            merged.values[name] = getattr(voice.record, name)
            merged.origins[name] = voice.id
    if byline := merged.values.get("authors"):
        others = [v.record.authors for v in ordered if v.id != merged.origins["authors"]]
        merged.values["authors"] = _with_gains(byline, others)
    _add_up(merged, [voice.record for voice in ordered])
    _follow(merged, {voice.id: voice.record for voice in ordered})
    return merged


def _alone(voice: Voice) -> Merged:
    """The common case, on the way of every new paper, without sorting and searching."""
    record, voice_id = voice.record, voice.id
    values = {
        name: value
        for name in FIELDS
        if (value := getattr(record, name)) is not None and value != ()
    }
    return Merged(
        values,
        dict.fromkeys(values, voice_id),
        dict(record.other_ids),
        record.trial_registrations,
        record.related,
        record.remarks,
        record.title_html,
        record.pmid_version,
    )


def _strength(voice: Voice) -> tuple[int, int, int, int, int]:
    """Sorts the strongest first."""
    record = voice.record
    fullness = _FORMAT_ORDER.index(record.format) if record.format in _FORMAT_ORDER else 9
    revised = (record.revised or _NEVER).toordinal()
    return (record.source.rank, fullness, -(record.pmid_version or 0), -revised, -voice.id)


def _speaker(name: str, ordered: Sequence[Voice]) -> Voice | None:
    """The voice whose value for a field counts."""
    having = [v for v in ordered if getattr(v.record, name) not in (None, ())]
    if name == "abstract_sections" and having and is_cut_short(having[0].record.abstract_sections):
        return max(having, key=lambda v: len(v.record.abstract or ""))
    return having[0] if having else None


def is_cut_short(sections: Sequence[AbstractSection]) -> bool:
    """True for an abstract that its source elided: it ends in "…" or says so."""
    return bool(sections) and bool(_CUT_SHORT.search(sections[-1].text))


def _with_gains(
    byline: tuple[AuthorName, ...], others: Sequence[tuple[AuthorName, ...]]
) -> tuple[AuthorName, ...]:
    """The byline with what the others say of the same people, the strongest voice first."""
    for other in others:
        known = _by_key(other)
        mine = _by_key(byline)
        byline = tuple(
            _with_gain(name, known[key])
            if (key := _person_key(name)) in known and key in mine
            else name
            for name in byline
        )
    return byline


def _by_key(byline: Sequence[AuthorName]) -> dict[tuple[str, str], AuthorName]:
    """The names that nobody else on the paper could be."""
    keys = Counter(map(_person_key, byline))
    return {
        key: name for name in byline if keys[key := _person_key(name)] == 1 and key[0] and key[1]
    }


def _person_key(name: AuthorName) -> tuple[str, str]:
    """(family name, first initial) without accents and case; empty for a group."""
    if name.is_collective:
        return "", ""
    return _folded(name.family), _folded(name.given or name.initials)[:1]


def _folded(text: str | None) -> str:
    letters = unicodedata.normalize("NFKD", text or "").casefold()
    return "".join(letter for letter in letters if letter.isalnum())


def _with_gain(name: AuthorName, other: AuthorName) -> AuthorName:
    gains: dict[str, Any] = {
        field: getattr(other, field)
        for field in ("orcid", "semantic_scholar_id", "affiliations")
        if getattr(other, field) and not getattr(name, field)
    }
    return dataclasses.replace(name, **gains) if gains else name


def _add_up(merged: Merged, records: Sequence[Record]) -> None:
    for record in reversed(records):
        merged.other_ids.update(record.other_ids)
    merged.trial_registrations = _union(record.trial_registrations for record in records)
    merged.related = _union(record.related for record in records)
    merged.remarks = _union(record.remarks for record in records)


def _union(parts: Any) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(item for part in parts for item in part))


def _follow(merged: Merged, records: dict[int, Record]) -> None:
    """What belongs to another field comes from the same voice as that field."""
    if "title" in merged.origins:
        merged.title_html = records[merged.origins["title"]].title_html
    if "pmid" in merged.origins:
        merged.pmid_version = records[merged.origins["pmid"]].pmid_version


def status_of(publication_types: Sequence[str], related: Sequence[Related]) -> str:
    """``retracted``, ``expression_of_concern``, ``corrected`` or ``published``, the gravest first.

    Retracted: publication type "Retracted Publication" or a RetractionIn link, whichever there
    is (sources.md 1.5). A notice of retraction itself is not retracted.
    """
    links = {link.type for link in related}
    if "Retracted Publication" in publication_types or "retraction_in" in links:
        return "retracted"
    if "expression_of_concern_in" in links:
        return "expression_of_concern"
    if links & {"erratum_in", "corrected_and_republished_in", "retracted_and_republished_in"}:
        return "corrected"
    return "published"
