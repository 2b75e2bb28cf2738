"""A paper's page: what the sources say, what people say, and where each word comes from."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.urls import reverse

from papers.models import Author, Authorship, Paper, Relation

ARTICLE = """
<PubmedArticle><MedlineCitation Status="MEDLINE"><PMID Version="1">31562043</PMID>
<Article PubModel="Print-Electronic"><Journal><ISSN IssnType="Electronic">1474-5488</ISSN>
<JournalIssue><Volume>20</Volume><Issue>11</Issue><PubDate><Year>2019</Year><Month>Nov</Month></PubDate>
</JournalIssue><Title>The Lancet. Oncology</Title><ISOAbbreviation>Lancet Oncol</ISOAbbreviation></Journal>
<ArticleTitle>Maintenance in RMS: H<sub>2</sub>O</ArticleTitle>
<Pagination><MedlinePgn>1566-1575</MedlinePgn></Pagination>
<Abstract><AbstractText Label="BACKGROUND" NlmCategory="BACKGROUND">Why <i>in vivo</i>.</AbstractText>
<AbstractText Label="FINDINGS" NlmCategory="RESULTS">Survival rose.</AbstractText></Abstract>
<AuthorList CompleteYN="Y"><Author ValidYN="Y"><LastName>Bisogno</LastName><ForeName>Gianni</ForeName>
<Initials>G</Initials><Identifier Source="ORCID">0000-0002-1825-0097</Identifier>
<AffiliationInfo><Affiliation>Padova, Italy</Affiliation></AffiliationInfo></Author>
<Author ValidYN="Y"><CollectiveName>European paediatric Soft tissue sarcoma Study Group</CollectiveName></Author>
</AuthorList><Language>eng</Language>
<DataBankList CompleteYN="Y"><DataBank><DataBankName>ClinicalTrials.gov</DataBankName>
<AccessionNumberList><AccessionNumber>NCT00339118</AccessionNumber></AccessionNumberList></DataBank></DataBankList>
<GrantList CompleteYN="Y"><Grant><GrantID>C1</GrantID><Agency>Cancer Research UK</Agency><Country>UK</Country></Grant></GrantList>
<PublicationTypeList><PublicationType UI="D016428">Journal Article</PublicationType></PublicationTypeList></Article>
<MeshHeadingList><MeshHeading><DescriptorName UI="D012208" MajorTopicYN="N">Rhabdomyosarcoma</DescriptorName>
<QualifierName UI="Q000188" MajorTopicYN="Y">drug therapy</QualifierName></MeshHeading></MeshHeadingList>
<CommentsCorrectionsList><CommentsCorrections RefType="RetractionIn"><RefSource>Lancet Oncol. 2021;22:1</RefSource>
<PMID Version="1">999</PMID></CommentsCorrections></CommentsCorrectionsList>
<KeywordList Owner="NOTNLM"><Keyword MajorTopicYN="N">vinorelbine</Keyword></KeywordList></MedlineCitation>
<PubmedData><PublicationStatus>ppublish</PublicationStatus><ArticleIdList>
<ArticleId IdType="pubmed">31562043</ArticleId><ArticleId IdType="doi">10.1016/S1470-2045(19)30617-5</ArticleId>
<ArticleId IdType="pmc">PMC123</ArticleId></ArticleIdList></PubmedData></PubmedArticle>"""

ITEM = {"title": "Maintainance in RMS", "PMID": "101", "DOI": "10.1000/one"}


@pytest.fixture
def article(acquire_pubmed):
    return acquire_pubmed(ARTICLE)


@pytest.fixture
def paper(acquire):
    acquire(ITEM)
    return Paper.objects.get(pmid="101")


@pytest.fixture
def reader(sign_in):
    return sign_in("reader")


@pytest.fixture
def editor(sign_in):
    return sign_in("editor")


def text(answer) -> str:
    return unescape(answer.content.decode())


def page_of(browser, paper) -> str:
    return text(browser.get(paper.get_absolute_url()))


def address(name, paper, field="title") -> str:
    return reverse(f"papers:{name}", args=[paper.pk, field])


# What the sources say


@pytest.mark.parametrize(
    "piece",
    [
        '<h1 dir="auto">Maintenance in RMS: H<sub>2</sub>O</h1>',
        "<h3>Background</h3><p>Why <i>in vivo</i>.</p>",
        "<h3>Findings</h3><p>Survival rose.</p>",
        'href="https://orcid.org/0000-0002-1825-0097"',
        "Padova, Italy",
        '<span class="small faint">group</span>',
        "<i>The Lancet. Oncology</i></a>, November 2019; 20(11): 1566-1575.",
        "https://meshb.nlm.nih.gov/record/ui?ui=D012208",
        '/ drug therapy<b aria-hidden="true">*</b>',
        "vinorelbine",
        'href="https://clinicaltrials.gov/study/NCT00339118"',
        "Cancer Research UK",
        'href="https://doi.org/10.1016/s1470-2045%2819%2930617-5"',
        'href="https://pubmed.ncbi.nlm.nih.gov/31562043/"',
        'href="https://pmc.ncbi.nlm.nih.gov/articles/PMC123/"',
        "Journal Article",
    ],
)
def test_paper_shows(reader, article, piece):
    assert piece in page_of(reader, article)


def test_paper_that_is_retracted_leads_to_the_notice(reader, article):
    banner = page_of(reader, article).split('role="note"')[1].split("</div>")[0]

    assert "<b>Retracted.</b> Do not use its results." in banner
    assert '<a href="https://pubmed.ncbi.nlm.nih.gov/999/">Lancet Oncol. 2021;22:1</a>' in banner


def test_paper_leads_to_related_papers_in_the_library(reader, paper, acquire):
    notice = acquire({"title": "Notice", "PMID": "900"})[1]
    Relation.objects.create(paper=paper, type="erratum_in", pmid="900", citation="Cancer 2022")
    Relation.objects.create(paper=paper, type="comment_in", pmid="901", citation="Cancer 2023")

    related = page_of(reader, paper).split('id="related"')[1].split("</section>")[0]

    assert re.findall(r'<a href="([^"]+)">', related) == [
        notice.get_absolute_url(),
        "https://pubmed.ncbi.nlm.nih.gov/901/",
    ]
    assert related.count("in the library") == 1


@pytest.mark.parametrize(
    ("stored", "shown"), [("2021", "2021"), ("2021-07", "July 2021"), ("2021-07-01", "1 July 2021")]
)
def test_paper_shows_a_date_as_precise_as_it_is(reader, paper, stored, shown):
    Paper.objects.update(publication_date=stored)

    assert f"No journal given, {shown}." in page_of(reader, paper)


def test_paper_shows_the_book_that_it_stands_in(reader, paper):
    Paper.objects.update(
        book={"title": "PDQ Summaries", "publisher": "NCI", "place": "Bethesda",
              "isbns": ["9780000000000"], "accession": "NBK65802", "editors": ["Roe, Jane"],
              "publication_date": "2002"}
    )  # fmt: skip

    page = page_of(reader, paper)

    assert "In: <i>PDQ Summaries</i>, NCI" in page
    assert "NCI, Bethesda" in page
    assert 'href="https://www.ncbi.nlm.nih.gov/books/NBK65802/"' in page
    assert "Roe, Jane" in page


def test_paper_says_what_was_left_out(reader, paper):
    Paper.objects.update(remarks=["PMID '0' is not a PMID"])

    assert "PMID '0' is not a PMID" in page_of(reader, paper)


def test_paper_with_scripts_in_its_words_runs_none(reader, paper):
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    Paper.objects.update(
        title=evil, title_html=f"<i>RMS</i>{evil}", original_title=evil + ".",
        abstract_sections=[{"label": evil, "text": evil, "html": f"<b>x</b>{evil}"}],
        keywords=[evil], mesh_headings=[{"descriptor": evil, "ui": '"><script>', "qualifiers": []}],
        remarks=[evil], open_access={"is_open": True, "url": "javascript:alert(1)"},
    )  # fmt: skip

    page = reader.get(paper.get_absolute_url()).content.decode()

    assert "<i>RMS</i>" in page
    assert "<script>alert" not in page
    assert "<img" not in page
    assert "javascript:" not in page
    assert '"><script>' not in page


def test_paper_with_3000_authors_folds_them(reader, paper):
    authors = Author.objects.bulk_create(Author(name=f"Author, N{n}") for n in range(3000))
    Authorship.objects.bulk_create(
        Authorship(
            paper=paper, author=author, position=place, name=author.name,
            affiliations=[f"Hospital {place}"],
        )
        for place, author in enumerate(authors, start=1)
    )  # fmt: skip

    page = page_of(reader, paper)

    byline, folded = page.split("2,970 more authors")
    assert byline.count(">Author, N") == 30
    assert ">Author, N2999</a>" in folded
    assert ">Hospital 3000</span>" in folded


def test_paper_of_nobody_is_not_found(reader):
    assert reader.get(reverse("papers:paper", args=[99])).status_code == 404


@pytest.mark.parametrize("count", [1, 50])
def test_paper_asks_a_constant_number_of_queries(
    editor, paper, say, count, django_assert_num_queries
):
    for n in range(count):
        author = Author.objects.create(name=f"Author {n}")
        Authorship.objects.create(paper=paper, author=author, position=n + 1, name=author.name)
        Relation.objects.create(paper=paper, type="comment_in", pmid=str(500 + n))
        for slug in ("car_t", "mixed", "refractory", "rct"):
            say("confirmed" if n % 2 else "rejected", slug, paper)
    editor.get(paper.get_absolute_url())

    with django_assert_num_queries(QUERIES):
        editor.get(paper.get_absolute_url())


QUERIES = 23
"""Settings and designs are read once for their panels and once for the menu with the note."""


# Where each word comes from


def test_paper_says_for_each_field_where_it_comes_from(reader, article):
    facts = {fact.name: fact for fact in reader.get(article.get_absolute_url()).context["facts"]}

    record = article.source_records.get()
    assert facts["volume"].value == "20"
    assert facts["volume"].source == record
    assert facts["mesh_headings"].value == "1"
    assert facts["trial_registrations"].value == "NCT00339118"
    assert facts["open_access"].value == ""


def test_paper_has_a_row_for_everything_that_has_an_origin(reader, article):
    shown = {fact.name for fact in reader.get(article.get_absolute_url()).context["facts"]}

    assert set(article.provenance) - shown <= {"related", "title_html", "pmid_version", "revised"}


def test_source_is_the_raw_text_and_never_a_page(reader, article):
    record = article.source_records.get()

    answer = reader.get(reverse("papers:source", args=[article.pk, record.pk]))

    assert answer.content == record.raw
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_source_of_another_paper_is_not_found(reader, article, paper):
    record = article.source_records.get()

    assert reader.get(reverse("papers:source", args=[paper.pk, record.pk])).status_code == 404


# Corrections


def test_correct_locks_the_field_and_tells_the_history(editor, paper):
    answer = editor.post(
        address("correct", paper), {"value": "Maintenance in RMS", "note": "typo"}, follow=True
    )

    page = text(answer)
    assert "Title corrected. No source will change it now." in page
    assert '<h1 dir="auto">Maintenance in RMS</h1>' in page
    assert "corrected by editor" in page
    history = answer.context["history"][0]
    assert history.sentence == "Corrected"
    assert [(row.label, row.old, row.new) for row in history.fields] == [
        ("title", "Maintainance in RMS", "Maintenance in RMS")
    ]
    assert history.change.note == "typo"


def test_correct_begins_with_what_is_shown(editor, paper):
    assert 'value="10.1000/one"' in text(editor.get(address("correct", paper, "doi")))


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("doi", "somewhere", "This is no DOI."),
        ("pmid", "0", "A PMID has 1 to 9 digits."),
        ("publication_date", "soon", "Write the date as 2021, 2021-07 or 2021-07-01."),
    ],
)
def test_correct_keeps_what_cannot_be_taken(editor, paper, field, typed, sentence):
    answer = editor.post(address("correct", paper, field), {"value": typed})

    assert answer.status_code == 400
    assert sentence in text(answer)
    assert f'value="{typed}"' in text(answer)
    assert paper.corrections.count() == 0


def test_correct_refuses_the_identifier_of_another_paper(editor, paper, acquire):
    acquire({"title": "Other", "PMID": "102"})

    answer = editor.post(address("correct", paper, "pmid"), {"value": "102"})

    assert "102 stands on paper" in text(answer)


def test_proposal_waits_until_a_person_follows_it(editor, paper, acquire):
    editor.post(address("correct", paper), {"value": "Maintenance in RMS"})
    acquire({**ITEM, "title": "Maintenance therapy in RMS"})
    assert 'Imported file now says: <q dir="auto">Maintenance therapy in RMS</q>' in page_of(
        editor, paper
    )

    answer = editor.post(address("release", paper), follow=True)

    assert "Title follows the sources again." in text(answer)
    assert '<h1 dir="auto">Maintenance therapy in RMS</h1>' in text(answer)


def test_proposal_can_be_dismissed(editor, paper, acquire):
    editor.post(address("correct", paper), {"value": "Maintenance in RMS"})
    acquire({**ITEM, "title": "Maintenance therapy in RMS"})

    answer = editor.post(address("dismiss", paper), follow=True)

    assert "Title stays as corrected." in text(answer)
    assert '<h1 dir="auto">Maintenance in RMS</h1>' in text(answer)
    assert "now says" not in text(answer)


@pytest.mark.parametrize("name", ["release", "dismiss"])
def test_nothing_to_take_back_is_no_news(editor, paper, name):
    answer = editor.post(address(name, paper), follow=True)

    assert list(answer.context["messages"]) == []


@pytest.mark.parametrize("name", ["correct", "release", "dismiss"])
def test_only_known_fields_are_corrected(editor, paper, name):
    assert editor.post(address(name, paper, "citation_count")).status_code == 404


@pytest.mark.parametrize("name", ["correct", "release", "dismiss"])
def test_corrections_are_for_editors(sign_in, paper, name):
    curator = sign_in("curator")

    assert curator.post(address(name, paper), {"value": "x"}).status_code == 403
    assert address("correct", paper) not in page_of(curator, paper)


# History


def test_history_tells_taggings_in_words(reader, paper, say):
    say("confirmed", "car_t", paper)
    say("rejected", "car_t", paper)
    say("withdrawn", "car_t", paper)

    history = reader.get(paper.get_absolute_url()).context["history"]

    assert [entry.sentence for entry in history] == [
        "CAR-T cells: taken back (was rejected)",
        "CAR-T cells: rejected (was confirmed)",
        "CAR-T cells: confirmed",
        "Added to the library",
    ]


def test_history_says_what_kind_a_setting_and_a_design_are(reader, paper, say):
    say("confirmed", "mixed", paper)
    say("withdrawn", "mixed", paper)
    say("rejected", "rct", paper)

    history = reader.get(paper.get_absolute_url()).context["history"]

    assert [entry.sentence for entry in history[:3]] == [
        "Design Randomised trial: rejected",
        "Setting Mixed: taken back (was confirmed)",
        "Setting Mixed: confirmed",
    ]


def test_strangers_read_no_names_of_people(client, paper, say, settings):
    say("confirmed", "car_t", paper)
    settings.PUBLIC_READ = True

    page = page_of(client, paper)

    assert "CAR-T cells" in page
    assert "colleague" not in page


# The panel of the vocabulary's pages


def test_panel_counts_and_names_the_papers(reader, acquire, say):
    papers = acquire(*({"title": f"Paper {n}", "PMID": str(300 + n)} for n in range(7)))
    say("confirmed", "car_t", *papers)

    page = text(reader.get(reverse("papers:panel"), {"therapy_class": "car_t"}))

    assert '<b class="num">7</b> papers</p>' in page
    assert page.count('class="paper-line"') == 5
    assert f'href="{reverse("papers:library")}?therapy_class=car_t">All 7 papers</a>' in page


def test_panel_of_a_drug_says_how_many_wait(reader, acquire, say):
    papers = acquire(
        {"title": "Vincristine once", "PMID": "301"}, {"title": "Vincristine twice", "PMID": "302"}
    )
    say("confirmed", "chemotherapy", papers[0])

    page = text(reader.get(reverse("papers:panel"), {"drug": "vincristine"}))

    assert '<b class="num">2</b> papers, 1 not tagged yet</p>' in page


def test_panel_of_nothing_says_when_there_will_be_something(reader, vocabulary):
    page = text(reader.get(reverse("papers:panel"), {"regimen": "ivado"}))

    assert "No paper yet." in page


def test_panel_of_an_unknown_class_is_a_bad_request(reader, vocabulary):
    answer = reader.get(reverse("papers:panel"), {"therapy_class": "cellular"})

    assert answer.status_code == 400
