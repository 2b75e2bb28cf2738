"""Where the databases put a paper's identifiers in RIS.

PMID: AN (EndNote, Ovid), ID (Ovid), C5 (Embase.com), C2 (Scopus), C3 "PUBMED 1" (Cochrane),
U1 "1[pmid]" (PubMed Central), "PMID: 1" in any field that RIS leaves free, a PubMed link.
DOI: DO, else M3 (PsycINFO), N1, LB, AN, ID, C and U fields, or a link to doi.org.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from papers.formats.remarks import valid_or_remark
from papers.formats.ris_values import NOTES, Values, is_pubmed_number
from papers.formats.text import clean
from papers.identifiers import normalise_doi, normalise_pmcid, normalise_pmid

_DOI = re.compile(r"(?:(?:https?:)?//(?:dx\.)?doi\.org/|(?:urn:)?doi:?\s*)*10\.\d{4,9}/\S+$", re.I)
_PMID = re.compile(
    r"\bPMID[:\s]\s*(\d+)|(?<!\d)(\d+)\s*\[pmid\]|\bPUBMED[:\s]\s*(\d+)|"
    r"(?:pubmed\.ncbi\.nlm\.nih\.gov|ncbi\.nlm\.nih\.gov/pubmed)/(\d+)",
    re.IGNORECASE,
)
_PMCID = re.compile(r"\bPMC\d+\b", re.IGNORECASE)
_NUMBER_LINE = re.compile(
    r"(?:PMID[:\s]\s*\d+|\d+\s*\[pmid\]|(?:PMCID[:\s]\s*)?PMC\d+\s*(?:\[pmcid\])?)[\s.;]*",
    re.IGNORECASE,
)


def find_number(line: str) -> str | None:
    """The line, where it is a PMID or PMCID and nothing else; a note may name other papers."""
    return line if _NUMBER_LINE.fullmatch(line.strip()) else None


def is_identifier(text: str) -> bool:
    return bool(_DOI.match(text.strip()))


def doi_of(values: Values, note: str | None, remarks: list[str]) -> str | None:
    for written in values.parts(r"[\n]|\s+\[doi\]", "DO", "DI", "DOI"):
        if doi := valid_or_remark("DOI", written, normalise_doi, remarks):
            return doi
    elsewhere = values.parts(r"\n", "M3", "LB", "AN", "ID", *NOTES, "UR", "L2", "L3")
    for written in (*elsewhere, *(note or "").split("\n")):
        if is_identifier(written) and (doi := normalise_doi(written)):
            return doi
    return None


def pmid_of(values: Values, note: str | None, remarks: list[str]) -> str | None:
    for written in _pmids(values, note):
        if pmid := valid_or_remark("PMID", written, normalise_pmid, remarks):
            return pmid
    return None


def _pmids(values: Values, note: str | None) -> Iterator[str]:
    yield from values.each("PMID", "PM")
    yield from _bare_numbers(values)
    own_lines = filter(find_number, (note or "").split("\n"))
    for text in (*values.all("AN", "ID", "M1", "M2", *NOTES, "UR", "L2", "L3"), *own_lines):
        for found in _PMID.finditer(text):
            yield found[found.lastindex or 0]


def _bare_numbers(values: Values) -> Iterator[str]:
    """Numbers that only their tag and their database tell to be PMIDs."""
    accession = values.line("AN")
    if accession and accession.isdigit() and is_pubmed_number(values):
        yield accession
    databases = values.databases
    if "embase" in databases:
        yield from filter(str.isdigit, values.each("C5"))
    if "scopus" in databases:
        yield from filter(str.isdigit, values.each("C2"))
    if not accession and databases and is_pubmed_number(values):
        yield from filter(re.compile(r"\d{5,8}$").match, values.each("ID"))


def pmcid_of(values: Values, note: str | None) -> str | None:
    own_lines = filter(find_number, (note or "").split("\n"))
    places = values.all("PMCID", "PMC", "AN", "ID", "M2", *NOTES, "UR", "L1", "L2")
    for text in (*places, *own_lines):
        if found := _PMCID.search(text):
            return normalise_pmcid(found.group())
    return None


def other_ids_of(values: Values, pmid: str | None) -> Iterator[tuple[str, str]]:
    """(kind, value) of what Embase, Scopus, Web of Science and Cochrane call the paper."""
    databases = values.databases
    for text in values.each("U2"):
        if re.fullmatch(r"L\d+", text):
            yield "embase", text
    for text in values.each("C3"):
        if found := re.search(r"\bEMBASE[:\s]\s*(\d+)", text, re.IGNORECASE):
            yield "embase", found[1]
    for text in values.each("UR"):
        if found := re.search(r"\beid=(2-s2\.0-\d+)", text):
            yield "scopus", found[1]
    accession = clean(values.first("AN"))
    if accession and accession != pmid:
        yield from _accession(accession, databases)


def _accession(number: str, databases: str) -> Iterator[tuple[str, str]]:
    if re.match(r"(?:WOS|ISI):", number):
        yield "wos", number
    elif re.match(r"CN-\d+", number):
        yield "cochrane", number
    elif not (normalise_pmid(number) or _PMID.search(number) or _PMCID.match(number)) or (
        "embase" in databases or "scopus" in databases
    ):
        names = (("embase", "embase"), ("scopus", "scopus"), ("eric", "eric"), ("psyc", "psycinfo"))
        if not is_identifier(number):
            yield next((kind for name, kind in names if name in databases), "accession"), number
