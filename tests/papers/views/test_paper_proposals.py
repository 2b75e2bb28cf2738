"""What the machine proposes on a paper's page: with its reason, each quote in its place."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.urls import reverse

from papers.models import Paper, Suggestion
from papers.services.correcting import correct_paper
from papers.services.suggesting import read_awaiting
from regimens.proposals import RULES_VERSION

ARTICLE = """
<PubmedArticle><MedlineCitation Status="MEDLINE"><PMID Version="1">31562043</PMID>
<Article PubModel="Print"><Journal><JournalIssue><PubDate><Year>2019</Year></PubDate></JournalIssue>
<Title>Cancer</Title></Journal>
<ArticleTitle>Temsirolimus in relapsed <i>PAX3</i> rhabdomyosarcoma: a phase 2 trial</ArticleTitle>
<Abstract><AbstractText Label="AIM">We study temsirolimus with <i>bevacizumab</i> &amp; more.</AbstractText>
<AbstractText Label="RESULTS">Tumours shrank after vincristine and irinotecan.</AbstractText></Abstract>
<Language>eng</Language><PublicationTypeList><PublicationType>Journal Article</PublicationType></PublicationTypeList></Article>
<ChemicalList><Chemical><RegistryNumber>0</RegistryNumber><NameOfSubstance UI="C1">temsirolimus</NameOfSubstance></Chemical></ChemicalList>
<MeshHeadingList><MeshHeading><DescriptorName UI="D016685" MajorTopicYN="N">Vincristine</DescriptorName>
<QualifierName UI="Q1" MajorTopicYN="N">therapeutic use</QualifierName></MeshHeading></MeshHeadingList>
<KeywordList Owner="NOTNLM"><Keyword MajorTopicYN="N">sirolimus</Keyword></KeywordList></MedlineCitation>
<PubmedData><ArticleIdList><ArticleId IdType="pubmed">31562043</ArticleId></ArticleIdList></PubmedData></PubmedArticle>"""


@pytest.fixture
def paper(vocabulary, acquire_pubmed) -> Paper:
    paper = acquire_pubmed(ARTICLE)
    list(read_awaiting())
    return paper


@pytest.fixture
def curator(sign_in):
    return sign_in("curator")


def page_of(browser, paper) -> str:
    return unescape(browser.get(paper.get_absolute_url()).content.decode())


def quote(paper: Paper, slug: str, field: str, words: str, item: int | None = None) -> None:
    """Make the proposal of the class rest on these words."""
    text = getattr(paper, field)
    if item is not None:
        entry = text[item]
        text = entry if isinstance(entry, str) else entry.get("name") or entry["descriptor"]
    start = text.index(words)
    Suggestion.objects.filter(paper=paper, therapy_class__slug=slug).update(
        quotes=[{"field": field, "item": item, "start": start, "end": start + len(words), "text": words}]
    )  # fmt: skip


def row(page: str, name: str) -> str:
    """The row of a main class in the panel of tags."""
    panel = page.split('<ul class="lines tagging">')[1]
    return panel.split(f'<span class="cls-name">{name}</span>')[1].split('class="cls m-')[0]


def test_a_proposal_shows_its_strength_rule_version_and_buttons(curator, paper):
    page = page_of(curator, paper)

    said = row(page, "Targeted therapy")
    assert "waiting</span>" in said
    assert re.search(r"<b>strong</b> <span[^>]*>0\.\d\d</span>: named in the title", said)
    assert f"rules version {RULES_VERSION}" in said
    assert 'href="#in-title-0" data-shows="in-title-0">“Temsirolimus”</a>' in said
    assert 'value="confirmed"' in said
    assert 'value="rejected"' in said


def test_what_is_not_proposed_is_neither_dashed_nor_filled(curator, paper):
    page = page_of(curator, paper)

    assert '<span class="cls m-k is-unsaid">' in page
    assert "nothing said</span>" in row(page, "CAR-T cells")


def test_sub_classes_settings_and_designs_are_proposed_too(curator, paper):
    page = page_of(curator, paper)

    for target in ("class:targeted-mtor", "setting:relapsed_refractory", "design:"):
        assert f'<input type="hidden" name="target" value="{target}' in page


def test_every_quote_leads_to_a_mark_that_is_there_once(curator, paper):
    page = page_of(curator, paper)

    led_to = set(re.findall(r'href="#(in-[\w-]+)"', page))
    there = re.findall(r'<mark [^>]*id="(in-[\w-]+)"', page)
    assert led_to == set(there)
    assert len(there) == len(set(there))


def test_marks_keep_the_markup_of_title_and_abstract(curator, paper):
    quote(paper, "targeted", "title", "relapsed PAX3 rhabdo")
    quote(paper, "targeted-mtor", "abstract", "with bevacizumab")

    page = page_of(curator, paper)

    place = paper.title.index("relapsed")
    assert (
        f'<mark class="mention m-t" id="in-title-{place}" data-place="in-title-{place}">relapsed </mark>'
        f'<i><mark class="mention m-t" data-place="in-title-{place}">PAX3</mark></i>'
    ) in page
    assert re.search(
        r"temsirolimus <mark[^>]*>with </mark><i><mark[^>]*>bevacizumab</mark></i>", page
    )


@pytest.mark.parametrize(
    ("field", "words", "item", "shown"),
    [
        ("abstract", "vincristine", None, r"Tumours shrank after <mark [^>]*>vincristine</mark> and"),
        ("keywords", "sirolimus", 0, r"<dd><mark [^>]*>sirolimus</mark></dd>"),
        ("substances", "temsirolimus", 0, r"<dd><mark [^>]*>temsirolimus</mark></dd>"),
        ("mesh_headings", "Vincristine", 0, r"<a [^>]*><mark [^>]*>Vincristine</mark></a>"),
    ],
)  # fmt: skip
def test_a_quote_is_marked_where_it_stands(curator, paper, field, words, item, shown):
    quote(paper, "targeted", field, words, item)

    assert re.search(shown, page_of(curator, paper))


def test_a_quote_whose_words_have_changed_says_so_and_marks_nothing(curator, paper, sign_in):
    quote(paper, "targeted", "title", "Temsirolimus")
    correct_paper(
        paper=paper, changes={"title": "Xtemsirolimus in RMS"}, note="", by=sign_in("editor").person
    )

    page = page_of(curator, paper)

    assert "The words have changed since; they will be read again." in row(page, "Targeted therapy")
    assert 'id="in-title-0"' not in page
    assert '<span class="words is-stale">“Temsirolimus”</span>' in page


def test_sections_that_do_not_stand_in_the_abstract_are_shown_without_marks(curator, paper):
    Paper.objects.update(
        abstract_sections=[
            {"label": "AIM", "text": "Other words than the abstract's."},
            {"label": None, "text": "With <.", "html": "<b>With</b> &lt;."},
        ]
    )
    quote(paper, "targeted", "abstract", "vincristine")

    page = page_of(curator, paper)
    abstract = page.split('<div class="abstract"')[1].split("</div>")[0]

    assert "Other words than the abstract's." in abstract
    assert "<b>With</b>" in abstract
    assert "<mark" not in abstract
    assert '<span class="words">“vincristine”</span>' in page  # a link would lead nowhere


@pytest.mark.parametrize("html", ["Temsirolimus", "Xtemsirolimus in <i>relapsed</i>"])
def test_a_title_whose_markup_says_other_words_has_neither_marks_nor_links(curator, paper, html):
    quote(paper, "targeted", "title", "Temsirolimus")
    Paper.objects.update(title_html=html)

    page = page_of(curator, paper)

    assert f'<h1 dir="auto">{html}</h1>' in page
    assert 'href="#in-title-0"' not in page


def test_a_stale_entry_of_a_list_breaks_nothing(curator, paper):
    quote(paper, "targeted", "keywords", "sirolimus", 0)
    Paper.objects.update(keywords=[])

    assert "will be read again" in row(page_of(curator, paper), "Targeted therapy")


def test_script_in_a_title_stays_text(curator, paper):
    Paper.objects.update(title="<script>x</script> temsirolimus", title_html="")

    answer = curator.get(paper.get_absolute_url()).content.decode()

    assert "&lt;script&gt;x&lt;/script&gt; temsirolimus" in answer
    assert "<script>x" not in answer


def test_what_is_decided_folds_away_with_what_had_been_proposed(curator, paper, say):
    say("confirmed", "targeted", paper)
    say("rejected", "chemotherapy", paper)

    page = page_of(curator, paper)
    folded = page.split("What the machine had proposed (")[1].split("</details>")[0]

    assert "<b>strong</b>" not in row(page, "Targeted therapy").split('class="below"')[0]
    assert 'Targeted therapy</span><span class="hidden-visually">, confirmed</span>' in folded
    assert "named in the title" in folded
    # The sub-class of what is refused goes with it.
    assert 'value="class:chemotherapy-' not in page.split("Sub-class, regimen")[0]


def test_taking_a_word_back_makes_the_proposal_wait_again(curator, paper, say):
    say("confirmed", "targeted", paper)
    say("withdrawn", "targeted", paper)

    assert "named in the title" in row(page_of(curator, paper), "Targeted therapy")


def test_confirming_a_proposal_keeps_what_the_machine_had_said(curator, paper):
    curator.post(
        reverse("papers:paper_tag", args=[paper.pk]),
        {"target": "class:targeted", "state": "confirmed"},
    )

    [tag] = paper.tags.all()
    assert (tag.rule, tag.rule_version) == ("named in the title", RULES_VERSION)


def test_readers_see_the_proposals_and_no_buttons(sign_in, paper):
    page = page_of(sign_in("reader"), paper)

    assert "named in the title" in row(page, "Targeted therapy")
    assert "<form" not in row(page, "Targeted therapy")


def test_tagging_by_htmx_answers_with_the_links_to_the_quotes(curator, paper):
    answer = curator.post(
        reverse("papers:paper_tag", args=[paper.pk]),
        {"target": "class:car_t", "state": "rejected"},
        headers={"HX-Request": "true"},
    )

    assert 'href="#in-title-0"' in answer.content.decode()


def test_the_page_asks_as_much_with_many_proposals_as_with_none(curator, paper):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    curator.get(paper.get_absolute_url())
    with CaptureQueriesContext(connection) as many:
        curator.get(paper.get_absolute_url())
    assert Suggestion.objects.filter(paper=paper).count() > 5
    Suggestion.objects.exclude(pk=Suggestion.objects.first().pk).delete()

    with CaptureQueriesContext(connection) as few:
        curator.get(paper.get_absolute_url())

    assert len(many) == len(few)
