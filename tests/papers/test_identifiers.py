"""Identifiers in their one written form, or none."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from papers.identifiers import (
    find_issns,
    find_trial_ids,
    normalise_doi,
    normalise_issn,
    normalise_orcid,
    normalise_pmcid,
    normalise_pmid,
    normalise_semantic_scholar_id,
)

DOIS = {
    "10.1016/S1470-2045(19)30617-5": "10.1016/s1470-2045(19)30617-5",
    "https://doi.org/10.1000/X": "10.1000/x",
    "http://dx.doi.org/10.1000/x": "10.1000/x",
    "doi: 10.1000/x": "10.1000/x",
    "DOI:10.1000/x": "10.1000/x",
    "urn:doi:10.1000/x": "10.1000/x",
    "https://doi.org/doi:10.1000/x": "10.1000/x",
    "10.1000/x.": "10.1000/x",
    "10.1000/x),": "10.1000/x",
    "10.1000/a(b)": "10.1000/a(b)",
    "10.1016%2Fj.x.2020": "10.1016/j.x.2020",
    "10.1000/a\\_b": "10.1000/a_b",
    "https://sfx.example.org/?id=doi.org/10.1000/x": "10.1000/x",
    "10.1000/x [doi]": "10.1000/x",
}


@pytest.mark.parametrize(("written", "doi"), DOIS.items())
def test_doi_has_one_form(written, doi):
    assert normalise_doi(written) == doi


@pytest.mark.parametrize(
    "written", [None, "", "10.1000", "10.1/x", "11.1000/x", "see 10.1000/x", 0]
)
def test_what_is_no_doi_is_none(written):
    assert normalise_doi(written) is None


@given(st.from_regex(r"10\.[0-9]{4}/[a-z0-9]{1,9}", fullmatch=True))
def test_doi_in_its_form_stays(doi):
    assert normalise_doi(doi) == doi
    assert normalise_doi(f" https://doi.org/{doi.upper()}. ") == doi


@pytest.mark.parametrize(
    ("written", "pmid"),
    [
        ("31562043", "31562043"),
        (31562043, "31562043"),
        (" 0031562043 ", "31562043"),
        ("PMID: 31562043", "31562043"),
        ("https://pubmed.ncbi.nlm.nih.gov/31562043/", "31562043"),
        ("https://www.ncbi.nlm.nih.gov/pubmed/31562043", "31562043"),
        ("0", None),
        (0, None),
        ("", None),
        (None, None),
        ("1234567890", None),
        ("31562043v2", None),
        ("PMC8178207", None),
    ],
)
def test_pmid_is_one_to_nine_digits(written, pmid):
    assert normalise_pmid(written) == pmid


@pytest.mark.parametrize(
    ("written", "pmcid"),
    [
        ("PMC8178207", "PMC8178207"),
        ("pmc8178207", "PMC8178207"),
        ("8178207", "PMC8178207"),
        ("PMC8178207.1", "PMC8178207"),
        ("PMCID: PMC8178207", "PMC8178207"),
        ("https://www.ncbi.nlm.nih.gov/pmc/articles/PMC8178207/", "PMC8178207"),
        ("PMC0", None),
        ("", None),
        (None, None),
    ],
)
def test_pmcid_has_its_letters(written, pmcid):
    assert normalise_pmcid(written) == pmcid


def test_semantic_scholar_id_is_forty_hexadecimal_digits():
    assert normalise_semantic_scholar_id("AB" * 20) == "ab" * 20
    assert normalise_semantic_scholar_id("ab" * 19) is None
    assert normalise_semantic_scholar_id(None) is None


@pytest.mark.parametrize(
    ("written", "orcid"),
    [
        ("0000-0002-1825-0097", "0000-0002-1825-0097"),
        ("0000000218250097", "0000-0002-1825-0097"),
        ("https://orcid.org/0000-0002-1694-233x", "0000-0002-1694-233X"),
        ("ORCID: 0000-0002-1825-0097", "0000-0002-1825-0097"),
        ("0000-0002-1825-0098", None),
        ("0000-0002-1825-00975", None),
        ("", None),
        (None, None),
    ],
)
def test_orcid_is_read_only_with_its_right_check_digit(written, orcid):
    assert normalise_orcid(written) == orcid


def test_issns_are_found_in_order_and_once():
    assert find_issns("1999-7777(Electronic),0222666x (Print) 1999-7777") == (
        "1999-7777",
        "0222-666X",
    )
    assert find_issns("0000-0000") == ()
    assert find_issns("9781860163593") == ()
    assert find_issns(None) == ()


def test_issn_of_a_text_is_its_first():
    assert normalise_issn("1557-9840, 0095-5108") == "1557-9840"
    assert normalise_issn("none") is None


TRIALS = (
    "NCT01222715", "ISRCTN12345678", "2007-005068-31", "ACTRN12605000000000", "DRKS00012345",
    "UMIN000012345", "CTRI/2019/01/012345", "NTR1234", "ChiCTR1900012345",
)  # fmt: skip


@pytest.mark.parametrize("number", TRIALS)
def test_trial_numbers_are_found_in_a_sentence(number):
    assert find_trial_ids(f"Registered as {number}, and {number.lower()} again.")[0] == number


def test_trial_numbers_stand_once_and_in_order():
    assert find_trial_ids("nct01222715 ISRCTN12345678 NCT01222715") == (
        "NCT01222715",
        "ISRCTN12345678",
    )
    assert find_trial_ids("NCT0122271 and CONTRIBUTION") == ()
    assert find_trial_ids(None) == ()


@pytest.mark.parametrize(
    ("find", "text"),
    [
        (normalise_doi, "https://doi.org/" + "10.1111." * 25_000),
        (normalise_doi, "10.1234/a" + ")" * 200_000),
        (find_trial_ids, "ChiCTR-" * 30_000),
        (find_trial_ids, "IRCT" + "1" * 200_000 + "_"),
    ],
    ids=["registrant codes", "brackets", "ChiCTR", "IRCT"],
)
def test_an_endless_identifier_takes_no_longer_than_its_length(find, text):
    begun = time.process_time()

    find(text)

    assert time.process_time() - begun < 1
