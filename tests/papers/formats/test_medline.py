"""MEDLINE text (nbib): blocks, people with their lines, links, what is wrong with a file."""

from __future__ import annotations

import datetime as dt
import gzip
import json

import pytest

from papers.formats import InputFile, detect, read, read_one
from papers.formats.text import normalise_pages
from papers.records import (
    Grant,
    MeshHeading,
    MeshQualifier,
    PartialDate,
    Record,
    Rejected,
    Related,
    Source,
    Substance,
)


def entries(content: str | bytes) -> list:
    raw = content.encode() if isinstance(content, str) else content
    return list(read(InputFile.from_bytes(raw), "medline"))


def one(*lines: str) -> Record:
    (entry,) = entries("\n".join(("PMID- 31562043", "TI  - A title", *lines)))
    assert isinstance(entry, Record), entry
    return entry


def test_file_is_known_by_its_content():
    file = InputFile.from_bytes(b"\nPMID- 1\nOWN - NLM\nTI  - A title\n", "export.ris")

    assert detect(file).name == "medline"


def test_record_says_who_says_it():
    record = one("OWN - NLM", "STAT- MEDLINE", "PST - ppublish")

    assert (record.source, record.source_id, record.pmid) == (
        Source.PUBMED,
        "31562043",
        "31562043",
    )
    assert (record.medline_status, record.publication_status) == ("MEDLINE", "ppublish")


def test_long_values_go_on_over_indented_lines():
    record = one("JT  - Journal of", "      clinical", "      oncology")

    assert record.journal.title == "Journal of clinical oncology"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_records_part_at_their_pmid_even_without_a_blank_line(end):
    lines = ("PMID- 1", "TI  - One", "PMID- 2", "TI  - Two", "", "", "PMID- 3", "TI  - Three")

    records = entries("\ufeff" + end.join(lines))

    assert [(r.pmid, r.title, r.line) for r in records] == [
        ("1", "One", 1),
        ("2", "Two", 3),
        ("3", "Three", 7),
    ]
    assert records[0].raw == b"PMID- 1\nTI  - One"


def test_blank_line_inside_a_record_does_not_end_it():
    (record,) = entries("PMID- 1\nTI  - One\n\nAB  - Text\n")

    assert (record.pmid, record.abstract) == ("1", "Text")


def test_word_with_a_hyphen_at_the_start_of_a_line_is_text():
    record = one("AB  - Patients with", "HER2-positive tumours and", "CD34-negative ones")

    assert record.abstract == "Patients with HER2-positive tumours and CD34-negative ones"


def test_what_follows_an_author_is_that_authors():
    record = one(
        "FAU - Di Carlo, Daniela", "AU  - Di Carlo D", "AUID- ORCID: 0000-0002-1825-0097",
        "AD  - Padova,", "      Italy.", "AD  - Paris.", "FAU - Smith, John A Jr", "AU  - Smith JA Jr",
        "CN  - EpSSG", "FAU - Poli, Elena", "AU  - Poli E", "AD  - Rome.",
        "FIR - Helper, Ann", "IR  - Helper A", "IRAD- Nowhere.",
    )  # fmt: skip

    first, second, group, last = record.authors
    assert (first.name, first.family, first.given, first.initials) == (
        "Di Carlo, Daniela",
        "Di Carlo",
        "Daniela",
        "D",
    )
    assert (first.orcid, first.affiliations) == (
        "0000-0002-1825-0097",
        ("Padova, Italy.", "Paris."),
    )
    assert (second.name, second.initials, second.suffix) == ("Smith, John A", "JA", "Jr")
    assert second.affiliations == ()
    assert (group.name, group.is_collective) == ("EpSSG", True)
    assert (last.orcid, last.affiliations) == (None, ("Rome.",))


def test_older_records_have_short_names_and_one_address_before_them():
    record = one("AD  - London.", "AU  - van der Berg JA", "AU  - Smith B")

    first, second = record.authors
    assert (first.name, first.family, first.given, first.initials) == (
        "van der Berg, JA",
        "van der Berg",
        None,
        "JA",
    )
    assert (first.affiliations, second.affiliations) == (("London.",), ())


def test_identifiers_come_from_the_article_itself_first():
    record = one(
        "LID - S1470-2045(19)30617-5 [pii]", "LID - 10.1016/S1470-2045(19)30617-5 [doi]",
        "AID - 10.1000/other [doi]", "AID - S1470-2045(19)30617-5 [pii]", "PMC - PMC8178207",
    )  # fmt: skip

    assert (record.doi, record.pmcid) == ("10.1016/s1470-2045(19)30617-5", "PMC8178207")
    assert record.other_ids == (("pii", "S1470-2045(19)30617-5"),)


def test_invalid_doi_is_left_out_and_said():
    record = one("LID - 11.1016/x [doi]", "AID - 10.1000/right [doi]")

    assert record.doi == "10.1000/right"
    assert record.remarks == ("DOI '11.1016/x' is not valid and was left out.",)


def test_journal_has_each_issn_in_its_place():
    record = one(
        "IS  - 1474-5488 (Electronic)", "IS  - 1470-2045 (Linking)", "IS  - 1470-2046 (Print)",
        "TA  - Lancet Oncol", "JT  - The Lancet. Oncology", "JID - 100957246", "PL  - England",
    )  # fmt: skip

    journal = record.journal
    assert (journal.issn_electronic, journal.issn_linking, journal.issn_print) == (
        "1474-5488",
        "1470-2045",
        "1470-2046",
    )
    assert (journal.title, journal.iso_abbreviation) == ("The Lancet. Oncology", "Lancet Oncol")
    assert (journal.nlm_id, journal.country) == ("100957246", "England")


DATES = {
    "2018 Apr 5": PartialDate(2018, 4, 5),
    "2002 Sep": PartialDate(2002, 9),
    "2021": PartialDate(2021),
    "2004 Spring": PartialDate(2004, text="Spring"),
    "1998 Dec-1999 Jan": PartialDate(1998, text="1998 Dec-1999 Jan"),
    "20225": None,
}


@pytest.mark.parametrize(("written", "date"), DATES.items())
def test_publication_date_keeps_its_precision(written, date):
    assert one(f"DP  - {written}").published == date


def test_electronic_and_revision_dates_are_read():
    record = one("DEP - 20170728", "LR  - 20181202")

    assert record.electronic == PartialDate(2017, 7, 28)
    assert record.revised == dt.date(2018, 12, 2)


def test_abstract_parts_at_its_labels():
    record = one("AB  - BACKGROUND: A risk of 5%.", "      RESULTS: None.", "CI  - (c) 2019 X")

    assert [(part.label, part.text) for part in record.abstract_sections] == [
        ("BACKGROUND", "A risk of 5%."),
        ("RESULTS", "None."),
    ]
    assert record.abstract_copyright == "(c) 2019 X"


def test_headings_keep_stars_and_qualifiers():
    record = one("MH  - *Software", "MH  - Brain/diagnostic imaging/*surgery")

    assert record.mesh_headings == (
        MeshHeading("Software", is_major=True),
        MeshHeading(
            "Brain",
            qualifiers=(
                MeshQualifier("diagnostic imaging"),
                MeshQualifier("surgery", is_major=True),
            ),
        ),
    )


def test_terms_substances_and_trials_are_read():
    record = one(
        "OT  - *sarcoma", "OT  - child", "RN  - 5J49Q6B70F (Vincristine)", "RN  - 0 (RNA (small))",
        "NM  - Familial sarcoma", "SI  - ClinicalTrials.gov/NCT01222715", "SI  - GENBANK/AF1",
    )  # fmt: skip

    assert record.keywords == ("sarcoma", "child")
    assert record.substances == (
        Substance("Vincristine", registry_number="5J49Q6B70F"),
        Substance("RNA (small)"),
    )
    assert record.supplementary_concepts == (Substance("Familial sarcoma"),)
    assert record.trial_registrations == ("NCT01222715",)


GRANTS = {
    "R01 CA123/CA/NCI NIH HHS/United States": Grant("R01 CA123", "NCI NIH HHS", "United States"),
    "R01 CA123/CA/NCI NIH HHS": Grant("R01 CA123", "NCI NIH HHS", None),
    "MR/L003120/1/MRC_/Medical Research Council/United Kingdom": Grant(
        "MR/L003120/1", "Medical Research Council", "United Kingdom"
    ),
    "Wellcome Trust/United Kingdom": Grant(None, "Wellcome Trust", "United Kingdom"),
    "Cancer Research UK": Grant(None, "Cancer Research UK", None),
}


@pytest.mark.parametrize(("written", "grant"), GRANTS.items())
def test_grant_is_taken_apart(written, grant):
    assert one(f"GR  - {written}").grants == (grant,)


RELATIONS = {
    "CIN": "comment_in", "CON": "comment_on", "EIN": "erratum_in", "EFR": "erratum_for",
    "RIN": "retraction_in", "ROF": "retraction_of", "ECI": "expression_of_concern_in",
    "UIN": "update_in", "UOF": "update_of", "RPI": "republished_in",
    "CRI": "corrected_and_republished_in", "RRF": "retracted_and_republished_from",
    "SPIN": "summary_for_patients_in", "ORI": "original_report_in",
}  # fmt: skip


@pytest.mark.parametrize(("tag", "kind"), RELATIONS.items())
def test_links_to_other_papers_are_read(tag, kind):
    record = one(f"{tag:4}- Lancet. 2020;1:2. doi: 10.1000/Retr. PMID: 32", f"{tag:4}- Cancer.")

    assert record.related == (
        Related(kind, "32", "10.1000/retr", "Lancet. 2020;1:2. doi: 10.1000/Retr"),
        Related(kind, None, None, "Cancer."),
    )


def test_chapter_stands_in_its_book():
    record = one(
        "BTI - GeneReviews", "PB  - UW", "PL  - Seattle", "DP  - 1993", "CTDT- 20060320",
        "ISBN- 9781860163593 (print)", "AID - NBK1403 [bookaccession]", "FED - Adam, Margaret P",
        "ED  - Adam MP", "AD  - Seattle.", "FAU - Napolitano, Ann", "AU  - Napolitano A",
    )  # fmt: skip

    book = record.book
    assert (record.title, record.published) == ("A title", PartialDate(2006, 3, 20))
    assert (book.title, book.publisher, book.place) == ("GeneReviews", "UW", "Seattle")
    assert (book.accession, book.isbns, book.published) == (
        "NBK1403",
        ("9781860163593",),
        PartialDate(1993),
    )
    assert [editor.name for editor in book.editors] == ["Adam, Margaret P"]
    assert [(a.name, a.affiliations) for a in record.authors] == [("Napolitano, Ann", ())]


def test_title_of_a_whole_book_is_the_books():
    (record,) = entries("PMID- 1\nBTI - Guideline\nPT  - Book")

    assert (record.title, record.book.title) == ("Guideline", "Guideline")


def test_other_databases_in_this_format_are_no_pubmed():
    first, second = entries(
        "OWN - ERIC\nTI  - One\nOID - EJ1\n\nOWN - ERIC\nTI  - Two\nOID - EJ2\n"
    )

    assert (first.source, first.source_id, first.other_ids) == (
        Source.FILE,
        None,
        (("eric", "EJ1"),),
    )
    assert second.title == "Two"


BAD_PIECES = {
    "PMID 0": ("PMID- 0\nTI  - None", "PMID '0' is not a PMID."),
    "PMID of ten digits": ("PMID- 1234567890", "PMID '1234567890' is not a PMID."),
    "nothing that names a paper": ("OWN - NLM\nDP  - 2020", "neither a PMID"),
}


@pytest.mark.parametrize(("piece", "reason"), BAD_PIECES.values(), ids=BAD_PIECES)
def test_bad_record_is_rejected_beside_its_neighbour(piece, reason):
    bad, good = entries(f"\n{piece}\n\nPMID- 2\nTI  - Two\n")

    assert isinstance(bad, Rejected)
    assert (bad.position, bad.line) == (1, 2)
    assert reason in bad.reason
    assert piece.split("\n")[0] in bad.raw
    assert good.pmid == "2"


def test_record_in_which_the_file_was_cut_is_rejected():
    content = "".join(f"PMID- {n}\nTI  - Title {n * 7919 % 10007}\n\n" for n in range(1, 5000))
    packed = gzip.compress(content.encode())

    *records, cut, last = read(InputFile.from_bytes(packed[: len(packed) // 2]))

    assert [record.pmid for record in records] == [str(n) for n in range(1, len(records) + 1)]
    assert cut.reason.startswith("The record has no end")
    assert last.reason.startswith("The compressed file ends too early")


def test_markup_in_a_title_is_kept_beside_it():
    (record,) = entries("PMID- 1\nTI  - 10<sup>6</sup> cells<script>alert(1)</script>")

    assert (record.title, record.title_html) == ("106 cells", "10<sup>6</sup> cells")


KEYS = ("biopython", "jabref", "nbib")


@pytest.mark.parametrize("folder", KEYS)
def test_real_exports_hold_every_fact_of_their_key(shared, folder):
    total, failures = 0, []
    path = shared / "payloads/nbib" / folder
    for name, key in json.loads((path / "expected.json").read_text()).items():
        file = InputFile.from_path(path / name)
        assert detect(file).name == "medline"
        records = [entry for entry in read(file) if isinstance(entry, Record)]
        assert len(records) == key["n_records"], name
        for record, facts in zip(records, key["records"], strict=True):
            assert read_one(record.raw, record.format) == record
            for fact, expected in facts.items():
                total += 1
                said = FACTS[fact](record)
                if said != (normalise_pages(expected) if fact == "pages" else expected):
                    failures.append(f"{name} {record.pmid} {fact}: {said!r}, expected {expected!r}")
    assert not failures, f"{total - len(failures)} of {total} facts\n" + "\n".join(failures)


FACTS = {
    "pmid": lambda r: r.pmid,
    "title": lambda r: r.title,
    "first_author": lambda r: r.authors[0].name,
    "last_author": lambda r: r.authors[-1].name,
    "n_authors": lambda r: len(r.authors),
    "year": lambda r: r.published.year,
    "dp": lambda r: f"{dt.date(2000, r.published.month, 1):{r.published.year} %b}",
    "journal": lambda r: r.journal.title,
    "ta": lambda r: r.journal.iso_abbreviation,
    "doi": lambda r: r.doi,
    "n_mesh": lambda r: len(r.mesh_headings),
    "n_other_terms": lambda r: len(r.keywords),
    "pub_types": lambda r: list(r.publication_types),
    "lang": lambda r: list(r.languages),
    "has_abstract": lambda r: bool(r.abstract_sections),
    "status": lambda r: r.medline_status,
    "volume": lambda r: r.volume,
    "issue": lambda r: r.issue,
    "pages": lambda r: r.pages,
}
