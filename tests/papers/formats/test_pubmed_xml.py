"""PubMed XML: every quirk of sources.md 1.5, and the answer keys of real replies."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from papers.formats import InputFile, Unreadable, detect, read, read_one
from papers.formats.pubmed_article import relation_name
from papers.formats.text import normalise_pages
from papers.records import Deleted, PartialDate, Record, Rejected, Related, Source

HEAD = (
    '<?xml version="1.0" ?>\n'
    '<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN" '
    '"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">\n<PubmedArticleSet>\n'
)


def article(pmid: str = "1", *, inside: str = "", citation: str = "", data: str = "") -> str:
    return (
        f'<PubmedArticle><MedlineCitation Status="MEDLINE"><PMID Version="1">{pmid}</PMID>'
        f"<Article>{inside}</Article>{citation}</MedlineCitation>"
        f"<PubmedData>{data}</PubmedData></PubmedArticle>\n"
    )


def entries(content: str | bytes, format_name: str | None = None) -> list:
    raw = content.encode() if isinstance(content, str) else content
    return list(read(InputFile.from_bytes(raw), format_name))


def one(**parts: str) -> Record:
    (record,) = entries(HEAD + article(**parts) + "</PubmedArticleSet>")
    assert isinstance(record, Record), record
    return record


def test_read_gives_each_record_its_bytes_line_and_place():
    first, second = entries(HEAD + article("1") + article("2") + "</PubmedArticleSet>")

    assert [first.pmid, second.pmid] == ["1", "2"]
    assert [first.line, second.line] == [4, 5]
    assert [first.position, second.position] == [1, 2]
    assert first.source == Source.PUBMED
    assert first.raw.decode() == article("1").strip()


def test_read_empty_set_is_no_error():
    assert entries(HEAD + "</PubmedArticleSet>") == []


def test_title_keeps_markup_beside_the_plain_text():
    record = one(
        inside="<ArticleTitle>FGFR4 <i>V550E</i>\n in 10<sup>6</sup> cells &lt; 5.</ArticleTitle>"
    )

    assert record.title == "FGFR4 V550E in 106 cells < 5."
    assert record.title_html == "FGFR4 <i>V550E</i> in 10<sup>6</sup> cells &lt; 5."


def test_title_missing_is_the_vernacular_one():
    record = one(inside="<ArticleTitle/><VernacularTitle>Das Rhabdomyosarkom.</VernacularTitle>")

    assert record.title == record.original_title == "Das Rhabdomyosarkom."


def test_markup_typed_as_text_is_taken_as_markup():
    record = one(
        inside="<ArticleTitle>x</ArticleTitle><Abstract><AbstractText>A"
        "&lt;script&gt;alert(1)&lt;/script&gt; 10&lt;sup&gt;6&lt;/sup&gt; P &lt; 0.05"
        "</AbstractText></Abstract>"
    )

    assert record.abstract == "A 106 P < 0.05"
    assert record.abstract_sections[0].html == "A 10<sup>6</sup> P &lt; 0.05"


def test_abstract_keeps_its_labels_and_drops_empty_parts():
    record = one(
        inside='<Abstract><AbstractText Label="PURPOSE" NlmCategory="OBJECTIVE">To see.</AbstractText>'
        '<AbstractText Label="RESULTS"/><AbstractText>None.</AbstractText>'
        "<CopyrightInformation>© Somebody</CopyrightInformation></Abstract>"
    )

    assert [(part.label, part.text) for part in record.abstract_sections] == [
        ("PURPOSE", "To see."),
        (None, "None."),
    ]
    assert record.abstract_copyright == "© Somebody"


DOI_CASES = {
    "valid location": (
        '<ELocationID EIdType="doi" ValidYN="Y">10.1000/Own</ELocationID>',
        '<ArticleIdList><ArticleId IdType="doi">10.1000/other</ArticleId></ArticleIdList>',
        "10.1000/own",
    ),
    "invalid location": (
        '<ELocationID EIdType="doi" ValidYN="N">10.1000/wrong</ELocationID>',
        '<ArticleIdList><ArticleId IdType="doi">10.1000/listed</ArticleId></ArticleIdList>',
        "10.1000/listed",
    ),
    "only a reference has one": (
        "",
        "<ReferenceList><Reference><ArticleIdList>"
        '<ArticleId IdType="doi">10.1000/trap</ArticleId></ArticleIdList></Reference></ReferenceList>',
        None,
    ),
}


@pytest.mark.parametrize(("inside", "data", "doi"), DOI_CASES.values(), ids=DOI_CASES)
def test_doi_is_the_articles_own(inside, data, doi):
    record = one(inside=inside, data=data)

    assert record.doi == doi


def test_doi_that_is_none_is_left_out_with_a_remark():
    record = one(inside='<ELocationID EIdType="doi" ValidYN="Y">see publisher</ELocationID>')

    assert record.doi is None
    assert record.remarks == ("DOI 'see publisher' is not valid and was left out.",)


DATES = {
    "<Year>2021</Year><Month>Jul</Month><Day>01</Day>": PartialDate(2021, 7, 1),
    "<Year>2021</Year><Month>07</Month>": PartialDate(2021, 7),
    "<Year>2000</Year><Season>Spring</Season>": PartialDate(2000, text="Spring"),
    "<MedlineDate>1998 Dec-1999 Jan</MedlineDate>": PartialDate(1998, text="1998 Dec-1999 Jan"),
    "<MedlineDate>2000 Spring-Summer</MedlineDate>": PartialDate(2000, text="2000 Spring-Summer"),
    "<Year>20225</Year>": None,
}


@pytest.mark.parametrize(("written", "date"), DATES.items())
def test_date_has_the_precision_that_was_given(written, date):
    issue = f"<Journal><JournalIssue><PubDate>{written}</PubDate></JournalIssue></Journal>"

    assert one(inside=issue).published == date


def test_electronic_date_stays_beside_that_of_the_issue():
    record = one(
        inside="<Journal><JournalIssue><PubDate><Year>2022</Year></PubDate></JournalIssue></Journal>"
        '<ArticleDate DateType="Electronic"><Year>2021</Year><Month>12</Month><Day>30</Day></ArticleDate>'
    )

    assert record.published == PartialDate(2022)
    assert record.electronic == PartialDate(2021, 12, 30)


def test_authors_are_people_and_groups_that_pubmed_still_holds_valid():
    record = one(
        inside='<AuthorList CompleteYN="N">'
        '<Author ValidYN="N"><LastName>Wrong</LastName></Author>'
        '<Author ValidYN="Y"><LastName>Di Carlo</LastName><ForeName>Daniela</ForeName><Initials>D</Initials>'
        '<Suffix>Jr</Suffix><Identifier Source="ORCID">http://orcid.org/0000000218250097</Identifier>'
        "<AffiliationInfo><Affiliation>Padova.</Affiliation></AffiliationInfo>"
        "<AffiliationInfo><Affiliation>Paris.</Affiliation></AffiliationInfo></Author>"
        "<Author><CollectiveName>EpSSG</CollectiveName></Author></AuthorList>",
        citation="<InvestigatorList><Investigator><LastName>Not</LastName></Investigator></InvestigatorList>",
    )

    person, group = record.authors
    assert (person.name, person.suffix, person.orcid) == (
        "Di Carlo, Daniela",
        "Jr",
        "0000-0002-1825-0097",
    )
    assert person.affiliations == ("Padova.", "Paris.")
    assert (group.name, group.is_collective) == ("EpSSG", True)


def test_mesh_keeps_stars_and_qualifiers():
    record = one(
        citation='<MeshHeadingList><MeshHeading><DescriptorName UI="D012208" MajorTopicYN="N">'
        'Rhabdomyosarcoma</DescriptorName><QualifierName UI="Q000188" MajorTopicYN="Y">drug therapy'
        "</QualifierName></MeshHeading></MeshHeadingList>"
    )

    (heading,) = record.mesh_headings
    assert (heading.descriptor, heading.ui, heading.is_major) == (
        "Rhabdomyosarcoma",
        "D012208",
        False,
    )
    assert [(q.name, q.is_major) for q in heading.qualifiers] == [("drug therapy", True)]


def test_substances_keywords_and_trials_are_read():
    record = one(
        inside="<DataBankList><DataBank><DataBankName>ClinicalTrials.gov</DataBankName><AccessionNumberList>"
        "<AccessionNumber>NCT00354744</AccessionNumber></AccessionNumberList></DataBank>"
        "<DataBank><DataBankName>GEO</DataBankName><AccessionNumberList>"
        "<AccessionNumber>GSE1</AccessionNumber></AccessionNumberList></DataBank></DataBankList>",
        citation="<ChemicalList><Chemical><RegistryNumber>0</RegistryNumber>"
        '<NameOfSubstance UI="D014750">Vincristine</NameOfSubstance></Chemical></ChemicalList>'
        '<KeywordList Owner="NOTNLM"><Keyword>a</Keyword></KeywordList>'
        '<KeywordList Owner="NASA"><Keyword>a</Keyword><Keyword>b</Keyword></KeywordList>',
    )

    assert record.trial_registrations == ("NCT00354744",)
    assert [(s.name, s.registry_number) for s in record.substances] == [("Vincristine", None)]
    assert record.keywords == ("a", "b")


def test_relations_are_read_with_and_without_pmid():
    record = one(
        citation='<CommentsCorrectionsList><CommentsCorrections RefType="RetractionIn">'
        "<RefSource>Cancer. 2020;1:2. doi: 10.1000/Retr</RefSource></CommentsCorrections>"
        '<CommentsCorrections RefType="CommentOn"><RefSource>Lancet</RefSource><PMID Version="1">12</PMID>'
        "</CommentsCorrections></CommentsCorrectionsList>"
    )

    assert record.related == (
        Related("retraction_in", None, "10.1000/retr", "Cancer. 2020;1:2. doi: 10.1000/Retr"),
        Related("comment_on", "12", None, "Lancet"),
    )


@pytest.mark.parametrize(
    ("ref_type", "name"),
    [
        ("RetractionIn", "retraction_in"),
        ("ExpressionOfConcernFor", "expression_of_concern_for"),
        ("CorrectedandRepublishedIn", "corrected_and_republished_in"),
        ("RetractedandRepublishedFrom", "retracted_and_republished_from"),
        ("Cites", "cites"),
    ],
)
def test_relation_name_is_the_ref_type_in_snake_case(ref_type, name):
    assert relation_name(ref_type) == name


PAGES = {
    "<MedlinePgn>309-20</MedlinePgn>": "309-320",
    "<StartPage>217</StartPage><EndPage>264</EndPage>": "217-264",
    "<StartPage>1</StartPage><EndPage>9</EndPage><MedlinePgn>1-9</MedlinePgn>": "1-9",
    "<MedlinePgn>e28904</MedlinePgn>": "e28904",
}


@pytest.mark.parametrize(("written", "pages"), PAGES.items())
def test_pages_are_whole(written, pages):
    assert one(inside=f"<Pagination>{written}</Pagination>").pages == pages


def test_delete_citation_withdraws_each_pmid():
    deleted = entries(
        HEAD + article("1") + "<DeleteCitation><PMID>7</PMID><PMID>8</PMID></DeleteCitation>"
        "</PubmedArticleSet>"
    )[1:]

    assert [(entry.source, entry.source_id) for entry in deleted] == [
        (Source.PUBMED, "7"),
        (Source.PUBMED, "8"),
    ]
    assert all(isinstance(entry, Deleted) for entry in deleted)


def test_revision_date_and_version_are_kept():
    record = one(
        citation="<DateRevised><Year>2020</Year><Month>06</Month><Day>30</Day></DateRevised>"
    )

    assert (record.revised, record.pmid_version) == (dt.date(2020, 6, 30), 1)


BAD_PIECES = {
    "PMID 0": (article("0"), "PMID '0' is not a PMID."),
    "no PMID": ("<PubmedArticle><MedlineCitation/></PubmedArticle>", "The record has no PMID."),
    "broken markup": ("<PubmedArticle><b></PubmedArticle>", "not well-formed"),
    "undeclared entity": (
        article("3", inside="<ArticleTitle>&lol;</ArticleTitle>"),
        "not well-formed",
    ),
    "no end": ("<PubmedArticle><MedlineCitation>", "has no end"),
}


@pytest.mark.parametrize(("piece", "reason"), BAD_PIECES.values(), ids=BAD_PIECES)
def test_bad_piece_is_rejected_beside_its_neighbours(piece, reason):
    first, bad, last = entries(
        HEAD + article("1") + piece + "\n" + article("2") + "</PubmedArticleSet>"
    )

    assert (first.pmid, last.pmid) == ("1", "2")
    assert isinstance(bad, Rejected)
    assert (bad.line, bad.position) == (5, 2)
    assert reason in bad.reason


def test_file_cut_in_its_last_record_keeps_the_others():
    whole = HEAD + article("1") + article("2", inside="<ArticleTitle>Lost</ArticleTitle>")

    first, cut = entries(whole[: whole.index("Lost")])

    assert first.pmid == "1"
    assert isinstance(cut, Rejected)
    assert "cut off" in cut.reason


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE PubmedArticleSet [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;">]>',
        '<!DOCTYPE PubmedArticleSet [<!ENTITY file SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE PubmedArticleSet [<!ENTITY % far SYSTEM "http://127.0.0.1:9/x.dtd"> %far;]>',
    ],
)
def test_declared_entities_are_refused_before_anything_is_read(doctype):
    content = f'<?xml version="1.0"?>{doctype}<PubmedArticleSet>{article("1")}</PubmedArticleSet>'

    with pytest.raises(Unreadable, match="declares entities"):
        entries(content)


def test_external_document_type_is_never_opened():
    content = (
        '<!DOCTYPE PubmedArticleSet SYSTEM "http://127.0.0.1:9/never.dtd">'
        f"<PubmedArticleSet>{article('1')}</PubmedArticleSet>"
    )

    assert [record.pmid for record in entries(content)] == ["1"]


ENCODINGS = {
    "declared and right": ("iso-8859-1", "iso-8859-1"),
    "says UTF-8, is Windows": ("utf-8", "cp1252"),
    "says Latin 1, is UTF-8": ("iso-8859-1", "utf-8"),
    "UTF-16 with its mark": ("utf-16", "utf-16"),
    "says something unknown": ("x-unknown", "utf-8"),
}


@pytest.mark.parametrize(("declared", "actual"), ENCODINGS.values(), ids=ENCODINGS)
def test_encoding_is_the_bytes_own(declared, actual):
    content = (
        f'<?xml version="1.0" encoding="{declared}"?><PubmedArticleSet>'
        + article("1", inside="<ArticleTitle>Müller’s é</ArticleTitle>".replace("’", "'"))
        + "</PubmedArticleSet>"
    )

    (record,) = entries(content.encode(actual))

    assert record.title == "Müller's é"


def test_record_longer_than_a_chunk_is_whole():
    names = "".join(
        f"<Author><LastName>Name{number}</LastName><ForeName>A</ForeName></Author>"
        for number in range(9000)
    )

    first, second = entries(
        HEAD
        + article("1", inside=f"<AuthorList>{names}</AuthorList>")
        + article("2")
        + "</PubmedArticleSet>"
    )

    assert (len(first.authors), second.pmid, second.line) == (9000, "2", 5)


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        ("<eFetchResult><ERROR>Empty Response</ERROR></eFetchResult>", "Empty Response"),
        ("<eSearchResult><Count>3</Count></eSearchResult>", "lists ids and no records"),
    ],
)
def test_reply_that_holds_no_records_is_an_error_and_not_an_empty_file(reply, words):
    with pytest.raises(Unreadable, match=words):
        entries(reply)


def test_book_chapter_stands_in_its_book():
    (record,) = entries(
        "<PubmedBookArticle><BookDocument><PMID>20301577</PMID><ArticleIdList>"
        '<ArticleId IdType="bookaccession">NBK1403</ArticleId></ArticleIdList><Book><Publisher>'
        "<PublisherName>UW</PublisherName><PublisherLocation>Seattle</PublisherLocation></Publisher>"
        "<BookTitle>GeneReviews</BookTitle><PubDate><Year>1993</Year></PubDate>"
        '<AuthorList Type="editors"><Author><LastName>Adam</LastName></Author></AuthorList>'
        "<Isbn>9781860163593</Isbn></Book><ArticleTitle>Disorders</ArticleTitle><Language>eng</Language>"
        '<AuthorList Type="authors"><Author><LastName>Napolitano</LastName></Author></AuthorList>'
        "<PublicationType>Review</PublicationType><ContributionDate><Year>2006</Year></ContributionDate>"
        "</BookDocument></PubmedBookArticle>",
    )

    assert (record.title, record.published) == ("Disorders", PartialDate(2006))
    assert [author.name for author in record.authors] == ["Napolitano"]
    assert (record.book.title, record.book.published) == ("GeneReviews", PartialDate(1993))
    assert record.book.accession == "NBK1403"
    assert [editor.name for editor in record.book.editors] == ["Adam"]


def test_book_without_chapters_speaks_for_itself():
    (record,) = entries(
        "<PubmedBookArticle><BookDocument><PMID>21413195</PMID><Book><BookTitle>Guideline</BookTitle>"
        "<PubDate><Year>2009</Year><Month>02</Month></PubDate>"
        '<AuthorList Type="authors"><Author><CollectiveName>NCC</CollectiveName></Author></AuthorList>'
        "</Book></BookDocument></PubmedBookArticle>"
    )

    assert (record.title, record.published) == ("Guideline", PartialDate(2009, 2))
    assert record.authors[0].is_collective


KEYS = ("baseline_slices", "biopython_eutils", "jabref", "metapub_efetch", "metapub_other")


@pytest.mark.parametrize("folder", KEYS)
def test_real_replies_hold_every_fact_of_their_key(shared, folder):
    total, failures = 0, []
    path = shared / "payloads/pubmed" / folder
    for name, key in json.loads((path / "expected.json").read_text()).items():
        if "records" not in key:
            continue
        records = [e for e in read(InputFile.from_path(path / name)) if isinstance(e, Record)]
        assert len(records) == key["n_records"], name
        for record, facts in zip(records, key["records"], strict=True):
            for fact, expected in facts.items():
                total += 1
                said = FACTS[fact](record)
                if not _holds(fact, said, expected):
                    failures.append(f"{name} {record.pmid} {fact}: {said!r}, expected {expected!r}")
    assert not failures, f"{total - len(failures)} of {total} facts\n" + "\n".join(failures)


@pytest.mark.parametrize("folder", KEYS)
def test_real_records_read_the_same_from_their_stored_bytes(shared, folder):
    for path in sorted((shared / "payloads/pubmed" / folder).glob("*.xml")):
        file = InputFile.from_path(path)
        if detect(file).name != "pubmed_xml" or b"Result" in file.head[:400]:
            continue
        for record in read(file):
            assert read_one(record.raw, record.format) == record


def _holds(fact, said, expected):
    if fact == "doi":
        return said == (expected and expected.lower())
    if fact == "pages":
        return said == normalise_pages(expected)
    if fact == "trap_first_reference_doi":
        return said != expected.lower()
    return said == expected


def _name(author):
    if author.is_collective:
        return {"collective": author.name}
    said = {"last": author.family, "fore": author.given, "initials": author.initials}
    return said | ({"suffix": author.suffix} if author.suffix else {})


def _plain(author):
    return {key: value for key, value in _name(author).items() if value}


FACTS = {
    "kind": lambda r: "book" if r.book else "article",
    "pmid": lambda r: r.pmid,
    "pmid_version": lambda r: str(r.pmid_version),
    "doi": lambda r: r.doi,
    "pmc": lambda r: r.pmcid,
    "pii": lambda r: dict(r.other_ids).get("pii"),
    "title": lambda r: r.title,
    "title_markup": lambda r: [
        m for m in ("b", "i", "sub", "sup", "u") if f"<{m}>" in (r.title_html or "")
    ],
    "journal": lambda r: r.journal.title,
    "iso": lambda r: r.journal.iso_abbreviation,
    "issn": lambda r: r.journal.issn_electronic or r.journal.issn_print,
    "issn_linking": lambda r: r.journal.issn_linking,
    "nlm_id": lambda r: r.journal.nlm_id,
    "volume": lambda r: r.volume,
    "issue": lambda r: r.issue,
    "pages": lambda r: r.pages,
    "year": lambda r: (r.published or r.electronic).year,
    "month": lambda r: r.published.month,
    "day": lambda r: r.published.day,
    "season": lambda r: r.published.text,
    "languages": lambda r: list(r.languages),
    "pub_types": lambda r: list(r.publication_types),
    "abstract_labels": lambda r: [part.label for part in r.abstract_sections],
    "abstract_chars": lambda r: len(" ".join(part.text for part in r.abstract_sections)),
    "n_mesh": lambda r: len(r.mesh_headings),
    "mesh_major": lambda r: sorted(
        h.descriptor for h in r.mesh_headings if h.is_major or any(q.is_major for q in h.qualifiers)
    ),
    "n_mesh_qualifiers": lambda r: sum(len(h.qualifiers) for h in r.mesh_headings),
    "n_grants": lambda r: len(r.grants),
    "n_references": lambda r: r.reference_count,
    "n_keywords": lambda r: len(r.keywords),
    "n_chemicals": lambda r: len(r.substances),
    "n_orcid": lambda r: sum(1 for a in r.authors if a.orcid),
    "n_collective": lambda r: sum(1 for a in r.authors if a.is_collective),
    "n_authors": lambda r: len(r.authors),
    "first_author": lambda r: _plain(r.authors[0]),
    "last_author": lambda r: _plain(r.authors[-1]),
    "status": lambda r: r.medline_status,
    "publication_status": lambda r: r.publication_status,
    "article_dates": lambda r: [r.electronic.iso()],
    "bookaccession": lambda r: r.book.accession,
    "book_title": lambda r: r.book.title,
    "publisher": lambda r: r.book.publisher,
    "book_year": lambda r: r.book.published.year,
    "contribution_date": lambda r: r.published.year,
    "isbn": lambda r: list(r.book.isbns),
    "relations": lambda r: [
        [x.type.replace("_", " ").title().replace(" ", ""), x.pmid] for x in r.related
    ],
    "trap_first_reference_doi": lambda r: r.doi,
}
