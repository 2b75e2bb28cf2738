"""The queue's page and its addresses, as plain forms and as its script uses them."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from papers.models import Decision, Lease, Paper, Tag
from papers.services import desk
from papers.services.suggesting import read_awaiting
from regimens.models import TherapyClass

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("vocabulary")]

PAGE = reverse("papers:curate")
DECIDE, UNDO = reverse("papers:curate_decide"), reverse("papers:curate_undo")
NEXT, LEAVE = reverse("papers:curate_next"), reverse("papers:curate_leave")
JSON = {"headers": {"accept": "application/json"}}


@pytest.fixture
def ada(sign_in):
    return sign_in("curator", "ada")


@pytest.fixture
def ben(sign_in):
    return sign_in("curator", "ben")


@pytest.fixture
def papers(acquire):
    """Three papers that wait: on temsirolimus, on CAR-T cells, on neither."""
    found = acquire(
        {
            "title": "Temsirolimus in relapsed rhabdomyosarcoma",
            "abstract": "Temsirolimus <was> given.",
        },
        {"title": "GD2 CAR-T cells in children with rhabdomyosarcoma"},
        {"title": "MYOD1 mutations"},
    )
    list(read_awaiting())
    return found


def said(paper: Paper, *on: str, **more: Any) -> dict[str, Any]:
    return {
        "key": uuid.uuid4(),
        "paper": paper.pk,
        "kind": "decided",
        "on": on,
        "query": "",
        **more,
    }


def as_the_page_has_it(page: Any) -> dict[str, Any]:
    """The fields that the form of a page sends when one only presses "Accept"."""
    card = page["card"]
    choices = (*card.classes, *card.others)
    return {
        "key": page["key"],
        "seen": page["seen"],
        "on": [choice.token for choice in choices if choice.is_on],
        "offered": card.offered,
    }


def standing(paper: Paper) -> dict[str, str]:
    tags = Tag.objects.filter(paper=paper, is_current=True).exclude(state="withdrawn")
    return {tag.target.slug: tag.state for tag in tags}


# Without script


def test_the_page_shows_the_newest_paper_with_what_is_suggested_ticked(ada, papers):
    Paper.objects.filter(pk=papers[0].pk).update(created_at=timezone.now())
    page = ada.get(f"{PAGE}?search=temsirolimus").content.decode()

    assert 'value="class:targeted" data-name="Targeted therapy" checked' in page
    assert 'value="class:car_t" data-name="CAR-T cells">' in page
    assert '<input type="hidden" name="offered" value="class:targeted-mtor">' in page


def test_words_are_marked_and_nothing_of_the_source_is_markup(ada, papers):
    page = ada.get(f"{PAGE}?search=temsirolimus").content.decode()

    assert len(re.findall(r'<mark class="mention m-t"[^>]* data-letter="T">', page)) == 2
    assert "&lt;was&gt; given." in page


def test_a_quote_links_to_the_words_in_their_place(ada, papers):
    page = ada.get(f"{PAGE}?search=temsirolimus").content.decode()

    led_to = set(re.findall(r'<a class="words" href="#(in-[\w-]+)"', page))
    assert led_to
    assert led_to == set(re.findall(r'<mark [^>]*id="([\w-]+)"', page))


def test_a_retracted_paper_says_so(ada, papers):
    Paper.objects.filter(pk=papers[2].pk).update(status="retracted")

    assert "<b>Retracted.</b> Do not use its results." in ada.get(PAGE).content.decode()


def test_a_decision_leads_to_the_next_paper(ada, papers):
    answer = ada.post(DECIDE, said(papers[2], "class:car_t"), follow=True)

    assert answer.redirect_chain == [(PAGE, 302)]
    assert answer.context["card"].paper == papers[1]
    assert "CAR-T cells confirmed." in answer.content.decode()
    assert standing(papers[2]) == {"car_t": "confirmed"}


def test_what_was_offered_and_is_not_ticked_is_refused(ada, papers):
    ada.post(
        DECIDE, said(papers[0], "class:chemotherapy", offered=["class:targeted", "design:rct"])
    )

    assert standing(papers[0]) == {
        "chemotherapy": "confirmed", "targeted": "rejected", "rct": "rejected",
    }  # fmt: skip


def test_a_sub_class_of_a_class_that_is_refused_is_refused(ada, papers):
    ticked = ("class:chemotherapy", "class:targeted-mtor")
    ada.post(DECIDE, said(papers[0], *ticked, offered=["class:targeted", "class:targeted-mtor"]))

    assert standing(papers[0]) == {
        "chemotherapy": "confirmed", "targeted": "rejected", "targeted-mtor": "rejected",
    }  # fmt: skip


def test_what_is_chosen_from_the_list_of_all_is_confirmed_too(ada, papers):
    ada.post(DECIDE, said(papers[0], "class:targeted", add="regimen:vac"))

    assert standing(papers[0]) == {"targeted": "confirmed", "vac": "confirmed"}


@pytest.mark.parametrize("on", [(), ("design:rct",)])
def test_nothing_ticked_asks_and_keeps_what_was_written(ada, papers, on):
    answer = ada.post(DECIDE, said(papers[0], *on, offered="class:targeted", note="Hm"))

    page = answer.content.decode()
    assert answer.status_code == 400
    assert "No class or regimen is ticked." in page
    assert [c.token for c in answer.context["card"].classes if c.is_on] == []
    assert 'value="Hm"' in page
    assert not Decision.objects.exists()


def test_not_relevant_refuses_the_four_classes(ada, papers):
    ada.post(DECIDE, said(papers[2], kind="irrelevant"))

    assert standing(papers[2]) == dict.fromkeys(
        TherapyClass.objects.filter(parent=None).values_list("slug", flat=True), "rejected"
    )


def test_later_comes_last(ada, papers):
    ada.post(DECIDE, said(papers[2], kind="later"))

    assert ada.get(PAGE).context["card"].paper == papers[1]


def test_undo_brings_the_paper_back(ada, papers):
    ada.post(DECIDE, said(papers[2], "class:car_t"))
    ada.post(DECIDE, said(papers[1], "class:car_t"))

    answer = ada.post(UNDO, {"query": "order=surest"}, follow=True)

    assert answer.redirect_chain == [(f"{PAGE}?order=surest&paper={papers[1].pk}", 302)]
    assert answer.context["card"].paper == papers[1]
    assert standing(papers[1]) == {}
    assert standing(papers[2]) == {"car_t": "confirmed"}


def test_the_decision_in_the_list_is_the_one_that_is_taken_back(ada, papers):
    first = said(papers[2], "class:car_t")
    ada.post(DECIDE, first)
    ada.post(DECIDE, said(papers[1], "class:car_t"))

    ada.post(UNDO, {"key": first["key"]})

    assert standing(papers[2]) == {}
    assert standing(papers[1]) == {"car_t": "confirmed"}


@pytest.mark.parametrize("key", ["nonsense", "6f9a1c2e-0d53-4b6e-9a55-3c1b6a7d2f10"])
def test_a_key_that_names_nothing_takes_nothing_back(ada, papers, key):
    ada.post(DECIDE, said(papers[2], "class:car_t"))

    answer = ada.post(UNDO, {"key": key}, follow=True)

    assert "There is no decision of yours to take back." in answer.content.decode()
    assert standing(papers[2]) == {"car_t": "confirmed"}


def test_the_filter_stays_in_the_address(ada, papers):
    answer = ada.post(
        DECIDE, said(papers[1], "class:car_t", query="search=cells&page=2&order=surest")
    )

    assert answer["Location"] == f"{PAGE}?order=surest&search=cells"


def test_leaving_gives_the_papers_back(ada, ben, papers):
    page = ada.get(PAGE).context
    assert page["card"].paper == papers[2]
    assert ben.get(PAGE).context["card"].paper == papers[1]

    ada.post(LEAVE, {"held": papers[2].pk, "page": page["queue"].page})

    assert ben.get(f"{PAGE}?search=myod1").context["card"].paper == papers[2]


def test_a_reload_keeps_its_paper_though_the_page_before_is_heard_to_close_late(ada, papers):
    before = ada.get(PAGE).context["queue"].page
    ada.get(PAGE)

    ada.post(LEAVE, {"held": papers[2].pk, "page": before})

    assert Lease.objects.get().paper == papers[2]


def test_closing_one_of_two_tabs_keeps_what_the_other_has(ada, papers):
    one, two = (ada.get(PAGE).context["queue"].page for _ in range(2))
    shown = f"{papers[2].pk}:0"
    ada.post(NEXT, {"held": shown, "page": two})
    ada.post(NEXT, {"held": shown, "page": one})

    ada.post(LEAVE, {"held": [paper.pk for paper in papers], "page": one})

    assert Lease.objects.filter(paper=papers[2], page=two).exists()


@pytest.mark.parametrize("page", ["", "nonsense"])
def test_a_page_that_is_none_gives_back_nothing(ada, papers, page):
    ada.get(PAGE)

    ada.post(LEAVE, {"held": papers[2].pk, "page": page})

    assert Lease.objects.exists()


def test_a_stale_card_asks_again_and_keeps_what_was_written(ada, ben, papers):
    opened = ada.get(PAGE).context["seen"]
    ben.post(DECIDE, said(papers[2], "class:car_t"))

    stale = said(papers[2], "class:targeted", note="Hm", add="regimen:vac", seen=opened)
    answer = ada.post(DECIDE, stale)

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "ben has decided on this paper since you opened it: CAR-T cells confirmed." in page
    ticked = [choice.token for choice in answer.context["card"].classes if choice.is_on]
    assert ticked == ["class:targeted", "class:car_t"], "nobody has refused what ben says"
    assert 'value="Hm"' in page
    assert '<option value="regimen:vac" selected>' in page
    assert standing(papers[2]) == {"car_t": "confirmed"}

    ada.post(DECIDE, stale | as_the_page_has_it(answer.context))
    assert standing(papers[2]) == dict.fromkeys(("targeted", "car_t", "vac"), "confirmed")


def test_what_was_refused_before_somebody_said_so_stays_refused(ada, ben, papers):
    opened = ada.get(PAGE).context["seen"]
    ben.post(DECIDE, said(papers[2], "class:car_t"))

    stale = said(papers[2], "class:targeted", offered="class:car_t", seen=opened)
    answer = ada.post(DECIDE, stale)

    ticked = [choice.token for choice in answer.context["card"].classes if choice.is_on]
    assert ticked == ["class:targeted"]
    ada.post(DECIDE, stale | as_the_page_has_it(answer.context))
    assert standing(papers[2]) == {"targeted": "confirmed", "car_t": "rejected"}


def test_the_same_form_sent_with_other_ticks_is_refused(ada, papers):
    sent = said(papers[2], "class:car_t")
    ada.post(DECIDE, sent)

    page = ada.post(DECIDE, sent | {"on": ["class:targeted"]}, follow=True).content.decode()

    assert "You have decided this paper already; take that back first." in page
    assert "Targeted therapy confirmed." not in page
    assert standing(papers[2]) == {"car_t": "confirmed"}


@pytest.mark.parametrize("query", ["order=zzz", "therapy_class=magic", "year_min=soon"])
def test_a_query_that_cannot_be_read_stops_no_form(ada, papers, query):
    decided = ada.post(DECIDE, said(papers[2], "class:car_t", query=query), follow=True)
    asked = ada.post(DECIDE, said(papers[1], query=query))
    undone = ada.post(UNDO, {"query": query}, follow=True)
    ahead = ada.post(NEXT, {"query": query})

    assert [decided.status_code, undone.status_code, ahead.status_code] == [200] * 3
    assert asked.status_code == 400
    assert "No class or regimen is ticked." in asked.content.decode()


def test_coming_again_shows_the_same_paper(ada, papers):
    assert ada.get(PAGE).context["card"].paper == ada.get(PAGE).context["card"].paper


def test_a_paper_on_another_desk_is_not_opened(ada, ben, papers):
    ben.get(PAGE)

    answer = ada.get(f"{PAGE}?paper={papers[2].pk}", follow=True)

    assert "lies on somebody else’s desk" in answer.content.decode().replace("&#x27;", "’")
    assert answer.context["card"].paper == papers[1]


@pytest.mark.parametrize("paper", ["0", "x", "99999999999999999999999"])
def test_a_paper_that_is_none_leads_to_the_queue(ada, papers, paper):
    answer = ada.get(f"{PAGE}?paper={paper}", follow=True)

    assert "There is no such paper in the library." in answer.content.decode()
    assert answer.status_code == 200


def test_highlights_that_are_off_stay_off(ada, papers):
    answer = ada.get(f"{PAGE}?marks=off&order=surest")

    assert answer["Location"] == f"{PAGE}?order=surest"
    assert 'class="desk is-plain"' in ada.get(PAGE).content.decode()
    ada.get(f"{PAGE}?marks=on")
    assert 'class="desk is-plain"' not in ada.get(PAGE).content.decode()


def test_a_second_opinion_says_that_others_words_are_hidden(ada, ben, papers):
    ben.post(DECIDE, said(papers[2], "class:car_t", note="Surely"))

    page = ada.get(f"{PAGE}?opinion=second").content.decode()

    assert "What others said of these papers is hidden" in page
    assert "Confirmed by" not in page
    assert "Surely" not in page


# Why there is nothing


def test_nothing_waits(ada):
    assert "<b>Nothing waits.</b>" in ada.get(PAGE).content.decode()


def test_nothing_matches(ada, papers):
    page = ada.get(f"{PAGE}?year_min=2090").content.decode()

    assert "<b>No paper that waits matches.</b>" in page
    assert "3 papers wait without this filter." in page


def test_all_lies_elsewhere(ada, ben, papers, settings):
    settings.CURATE_LEASE_S = 240
    desk.take([paper.pk for paper in papers], by=ben.person)

    page = ada.get(PAGE).content.decode()

    assert "Everything that is left lies on other desks." in page
    assert "in about 4 minutes" in page


def test_a_filter_that_cannot_be_read_says_why(ada, papers):
    answer = ada.get(f"{PAGE}?therapy_class=magic&year_min=soon")

    assert answer.status_code == 400
    assert "There is no therapy class “magic”." in answer.content.decode()
    assert not Lease.objects.exists()


# As the script uses it


def held(answer) -> list[int]:
    return [card["paper"] for card in answer.json()["cards"]]


def test_the_script_gets_the_next_two_papers_and_they_are_its_own(ada, ben, papers):
    ada.get(PAGE)

    answer = ada.post(NEXT, {"query": "", "held": [papers[2].pk]})

    assert held(answer) == [papers[1].pk, papers[0].pk]
    assert answer.json()["lost"] == []
    assert "Everything that is left lies on other desks." in ben.get(PAGE).content.decode()


def test_a_card_is_what_the_page_would_show(ada, papers):
    page = ada.get(f"{PAGE}?search=temsirolimus").content.decode()

    [card] = ada.post(NEXT, {"query": "search=temsirolimus"}).json()["cards"]

    assert card["article"].strip() in page
    assert card["choices"].strip() in page
    assert card["title"] == papers[0].title


def test_a_decision_answers_with_what_is_missing_behind_the_shown_one(ada, papers):
    answer = ada.post(DECIDE, said(papers[2], "class:car_t", held=[papers[1].pk]), **JSON)

    assert held(answer) == [papers[0].pk]
    assert answer.json()["said"] == "CAR-T cells confirmed."
    assert answer.json()["progress"] == {"decided": 1, "total": 3, "minutes": None}


def test_what_is_decided_there_and_not_heard_of_here_is_not_sent_again(ada, papers):
    answer = ada.post(NEXT, {"query": "", "pending": [papers[2].pk]})

    assert held(answer) == [papers[1].pk, papers[0].pk]


def test_a_paper_that_went_to_another_desk_is_told(ada, ben, papers):
    desk.take([papers[2].pk], by=ben.person)

    answer = ada.post(NEXT, {"query": "", "held": [papers[2].pk]})

    assert answer.json()["lost"] == [papers[2].pk]


def test_a_paper_that_was_decided_elsewhere_is_lost_and_off_the_desk(ada, ben, papers):
    ada.get(PAGE)
    [card, _] = ada.post(NEXT, {"held": f"{papers[2].pk}:0"}).json()["cards"]
    ben.post(DECIDE, said(papers[1], "class:car_t"))

    both = [f"{papers[2].pk}:0", f"{card['paper']}:{card['seen']}"]
    answer = ada.post(NEXT, {"held": both})

    assert answer.json()["lost"] == [papers[1].pk]
    assert not Lease.objects.filter(paper=papers[1]).exists()


def test_a_stale_card_is_answered_with_a_sentence_and_where_to_look_again(ada, ben, papers):
    ben.post(DECIDE, said(papers[2], "class:car_t"))

    stale = said(papers[2], "class:targeted", seen=0, query="order=surest")
    answer = ada.post(DECIDE, stale, **JSON)

    assert answer.status_code == 409
    assert answer.json() == {
        "error": "ben has decided on this paper since you opened it: CAR-T cells confirmed. "
        "Look at it again.",
        "look": f"{PAGE}?order=surest&paper={papers[2].pk}",
    }
    assert Decision.objects.count() == 1


def test_a_second_opinion_overrules_the_first_but_nothing_that_came_later(ada, ben, papers):
    ben.post(DECIDE, said(papers[2], "class:car_t"))
    [card] = ada.post(NEXT, {"query": "opinion=second"}).json()["cards"]
    opinion = said(papers[2], "class:targeted", seen=card["seen"], query="opinion=second")
    ben.post(DECIDE, said(papers[2], "class:chemotherapy"))

    refused = ada.post(DECIDE, opinion, **JSON)
    assert refused.status_code == 409
    assert "Chemotherapy" not in refused.json()["error"]

    [card] = ada.post(NEXT, {"query": "opinion=second"}).json()["cards"]
    assert ada.post(DECIDE, opinion | {"seen": card["seen"]}, **JSON).status_code == 200


@pytest.mark.parametrize("address", [DECIDE, UNDO])
def test_nothing_is_recorded_under_another_persons_name(ada, ben, papers, address):
    sent = said(papers[2], "class:car_t", by=ben.person.pk)

    answer = ada.post(address, sent, **JSON)

    assert answer.status_code == 401
    assert "Somebody else is signed in here now." in answer.json()["error"]
    assert not Decision.objects.exists()
    assert ada.post(DECIDE, sent | {"by": ada.person.pk}, **JSON).status_code == 200


def test_a_decision_that_is_sent_again_counts_once(ada, papers):
    sent = said(papers[2], "class:car_t")

    answers = [ada.post(DECIDE, sent, **JSON).status_code for _ in range(2)]

    assert answers == [200, 200]
    assert (Decision.objects.count(), Tag.objects.count()) == (1, 1)


def test_undo_that_is_sent_again_undoes_once(ada, papers):
    sent = said(papers[2], "class:car_t")
    ada.post(DECIDE, said(papers[1], "class:car_t"), **JSON)
    ada.post(DECIDE, sent, **JSON)

    answers = [ada.post(UNDO, {"key": sent["key"]}, **JSON).status_code for _ in range(2)]

    assert answers == [200, 200]
    assert standing(papers[1]) == {"car_t": "confirmed"}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"on": []}, "No class or regimen is ticked."),
        ({"on": ["class:magic"]}, "There is no class “magic”."),
        ({"on": ["class:a\x00"]}, "a character that no name has"),
        ({"seen": "x"}, "Enter a whole number."),
        ({"on": ["colour:red"]}, "“colour” is nothing to say of a paper."),
        ({"paper": "9" * 30}, "less than or equal"),
        ({"kind": "maybe"}, "maybe is not one of the available choices."),
        ({"key": "1"}, "valid UUID"),
        ({"note": "n" * 3000}, "at most 2000 characters"),
    ],
)
def test_what_cannot_be_recorded_is_refused_with_a_sentence(ada, papers, change, sentence):
    answer = ada.post(DECIDE, said(papers[0], "class:car_t") | change, **JSON)

    assert answer.status_code == 400
    assert sentence in answer.json()["error"]
    assert not Decision.objects.exists()


def test_a_paper_that_is_gone_is_refused_with_a_sentence(ada, papers):
    answer = ada.post(DECIDE, said(papers[0], "class:car_t") | {"paper": 987654}, **JSON)

    assert answer.status_code == 409
    assert "no longer in the library" in answer.json()["error"]


def test_undo_over_a_later_word_is_refused_with_a_sentence(ada, ben, papers):
    sent = said(papers[2], "class:car_t")
    ada.post(DECIDE, sent, **JSON)
    seen = desk.last_words([papers[2].pk])[papers[2].pk]
    overrules = said(papers[2], "class:targeted", offered="class:car_t", seen=seen)
    ben.post(DECIDE, overrules, **JSON)

    answer = ada.post(UNDO, {"key": sent["key"]}, **JSON)

    assert answer.status_code == 409
    assert "decided on these papers since" in answer.json()["error"]


@pytest.mark.parametrize("query", ["therapy_class=magic", "order=magic", "search=%22"])
def test_a_filter_that_cannot_be_read_stops_no_decision(ada, papers, query):
    answer = ada.post(DECIDE, said(papers[2], "class:car_t", query=query), **JSON)

    assert answer.status_code == 200
    assert Decision.objects.count() == 1
    assert answer.json()["cards"], "the papers that it cannot narrow down come next"


def test_no_paper_is_laid_before_somebody_who_signed_in_since(ada, ben, papers):
    page = ada.get(PAGE).context
    Lease.objects.all().delete()

    answer = ben.post(NEXT, {"by": page["user"].pk}, **JSON)

    assert answer.status_code == 401
    assert "Somebody else is signed in here now" in answer.json()["error"]
    assert not Lease.objects.exists()


def test_the_navigation_says_how_many_wait(ada, sign_in, papers):
    assert '<span class="pill">3<span' in ada.get(reverse("papers:about")).content.decode()
    reader = sign_in("reader", "reader").get(reverse("papers:about")).content.decode()
    assert "Queue" not in reader


@pytest.mark.parametrize("count", [1, 12])
def test_a_decision_asks_a_constant_number_of_queries(
    ada, acquire, count, django_assert_num_queries
):
    found = acquire(*({"title": f"Temsirolimus {n}"} for n in range(count + 4)))
    list(read_awaiting())
    shown = [paper.pk for paper in found[::-1][1:3]]
    ada.post(NEXT, {"query": "", "held": shown})
    ada.post(DECIDE, said(found[0], "class:car_t"), **JSON)

    # PostgreSQL is asked for the library's lock, twice.
    with django_assert_num_queries(QUERIES + 2 * (connection.vendor == "postgresql")):
        ada.post(DECIDE, said(found[-1], "class:targeted", held=shown), **JSON)


QUERIES = 40


def test_a_filter_that_is_done_says_so(ada, papers):
    for paper in papers:
        ada.post(DECIDE, said(paper, kind="irrelevant") | {"query": "year_min=1900"})

    page = ada.get(f"{PAGE}?year_min=1900").content.decode()

    assert f"<b>Done: {len(papers)} papers decided, and no other matches.</b>" in page
