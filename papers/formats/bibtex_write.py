"""Records as BibTeX that BibTeX, biblatex, other readers and our own read alike.

Beside the usual fields stand some that styles pass over and our reader knows: ``type`` with the
publication types, ``mesh``, ``relatedpublications`` with retractions and errata,
``trialregistration``. Tags are among the keywords.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from papers.formats import tag_keywords
from papers.formats.bibtex_names import terms, to_names, to_terms
from papers.formats.bibtex_text import from_latex, html_to_latex, plain_from_latex, to_latex
from papers.formats.html_abstract import sections_from_html
from papers.formats.text import clean
from papers.identifiers import normalise_doi, normalise_pmid
from papers.records import (
    AbstractSection,
    MeshHeading,
    MeshQualifier,
    PartialDate,
    Record,
    Related,
)

_KIND_OF_TYPE = {
    "Book Chapter": "incollection",
    "Book Section": "incollection",
    "Book": "book",
    "Conference Paper": "inproceedings",
    "Thesis": "phdthesis",
    "Report": "techreport",
}
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_SMALL_WORDS = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "on",
        "in",
        "for",
        "and",
        "or",
        "with",
        "to",
        "from",
        "by",
        "at",
        "is",
        "are",
        "as",
    ]
)


def write(records: Iterable[Record]) -> Iterator[bytes]:
    """One entry a piece, in UTF-8, each under a key of its own."""
    used: dict[str, int] = {}
    for record in records:
        yield _entry(record, _unused(_key(record), used)).encode()


def _entry(record: Record, key: str) -> str:
    kind = _kind(record)
    lines = [f"  {name} = {value}," for name, value in _fields(record) if value]
    return "\n".join([f"@{kind}{{{key},", *lines, "}", "", ""])


def _kind(record: Record) -> str:
    for written in record.publication_types:
        if written in _KIND_OF_TYPE:
            return _KIND_OF_TYPE[written]
    if record.book and not (record.journal and record.journal.title):
        return "incollection" if record.book.title and record.book.title != record.title else "book"
    return "article" if record.journal or record.publication_types else "misc"


def _key(record: Record) -> str:
    """ "dicarlo2021vincristine": family name, year and the first word that says something."""
    family = record.authors[0].family or record.authors[0].name if record.authors else "anonymous"
    year = str(record.published.year) if record.published else ""
    words = re.findall(r"[^\W_]{2,}", record.title or "")
    word = next((word for word in words if word.lower() not in _SMALL_WORDS), "")
    return _ascii(family)[:40] + year + _ascii(word)[:40] or "record"


def _ascii(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]", "", plain)


def _unused(key: str, used: dict[str, int]) -> str:
    """The key, with a suffix where it is taken; ``used`` maps a key to its latest suffix."""
    candidate, number = key, used.get(key, 0)
    while candidate in used:
        number += 1
        candidate = f"{key}{_letters(number)}"
    used[key] = number
    used[candidate] = 0
    return candidate


def _letters(number: int) -> str:
    """1 -> "a", 26 -> "z", 27 -> "aa"."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("a") + rest) + letters
    return letters


def _fields(record: Record) -> Iterator[tuple[str, str | None]]:
    """(name, value with its braces) in the order in which a person looks for them."""
    journal, book = record.journal, record.book
    yield "author", _braced(to_names(record.authors))
    orcids = [f"{person.name}/{person.orcid}" for person in record.authors if person.orcid]
    yield "orcid-numbers", _braced("; ".join(map(to_latex, orcids)))
    title = html_to_latex(record.title_html, record.title)
    yield "title", _braced(f"{{{title}}}" if title else None)
    yield "origtitle", _braced(to_latex(record.original_title))
    if journal:
        yield "journal", _braced(to_latex(journal.title))
        yield "shortjournal", _braced(to_latex(journal.iso_abbreviation))
        yield "issn", _braced(journal.issn_print)
        yield "eissn", _braced(journal.issn_electronic)
    if book:
        yield "booktitle", _braced(to_latex(book.title))
        yield "editor", _braced(to_names(book.editors))
        yield "address", _braced(to_latex(book.place))
        yield "isbn", _braced(", ".join(book.isbns))
    publisher = (book.publisher if book else None) or (journal.publisher if journal else None)
    yield "publisher", _braced(to_latex(publisher))
    yield from _date(record.published)
    yield "volume", _braced(to_latex(record.volume))
    yield "number", _braced(to_latex(record.issue))
    yield "pages", _braced(to_latex(record.pages).replace("-{}-", "-").replace("-", "--") or None)
    yield from _identifiers(record)
    yield "language", _braced(to_latex(", ".join(record.languages)))
    yield "type", _braced(to_latex("; ".join(record.publication_types)))
    yield "abstract", _braced(_abstract(record.abstract_sections))
    yield "copyright", _braced(to_latex(record.abstract_copyright))
    labels = [tag_keywords.encode(tag) for tag in record.tags]
    yield "keywords", _braced(to_terms([*record.keywords, *labels]))
    yield "mesh", _braced(to_terms([_mesh(heading) for heading in record.mesh_headings]))
    yield "trialregistration", _braced(to_latex(", ".join(record.trial_registrations)))
    yield "relatedpublications", _braced(to_terms([_related(link) for link in record.related]))
    yield "note", _braced(to_latex(record.note))


def _braced(value: str | None) -> str | None:
    return f"{{{value}}}" if value else None


def _date(date: PartialDate | None) -> Iterator[tuple[str, str | None]]:
    if date is None:
        return
    yield "year", f"{{{date.year}}}"
    if date.month:
        yield "month", _MONTHS[date.month - 1]
        yield "day", _braced(str(date.day or ""))
    elif date.text:
        yield "month", _braced(to_latex(date.text))


def _identifiers(record: Record) -> Iterator[tuple[str, str | None]]:
    yield "doi", _braced(to_latex(record.doi))
    yield "pmid", _braced(record.pmid)
    yield "pmcid", _braced(record.pmcid)
    yield "s2id", _braced(record.semantic_scholar_id)
    if arxiv := dict(record.other_ids).get("arxiv"):
        yield "eprint", _braced(to_latex(arxiv))
        yield "eprinttype", "{arxiv}"
    yield "otherids", _braced(to_terms([f"{kind}:{value}" for kind, value in record.other_ids]))
    yield "earlyaccessdate", _braced(record.electronic.iso() if record.electronic else None)
    count = record.citation_count
    yield "times-cited", _braced(None if count is None else str(count))
    count = record.reference_count
    yield "number-of-cited-references", _braced(None if count is None else str(count))
    yield "url", _braced(_url(record.url))


def _url(url: str | None) -> str:
    """As it is, for LaTeX's url commands; a brace would end the value, a bare % the line."""
    bare = (clean(url) or "").replace("{", "%7B").replace("}", "%7D").replace("\\", "%5C")
    return bare.replace("%", r"\%")


def _abstract(sections: tuple[AbstractSection, ...]) -> str:
    """ "LABEL: text" if that is read back as the same sections, else with labels in bold."""
    texts = [html_to_latex(section.html, section.text) for section in sections]
    labels = [to_latex(section.label) for section in sections]
    plain = " ".join(
        f"{label}: {text}" if label else text for label, text in zip(labels, texts, strict=True)
    )
    if sections_from_html(from_latex(plain)) == sections:
        return plain
    return r" \par ".join(
        f"\\textbf{{{label}:}} {text}" if label else text
        for label, text in zip(labels, texts, strict=True)
    )


def _mesh(heading: MeshHeading) -> str:
    """As MEDLINE writes it: "Rhabdomyosarcoma/*drug therapy/genetics"."""
    names = [(heading.descriptor, heading.is_major)]
    names += [(qualifier.name, qualifier.is_major) for qualifier in heading.qualifiers]
    return "/".join(f"*{name}" if is_major else name for name, is_major in names)


def read_mesh(value: str | None) -> tuple[MeshHeading, ...]:
    """The headings of a ``mesh`` field that ``write`` wrote."""
    return tuple(_heading(term) for term in terms(value))


def _heading(term: str) -> MeshHeading:
    descriptor, *qualifiers = term.split("/")
    return MeshHeading(
        descriptor.removeprefix("*"),
        is_major=descriptor.startswith("*"),
        qualifiers=tuple(
            MeshQualifier(name.removeprefix("*"), is_major=name.startswith("*"))
            for name in qualifiers
        ),
    )


def _related(link: Related) -> str:
    """ "retraction_in PMID 123 DOI 10.1000/x: J Clin Oncol. 2020"."""
    ids = [f"PMID {link.pmid}"] if link.pmid else []
    ids += [f"DOI {link.doi}"] if link.doi else []
    citation = f": {link.citation}" if link.citation else ""
    return " ".join([link.type, *ids]) + citation


_RELATED = re.compile(r"(\w+)(?: PMID (\d+))?(?: DOI (\S+?))?(?:: (.*))?")


def read_related(value: str | None) -> tuple[Related, ...]:
    """The links of a ``relatedpublications`` field that ``write`` wrote."""
    found = (_RELATED.fullmatch(plain_from_latex(term) or "") for term in terms(value))
    return tuple(
        Related(link[1], normalise_pmid(link[2]), normalise_doi(link[3]), link[4])
        for link in found
        if link
    )
