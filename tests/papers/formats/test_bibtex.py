"""Reading BibTeX: dialects, quirks and damage, and the answer keys of real exports."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from papers.formats import InputFile, detect, read, read_one
from papers.formats.bibtex_text import plain_from_latex
from papers.identifiers import normalise_doi
from papers.records import (
    AbstractSection,
    AuthorName,
    PartialDate,
    Record,
    Rejected,
    Source,
    TagLabel,
)


def entries(content: str | bytes) -> list:
    raw = content.encode() if isinstance(content, str) else content
    return list(read(InputFile.from_bytes(raw), "bibtex"))


def one(fields: str, kind: str = "article", key: str = "key") -> Record:
    (record,) = entries(f"@{kind}{{{key},\n{fields}\n}}")
    assert isinstance(record, Record), record
    assert read_one(record.raw, "bibtex") == record
    return record


def names(fields: str) -> list[str]:
    return [person.name for person in one(f"title = {{T}}, {fields}").authors]


def test_read_gives_each_record_its_text_line_and_place():
    first, second = entries("\n@article{a,\n title = {A}\n}\nA note.\n@book{b, title = {B}}\n")

    assert [(first.title, first.line, first.position) for first in (first, second)] == [
        ("A", 2, 1),
        ("B", 6, 2),
    ]
    assert first.raw == b"@article{a,\n title = {A}\n}"
    assert first.source == Source.FILE
    assert first.format == "bibtex"


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_read_counts_lines_of_every_system(newline):
    text = "@article{a,\n title = {A},\n year = 2020\n}\n\n@article{b,\n title = {B}\n}\n"

    assert [record.line for record in entries(text.replace("\n", newline))] == [1, 6]


def test_read_unclosed_brace_costs_only_its_entry():
    good = "@article{{k{0},\n  title = {{Title {0}}},\n  year = 2020\n}}\n"
    broken = "@article{k3,\n  title = {Title 3,\n  year = 2020\n}\n"
    text = good.format(1) + good.format(2) + broken + good.format(4) + good.format(5)

    found = entries(text)

    assert [entry.title for entry in found if isinstance(entry, Record)] == [
        "Title 1",
        "Title 2",
        "Title 4",
        "Title 5",
    ]
    (rejected,) = (entry for entry in found if isinstance(entry, Rejected))
    assert (rejected.position, rejected.line) == (3, 9)
    assert rejected.raw == broken.strip()
    assert rejected.reason == (
        "The entry 'k3' is not closed: a brace or quote is missing. "
        "Add it, or export the entry again."
    )


def test_read_truncated_last_entry_is_rejected():
    first, last = entries("@article{a, title = {A}}\n@article{b,\n title = {A title cut sho")

    assert first.title == "A"
    assert (last.line, last.position) == (2, 2)
    assert last.reason.startswith("The entry 'b' is not closed")


def test_read_brace_too_many_takes_fields_line_by_line():
    record = one("Author = {Cruise, Tom},\nKeywords = {a, @type:Person}, b},\nTitle = {Prices}")

    assert record.title == "Prices"
    assert record.keywords == ("a", "@type:Person", "b")
    assert record.remarks == (
        "The braces of the entry do not match; each field was taken to the end of its line.",
    )


def test_read_entry_without_anything_is_rejected_with_the_reason():
    (bare,) = entries("@article{key}")
    (untitled,) = entries("@article{key, pmid = {0}, year = 2020}")

    assert bare.reason == "The entry 'key' has no fields (name = {value}). Export it again."
    assert untitled.reason == (
        "The entry has neither a title, nor authors, nor a valid identifier. "
        "PMID '0' is not valid and was left out."
    )


@pytest.mark.parametrize("text", ["", " \n\n", "Just prose, someone@example.org{x}."])
def test_read_file_without_entries_is_empty(text):
    assert entries(text) == []


def test_read_passes_over_comment_preamble_and_string():
    text = (
        '@comment{jabref-meta: databaseType:bibtex;}\n@preamble{ "\\newcommand{\\x}{}" }\n'
        "@string{jco = {J Clin Oncol}}\n% @article{old,\n@article{a, title = {A}}\n"
    )

    assert [record.title for record in entries(text)] == ["A"]


def test_macros_join_and_stay_with_the_record():
    text = (
        '@string{jco = "Journal of " # {Clinical Oncology}}\n@STRING(onc = jco # " (ASCO)")\n'
        "@article{a, title = {A}, journal = ONC, month = 1 # {~} # jul, year = 2021}\n"
        "@article{b, title = {B}, journal = undefined}\n"
    )

    first, second = entries(text)

    assert first.journal.title == "Journal of Clinical Oncology (ASCO)"
    assert first.published == PartialDate(2021, 7, 1)
    assert second.journal.title == "undefined"
    assert read_one(first.raw, "bibtex") == first
    assert b"@string" not in second.raw


def test_values_quoted_bare_repeated_and_without_commas():
    record = one(
        'title = "The "best" {"}quoted{"} title"\n year = 2020,\n funding_text 1 = {x},\n'
        "volume = {},\n volume = {7},\n volume = {8}"
    )

    assert record.title == 'The "best" "quoted" title'
    assert record.published == PartialDate(2020)
    assert record.volume == "7"


def test_value_that_is_no_field_is_remarked():
    record = one("title = {A},\n=== junk ===,\n volume = {7}")

    assert record.volume == "7"
    assert record.remarks == ("'=== junk ===' is no field and was left out.",)


@pytest.mark.parametrize("text", [
    "@article(key, title = {A (b) c})",
    "@article { key , title={A (b) c} , }",
    "@ARTICLE{,\n  TITLE = {{A} {(b)} c},\n}",
    "@article{title = {A (b) c}}",
    "\ufeff@article{Smith et al. 2020,title={A (b) c}}",
])  # fmt: skip
def test_entry_shapes_of_many_programs(text):
    assert [record.title for record in entries(text)] == ["A (b) c"]


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        ("Smith, John and Doe, Jane", ["Smith, John", "Doe, Jane"]),
        ("Smith, John\n  AND Doe, Jane", ["Smith, John", "Doe, Jane"]),
        ("Daniela Di Carlo and Ludwig van Beethoven", ["Daniela Di Carlo", "Ludwig van Beethoven"]),
        ("{World Health Organization and {NCI}}", ["World Health Organization and NCI"]),
        ("{Smith, John and Doe, Jane}", ["Smith, John", "Doe, Jane"]),
        ("Children's Oncology Group", ["Children's Oncology Group"]),
        (r"M{\"u}ller, J{\"o}rg and {\O}rsted, {\'E}va", ["Müller, Jörg", "Ørsted, Éva"]),
        ("{van der Berg}, Jos", ["van der Berg, Jos"]),
    ],
)
def test_authors_in_every_order(author, expected):
    assert names(f"author = {{{author}}}") == expected


def test_author_parts():
    people = one(
        "title={T}, author = {von Neumann, Jr., John A. and Jos{\\'e} {de la Cruz} and "
        "{COG} and Qiao S and ten Ham, A. J.}"
    ).authors

    assert people == (
        AuthorName("von Neumann, John A.", "von Neumann", "John A.", "JA", "Jr."),
        AuthorName("José de la Cruz", "de la Cruz", "José"),
        AuthorName("COG", is_collective=True),
        AuthorName("Qiao S", "Qiao", "S", "S"),
        AuthorName("ten Ham, A. J.", "ten Ham", "A. J.", "AJ"),
    )


def test_authors_that_are_no_names_are_passed_over():
    assert names("author = {{} and , and {{}} and Doe, Jane}") == ["Doe, Jane"]


def test_author_list_cut_short_is_remarked():
    record = one("title = {T}, author = {Smith, John and others}")

    assert [person.name for person in record.authors] == ["Smith, John"]
    assert record.remarks == ("The list of authors is cut short with 'and others'.",)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("year = {2021}", PartialDate(2021)),
        ("year = 2021, month = feb", PartialDate(2021, 2)),
        ("year = {2021}, month = {February}, day = {3}", PartialDate(2021, 2, 3)),
        ("year = {2022}, month = {{MAR 1}}", PartialDate(2022, 3, 1)),
        ("year = {2022}, month = {Mar-Apr}", PartialDate(2022, text="Mar-Apr")),
        ("date = {2021-07-01}", PartialDate(2021, 7, 1)),
        ("date = {2021-07/2021-08}", PartialDate(2021, 7)),
        ("date = {2021}, month = 4", PartialDate(2021, 4)),
        ("year = {2021 (online)}", PartialDate(2021, text="2021 (online)")),
    ],
)
def test_dates(fields, expected):
    assert one(f"title = {{T}}, {fields}").published == expected


@pytest.mark.parametrize("year", ["20225", "n.d.", "0"])
def test_impossible_year_is_left_out_and_said(year):
    record = one(f"title = {{T}}, year = {{{year}}}")

    assert record.published is None
    assert record.remarks == (f"Year '{year}' is not a year from 1600 to 2100.",)


@pytest.mark.parametrize("doi", [
    "10.1000/ABC_1", "https://doi.org/10.1000/abc_1.", r"10.1000/abc\_1", "DOI: 10.1000/Abc{\\_}1",
])  # fmt: skip
def test_doi_in_one_form(doi):
    assert one(f"title = {{T}}, doi = {{{doi}}}").doi == "10.1000/abc_1"


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ("pmid = {33355555}", "k"),
        ("pubmed_id = {33355555}", "k"),
        ("eprint = {33355555}, eprinttype = {pubmed}", "k"),
        ("note = {PMID: 33355555}", "k"),
        ("url = {https://pubmed.ncbi.nlm.nih.gov/33355555/}", "k"),
        ("year = 2020", "PMID:33355555"),
        ("year = 2020", "pmid33355555"),
    ],
)
def test_pmid_wherever_dialects_put_it(fields, key):
    record = one(f"title = {{T}}, {fields}", key=key)

    assert record.pmid == "33355555"
    assert record.note is None


def test_pmid_0_is_left_out_and_said():
    record = one("title = {T}, pmid = {0}")

    assert record.pmid is None
    assert record.remarks == ("PMID '0' is not valid and was left out.",)


def test_pmcid_and_doi_of_links_and_keys():
    pmc = one("title={T}, url={https://europepmc.org/articles/PMC7777777}")
    eprint = one("title={T}, eprint={8178207}, archiveprefix={PMC}")
    key = one("title={T}", key="doi:10.1111/07777777.2018.1666666")

    assert pmc.pmcid == "PMC7777777"
    assert eprint.pmcid == "PMC8178207"
    assert key.doi == "10.1111/07777777.2018.1666666"


def test_other_identifiers():
    record = one(
        "title={T}, eprint={2101.00001}, archivePrefix={arXiv}, Unique-ID={WOS:000223334444221}, "
        "url={https://www.scopus.com/inward/record.uri?eid=2-s2.0-85100000000&partnerID=40}"
    )

    assert record.other_ids == (
        ("arxiv", "2101.00001"),
        ("wos", "WOS:000223334444221"),
        ("scopus", "2-s2.0-85100000000"),
    )


def test_web_of_science_dialect():
    record = one(
        "Author = {{Writerone, Julia and Writertwo, Paul}},\nTitle = {{A title\n   in two lines}},\n"
        "Journal = {{DUMMY}}, Journal-ISO = {{Dummy J.}}, ISSN = {{4444-1221}}, EISSN = {4444-1223},\n"
        "Month = {{MAR}}, Year = {{2022}}, Article-Number = {{6756}},\nTimes-Cited = {{12}},\n"
        "Number-of-Cited-References = {{34}}, Type = {{Article}}, EarlyAccessDate = {FEB 2022},\n"
        "ORCID-Numbers = {{Writerone, Julia/0000-0002-1825-0097\n   Writertwo, Paul/0000-0002-3333-5555}}"
    )

    assert record.title == "A title in two lines"
    assert [(person.family, person.orcid) for person in record.authors] == [
        ("Writerone", "0000-0002-1825-0097"),
        ("Writertwo", None),
    ]
    assert record.journal.iso_abbreviation == "Dummy J."
    assert (record.journal.issn_print, record.journal.issn_electronic) == ("4444-1221", "4444-1223")
    assert record.published == PartialDate(2022, 3)
    assert record.electronic == PartialDate(2022, 2)
    assert (record.citation_count, record.reference_count) == (12, 34)
    assert record.pages == "6756"
    assert record.publication_types == ("Journal Article",)


def test_scopus_dialect():
    record = one(
        "title={T}, note={cited By 12}, document_type={Review}, abbrev_source_title={J. Pediatr.}, "
        "journal={Journal of Pediatrics}, author_keywords={Sarcoma;  Child}, language={English}, "
        "pubmed_id={33355555}, art_number={108}, source={Scopus}"
    )

    assert record.citation_count == 12
    assert record.note is None
    assert record.publication_types == ("Review",)
    assert record.journal.title == "Journal of Pediatrics"
    assert record.keywords == ("Sarcoma", "Child")
    assert record.languages == ("eng",)
    assert (record.pmid, record.pages) == ("33355555", "108")


def test_biblatex_dialect():
    record = one(
        "title={Main}, subtitle={Sub}, journaltitle={Cancer}, shortjournal={Cancer}, number=4, "
        "date={2021-07}, pages={217--64}, langid={english}, issn={0008-543X, 1097-0142}"
    )

    assert record.title == "Main: Sub"
    assert record.journal.title == "Cancer"
    assert (record.journal.issn_print, record.journal.issn_electronic) == ("0008-543X", "1097-0142")
    assert record.pages == "217-264"
    assert record.issue == "4"
    assert record.languages == ("eng",)


def test_chapter_has_its_book():
    record = one(
        "title={Chapter}, booktitle={Book}, editor={Doe, Jane}, publisher={Wiley \\& Sons}, "
        "address={New York}, isbn={978-0-12-345678-6; 978-0-12-345679-3}",
        kind="incollection",
    )

    assert record.title == "Chapter"
    assert record.book.title == "Book"
    assert record.book.publisher == "Wiley & Sons"
    assert record.book.place == "New York"
    assert record.book.isbns == ("978-0-12-345678-6", "978-0-12-345679-3")
    assert [editor.name for editor in record.book.editors] == ["Doe, Jane"]
    assert record.journal is None
    assert record.publication_types == ("Book Chapter",)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("one, two", ("one", "two")),
        ("one; two, three", ("one", "two, three")),
        ("{Models, Theoretical}", ("Models, Theoretical",)),
        ("{a; b}, c", ("a; b", "c")),
        ("{one; two}", ("one", "two")),
        ("same; same", ("same",)),
    ],
)
def test_keywords_of_every_separator(written, expected):
    assert one(f"title={{T}}, keywords = {{{written}}}").keywords == expected


def test_tags_of_our_exports_are_no_keywords():
    record = one(r"title={T}, keywords = {Child; RMS Review: car\_t (rejected)}")

    assert record.keywords == ("Child",)
    assert record.tags == (TagLabel(therapy_class="car_t", state="rejected"),)


def test_abstract_with_script_and_sup():
    record = one(
        "title={T}, abstract = {BACKGROUND: About 50% of 10<sup>6</sup><script>alert(1)</script>"
        " cells. RESULTS: $\\alpha$ \\& P <0.05 for ~50.}"
    )

    assert record.abstract_sections == (
        AbstractSection(
            "BACKGROUND", "About 50% of 106 cells.", "About 50% of 10<sup>6</sup> cells."
        ),
        AbstractSection("RESULTS", "α & P <0.05 for ~50."),
    )


def test_windows_1252_file_is_decoded():
    (record,) = entries("@article{a, title = {Müller’s tumour}}".encode("cp1252"))

    assert record.title == "Müller’s tumour"
    assert read_one(record.raw, "bibtex") == record


def test_long_title_and_3000_authors_are_kept():
    people = " and ".join(f"Family{number}, A." for number in range(3000))

    record = one(f"title = {{{'word ' * 2000}}}, author = {{{people}}}")

    assert len(record.title) == 9999
    assert len(record.authors) == 3000


@pytest.mark.parametrize("text", [
    "@article{a, title = {" + "{" * 20_000,
    "@article{a, title = {" + "\\" * 20_000 + "}}",
    "@article{a, title = {T}, x = {" + "$" * 20_000 + "}}",
    "@article{a, title = {" + "$a " * 20_000 + "}}",
    "@article{" * 10_000,
    "@" * 50_000,
    "\n@article{a,\n title = {T},\n" * 3_000,
    "@article{a, " + "x " * 50_000 + "}",
    "@article{a, " + "a" * 100_000,
    "@string{a = {x}}\n" * 5_000 + "@article{k, title = a}",
    "@article{a, title = {T}, author = {" + "a and " * 5_000 + "}}",
])  # fmt: skip
def test_read_takes_hostile_input_in_linear_time(text):
    begin = time.perf_counter()

    found = entries(text)

    assert time.perf_counter() - begin < 5
    assert all(isinstance(entry, Record | Rejected) for entry in found)


WHOLE = (
    '@string{j = "J"}\n@article{a1,\n title = {{A {\\"u} $x^2$}},\n author = "Doe, {J} and {G}",\n'
    " year = 2020, month = jan # {~} # j,\n doi = {10.1000/x}\n}\n"
)


@given(
    st.lists(st.tuples(st.integers(0, len(WHOLE)), st.sampled_from('{}"@,=#\\\n$(~ a')), max_size=6)
)
def test_damage_never_raises_and_what_is_read_is_read_again(changes):
    text = WHOLE
    for at, sign in changes:
        text = text[:at] + sign + text[at + 1 :]

    for entry in entries(text + "\n" + WHOLE):
        if isinstance(entry, Record):
            assert read_one(entry.raw, "bibtex") == entry
        else:
            assert entry.reason


@pytest.mark.parametrize("head", [
    "@article{a,\n title={A}}", "% Encoding: UTF-8\n\n@Article {a,", "@comment{x}\n@misc(a,",
])  # fmt: skip
def test_detect_bibtex(head):
    assert detect(InputFile.from_bytes(head.encode())).name == "bibtex"


@pytest.mark.parametrize("head", ["title,email\nA,a@b.c{", "@media (print) { a {} }", "TY  - JOUR"])
def test_detect_refuses_what_is_no_bibtex(head):
    from papers.formats import bibtex

    assert bibtex.detect(head) == 0


def facts_of(record: Record, fact: str, expected: object) -> tuple[object, object]:
    """(what the record says, what it should say) of one fact of an answer key."""
    if fact == "title_raw":
        return record.title, plain_from_latex(str(expected))
    if fact == "journal_raw":
        return record.journal.title if record.journal else None, plain_from_latex(str(expected))
    if fact == "doi":
        return record.doi, normalise_doi(expected)
    if fact == "year":
        return record.published.year if record.published else None, expected
    if fact == "n_authors":
        return len(record.authors), expected
    said = record.raw.decode().partition("{")  # the entry's own type and key
    return {"type": said[0].strip(" @").lower(), "key": said[2].partition(",")[0].strip()}[
        fact
    ], expected


def test_answer_keys_hold(shared):
    folder = shared / "payloads/bibtex/colrev"
    failures, total = [], 0

    for name, key in json.loads((folder / "expected.json").read_text()).items():
        records = list(read(InputFile.from_path(folder / name)))
        assert len(records) == key["n_records"] == len(key["records"]), name
        for record, facts in zip(records, key["records"], strict=True):
            for fact, expected in facts.items():
                total += 1
                said, right = facts_of(record, fact, expected)
                if said != right:
                    failures.append((name, fact, right, said))

    assert not failures, f"{total - len(failures)} of {total} facts; {failures}"
    assert total == 67


def test_every_payload_is_read_again_from_its_own_text(shared):
    paths = sorted((shared / "payloads").rglob("*.bib"))

    records = [
        entry
        for path in paths
        for entry in read(InputFile.from_path(path), "bibtex")
        if isinstance(entry, Record)
    ]

    assert len(records) > 15
    assert [read_one(record.raw, record.format) for record in records] == records


def test_spill_of_a_real_export_keeps_the_title(shared):
    path = shared / "payloads/bibtex/colrev/ebsco_bib.bib"

    assert [record.title for record in read(InputFile.from_path(path))] == [
        "Paper title.",
        "When sharing fixes prices.",
    ]
