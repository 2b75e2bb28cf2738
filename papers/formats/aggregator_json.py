"""The literature aggregator's JSON: HTML abstracts, authors as one text, journal rankings.

One object or a list of them. ``JCR`` is the quartile, ``JCRName`` its category, ``RegionNum``
and ``RegionCategory`` the zone and category of the Chinese Academy of Sciences.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping

from papers.formats import json_input
from papers.formats.html_abstract import sections_from_html
from papers.formats.input import InputFile, Unreadable
from papers.formats.json_input import decimal, mapping, whole_number, word
from papers.formats.remarks import valid_or_remark
from papers.formats.text import (
    author_from_display,
    date_from_text,
    normalise_pages,
    plain_and_html,
)
from papers.identifiers import (
    normalise_doi,
    normalise_issn,
    normalise_pmcid,
    normalise_pmid,
    normalise_semantic_scholar_id,
)
from papers.records import (
    AuthorName,
    JournalMetric,
    JournalName,
    OpenAccess,
    Record,
    Rejected,
    Source,
)

_SIGNS = ('"PeriodicalIF"', '"RegionNum"', '"PeriodicalId"', '"PeriodicalName"')


def detect(head: str) -> int:
    is_json = head.lstrip().startswith(("{", "["))
    return 95 if is_json and any(sign in head for sign in _SIGNS) else 0


def read(file: InputFile) -> Iterator[Record | Rejected]:
    document: object = json_input.load(file)
    if isinstance(document, dict) and isinstance(document.get("data"), list):
        document = document["data"]
    if isinstance(document, dict) and not _is_paper(document):
        raise Unreadable("The object has neither a title, nor a DOI, nor authors.")
    for number, item in enumerate(json_input.listed(document), start=1):
        yield _entry(item, number)


def _is_paper(item: Mapping[str, object]) -> bool:
    return any(word(item.get(key)) for key in ("title", "doi", "PMCID", "PMID", "authors"))


def _entry(item: object, number: int) -> Record | Rejected:
    if not isinstance(item, dict):
        reason = f"Item {number} is {json_input.describe(item)}; expected an object."
        return Rejected(0, None, json_input.excerpt(item), reason)
    if not _is_paper(item):
        reason = f"Item {number} has neither a title, nor an identifier, nor authors."
        return Rejected(0, None, json_input.excerpt(item), reason)
    return _record(item)


def _record(item: Mapping[str, object]) -> Record:
    remarks: list[str] = []
    title, title_html = plain_and_html(word(item.get("title")))
    journal = mapping(item.get("journal"))
    abstract = item.get("abstract")
    return Record(
        source=Source.AGGREGATOR,
        source_id=word(item.get("paperid")),
        raw=json_input.canonical(item),
        doi=valid_or_remark("DOI", word(item.get("doi")), normalise_doi, remarks),
        pmid=valid_or_remark("PMID", word(item.get("PMID")), normalise_pmid, remarks),
        pmcid=valid_or_remark("PMCID", word(item.get("PMCID")), normalise_pmcid, remarks),
        semantic_scholar_id=normalise_semantic_scholar_id(word(item.get("paperid"))),
        title=title,
        title_html=title_html,
        abstract_sections=sections_from_html(abstract if isinstance(abstract, str) else None),
        authors=tuple(_authors(word(item.get("authors")))),
        journal=_journal(item),
        volume=word(journal.get("volume")),
        issue=word(journal.get("issue")),
        pages=normalise_pages(word(journal.get("pages"))),
        published=date_from_text(word(item.get("publicationDate"))),
        electronic=date_from_text(word(item.get("EPubDate"))),
        publication_types=tuple(_publication_types(item)),
        open_access=_open_access(item),
        citation_count=whole_number(item.get("citationCount")),
        url=next(
            filter(None, (word(item.get(key)) for key in ("url", "DOIUrl", "ListUrlMain"))), None
        ),
        remarks=tuple(remarks),
    )


def _authors(text: str | None) -> Iterator[AuthorName]:
    """Display names parted by commas; shown family name first, as the API does."""
    for display in re.split(r"\s*[,;]\s*", text or ""):
        person = author_from_display(display)
        if person and person.family and person.given:
            yield dataclasses.replace(person, name=f"{person.family}, {person.given}")
        elif person:
            yield person


def _journal(item: Mapping[str, object]) -> JournalName | None:
    journal = mapping(item.get("journal"))
    metric = JournalMetric(
        impact_factor=decimal(item.get("PeriodicalIF")),
        jcr_quartile=word(item.get("JCR")),
        jcr_category=word(item.get("JCRName")),
        cas_zone=whole_number(item.get("RegionNum")),
        cas_category=word(item.get("RegionCategory")),
    )
    found = JournalName(
        title=word(journal.get("name")) or word(item.get("PeriodicalName")),
        issn_print=normalise_issn(word(item.get("ISSN")) or word(journal.get("issn"))),
        metrics=() if metric == JournalMetric() else (metric,),
    )
    return None if found == JournalName() else found


def _publication_types(item: Mapping[str, object]) -> Iterator[str]:
    for given in json_input.words(item.get("publicationTypes")):
        yield from (kind for kind in re.split(r"\s*[,;]\s*", given) if kind)


def _open_access(item: Mapping[str, object]) -> OpenAccess | None:
    is_open, pdf = item.get("isOpenAccess"), item.get("openAccessPdf")
    url = word(pdf) or word(mapping(pdf).get("url"))
    if not isinstance(is_open, bool) and not url:
        return None
    return OpenAccess(is_open=is_open if isinstance(is_open, bool) else None, url=url)
