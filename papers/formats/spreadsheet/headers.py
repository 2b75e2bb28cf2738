"""Which field a column holds, by what databases and reference managers write above it.

A name is compared in lower case, with everything but letters and digits as one space:
"Author(s)", "author_s" and "AUTHOR S" are one. Where two columns of a file mean one field, the
one that stands first here is asked first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_NAMES: dict[str, tuple[str, ...]] = {
    "title": (
        "title", "article title", "document title", "primary title", "paper title", "item title",
        "reference title", "study title", "title of article", "titles",
    ),
    "title_html": ("title html",),
    "original_title": ("original title", "vernacular title", "transliterated title"),
    "abstract": (
        "abstract", "abstract note", "abstract text", "abstracts", "summary", "notes abstract",
        "original abstract",
    ),
    "copyright": ("abstract copyright", "copyright information", "copyright"),
    "authors": (
        "author full names", "author full name", "authors", "author", "author s", "author names",
        "author name", "authors names", "first authors", "creators", "creator", "authors list",
        "author list", "first author",
    ),
    "author_orcids": ("author orcids", "orcids", "orcid", "orcid ids"),
    "journal": (
        "journal book", "journal title", "source title", "publication title", "journal name",
        "journal", "journal full name", "full journal title", "publication name", "container title",
        "periodical", "periodical title", "secondary title", "venue", "publication",
        "alternate title3",
    ),
    "journal_abbreviation": (
        "journal abbreviation", "abbreviated source title", "journal iso abbreviation",
        "iso abbreviation", "journal iso", "alternate title2",
    ),
    "source": ("source",),
    "citation": ("citation",),
    "book": ("booktitle", "book title"),
    "editors": ("editors", "editor", "book editors", "secondary authors"),
    "publisher": ("publisher",),
    "place": ("place published", "place of publication", "place", "publisher location"),
    "country": ("journal country", "country of publication", "country"),
    "year": (
        "year", "publication year", "published year", "pub year", "year published",
        "year of publication", "yr", "date year",
    ),
    "month": ("month", "published month", "publication month"),
    "day": ("day", "publication day"),
    "date": (
        "publication date", "date published", "date of publication", "published", "date",
        "cover date", "issued", "pubdate", "pub date",
    ),
    "electronic_date": (
        "electronic date", "electronic publication date", "epub date", "early access date",
    ),
    "volume": ("volume", "vol", "volume number"),
    "issue": ("issue", "issue number", "number", "no", "iss"),
    "pages": ("pages", "page", "page range", "page numbers", "pagination", "pp"),
    "start_page": ("start page", "page start", "first page", "beginning page"),
    "end_page": ("end page", "page end", "last page", "ending page"),
    "article_number": ("article number", "art no", "article no", "e location"),
    "doi": ("doi", "digital object identifier", "article doi", "doi number", "doi link", "doi url"),
    "pmid": ("pmid", "pubmed id", "pubmedid", "pubmed", "medline id", "pm id", "pubmed pmid"),
    "pmcid": ("pmcid", "pmc id", "pmc", "pubmed central id", "pmc number"),
    "semantic_scholar_id": ("semantic scholar id", "paperid", "paper id", "s2 id"),
    "wos": ("ut unique wos id", "unique wos id", "wos id"),
    "scopus": ("eid", "scopus id"),
    "embase": ("pui", "embase accession id", "embase id", "embase accession number"),
    "nihms": ("nihms id", "nihmsid"),
    "arxiv": ("arxiv id", "arxiv"),
    "accession": ("accession number", "accession no", "an"),
    "covidence": ("covidence",),
    "issn": ("issn", "issns", "print issn", "issn print", "issn isbn", "journal issn"),
    "eissn": ("eissn", "e issn", "electronic issn", "issn electronic", "online issn"),
    "isbn": ("isbn", "isbns", "isbn 13"),
    "language": ("language", "languages", "language of original document", "language of publication"),
    "publication_types": (
        "publication types", "publication type", "document type", "document types", "doctype",
        "item type", "type of reference", "reference type", "article type", "type",
    ),
    "keywords": (
        "keywords", "author keywords", "keyword", "manual tags", "key words", "author keyword",
    ),
    "index_keywords": ("index keywords", "keywords plus", "automatic tags", "subjects"),
    "mesh_headings": ("mesh headings", "mesh terms", "mesh", "mesh heading"),
    "drug_terms": ("emtree drug index terms", "emtree drug index terms major focus"),
    "chemicals": ("chemicals cas", "chemicals", "cas registry numbers"),
    "substances": ("substances",),
    "trial_registrations": (
        "trial registrations", "trial registration", "clinical trial numbers",
        "clinical trial number", "trial id", "nct number", "trial numbers",
    ),
    "citation_count": (
        "citation count", "cited by", "times cited", "cited by count", "citations",
        "times cited wos core", "times cited all databases",
    ),
    "reference_count": (
        "reference count", "cited reference count", "number of cited references", "references count",
    ),
    "open_access": ("open access", "open access designations", "open access status"),
    "link": ("open url link",),
    "url": ("url", "link", "urls", "plink", "permalink", "article url", "web address", "doi link"),
    "note": ("note", "notes", "user notes"),
    "classes_confirmed": ("therapy classes confirmed",),
    "classes_rejected": ("therapy classes rejected",),
    "regimens_confirmed": ("regimens confirmed",),
    "regimens_rejected": ("regimens rejected",),
    "settings_confirmed": ("settings confirmed",),
    "settings_rejected": ("settings rejected",),
    "designs_confirmed": ("study designs confirmed",),
    "designs_rejected": ("study designs rejected",),
}  # fmt: skip

# Field tags of Web of Science's tab-delimited export. They are words elsewhere ("ID", "NO"), so
# they count only where the header has the pair that every such file has.
_TAGS: dict[str, tuple[str, ...]] = {
    "title": ("ti",), "abstract": ("ab",), "authors": ("af", "au"), "journal": ("so",),
    "journal_abbreviation": ("ji", "j9"), "publisher": ("pu",), "place": ("pi",), "year": ("py",),
    "date": ("pd",), "electronic_date": ("ea",), "volume": ("vl",), "issue": ("is",),
    "start_page": ("bp",), "end_page": ("ep",), "article_number": ("ar",), "doi": ("di",),
    "pmid": ("pm",), "wos": ("ut",), "issn": ("sn",), "eissn": ("ei",), "isbn": ("bn",),
    "language": ("la",), "publication_types": ("dt",), "keywords": ("de",),
    "index_keywords": ("id",), "citation_count": ("tc",), "reference_count": ("nr",),
    "open_access": ("oa",), "author_orcids": ("oi",), "editors": ("be", "ed"), "book": ("bs",),
}  # fmt: skip
_TAGGED = {"ti", "au"}

PREAMBLE_ROWS = 20
"""How far down the header may stand, below the title and the search that some exports print."""

_PLAIN = re.compile(r"[\W_]+")


def plain_name(header: str) -> str:
    """ "Author(s)" -> "author s"."""
    return _PLAIN.sub(" ", header).strip().lower()


def columns_of(header: Sequence[str]) -> dict[str, list[int]]:
    """Field -> the places of its columns, the preferred first."""
    names = [plain_name(cell) for cell in header]
    tables = [_TAGS, _NAMES] if set(names) >= _TAGGED else [_NAMES]
    found: dict[str, list[int]] = {}
    for table in tables:
        for field, known in table.items():
            places = [place for name in known for place, n in enumerate(names) if n == name]
            if places:
                found.setdefault(field, []).extend(places)
    return found


def count_known(header: Sequence[str]) -> int:
    """How many of the columns have a name that means something to us."""
    return len({place for places in columns_of(header).values() for place in places})


def best_header(rows: Sequence[Sequence[str]]) -> int:
    """Which of the first rows names the columns: the first, unless it is a line of preamble.

    A later row must name at least two columns, and more than twice as many as the first, so that
    a paper about "Title" and "Abstract" is never taken for a header.
    """
    counts = [count_known(row) for row in rows]
    if not counts:
        return 0
    best = max(range(len(counts)), key=lambda place: (counts[place], -place))
    return best if counts[best] >= 2 and counts[best] > 2 * counts[0] else 0


def known_examples() -> str:
    """Some of the names, for the message about a header that has none of them."""
    return "Title, Authors, Year, Journal, DOI, PMID, Abstract, Volume, Issue, Pages, Keywords"
