"""One PubmedArticle element as a Record."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from papers.formats.pubmed_text import (
    abstract_of,
    authors_of,
    date_of,
    grants_of,
    plain_and_markup,
    text_of,
    texts,
)
from papers.formats.text import clean, normalise_pages
from papers.identifiers import (
    find_trial_ids,
    normalise_doi,
    normalise_issn,
    normalise_pmcid,
    normalise_pmid,
)
from papers.records import (
    JournalName,
    MeshHeading,
    MeshQualifier,
    Record,
    Related,
    Source,
    Substance,
)

_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[a-z])(?=and[A-Z])")
_DOI = re.compile(r"\b10\.\d{4,9}/\S+")


class NotARecord(ValueError):
    """The element lacks what makes it a record; the text says what."""


def record(article: etree._Element) -> Record:
    """What a PubmedArticle says. Raises NotARecord where it has no valid PMID."""
    citation = article.find("MedlineCitation")
    if citation is None:
        raise NotARecord("The record has no MedlineCitation, so it names no paper.")
    values: dict[str, Any] = {"remarks": []}
    for child in citation:
        read_part = _OF_CITATION.get(child.tag)
        if read_part:
            read_part(child, values)
    values["medline_status"] = citation.get("Status")
    published = article.find("PubmedData")
    if published is not None:
        _read_pubmed_data(published, values)
    return finish(values)


def finish(values: dict[str, Any]) -> Record:
    """The Record of the values gathered. Raises NotARecord without a PMID."""
    if not values.get("pmid"):
        written = values.get("written_pmid")
        raise NotARecord(
            f"PMID '{written}' is not a PMID." if written else "The record has no PMID."
        )
    values.pop("written_pmid", None)
    values["source"] = Source.PUBMED
    values["source_id"] = values["pmid"]
    values["remarks"] = tuple(values["remarks"])
    journal = values.pop("journal_parts", None)
    if journal:
        values["journal"] = JournalName(**journal)
    values["other_ids"] = tuple(dict.fromkeys(values.get("other_ids", ())))
    if doi := values.pop("listed_doi", None):
        values.setdefault("doi", doi)
    return Record(**values)


def read_pmid(element: etree._Element, values: dict[str, Any]) -> None:
    values["written_pmid"] = clean(element.text)
    values["pmid"] = normalise_pmid(element.text)
    version = element.get("Version", "")
    values["pmid_version"] = int(version) if re.fullmatch("[0-9]{1,4}", version) else None


def _read_revised(element: etree._Element, values: dict[str, Any]) -> None:
    date = date_of(element)
    if date:
        values["revised"] = date.first_day()


def _read_article(article: etree._Element, values: dict[str, Any]) -> None:
    for child in article:
        read_part = _OF_ARTICLE.get(child.tag)
        if read_part:
            read_part(child, values)


def _read_journal(element: etree._Element, values: dict[str, Any]) -> None:
    journal = values.setdefault("journal_parts", {})
    for child in element:
        if child.tag == "ISSN":
            kind = "issn_electronic" if child.get("IssnType") == "Electronic" else "issn_print"
            journal[kind] = normalise_issn(child.text)
        elif child.tag == "Title":
            journal["title"] = text_of(child)
        elif child.tag == "ISOAbbreviation":
            journal["iso_abbreviation"] = text_of(child)
        elif child.tag == "JournalIssue":
            values["volume"] = text_of(child.find("Volume"))
            values["issue"] = text_of(child.find("Issue"))
            values["published"] = date_of(child.find("PubDate"))


def _read_medline_journal(element: etree._Element, values: dict[str, Any]) -> None:
    journal = values.setdefault("journal_parts", {})
    journal["country"] = text_of(element.find("Country"))
    journal["nlm_id"] = text_of(element.find("NlmUniqueID"))
    journal["issn_linking"] = normalise_issn(element.findtext("ISSNLinking"))
    abbreviation = text_of(element.find("MedlineTA"))
    if abbreviation and not journal.get("iso_abbreviation"):
        journal["iso_abbreviation"] = abbreviation


def read_title(element: etree._Element, values: dict[str, Any]) -> None:
    values["title"], values["title_html"] = plain_and_markup(element)


def read_vernacular_title(element: etree._Element, values: dict[str, Any]) -> None:
    """The title in the paper's own language; 0.3 % of records have no other."""
    title, markup = plain_and_markup(element)
    values["original_title"] = title
    if not values.get("title"):
        values["title"], values["title_html"] = title, markup


def read_pages(element: etree._Element, values: dict[str, Any]) -> None:
    printed = element.findtext("MedlinePgn")
    start, end = element.findtext("StartPage"), element.findtext("EndPage")
    values["pages"] = normalise_pages(printed) or normalise_pages(start, end)


def read_location(element: etree._Element, values: dict[str, Any]) -> None:
    if element.get("ValidYN") == "N":
        return
    if element.get("EIdType") == "pii" and (pii := clean(element.text)):
        values.setdefault("other_ids", []).append(("pii", pii))
    elif element.get("EIdType") == "doi" and not values.get("doi"):
        values["doi"] = _valid_doi(element.text, values)


def _valid_doi(written: str | None, values: dict[str, Any]) -> str | None:
    doi = normalise_doi(written)
    if doi is None and clean(written):
        values["remarks"].append(f"DOI '{clean(written)}' is not valid and was left out.")
    return doi


def read_abstract(element: etree._Element, values: dict[str, Any]) -> None:
    values["abstract_sections"] = abstract_of(element)
    values["abstract_copyright"] = text_of(element.find("CopyrightInformation"))


def read_language(element: etree._Element, values: dict[str, Any]) -> None:
    code = (element.text or "").strip().lower()
    if code:
        values["languages"] = (*values.get("languages", ()), code)


def _read_data_banks(element: etree._Element, values: dict[str, Any]) -> None:
    numbers = element.iterfind("DataBank/AccessionNumberList/AccessionNumber")
    found = [trial for number in numbers for trial in find_trial_ids(number.text)]
    values["trial_registrations"] = tuple(dict.fromkeys(found))


def _read_article_date(element: etree._Element, values: dict[str, Any]) -> None:
    if element.get("DateType", "Electronic") == "Electronic":
        values["electronic"] = date_of(element)


def _read_substances(element: etree._Element, values: dict[str, Any]) -> None:
    found = []
    for child in element.iterfind("Chemical"):
        substance, number = child.find("NameOfSubstance"), clean(child.findtext("RegistryNumber"))
        if substance is not None and (name := text_of(substance)):
            found.append(Substance(name, substance.get("UI"), None if number == "0" else number))
    values["substances"] = tuple(found)


def _read_supplementary(element: etree._Element, values: dict[str, Any]) -> None:
    values["supplementary_concepts"] = tuple(
        Substance(name, child.get("UI"))
        for child in element.iterfind("SupplMeshName")
        if (name := text_of(child))
    )


def _read_mesh(element: etree._Element, values: dict[str, Any]) -> None:
    headings = []
    for heading in element.iterfind("MeshHeading"):
        descriptor = heading.find("DescriptorName")
        if descriptor is None or not (name := text_of(descriptor)):
            continue
        qualifiers = tuple(
            MeshQualifier(said, child.get("UI"), child.get("MajorTopicYN") == "Y")
            for child in heading.iterfind("QualifierName")
            if (said := text_of(child))
        )
        is_major = descriptor.get("MajorTopicYN") == "Y"
        headings.append(MeshHeading(name, descriptor.get("UI"), is_major, qualifiers))
    values["mesh_headings"] = tuple(headings)


def read_keywords(element: etree._Element, values: dict[str, Any]) -> None:
    """There may be several lists, the authors' and those of other indexers."""
    known = values.get("keywords", ())
    values["keywords"] = tuple(dict.fromkeys((*known, *texts(element.iterfind("Keyword")))))


def _read_related(element: etree._Element, values: dict[str, Any]) -> None:
    values["related"] = tuple(
        link for child in element.iterfind("CommentsCorrections") if (link := _related(child))
    )


def _related(element: etree._Element) -> Related | None:
    kind = element.get("RefType")
    if not kind:
        return None
    citation = text_of(element.find("RefSource"))
    doi = _DOI.search(citation or "")
    return Related(
        relation_name(kind),
        normalise_pmid(element.findtext("PMID")),
        normalise_doi(doi.group()) if doi else None,
        citation,
    )


def relation_name(ref_type: str) -> str:
    """PubMed's RefType in snake case: "RetractedandRepublishedIn" -> retracted_and_republished_in."""
    return _WORD.sub("_", ref_type).replace("and_", "_and_").replace("__", "_").lower()


def _read_pubmed_data(element: etree._Element, values: dict[str, Any]) -> None:
    for child in element:
        if child.tag == "PublicationStatus":
            values["publication_status"] = text_of(child)
        elif child.tag == "ArticleIdList":
            read_article_ids(child, values)
    references = sum(1 for _ in element.iter("Reference"))
    values["reference_count"] = references or None


def read_article_ids(element: etree._Element, values: dict[str, Any]) -> None:
    """The article's own list; those inside ReferenceList name other papers."""
    for child in element:
        kind, written = child.get("IdType"), clean(child.text)
        if not written:
            continue
        if kind == "doi":
            # What the article itself says of its DOI (ELocationID) comes first.
            if not values.get("doi"):
                values["listed_doi"] = values.get("listed_doi") or _valid_doi(written, values)
        elif kind in ("pmc", "pmcid"):
            values["pmcid"] = values.get("pmcid") or normalise_pmcid(written.rstrip(";"))
        elif kind in ("pii", "mid", "sici", "bookaccession", "pmcbook"):
            values.setdefault("other_ids", []).append((kind, written))


_OF_CITATION = {
    "PMID": read_pmid,
    "DateRevised": _read_revised,
    "Article": _read_article,
    "MedlineJournalInfo": _read_medline_journal,
    "ChemicalList": _read_substances,
    "SupplMeshList": _read_supplementary,
    "CommentsCorrectionsList": _read_related,
    "MeshHeadingList": _read_mesh,
    "KeywordList": read_keywords,
}

_OF_ARTICLE = {
    "Journal": _read_journal,
    "ArticleTitle": read_title,
    "VernacularTitle": read_vernacular_title,
    "Pagination": read_pages,
    "ELocationID": read_location,
    "Abstract": read_abstract,
    "AuthorList": lambda element, values: values.update(authors=authors_of(element)),
    "Language": read_language,
    "DataBankList": _read_data_banks,
    "GrantList": lambda element, values: values.update(grants=grants_of(element)),
    "PublicationTypeList": lambda element, values: values.update(publication_types=texts(element)),
    "ArticleDate": _read_article_date,
}
