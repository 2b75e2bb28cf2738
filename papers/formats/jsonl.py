"""RMS Review's own JSON lines: papers as the API shows them, read back into Records.

Read are an export (one paper a line), a page of the API (``{"results": […]}``), a list and a
single paper. What belongs to the library and not to the publication (ids, provenance,
suggestions, who tagged) is left out, as is every key that is not known.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterator, Mapping
from itertools import chain

from papers.formats import json_input
from papers.formats.input import InputFile, Unreadable
from papers.formats.json_input import decimal, listed, mapping, objects, whole_number, word, words
from papers.formats.remarks import valid_or_remark, year_or_remark
from papers.formats.spreadsheet.cells import person_from
from papers.formats.text import partial_date, plain_and_html, sections_from_text
from papers.identifiers import (
    normalise_doi,
    normalise_issn,
    normalise_orcid,
    normalise_pmcid,
    normalise_pmid,
    normalise_semantic_scholar_id,
)
from papers.records import (
    TARGETS,
    AbstractSection,
    AuthorName,
    Book,
    Grant,
    JournalMetric,
    JournalName,
    MeshHeading,
    MeshQualifier,
    OpenAccess,
    PartialDate,
    Record,
    Rejected,
    Related,
    Source,
    Substance,
    TagLabel,
)

_SIGNS = ('"abstract_sections"', '"publication_types"', '"trial_registrations"', '"provenance"')


def detect(head: str) -> int:
    """Two of the keys that only our API has in one object."""
    found = sum(sign in head for sign in _SIGNS)
    return 95 if head.lstrip().startswith(("{", "[")) and found >= 2 else 0


def read(file: InputFile) -> Iterator[Record | Rejected]:
    lines = ((number, text) for number, text in file.lines() if text.strip())
    first = next(lines, None)
    if first is None:
        raise Unreadable("The file is empty. Export it again and import the new file.")
    if _opens_document(first[1]):
        yield from (_entry(item, None) for item in _papers_of(json_input.load(file)))
        return
    for number, text in chain([first], lines):
        yield from _from_line(number, text)


def _opens_document(line: str) -> bool:
    """True for the first line of JSON that goes on over several lines.

    A broken line of an export opens an object too, but holds its first keys.
    """
    try:
        json_input.parse(line)
    except Unreadable:
        return not re.match(r'\s*\{\s*"', line)
    return False


def _from_line(number: int, text: str) -> Iterator[Record | Rejected]:
    try:
        value = json_input.parse(text)
    except Unreadable as error:
        yield Rejected(0, number, text, f"Line {number} holds no paper. {error}")
        return
    yield from (_entry(item, number) for item in _papers_of(value))


def _papers_of(value: object) -> list[object]:
    """The papers of a page of the API, of a list, or the one that the value is."""
    results = mapping(value).get("results")
    return listed(results if isinstance(results, list) else value)


def _entry(item: object, line: int | None) -> Record | Rejected:
    if not isinstance(item, dict):
        reason = f"This is {json_input.describe(item)}; expected an object that is a paper."
        return Rejected(0, line, json_input.excerpt(item), reason)
    record = record_from_paper(item, line)
    if record.names_a_paper:
        return record
    why = f" {record.remarks[0]}" if record.remarks else ""
    reason = f"The paper has neither a title, nor a valid identifier, nor authors.{why}"
    return Rejected(0, line, json_input.excerpt(item), reason)


def record_from_paper(paper: Mapping[str, object], line: int | None = None) -> Record:
    """One paper as the API shows it."""
    remarks: list[str] = []
    title = word(paper.get("title"))
    return Record(
        source=Source.FILE,
        # Not sorted: the order of other_ids is part of the Record.
        raw=json.dumps(paper, ensure_ascii=False).encode(),
        line=line,
        **_identifiers(paper, remarks),  # type: ignore[arg-type]
        title=title,
        title_html=_markup(paper.get("title_html"), title),
        original_title=word(paper.get("original_title")),
        abstract_sections=tuple(_sections(paper)),
        abstract_copyright=word(paper.get("abstract_copyright")),
        authors=tuple(_authors(paper)),
        journal=_journal(paper.get("journal")),
        book=_book(paper.get("book")),
        volume=word(paper.get("volume")),
        issue=word(paper.get("issue")),
        pages=word(paper.get("pages")),
        published=_published(paper, remarks),
        electronic=_date(paper.get("electronic_date")),
        languages=words(paper.get("language")),
        publication_types=words(paper.get("publication_types")),
        mesh_headings=tuple(_headings(paper)),
        supplementary_concepts=tuple(_substances(paper.get("supplementary_concepts"))),
        keywords=words(paper.get("keywords")),
        substances=tuple(_substances(paper.get("substances"))),
        trial_registrations=words(paper.get("trial_registrations")),
        grants=tuple(_grants(paper)),
        related=tuple(_related(paper)),
        open_access=_open_access(paper),
        citation_count=whole_number(paper.get("citation_count")),
        reference_count=whole_number(paper.get("reference_count")),
        medline_status=word(paper.get("medline_status")),
        publication_status=word(paper.get("publication_status")),
        url=word(paper.get("url")),
        note=_text(paper.get("note")),
        tldr=word(paper.get("tldr")),
        tags=tuple(_tags(paper)),
        remarks=tuple(remarks),
    )


def _identifiers(paper: Mapping[str, object], remarks: list[str]) -> dict[str, object]:
    kinds = mapping(paper.get("other_ids"))
    return {
        "doi": valid_or_remark("DOI", word(paper.get("doi")), normalise_doi, remarks),
        "pmid": valid_or_remark("PMID", word(paper.get("pmid")), normalise_pmid, remarks),
        "pmid_version": whole_number(paper.get("pmid_version")),
        "pmcid": valid_or_remark("PMCID", word(paper.get("pmcid")), normalise_pmcid, remarks),
        "semantic_scholar_id": normalise_semantic_scholar_id(
            word(paper.get("semantic_scholar_id"))
        ),
        "other_ids": tuple(
            (kind, text)
            for written, value in kinds.items()
            if (kind := word(written)) and (text := word(value))
        ),
    }


def _text(value: object) -> str | None:
    """A text that may have line ends."""
    return value.strip() or None if isinstance(value, str) else None


def _markup(value: object, plain: str | None) -> str | None:
    """The sanitised markup, as long as it is that of the plain text beside it."""
    text, markup = plain_and_html(_text(value))
    return markup if text == plain else None


def _sections(paper: Mapping[str, object]) -> Iterator[AbstractSection]:
    sections = list(objects(paper.get("abstract_sections")))
    if not sections:
        yield from sections_from_text(_text(paper.get("abstract")))
    for section in sections:
        text = word(section.get("text"))
        if text:
            yield AbstractSection(
                word(section.get("label")), text, _markup(section.get("html"), text)
            )


def _authors(paper: Mapping[str, object]) -> Iterator[AuthorName]:
    for author in objects(paper.get("authors")):
        name = word(author.get("name"))
        if name:
            yield AuthorName(
                name=name,
                family=word(author.get("family")),
                given=word(author.get("given")),
                initials=word(author.get("initials")),
                suffix=word(author.get("suffix")),
                is_collective=author.get("is_collective") is True,
                orcid=normalise_orcid(word(author.get("orcid"))),
                semantic_scholar_id=word(author.get("semantic_scholar_id")),
                affiliations=words(author.get("affiliations")),
            )


def _journal(value: object) -> JournalName | None:
    journal = mapping(value)
    found = JournalName(
        title=word(journal.get("title")),
        iso_abbreviation=word(journal.get("iso_abbreviation")),
        issn_linking=normalise_issn(word(journal.get("issn_linking"))),
        issn_print=normalise_issn(word(journal.get("issn_print"))),
        issn_electronic=normalise_issn(word(journal.get("issn_electronic"))),
        nlm_id=word(journal.get("nlm_id")),
        publisher=word(journal.get("publisher")),
        country=word(journal.get("country")),
        metrics=tuple(map(_metric, objects(journal.get("metrics")))),
    )
    issn = normalise_issn(word(journal.get("issn")))
    if issn and not (found.issn_linking or found.issn_print or found.issn_electronic):
        found = dataclasses.replace(found, issn_print=issn)
    return None if found == JournalName() else found


def _metric(metric: Mapping[str, object]) -> JournalMetric:
    return JournalMetric(
        year=whole_number(metric.get("year")),
        impact_factor=decimal(metric.get("impact_factor")),
        jcr_quartile=word(metric.get("jcr_quartile")),
        jcr_category=word(metric.get("jcr_category")),
        cas_zone=whole_number(metric.get("cas_zone")),
        cas_category=word(metric.get("cas_category")),
    )


def _book(value: object) -> Book | None:
    book = mapping(value)
    found = Book(
        title=word(book.get("title")),
        publisher=word(book.get("publisher")),
        place=word(book.get("place")),
        isbns=words(book.get("isbns")),
        accession=word(book.get("accession")),
        editors=tuple(filter(None, map(person_from, words(book.get("editors"))))),
        published=_date(book.get("publication_date")),
    )
    return None if found == Book() else found


def _published(paper: Mapping[str, object], remarks: list[str]) -> PartialDate | None:
    date = _date(paper.get("publication_date"), word(paper.get("publication_date_text")))
    return date or year_or_remark(word(paper.get("year")), remarks)


def _date(value: object, text: str | None = None) -> PartialDate | None:
    """ "2021", "2021-07" or "2021-07-01"."""
    year, month, day = (*(word(value) or "").split("-", 2), None, None)[:3]
    return partial_date(year, month, day, text)


def _headings(paper: Mapping[str, object]) -> Iterator[MeshHeading]:
    for heading in objects(paper.get("mesh_headings")):
        descriptor = word(heading.get("descriptor"))
        if descriptor:
            yield MeshHeading(
                descriptor,
                word(heading.get("ui")),
                heading.get("is_major") is True,
                tuple(_qualifiers(heading)),
            )


def _qualifiers(heading: Mapping[str, object]) -> Iterator[MeshQualifier]:
    for qualifier in objects(heading.get("qualifiers")):
        name = word(qualifier.get("name"))
        if name:
            yield MeshQualifier(name, word(qualifier.get("ui")), qualifier.get("is_major") is True)


def _substances(value: object) -> Iterator[Substance]:
    for substance in objects(value):
        name = word(substance.get("name"))
        if name:
            number = word(substance.get("registry_number"))
            yield Substance(name, word(substance.get("ui")), number)


def _grants(paper: Mapping[str, object]) -> Iterator[Grant]:
    for grant in objects(paper.get("grants")):
        parts = (word(grant.get(name)) for name in ("number", "agency", "country"))
        if (found := Grant(*parts)) != Grant():
            yield found


def _related(paper: Mapping[str, object]) -> Iterator[Related]:
    for link in objects(paper.get("related")):
        kind = word(link.get("type"))
        if kind:
            yield Related(
                kind,
                normalise_pmid(word(link.get("pmid"))),
                normalise_doi(word(link.get("doi"))),
                word(link.get("citation")),
            )


def _open_access(paper: Mapping[str, object]) -> OpenAccess | None:
    access = mapping(paper.get("open_access"))
    is_open = access.get("is_open")
    found = OpenAccess(
        is_open=is_open if isinstance(is_open, bool) else None,
        status=word(access.get("status")),
        url=word(access.get("url")),
        license=word(access.get("license")),
    )
    return None if found == OpenAccess() else found


def _tags(paper: Mapping[str, object]) -> Iterator[TagLabel]:
    for tag in objects(paper.get("tags")):
        slugs = {field: word(tag.get(field)) for field in TARGETS}
        state = word(tag.get("state"))
        if any(slugs.values()) and state in ("confirmed", "rejected"):
            yield TagLabel(**slugs, state=state)
