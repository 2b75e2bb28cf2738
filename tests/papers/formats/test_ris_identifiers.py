"""Where databases put identifiers in RIS, and what only looks like one."""

from __future__ import annotations

import pytest

from papers.formats import InputFile, read
from papers.records import Record


def one(*lines: str) -> Record:
    content = "\n".join(("TY  - JOUR", "TI  - A title", *lines, "ER  - "))
    (entry,) = read(InputFile.from_bytes(content.encode()), "ris")
    assert isinstance(entry, Record), entry
    return entry


DOIS = {
    "DO": ("DO  - 10.1000/x",),
    "a link": ("DO  - https://doi.org/10.1000/X",),
    "capitals and a full stop": ("DO  - DOI: 10.1000/X.",),
    "M3 of PsycINFO": ("M3  - doi:10.1000/x",),
    "N1": ("N1  - doi: 10.1000/x",),
    "the resolver's link": ("UR  - http://dx.doi.org/10.1000/x",),
    "LB": ("LB  - 10.1000/x",),
    "a C field": ("C4  - 10.1000/x",),
    "with the PII beside it": ("DO  - S1470 [pii]\n10.1000/x [doi]",),
}


@pytest.mark.parametrize("lines", DOIS.values(), ids=DOIS)
def test_doi_is_found_where_databases_put_it(lines):
    assert one(*lines).doi == "10.1000/x"


def test_doi_of_another_paper_in_a_note_is_not_the_papers():
    assert one("N1  - Comment in: Lancet 2020. doi: 10.1000/other").doi is None


PMIDS = {
    "EndNote from PubMed": ("AN  - 31562043", "DP  - NLM"),
    "no database named": ("AN  - 31562043",),
    "date for a provider": ("AN  - 31562043", "DP  - 2019 Nov"),
    "Ovid MEDLINE": ("ID  - 31562043", "DB  - Ovid MEDLINE(R) <1946 to present>"),
    "Embase.com": ("U2  - L373791783", "C5  - 31562043", "DB  - Embase", "DB  - Medline"),
    "Embase with PMID": ("AN  - PMID:31562043", "DB  - Embase"),
    "Scopus": ("C2  - 31562043", "DB  - Scopus"),
    "Web of Science": ("AN  - WOS:000220133300004", "PM  - 31562043"),
    "Cochrane": ("AN  - CN-02145678", "C3  - PUBMED 31562043,EMBASE 2003"),
    "PubMed Central": ("U1  - 31562043[pmid]", "U2  - PMC8178207[pmcid]"),
    "PsycINFO": ("PMID  - 31562043", "ID  - 2020-55555-005"),
    "Mendeley": ("ID  - Smith2019", "U2  - PMID: 31562043"),
    "Zotero": ("N1  - PMID: 31562043", "L1  - files/1/a.pdf"),
    "a PubMed link": ("UR  - https://pubmed.ncbi.nlm.nih.gov/31562043/",),
}


@pytest.mark.parametrize("lines", PMIDS.values(), ids=PMIDS)
def test_pmid_is_found_where_databases_put_it(lines):
    assert one(*lines).pmid == "31562043"


NO_PMIDS = {
    "Embase's number": ("AN  - 2003273891", "DB  - Embase"),
    "Embase's number beside Medline": ("AN  - 31562043", "DB  - Embase", "DB  - Medline"),
    "Covidence's own number": ("ID  - 31562", "U1  - 45[Covidence]"),
    "Rayyan's own number": ("ID  - rayyan-31562043",),
    "ProQuest's number": ("ID  - 26123456", "DB  - ABI/INFORM", "DP  - ProQuest"),
    "another paper's": ("N1  - Comment on: PMID: 31562043 by others",),
}


@pytest.mark.parametrize("lines", NO_PMIDS.values(), ids=NO_PMIDS)
def test_numbers_of_others_are_no_pmid(lines):
    assert one(*lines).pmid is None


OTHER_IDS = {
    "wos": (("AN  - WOS:000220133300004",), "WOS:000220133300004"),
    "embase": (("U2  - L373791783",), "L373791783"),
    "cochrane": (("AN  - CN-02145678",), "CN-02145678"),
    "scopus": (
        ("UR  - https://www.scopus.com/inward/record.uri?eid=2-s2.0-84&doi=10.1",),
        "2-s2.0-84",
    ),
    "psycinfo": (("AN  - 2020-55555-005", "DB  - PsycINFO"), "2020-55555-005"),
    "accession": (("AN  - ccm-2021-9", "DB  - CINAHL"), "ccm-2021-9"),
}


@pytest.mark.parametrize(("kind", "case"), OTHER_IDS.items())
def test_numbers_of_other_databases_are_kept(kind, case):
    lines, value = case

    assert one(*lines).other_ids == ((kind, value),)


def test_pmcid_is_found_in_fields_that_people_use_for_it():
    assert one("C2  - PMC8178207").pmcid == "PMC8178207"
    assert one("N1  - PMC8178207[pmcid]").pmcid == "PMC8178207"
    assert one("UR  - https://www.ncbi.nlm.nih.gov/pmc/articles/PMC8178207/").pmcid == "PMC8178207"


def test_invalid_values_are_left_out_and_said():
    record = one("DO  - 11.1016/x", "PMID  - 0", "PY  - 20225", "EP  - 9")

    assert (record.doi, record.pmid, record.published, record.pages) == (None, None, None, None)
    assert set(record.remarks) == {
        "DOI '11.1016/x' is not valid and was left out.",
        "PMID '0' is not valid and was left out.",
        "Year '20225' is not a year from 1600 to 2100.",
        "Last page '9' has no first page and was left out.",
    }
