"""PubMed XML: efetch replies, baseline and update files (sources.md 1.5, pubmed_250101.dtd).

A set holds articles and book articles, and in update files a DeleteCitation with the PMIDs that
PubMed withdraws. An empty set is a legal answer: nothing matched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import sha256

from lxml import etree

from papers.formats import pubmed_article, pubmed_book, xml_slices
from papers.formats.input import InputFile, Unreadable
from papers.identifiers import normalise_pmid
from papers.records import Deleted, Entry, Known, Record, Rejected, Source

_RECORDS = ("PubmedArticle", "PubmedBookArticle", "DeleteCitation")
_ROOT = re.compile(
    r"<(PubmedArticleSet|PubmedBookArticleSet|PubmedArticle|PubmedBookArticle|DeleteCitation)[\s>/]"
)
_OTHER_REPLY = re.compile(
    r"<(eSearchResult|eLinkResult|ePostResult|eSpellResult|eSummaryResult|eInfoResult|eFetchResult)[\s>]"
)
_ERROR = re.compile(r"<(?:ERROR|Error|error)>\s*(.*?)\s*</", re.DOTALL)


def detect(head: str) -> int:
    if "<" not in head[:200]:
        return 0
    return 95 if _ROOT.search(head) or _OTHER_REPLY.search(head) else 0


def read(file: InputFile) -> Iterator[Entry]:
    """Raises Unreadable for a reply of PubMed that is an error or holds no records by nature."""
    _refuse_other_replies(file.head_text)
    for piece in xml_slices.slices(file, _RECORDS):
        if file.known and piece.is_whole and sha256(piece.content).digest() in file.known:
            yield Known(0, piece.line)
        else:
            yield from _entries(piece)


def _refuse_other_replies(head: str) -> None:
    found = _OTHER_REPLY.search(head)
    if not found or _ROOT.search(head):
        return
    error = _ERROR.search(head)
    if error:
        raise Unreadable(f"PubMed answered with an error, not with records: {error.group(1)}")
    raise Unreadable(
        f"This is PubMed's {found.group(1)}, which lists ids and no records. Export the records "
        "themselves: in PubMed, Save, Format: PubMed."
    )


def _entries(piece: xml_slices.Slice) -> Iterator[Entry]:
    if not piece.is_whole:
        yield _rejected(
            piece, "The record has no end: the file is cut off or damaged here. Export it again."
        )
        return
    try:
        element = xml_slices.parse(piece.content)
    except etree.XMLSyntaxError as error:
        yield _rejected(piece, f"The record is not well-formed XML: {error.msg}. Export it again.")
        return
    if element.tag == "DeleteCitation":
        yield from _deleted(element, piece)
    else:
        yield _record(element, piece)


def _record(element: etree._Element, piece: xml_slices.Slice) -> Record | Rejected:
    read_element = pubmed_article.record if element.tag == "PubmedArticle" else pubmed_book.record
    try:
        record = read_element(element)
    except pubmed_article.NotARecord as error:
        return _rejected(piece, str(error))
    object.__setattr__(record, "raw", piece.content)
    object.__setattr__(record, "line", piece.line)
    return record


def _deleted(element: etree._Element, piece: xml_slices.Slice) -> Iterator[Deleted]:
    for child in element.iterfind("PMID"):
        pmid = normalise_pmid(child.text)
        if pmid:
            yield Deleted(Source.PUBMED, pmid, 0, piece.line)


def _rejected(piece: xml_slices.Slice, reason: str) -> Rejected:
    return Rejected(0, piece.line, piece.content[:8000].decode("utf-8", "replace"), reason)
