"""One PubmedBookArticle element as a Record: a chapter, or a book as a whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lxml import etree

from papers.formats.pubmed_article import (
    NotARecord,
    finish,
    read_abstract,
    read_article_ids,
    read_keywords,
    read_language,
    read_location,
    read_pages,
    read_pmid,
    read_title,
    read_vernacular_title,
)
from papers.formats.pubmed_text import authors_of, date_of, grants_of, text_of, texts
from papers.records import Book, Record


def record(element: etree._Element) -> Record:
    """What a PubmedBookArticle says. Raises NotARecord where it has no valid PMID."""
    document = element.find("BookDocument")
    if document is None:
        raise NotARecord("The record has no BookDocument, so it names no paper.")
    values: dict[str, Any] = {"remarks": []}
    for child in document:
        read_part = _OF_DOCUMENT.get(str(child.tag))
        if read_part:
            read_part(child, values)
    values["publication_types"] = texts(document.iterfind("PublicationType"))
    book = document.find("Book")
    if book is not None:
        _read_book(book, values)
    status = element.find("PubmedBookData/PublicationStatus")
    values["publication_status"] = text_of(status)
    return finish(values)


def _read_book(element: etree._Element, values: dict[str, Any]) -> None:
    """What the chapter itself does not say, the book says for it."""
    accession = dict(values.get("other_ids", ())).get("bookaccession")
    published = date_of(element.find("PubDate"))
    values["book"] = Book(
        title=text_of(element.find("BookTitle")),
        publisher=text_of(element.find("Publisher/PublisherName")),
        place=text_of(element.find("Publisher/PublisherLocation")),
        isbns=texts(element.iterfind("Isbn")),
        accession=accession,
        editors=authors_of(element.find("AuthorList[@Type='editors']")),
        published=published,
    )
    if not values.get("title"):
        title = element.find("BookTitle")
        if title is not None:
            read_title(title, values)
    if not values.get("authors"):
        values["authors"] = authors_of(element.find("AuthorList[@Type='authors']"))
    values.setdefault("published", published)
    values["volume"] = text_of(element.find("Volume"))
    for location in element.iterfind("ELocationID"):
        read_location(location, values)


def _read_authors(element: etree._Element, values: dict[str, Any]) -> None:
    if element.get("Type") != "editors":
        values["authors"] = authors_of(element)


def _read_contribution_date(element: etree._Element, values: dict[str, Any]) -> None:
    if date := date_of(element):
        values["published"] = date


def _read_revised(element: etree._Element, values: dict[str, Any]) -> None:
    if date := date_of(element):
        values["revised"] = date.first_day()


_OF_DOCUMENT: dict[str, Callable[[etree._Element, dict[str, Any]], None]] = {
    "PMID": read_pmid,
    "ArticleIdList": read_article_ids,
    "ArticleTitle": read_title,
    "VernacularTitle": read_vernacular_title,
    "Pagination": read_pages,
    "Language": read_language,
    "AuthorList": _read_authors,
    "Abstract": read_abstract,
    "KeywordList": read_keywords,
    "ContributionDate": _read_contribution_date,
    "DateRevised": _read_revised,
    "GrantList": lambda element, values: values.update(grants=grants_of(element)),
}
