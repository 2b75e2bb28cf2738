"""What lies before a curator: marked words, reasons in their place, what is ticked."""

from __future__ import annotations

import re

import pytest
from django.utils.html import strip_tags

from papers.models import Paper
from papers.services import desk
from papers.services.tagging import Statement, tag_papers

from .conftest import decide, propose, queue, target

pytestmark = pytest.mark.django_db

TITLE = "Temsirolimus in relapsed rhabdomyosarcoma"
ABSTRACT = "Vincristine was given. Temsirolimus was added."


def quote(text: str, field: str = "abstract", item: int | None = None, words: str = ABSTRACT):
    start = words.index(text)
    return {
        "field": field, "item": item, "start": start, "end": start + len(text), "text": text,
    }  # fmt: skip


@pytest.fixture
def paper(papers) -> int:
    [pk] = papers(
        1,
        title=TITLE,
        abstract=ABSTRACT,
        abstract_sections=[
            {"label": "METHODS", "text": "Vincristine was given."},
            {"label": "RESULTS", "text": "Temsirolimus was added."},
        ],
        keywords=["dactinomycin", "children"],
    )
    return pk


def card(by, paper: int, query: str = "") -> desk.Card:
    [found] = desk.cards([paper], queue=queue(by, query), by=by)
    return found


def marked(words: str) -> list[tuple[str, str]]:
    """(words, kind) of every mark."""
    return [
        (text, kind) for kind, text in re.findall(r'<mark class="mention m-(.)"[^>]*>(.*?)<', words)
    ]


def test_every_mention_is_marked_with_its_class(paper, ada):
    words = card(ada, paper).words

    assert words.title == (
        '<mark class="mention m-t" data-letter="T">Temsirolimus</mark> in relapsed rhabdomyosarcoma'
    )
    assert [(label, marked(text)) for label, text in words.sections] == [
        ("METHODS", [("Vincristine", "c")]),
        ("RESULTS", [("Temsirolimus", "t")]),
    ]
    assert [marked(text) for text in words.keywords] == [[("dactinomycin", "c")], []]


def test_no_character_of_the_text_is_lost(paper, ada):
    words = card(ada, paper).words

    assert strip_tags(words.title) == TITLE
    assert [strip_tags(text) for _, text in words.sections] == [
        "Vincristine was given.",
        "Temsirolimus was added.",
    ]


def test_marks_keep_the_markup_of_title_and_abstract(paper, ada):
    propose(paper, "targeted", 0.9, quote("relapsed", "title", words=TITLE))
    Paper.objects.filter(pk=paper).update(
        title_html="Temsi<i>rolimus</i> in <b>relapsed</b> rhabdomyosarcoma",
        abstract_sections=[{"label": None, "text": ABSTRACT, "html": f"<sup>{ABSTRACT}</sup>"}],
    )

    words = card(ada, paper).words

    assert words.title == (
        '<mark class="mention m-t">Temsi</mark>'
        '<i><mark class="mention m-t" data-letter="T">rolimus</mark></i> in '
        '<b><mark class="mention m-t" id="in-title-16" data-place="in-title-16" data-letter="T">'
        "relapsed</mark></b> rhabdomyosarcoma"
    )
    [(_, text)] = words.sections
    assert text.startswith('<sup><mark class="mention m-c" data-letter="C">Vincristine</mark> was')


def test_a_quote_names_the_mark_over_its_words(paper, ada):
    propose(paper, "targeted", 0.9, quote("Temsirolimus"))

    found = card(ada, paper)

    [shown] = found.classes[1].proposal.quotes
    assert (shown.where, shown.is_stale) == ("abstract", False)
    assert f'id="{shown.place}"' in found.words.sections[1][1]


def test_a_quote_across_a_mention_makes_one_mark_of_both(paper, ada):
    propose(paper, "rct", 0.9, quote("Vincristine was given"))

    found = card(ada, paper)

    assert marked(found.words.sections[0][1]) == [("Vincristine was given", "c")]
    [shown] = found.others[0].proposal.quotes
    assert f'id="{shown.place}"' in found.words.sections[0][1]


def test_a_stale_quote_is_words_without_a_mark(paper, ada):
    propose(paper, "targeted", 0.9, quote("Temsirolimus"))
    Paper.objects.filter(pk=paper).update(
        abstract="Nothing was given. So it was.", abstract_sections=[]
    )

    found = card(ada, paper)

    [shown] = found.classes[1].proposal.quotes
    assert (shown.text, shown.place, shown.is_stale) == ("Temsirolimus", "", True)
    assert found.words.sections == (("", "Nothing was given. So it was."),)


def test_strong_proposals_are_ticked_and_weak_ones_are_not(paper, ada):
    propose(paper, "targeted", 0.5)
    propose(paper, "chemotherapy", 0.49)
    propose(paper, "targeted-mtor", 0.6)
    propose(paper, "immunotherapy-adc", 0.3)
    propose(paper, "rct", 0.9)

    found = card(ada, paper)

    assert [(c.token, c.is_on, c.proposal and c.proposal.strength) for c in found.classes] == [
        ("class:chemotherapy", False, "weak"),
        ("class:targeted", True, "fair"),
        ("class:immunotherapy", False, None),
        ("class:car_t", False, None),
    ]
    assert [(c.token, c.is_on, c.proposal and c.proposal.strength) for c in found.others] == [
        ("class:targeted-mtor", True, "fair"),
        ("design:rct", True, "strong"),
    ]
    assert found.offered == ["class:targeted", "class:targeted-mtor", "design:rct"]


def test_a_persons_word_goes_before_the_machines(paper, ada, ben):
    propose(paper, "rct", 0.9)
    tag_papers(papers=[paper], statements=[Statement(target("rct"), "rejected")], by=ben)
    tag_papers(papers=[paper], statements=[Statement(target("maintenance"), "confirmed")], by=ben)

    found = card(ada, paper)

    assert [(c.token, c.is_on) for c in found.others] == [("setting:maintenance", True)]


def test_a_second_opinion_does_not_see_the_first(paper, ada, ben):
    propose(paper, "targeted", 0.9)
    decide(ben, paper, "car_t", rejected=["targeted"])

    found = card(ada, paper, "opinion=second")

    assert [c.token for c in found.classes if c.is_on] == ["class:targeted"]
    assert not any(c.tag for c in found.classes)


@pytest.mark.parametrize("count", [1, 6])
def test_cards_ask_a_constant_number_of_queries(papers, ada, count, django_assert_num_queries):
    ids = papers(count, title=TITLE)
    for pk in ids:
        propose(pk, "targeted", 0.9)
        propose(pk, "rct", 0.9)
        tag_papers(papers=[pk], statements=[Statement(target("car_t"), "rejected")], by=ada)
    desk.cards(ids, queue=queue(ada), by=ada)

    with django_assert_num_queries(9):
        desk.cards(ids, queue=queue(ada), by=ada)


def test_cards_without_a_word_on_them_ask_nothing_of_words(papers, ada, django_assert_num_queries):
    ids = papers(3, title=TITLE)
    desk.cards(ids, queue=queue(ada), by=ada)

    with django_assert_num_queries(7):
        desk.cards(ids, queue=queue(ada), by=ada)
