"""Semantic Scholar's Academic Graph JSON (sources.md section 3).

Read are a paper, a list or batch of papers (``null`` stands for an id it did not know), a search
reply, the replies of /citations, /references and recommendations, and traffic recorded as a
list of ``{"request", "response": {"status", "body"}}``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from papers.formats import json_input
from papers.formats.input import InputFile, Unreadable
from papers.formats.json_input import mapping, objects, whole_number, word, words
from papers.formats.remarks import valid_or_remark, year_or_remark
from papers.formats.text import (
    author_from_display,
    date_from_text,
    normalise_pages,
    plain_and_html,
    sections_from_text,
)
from papers.identifiers import (
    find_issns,
    normalise_doi,
    normalise_pmcid,
    normalise_pmid,
    normalise_semantic_scholar_id,
)
from papers.records import (
    AuthorName,
    JournalName,
    OpenAccess,
    PartialDate,
    Record,
    Rejected,
    Source,
)

_PUBLICATION_TYPES = {
    "JournalArticle": "Journal Article",
    "CaseReport": "Case Reports",
    "ClinicalTrial": "Clinical Trial",
    "MetaAnalysis": "Meta-Analysis",
    "LettersAndComments": "Letter",
    "BookSection": "Book Section",
}

_OTHER_IDS = {"ArXiv": "arxiv", "MAG": "mag", "CorpusId": "corpus_id", "ACL": "acl", "DBLP": "dblp"}

_PAPER_KEYS = ("paperId", "externalIds", "title", "abstract", "corpusId")
_WRAPPERS = ("citingPaper", "citedPaper", "paper")

_SMALL_REPLY = re.compile(r'^\s*\{\s*"(?:total|offset)"\s*:\s*\d+\s*[,}]')
_ERROR_BODY = re.compile(r'^\s*\{\s*"(?:error|message)"\s*:\s*"')


def detect(head: str) -> int:
    text = head.lstrip()
    if not text.startswith(("{", "[")) or '"PeriodicalId"' in text:
        return 0
    if '"paperId"' in text or '"externalIds"' in text:
        return 90
    is_recorded = '"response"' in text and "semanticscholar.org" in text
    if is_recorded or _SMALL_REPLY.match(text):
        return 90
    return 60 if _ERROR_BODY.match(text) else 0


def read(file: InputFile) -> Iterator[Record | Rejected]:
    document = json_input.load(file)
    if isinstance(document, dict):
        if problem := _problem(document):
            raise Unreadable(f"This is an error reply, not papers. {problem}")
        yield from _from_reply(document)
    elif any("request" in item and "response" in item for item in objects(document)):
        for number, exchange in enumerate(document, start=1):
            yield from _from_exchange(exchange, number)
    else:
        yield from _from_items(document)


def _problem(reply: Mapping[str, object]) -> str | None:
    """Why an object is no answer with papers, in the source's own words where it has some."""
    said = word(reply.get("error")) or word(reply.get("message"))
    if said and not any(reply.get(key) for key in _PAPER_KEYS):
        return f'It said: "{said}".'
    if "data" in reply or "recommendedPapers" in reply or "offset" in reply or "total" in reply:
        return None
    if any(key in reply for key in (*_PAPER_KEYS, *_WRAPPERS)):
        return None
    if "authorId" in reply:
        return "This is an author, not a paper."
    if "release_id" in reply:
        return "This describes a release of its data sets, not a paper."
    return "The object has none of the fields of a paper (paperId, externalIds, title)."


def _from_exchange(exchange: object, number: int) -> Iterator[Record | Rejected]:
    response = mapping(mapping(exchange).get("response"))
    body = response.get("body")
    try:
        reply = json_input.parse(body) if isinstance(body, str) else body
    except Unreadable as error:
        yield _rejected(f"Reply {number} is not JSON. {error}", body)
        return
    if isinstance(reply, list):
        if reply and not any(item is None or isinstance(item, dict) for item in reply):
            yield _rejected(
                f"Reply {number} is a list of {len(reply)} names, not of papers.", reply
            )
            return
        yield from _from_items(reply)
        return
    problem = _problem(reply) if isinstance(reply, dict) else "It is not an object or a list."
    if problem:
        status = word(response.get("status")) or "unknown"
        yield _rejected(f"Reply {number} (HTTP {status}) holds no papers. {problem}", reply)
    else:
        yield from _from_reply(mapping(reply))


def _from_reply(reply: Mapping[str, object]) -> Iterator[Record | Rejected]:
    items = reply.get("data", reply.get("recommendedPapers"))
    if isinstance(items, list):
        yield from _from_items(items)
    elif any(key in reply for key in (*_PAPER_KEYS, *_WRAPPERS)):
        yield from _from_items([reply])


def _from_items(items: list[object]) -> Iterator[Record | Rejected]:
    for number, item in enumerate(items, start=1):
        yield _entry(item, number)


def _entry(item: object, number: int) -> Record | Rejected:
    if item is None:
        return _rejected(f"Semantic Scholar did not know item {number} of this batch.", None)
    if not isinstance(item, dict):
        kind = json_input.describe(item)
        return _rejected(
            f"Item {number} is {kind}; expected an object that describes a paper.", item
        )
    wrapped = next((item[key] for key in _WRAPPERS if isinstance(item.get(key), dict)), item)
    record = record_from_paper(mapping(wrapped))
    if not (record.title or record.doi or record.pmid or record.pmcid or record.source_id):
        if "authorId" in item and "title" not in item:
            return _rejected(f"Item {number} is an author, not a paper.", item)
        if not record.other_ids:
            return _rejected(f"Item {number} has neither a title nor an identifier.", item)
    return record


def _rejected(reason: str, piece: object) -> Rejected:
    raw = piece if isinstance(piece, str) else json_input.excerpt(piece)
    return Rejected(position=0, line=None, raw=raw, reason=reason)


def record_from_paper(paper: Mapping[str, object]) -> Record:
    """One paper object, whichever of its fields were asked for."""
    remarks: list[str] = []
    title, title_html = plain_and_html(word(paper.get("title")))
    ids = mapping(paper.get("externalIds"))
    journal = mapping(paper.get("journal"))
    paper_id = normalise_semantic_scholar_id(word(paper.get("paperId")))
    return Record(
        source=Source.SEMANTIC_SCHOLAR,
        source_id=paper_id,
        raw=json_input.canonical(paper),
        semantic_scholar_id=paper_id,
        doi=valid_or_remark("DOI", word(ids.get("DOI")), normalise_doi, remarks),
        pmid=valid_or_remark("PMID", word(ids.get("PubMed")), normalise_pmid, remarks),
        pmcid=valid_or_remark("PMCID", word(ids.get("PubMedCentral")), normalise_pmcid, remarks),
        other_ids=tuple(_other_ids(paper)),
        title=title,
        title_html=title_html,
        abstract_sections=sections_from_text(_text(paper.get("abstract"))),
        authors=tuple(_authors(paper)),
        journal=_journal(paper),
        volume=word(journal.get("volume")),
        pages=normalise_pages(word(journal.get("pages"))),
        published=_published(paper, remarks),
        publication_types=tuple(
            _PUBLICATION_TYPES.get(kind, kind) for kind in words(paper.get("publicationTypes"))
        ),
        open_access=_open_access(paper),
        citation_count=whole_number(paper.get("citationCount")),
        reference_count=whole_number(paper.get("referenceCount")),
        url=word(paper.get("url")),
        tldr=word(mapping(paper.get("tldr")).get("text")),
        remarks=tuple(remarks),
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _other_ids(paper: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    ids = dict(mapping(paper.get("externalIds")))
    ids.setdefault("CorpusId", paper.get("corpusId"))
    for key, kind in _OTHER_IDS.items():
        value = word(ids.get(key))
        if value:
            yield kind, value


def _published(paper: Mapping[str, object], remarks: list[str]) -> PartialDate | None:
    """publicationDate where it agrees with ``year``, which is the citable one."""
    year = year_or_remark(word(paper.get("year")), remarks)
    date_text = word(paper.get("publicationDate"))
    date = date_from_text(date_text)
    if date and year and date.year != year.year:
        remarks.append(
            f"Publication date {date_text} is not in the year {year.year}; the year was kept."
        )
        return year
    return date or year


def _journal(paper: Mapping[str, object]) -> JournalName | None:
    venue = mapping(paper.get("publicationVenue"))
    title = (
        word(mapping(paper.get("journal")).get("name"))
        or word(paper.get("venue"))
        or word(venue.get("name"))
    )
    issns = find_issns(word(venue.get("issn")))
    if not title and not issns:
        return None
    return JournalName(title=title, issn_print=next(iter(issns), None))


def _authors(paper: Mapping[str, object]) -> Iterator[AuthorName]:
    for author in objects(paper.get("authors")):
        person = author_from_display(word(author.get("name")))
        if person:
            yield AuthorName(
                name=person.name,
                family=person.family,
                given=person.given,
                initials=person.initials,
                suffix=person.suffix,
                is_collective=person.is_collective,
                semantic_scholar_id=word(author.get("authorId")),
            )


def _open_access(paper: Mapping[str, object]) -> OpenAccess | None:
    """The object alone says nothing: a closed paper has one with an empty url (sources.md 3.3)."""
    pdf = mapping(paper.get("openAccessPdf"))
    is_open = paper.get("isOpenAccess")
    status = word(pdf.get("status"))
    found = OpenAccess(
        is_open=is_open if isinstance(is_open, bool) else None,
        status=status.lower() if status else None,
        url=word(pdf.get("url")),
        license=word(pdf.get("license")),
    )
    return None if found == OpenAccess() else found
