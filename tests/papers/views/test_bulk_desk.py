"""The bulk desk: choose proposals, see what would change, change it, take it back."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.urls import reverse

from papers.models import Paper, Suggestion, Tag
from papers.services.correcting import correct_paper
from papers.services.suggesting import read_awaiting

DESK, UNDO = reverse("papers:bulk_desk"), reverse("papers:undo")

ITEMS = (
    {"title": "Temsirolimus in relapsed rhabdomyosarcoma", "PMID": "101",
     "issued": {"date-parts": [[2015]]}, "abstract": "We know little. All were given temsirolimus "
     "and bevacizumab. They did well.", "container-title": "Cancer"},
    {"title": "GD2 CAR T cells for sarcoma", "PMID": "102", "issued": {"date-parts": [[2020]]}},
    {"title": "Everolimus for rhabdomyosarcoma", "PMID": "103", "issued": {"date-parts": [[2018]]}},
)  # fmt: skip


@pytest.fixture
def curator(sign_in, vocabulary):
    return sign_in("curator")


@pytest.fixture
def papers(vocabulary, acquire) -> list[Paper]:
    found = acquire(*ITEMS)
    list(read_awaiting())
    return found


def text(answer) -> str:
    return unescape(answer.content.decode())


def the(slug: str, paper: Paper) -> int:
    return Suggestion.objects.get(therapy_class__slug=slug, paper=paper).pk


def listed(answer) -> list[tuple[str, str]]:
    """(title, slug of what is proposed) of every row."""
    return [
        (str(row.paper), proposal.target.slug)
        for row in answer.context["rows"]
        for proposal, _ in row.proposals
    ]


def said(paper: Paper) -> dict[str, str]:
    tags = paper.tags.filter(is_current=True).exclude(state="withdrawn")
    return {tag.target.slug: tag.state for tag in tags}


def hidden_fields(answer) -> dict[str, list[str]]:
    """What the button of a preview sends."""
    form = text(answer).split(f'action="{DESK}"')[1].split("</form>")[0]
    fields: dict[str, list[str]] = {}
    for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form):
        fields.setdefault(name, []).append(value)
    return fields


def figures(answer) -> dict[str, int]:
    found = re.findall(r"<dt>([^<]*)</dt><dd>(\d+)</dd>", text(answer))
    return {label: int(number) for label, number in found}


TARGETED = {"every": "1", "query": "proposed=class:targeted", "state": "confirmed"}


# What is listed


def test_a_proposal_shows_strength_rule_and_its_words_in_their_sentence(curator, papers):
    page = text(curator.get(DESK, {"search": "pmid:101", "proposed": "class:targeted"}))

    assert re.search(
        r'<b>strong</b> <span class="num soft">0.\d\d</span>: named in the title', page
    )
    mark = '<mark class="mention m-t" data-letter="T">'
    assert f"{mark}Temsirolimus</mark>" in page
    assert f"All were given temsirolimus and {mark}bevacizumab</mark>." in page
    assert "We know little" not in page


def test_every_id_of_the_page_is_there_once(curator, papers):
    page = text(curator.get(DESK))

    ids = re.findall(r'\sid="([^"]*)"', page)
    assert len(ids) == len(set(ids))
    assert page.count('<mark class="mention m-t"') > 1


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"proposed": "class:car_t"}, {("GD2 CAR T cells for sarcoma", "car_t")}),
        (
            {"proposed": "setting"},
            {("Temsirolimus in relapsed rhabdomyosarcoma", "relapsed_refractory")},
        ),
        (
            {"proposed": "class:targeted", "year_min": "2016"},
            {("Everolimus for rhabdomyosarcoma", "targeted")},
        ),
        (
            {"proposed": "class:targeted", "search": "title:temsirolimus"},
            {("Temsirolimus in relapsed rhabdomyosarcoma", "targeted")},
        ),
        ({"proposed": "class:targeted", "min_score": "1"}, set()),
        ({"proposed": "design:rct"}, set()),
        ({"rule": "no such rule"}, set()),
    ],
)
def test_the_desk_lists_what_is_asked_for(curator, papers, asked, expected):
    answer = curator.get(DESK, asked)

    assert set(listed(answer) if answer.context["rows"] else []) == expected


def test_what_somebody_has_decided_is_not_listed(curator, papers, say):
    say("rejected", "targeted", papers[0])
    say("confirmed", "car_t", papers[1])

    slugs = {slug for title, slug in listed(curator.get(DESK)) if title != str(papers[2])}

    # A refused class takes what is a part of it along.
    assert not slugs & {"targeted", "targeted-mtor", "car_t"}


def test_weak_proposals_are_listed_when_they_are_asked_for(curator, papers):
    Suggestion.objects.filter(paper=papers[1]).update(score=0.3)

    assert str(papers[1]) not in dict(listed(curator.get(DESK)))
    assert str(papers[1]) in dict(listed(curator.get(DESK, {"min_score": "0.15"})))


@pytest.mark.parametrize(
    ("order", "first"),
    [("strongest", 0), ("newest", 1), ("rule", 2)],
)
def test_the_order_is_the_one_asked_for(curator, papers, order, first):
    for score, rule, paper in zip((0.9, 0.7, 0.6), ("c", "b", "a"), papers, strict=True):
        Suggestion.objects.filter(paper=paper).update(score=score, rule=rule)

    rows = curator.get(DESK, {"order": order}).context["rows"]

    assert rows[0].paper == papers[first]


def test_a_retracted_paper_says_so(curator, papers):
    Paper.objects.filter(pk=papers[1].pk).update(status="retracted")

    assert '<strong class="label is-danger">Retracted</strong>' in text(curator.get(DESK))


def test_words_that_changed_since_are_not_marked(curator, papers, sign_in):
    correct_paper(
        paper=papers[1], changes={"title": "T cells"}, note="", by=sign_in("editor").person
    )

    page = text(curator.get(DESK, {"proposed": "class:car_t"}))

    assert "The paper’s words have changed since; it will be read again." in page
    assert "<mark" not in page


def test_every_filter_of_the_library_stays_in_the_address(curator, papers):
    answer = curator.get(
        DESK, {"journal": papers[0].journal_id, "proposed": "class:targeted", "search": ""}
    )

    assert answer.url == f"{DESK}?journal={papers[0].journal_id}&proposed=class%3Atargeted"
    page = curator.get(answer.url)
    assert dict(listed(page)) == {str(papers[0]): "targeted"}
    assert f'<input type="hidden" name="journal" value="{papers[0].journal_id}">' in text(page)
    assert [chip.label for chip in page.context["chips"]] == ["Journal: Cancer"]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("proposed=class:x", "There is no such therapy class, regimen, setting or study design."),
        ("min_score=much", "Give a number from 0 to 1, such as 0.8."),
        ("min_score=nan", "Give a number from 0 to 1, such as 0.8."),
        ("min_score=7", "less than or equal to 1"),
        ("order=sideways", "sideways is not one of the available choices"),
        ("year_min=soon", "Enter a whole number."),
        ("search=year:soon", "is no year"),
        ("rule=%00", "Null characters are not allowed."),
    ],
)
def test_the_desk_says_what_it_cannot_read(curator, papers, query, sentence):
    answer = curator.get(f"{DESK}?{query}&page=2")

    assert sentence in text(answer)
    assert "rows" not in answer.context
    assert answer.context["mended"] == DESK


def test_an_empty_desk_says_what_to_do(curator, vocabulary):
    assert "No proposal waits here." in text(curator.get(DESK))


@pytest.mark.parametrize("count", [1, 12])
def test_the_desk_asks_a_constant_number_of_queries(
    curator, acquire, count, django_assert_num_queries
):
    acquire(
        *(
            {**ITEMS[0], "PMID": str(500 + n), "container-title": f"Journal {n}",
             "author": [{"family": f"Author {n}"}]}
            for n in range(count)
        )
    )  # fmt: skip
    list(read_awaiting())
    curator.get(DESK)

    with django_assert_num_queries(QUERIES):
        assert len(curator.get(DESK).context["rows"]) >= count


QUERIES = 18
"""Six of them are for the menus: what can be proposed, rules, searches."""


# Decide


def test_the_first_press_shows_what_would_change_and_changes_nothing(curator, papers):
    answer = curator.post(DESK, {**TARGETED, "note": "Read"})

    assert figures(answer) == {
        "proposals chosen": 2,
        "will be confirmed": 2,
        "on papers": 2,
        "stand so already": 0,
    }
    assert "Targeted therapy: untagged → confirmed" in text(answer)
    assert Tag.objects.count() == 0


@pytest.mark.parametrize("state", ["confirmed", "rejected"])
def test_the_second_press_does_what_was_shown(curator, papers, state):
    preview = curator.post(DESK, {**TARGETED, "state": state, "note": "Read"})

    answer = curator.post(DESK, hidden_fields(preview), follow=True)

    assert [said(paper) for paper in papers] == [{"targeted": state}, {}, {"targeted": state}]
    assert f"2 proposals {state} on 2 papers." in text(answer)
    assert answer.redirect_chain == [(f"{DESK}?proposed=class%3Atargeted", 302)]
    tags = Tag.objects.all()
    assert {(tag.note, tag.by, tag.rule) for tag in tags} == {
        ("Read", curator.person, "named in the title")
    }
    assert len({tag.batch for tag in tags}) == 1


def test_ticked_proposals_of_any_kind_are_one_act_with_one_undo(curator, papers):
    setting = Suggestion.objects.get(setting__slug="relapsed_refractory")
    ticked = [the("targeted", papers[0]), the("car_t", papers[1]), setting.pk]

    preview = curator.post(DESK, {"suggestions": ticked, "state": "confirmed"})
    curator.post(DESK, hidden_fields(preview))

    assert [said(paper) for paper in papers] == [
        {"targeted": "confirmed", "relapsed_refractory": "confirmed"},
        {"car_t": "confirmed"},
        {},
    ]
    page = text(curator.get(DESK))
    assert re.search(r"Your last change: .+ and 2 more confirmed on 2 papers\.", page)
    batch = re.search(r'name="batch" value="([^"]+)"', page)[1]
    answer = curator.post(UNDO, {"batch": batch, "next": DESK}, follow=True)
    assert "Undone on 2 papers." in text(answer)
    assert [said(paper) for paper in papers] == [{}, {}, {}]


def test_what_was_undone_is_listed_again(curator, papers):
    before = listed(curator.get(DESK))
    curator.post(DESK, hidden_fields(curator.post(DESK, TARGETED)))
    assert listed(curator.get(DESK)) != before

    curator.post(UNDO, {"batch": str(Tag.objects.last().batch), "next": DESK})

    assert listed(curator.get(DESK)) == before


def test_a_word_that_came_in_between_is_shown_before_it_is_overruled(curator, papers, say):
    ticked = [the("car_t", papers[1])]
    preview = curator.post(DESK, {"suggestions": ticked, "state": "confirmed"})
    say("rejected", "car_t", papers[1])

    answer = curator.post(DESK, hidden_fields(preview))

    assert "The library has changed since you looked. Nothing was decided." in text(answer)
    assert "1 was rejected by colleague until now. You overrule that" in text(answer)
    assert said(papers[1]) == {"car_t": "rejected"}
    curator.post(DESK, hidden_fields(answer))
    assert said(papers[1]) == {"car_t": "confirmed"}


def test_proposals_that_came_in_between_are_not_taken_along_unseen(curator, papers, acquire):
    preview = curator.post(DESK, TARGETED)
    new = acquire({"title": "Sirolimus for rhabdomyosarcoma", "PMID": "104"})[-1]
    list(read_awaiting())

    answer = curator.post(DESK, hidden_fields(preview))

    assert "The library has changed since you looked." in text(answer)
    assert figures(answer)["will be confirmed"] == 3
    assert said(new) == {}


def test_a_preview_of_what_stands_already_has_no_button(curator, papers, say):
    ticked = [the("car_t", papers[1])]
    say("confirmed", "car_t", papers[1])

    answer = curator.post(DESK, {"suggestions": ticked, "state": "confirmed"})

    assert "Nothing would change" in text(answer)
    assert '<button class="button primary">' not in text(answer)


def test_the_preview_names_fifty_papers_and_counts_the_rest(curator, vocabulary, acquire):
    acquire(*({**ITEMS[1], "PMID": str(200 + n)} for n in range(60)))
    list(read_awaiting())

    answer = curator.post(
        DESK, {"every": "1", "query": "proposed=class:car_t", "state": "rejected"}
    )

    assert figures(answer)["will be rejected"] == 60
    assert len(answer.context["rows"]) == 50
    assert "and 10 more papers" in text(answer)


CONFIRM = {"state": "confirmed"}


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        (CONFIRM, "Tick at least one proposal."),
        ({"suggestions": ["1"]}, "This field is required."),
        ({"suggestions": ["x"], **CONFIRM}, "“x” is no proposal of this library."),
        ({"suggestions": ["9" * 30], **CONFIRM}, f"“{'9' * 20}” is no proposal of this library."),
        ({"suggestions": ["987654"], **CONFIRM}, "None of these proposals waits any more"),
        ({"suggestions": ["1"], "state": "withdrawn"}, "withdrawn is not one of the available"),
        ({"suggestions": ["1"], "note": "n" * 2001, **CONFIRM}, "at most 2000 characters"),
        ({"every": "1", "query": "proposed=class:x", **CONFIRM}, "The filter cannot be read"),
        ({"every": "1", "query": "year_min=soon", **CONFIRM}, "The filter cannot be read"),
        ({"every": "1", "query": "search=nothing", **CONFIRM}, "None of these proposals waits"),
    ],
)
def test_the_desk_comes_back_with_a_sentence_when_something_is_wrong(
    curator, papers, sent, sentence
):
    answer = curator.post(DESK, {"query": "order=rule", **sent}, follow=True)

    assert [str(message) for message in answer.context["messages"] if sentence in str(message)]
    assert answer.redirect_chain[0][0].startswith(f"{DESK}?")
    assert Tag.objects.count() == 0


def test_more_than_can_be_done_at_once_is_refused(curator, papers, monkeypatch):
    monkeypatch.setattr("papers.bulk_desk_forms.MOST_AT_ONCE", 1)

    answer = curator.post(DESK, TARGETED, follow=True)

    assert "These are 2 proposals; at most 1 are decided at once." in text(answer)


def test_deciding_never_leads_to_another_site(curator, papers):
    sent = {**TARGETED, "query": "//evil.example/?a=b"}

    preview = curator.post(DESK, sent)

    assert f'href="{DESK}?' in text(preview)
    assert curator.post(DESK, hidden_fields(preview)).url.startswith(f"{DESK}?")
