"""The values of a MEDLINE record: people, headings, substances, grants, relations, dates.

A field is a (tag, text) pair. Tags: National Library of Medicine, "MEDLINE/PubMed Data Element
(Field) Descriptions".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from papers.formats.pubmed_article import relation_name
from papers.formats.text import clean, date_from_text, partial_date
from papers.identifiers import normalise_doi, normalise_orcid, normalise_pmid
from papers.records import (
    AuthorName,
    Grant,
    MeshHeading,
    MeshQualifier,
    PartialDate,
    Related,
    Substance,
)

Field = tuple[str, str]

# -- People --------------------------------------------------------------------------------------

_SUFFIX = re.compile(r"(?:Jr|Sr|II|III|IV|V|\d(?:st|nd|rd|th))\.?$")
_ROLES = {
    "FAU": "author", "AU": "author", "CN": "author", "FED": "editor", "ED": "editor",
    "FIR": "investigator", "IR": "investigator", "FPS": "subject", "PS": "subject",
}  # fmt: skip
_FULL = frozenset(("FAU", "FED", "FIR", "FPS"))


@dataclass(slots=True)
class _Person:
    """The lines about one person or group so far."""

    role: str
    full: str | None = None
    short: str | None = None
    group: str | None = None
    orcid: str | None = None
    affiliations: list[str] = field(default_factory=list)


def authors_of(fields: Iterable[Field]) -> tuple[AuthorName, ...]:
    """Authors and groups in order, each with the AUID and AD lines that follow it.

    Older records have one AD, which may stand before the names: the first author's.
    """
    return _in_role("author", fields)


def editors_of(fields: Iterable[Field]) -> tuple[AuthorName, ...]:
    return _in_role("editor", fields)


def _in_role(role: str, fields: Iterable[Field]) -> tuple[AuthorName, ...]:
    found = (_name(person) for person in _people(fields) if person.role == role)
    return tuple(name for name in found if name)


def _people(fields: Iterable[Field]) -> list[_Person]:
    people: list[_Person] = []
    early: list[str] = []
    for tag, text in fields:
        role = _ROLES.get(tag)
        if role and (not people or _begins_another(people[-1], tag, role)):
            people.append(_Person(role, affiliations=early))
            early = []
        if people:
            _add(people[-1], tag, text)
        elif tag == "AD":
            early.append(text)
    return people


def _begins_another(person: _Person, tag: str, role: str) -> bool:
    """FAU begins an author, AU goes on with that one or, where there is no FAU, begins one."""
    is_short_of_same = role == person.role and tag not in _FULL and tag != "CN"
    return not is_short_of_same or bool(person.short or person.group)


def _add(person: _Person, tag: str, text: str) -> None:
    if tag in _FULL:
        person.full = text
    elif tag == "CN":
        person.group = text
    elif tag in _ROLES:
        person.short = text
    elif tag == "AUID":
        person.orcid = person.orcid or normalise_orcid(text)
    elif tag == "AD":
        person.affiliations.append(text)


def _name(person: _Person) -> AuthorName | None:
    affiliations = tuple(dict.fromkeys(filter(None, map(clean, person.affiliations))))
    if person.group:
        return AuthorName(
            person.group, is_collective=True, orcid=person.orcid, affiliations=affiliations
        )
    short_family, initials, suffix = _short_name(person.short)
    family, given = _full_name(person.full, suffix) if person.full else (short_family, None)
    called = given or initials
    name = f"{family}, {called}" if family and called else family or called
    if not name:
        return None
    return AuthorName(
        name, family, given, initials, suffix, orcid=person.orcid, affiliations=affiliations
    )


def _short_name(text: str | None) -> tuple[str | None, str | None, str | None]:
    """(family, initials, suffix) of "van der Berg JA Jr"."""
    words = (text or "").replace(",", " ").split()
    suffix = words.pop() if len(words) > 2 and _SUFFIX.match(words[-1]) else None
    initials = words.pop() if len(words) > 1 and words[-1] == words[-1].upper() else None
    return " ".join(words) or None, initials, suffix


def _full_name(text: str, suffix: str | None) -> tuple[str | None, str | None]:
    """(family, given) of "Berg, John A Jr", without the suffix that the short form shows."""
    family, _, given = (part.strip() for part in text.partition(","))
    if suffix and given.endswith(suffix):
        given = given[: -len(suffix)].rstrip(" ,")
    return clean(family), clean(given)


# -- Headings, substances, grants ----------------------------------------------------------------


def mesh_heading(text: str) -> MeshHeading | None:
    """ "Brain Ischemia/diagnostic imaging/*surgery": a star marks what the paper is mainly about."""
    descriptor, *qualifiers = (part.strip() for part in text.split("/"))
    name = descriptor.lstrip("*").strip()
    if not name:
        return None
    return MeshHeading(
        name,
        is_major=descriptor.startswith("*"),
        qualifiers=tuple(
            MeshQualifier(part.lstrip("*"), is_major=part.startswith("*"))
            for part in qualifiers
            if part.lstrip("*")
        ),
    )


def substance(text: str) -> Substance | None:
    """ "5J49Q6B70F (Vincristine)"; the number 0 stands for none."""
    found = re.match(r"^(?P<number>[^()]*?)\s*\((?P<name>.+)\)$", text)
    if not found:
        return Substance(text) if text else None
    number = found["number"]
    return Substance(found["name"], registry_number=None if number in ("", "0") else number)


def grant(text: str) -> Grant | None:
    """ "MR/L0031/1/MRC_/Medical Research Council/United Kingdom": the number may hold slashes,
    an acronym of the agency may stand before it, the country may be missing."""
    parts = [part.strip() for part in text.split("/") if part.strip()]
    if not parts:
        return None
    has_country = len(parts) > 1 and not parts[-1].endswith("HHS")
    country = parts.pop() if has_country else None
    agency = parts.pop()
    if len(parts) > 1 and re.fullmatch(r"[A-Z]{2,4}_?|[A-Z]+_", parts[-1]):
        parts.pop()
    return Grant("/".join(parts) or None, agency, country)


# -- Relations -----------------------------------------------------------------------------------

_REF_TYPES = {
    "CIN": "CommentIn", "CON": "CommentOn", "EIN": "ErratumIn", "EFR": "ErratumFor",
    "CRI": "CorrectedandRepublishedIn", "CRF": "CorrectedandRepublishedFrom",
    "ECI": "ExpressionOfConcernIn", "ECF": "ExpressionOfConcernFor",
    "RPI": "RepublishedIn", "RPF": "RepublishedFrom", "RIN": "RetractionIn",
    "ROF": "RetractionOf", "RRI": "RetractedandRepublishedIn",
    "RRF": "RetractedandRepublishedFrom", "UIN": "UpdateIn", "UOF": "UpdateOf",
    "SPIN": "SummaryForPatientsIn", "ORI": "OriginalReportIn", "DDIN": "AssociatedPublication",
    "DRIN": "AssociatedPublication",
}  # fmt: skip
_PMID_AT_END = re.compile(r"[\s.;]*\bPMID:\s*(\d+)\.?\s*$")
_DOI = re.compile(r"\b10\.\d{4,9}/\S+")


def related_of(fields: Iterable[Field]) -> Iterator[Related]:
    """Links to comments, errata, retractions and so on, by PubMed's own names for them."""
    for tag, text in fields:
        if tag in _REF_TYPES and text:
            yield _related(relation_name(_REF_TYPES[tag]), text)


def _related(kind: str, text: str) -> Related:
    """ "Lancet. 2020;1:2. doi: 10.1000/x. PMID: 12"."""
    found = _PMID_AT_END.search(text)
    citation = text[: found.start()] if found else text
    doi = _DOI.search(citation)
    return Related(
        kind,
        normalise_pmid(found.group(1)) if found else None,
        normalise_doi(doi.group()) if doi else None,
        clean(citation),
    )


# -- Dates ---------------------------------------------------------------------------------------

_SEASON = re.compile(r"^(\d{4}) (Spring|Summer|Autumn|Fall|Winter)$", re.IGNORECASE)


def published(text: str | None) -> PartialDate | None:
    """DP: "2018 Apr 5", "2002 Sep", "2004 Spring", "1998 Dec-1999 Jan"."""
    season = _SEASON.match(text or "")
    if season:
        return partial_date(season[1], text=season[2])
    return date_from_text(text)


def compact_date(text: str | None) -> PartialDate | None:
    """DEP and LR: "20170728"."""
    found = re.match(r"(\d{4})(\d{2})?(\d{2})?", re.sub(r"[/-]", "", text or ""))
    return partial_date(*found.groups()) if found else None
