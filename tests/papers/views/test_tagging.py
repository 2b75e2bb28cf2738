"""Tagging: one press on a paper, many papers with a preview, and undo."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.urls import reverse

from papers.models import Change, Tag

BULK, UNDO = reverse("papers:bulk"), reverse("papers:undo")
LIBRARY = reverse("papers:library")


@pytest.fixture
def curator(sign_in, vocabulary):
    return sign_in("curator")


@pytest.fixture
def papers(acquire):
    return acquire(*({"title": f"Paper {n}", "PMID": str(100 + n)} for n in range(4)))


def address(paper) -> str:
    return reverse("papers:paper_tag", args=[paper.pk])


def said(paper) -> dict[str, str]:
    """What holds of a paper: {slug: state}."""
    tags = paper.tags.filter(is_current=True).exclude(state="withdrawn")
    return {tag.target.slug: tag.state for tag in tags}


def text(answer) -> str:
    return unescape(answer.content.decode())


def hidden_fields(answer) -> dict[str, list[str]]:
    """What the button of a preview sends."""
    form = text(answer).split(f'action="{BULK}"')[1].split("</form>")[0]
    fields: dict[str, list[str]] = {}
    for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form):
        fields.setdefault(name, []).append(value)
    return fields


def figures(answer) -> dict[str, int]:
    """The numbers at the head of a preview."""
    found = re.findall(r"<dt>([^<]*)</dt><dd>(\d+)</dd>", text(answer))
    return {label: int(number) for label, number in found}


# One paper


@pytest.mark.parametrize("state", ["confirmed", "rejected"])
def test_tag_states_it_with_who_and_why(curator, papers, state):
    answer = curator.post(
        address(papers[0]), {"target": "class:car_t", "state": state, "note": "Methods"}
    )

    tag = Tag.objects.get()
    assert answer.url == papers[0].get_absolute_url()
    assert said(papers[0]) == {"car_t": state}
    assert (tag.by, tag.note) == (curator.person, "Methods")
    page = text(curator.get(answer.url))
    assert "by curator" in page
    assert "“Methods”" in page


def test_tag_takes_back_what_was_said(curator, papers, say):
    say("confirmed", "car_t", papers[0])

    curator.post(address(papers[0]), {"target": "class:car_t", "state": "withdrawn"})

    assert said(papers[0]) == {}


@pytest.mark.parametrize(
    ("target", "slug"),
    [("regimen:ivado", "ivado"), ("setting:maintenance", "maintenance"), ("design:rct", "rct")],
)
def test_tag_states_each_kind_of_target(curator, papers, target, slug):
    curator.post(address(papers[0]), {"target": target, "state": "confirmed"})

    assert said(papers[0]) == {slug: "confirmed"}


def panel(answer, label) -> str:
    """The part of the tags that is about settings or designs."""
    return re.split("<h3>|</section>", text(answer).split(f"<h3>{label}</h3>")[1])[0]


def test_tag_panel_offers_every_setting_with_its_meaning(curator, papers):
    shown = panel(curator.get(papers[0].get_absolute_url()), "Setting")

    assert re.findall(r'<option value="setting:(\w+)">([^<]*)', shown) == [
        ("first_line_metastatic", "First line, metastatic"),
        ("localised", "Localised"),
        ("maintenance", "Maintenance"),
        ("consolidation", "Consolidation"),
        ("relapsed_refractory", "Relapsed or refractory"),
        ("first_relapse", "Relapsed or refractory: First relapse"),
        ("later_relapse", "Relapsed or refractory: Later relapse"),
        ("refractory", "Relapsed or refractory: Refractory"),
        ("mixed", "Mixed"),
    ]
    assert "Nobody has stated it yet." in shown
    assert "Treatment of the first return of the disease after a remission." in shown


def test_tag_panel_shows_each_design_that_is_said_and_offers_the_others(curator, papers, say):
    say("confirmed", "phase_1", papers[0])
    say("rejected", "rct", papers[0])

    shown = panel(curator.get(papers[0].get_absolute_url()), "Study design")

    assert re.findall(r'<option value="design:(\w+)">', shown) == [
        "phase_3", "phase_2", "pooled_analysis", "cohort", "case_series", "case_report",
        "systematic_review", "review", "preclinical", "other",
    ]  # fmt: skip
    assert re.findall(
        r'<input type="hidden" name="target" value="design:(\w+)">.*?</form>', shown, re.DOTALL
    ) == ["rct", "phase_1"]
    buttons = re.findall(r'name="state" value="(\w+)">', shown)
    assert buttons == ["confirmed", "withdrawn", "rejected", "withdrawn", "confirmed", "rejected"]


def test_tag_panel_of_a_reader_shows_what_is_said_and_no_buttons(sign_in, papers, say):
    say("confirmed", "first_relapse", papers[0])

    page = sign_in("reader").get(papers[0].get_absolute_url())

    assert "First relapse" in panel(page, "Setting")
    assert "Nobody has stated it yet." in panel(page, "Study design")
    assert "<form" not in panel(page, "Setting") + panel(page, "Study design")


def test_tag_answers_htmx_with_the_tags_alone(curator, papers):
    answer = curator.post(
        address(papers[0]),
        {"target": "class:car_t", "state": "confirmed"},
        headers={"HX-Request": "true"},
    )

    assert text(answer).lstrip().startswith('<section class="section" id="tags"')
    assert "CAR-T cells" in text(answer)
    assert said(papers[0]) == {"car_t": "confirmed"}


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        (
            {"target": "class:x", "state": "confirmed"},
            "no such therapy class, regimen, setting or study design",
        ),
        ({"target": "class:car_t", "state": "perhaps"}, "perhaps is not one of the available"),
        ({"state": "confirmed"}, "This field is required"),
    ],
)
def test_tag_says_what_it_cannot_do(curator, papers, sent, sentence):
    plain = curator.post(address(papers[0]), sent, follow=True)
    swapped = curator.post(address(papers[0]), sent, headers={"HX-Request": "true"})

    assert sentence in text(plain)
    assert sentence in text(swapped)
    assert said(papers[0]) == {}


def test_tag_is_not_for_readers(sign_in, papers, vocabulary):
    reader = sign_in("reader")

    answer = reader.post(address(papers[0]), {"target": "class:car_t", "state": "confirmed"})

    assert answer.status_code == 403
    assert said(papers[0]) == {}
    assert address(papers[0]) not in text(reader.get(papers[0].get_absolute_url()))


# Many papers


def test_bulk_shows_what_would_change_and_changes_nothing(curator, papers, say):
    say("confirmed", "car_t", papers[0])
    say("rejected", "car_t", papers[1])

    answer = curator.post(
        BULK,
        {"papers": [row.pk for row in papers], "target": "class:car_t", "state": "confirmed"},
    )

    assert figures(answer) == {
        "papers chosen": 4,
        "will change": 3,
        "newly confirmed": 2,
        "rejected until now": 1,
        "stand so already": 1,
    }
    assert "1 paper was rejected until now. You overrule that" in text(answer)
    assert Tag.objects.filter(by=curator.person).count() == 0


def test_bulk_does_what_the_preview_showed(curator, papers, say):
    say("confirmed", "car_t", papers[0])
    say("rejected", "car_t", papers[1])
    preview = curator.post(
        BULK,
        {"papers": [row.pk for row in papers], "target": "class:car_t", "state": "confirmed",
         "note": "Read in full"},
    )  # fmt: skip
    shown = {paper.pk: before for paper, before in preview.context["rows"]}

    answer = curator.post(BULK, hidden_fields(preview), follow=True)

    changed = Change.objects.filter(by=curator.person, kind="tagged")
    assert {row.paper_id: row.detail["before"] for row in changed} == shown
    assert [said(paper) for paper in papers] == [{"car_t": "confirmed"}] * 4
    assert {tag.note for tag in Tag.objects.filter(by=curator.person)} == {"Read in full"}
    assert "3 papers changed, 1 stood so already." in text(answer)


@pytest.mark.parametrize(
    ("target", "slug", "heading"),
    [
        ("setting:mixed", "mixed", "Setting Mixed: confirmed"),
        ("design:other", "other", "Design Other: confirmed"),
    ],
)
def test_bulk_states_a_setting_and_a_design(curator, papers, target, slug, heading):
    preview = curator.post(
        BULK, {"papers": [row.pk for row in papers], "target": target, "state": "confirmed"}
    )
    curator.post(BULK, hidden_fields(preview))

    assert heading in text(preview)
    assert [said(paper) for paper in papers] == [{slug: "confirmed"}] * 4
    act = f"{heading[0].lower()}{heading[1:]}".replace(":", "")
    assert f"Your last change: {act} on 4 papers." in text(curator.get(LIBRARY))


def test_bulk_takes_all_that_a_filter_finds(curator, papers):
    preview = curator.post(
        BULK,
        {"every": "1", "query": "search=title:paper&ordering=title", "target": "class:car_t",
         "state": "rejected"},
    )  # fmt: skip
    answer = curator.post(BULK, hidden_fields(preview))

    assert [said(paper) for paper in papers] == [{"car_t": "rejected"}] * 4
    assert answer.url == f"{LIBRARY}?search=title%3Apaper&ordering=title"


def test_bulk_shows_again_what_has_changed_since_the_preview(curator, papers, say):
    preview = curator.post(
        BULK, {"papers": [papers[0].pk], "target": "class:car_t", "state": "confirmed"}
    )
    say("rejected", "car_t", papers[0])

    answer = curator.post(BULK, hidden_fields(preview))

    assert "The library has changed since you looked." in text(answer)
    assert figures(answer)["rejected until now"] == 1
    assert said(papers[0]) == {"car_t": "rejected"}
    curator.post(BULK, hidden_fields(answer))
    assert said(papers[0]) == {"car_t": "confirmed"}


def test_bulk_with_nothing_to_change_says_so(curator, papers, say):
    say("confirmed", "car_t", papers[0])

    answer = curator.post(
        BULK, {"papers": [papers[0].pk], "target": "class:car_t", "state": "confirmed"}
    )

    assert "Nothing would change" in text(answer)
    assert '<button class="button primary">' not in text(answer)


def test_bulk_names_fifty_papers_and_counts_the_rest(curator, acquire):
    papers = acquire(*({"title": f"Paper {n}", "PMID": str(200 + n)} for n in range(60)))

    answer = curator.post(
        BULK, {"every": "1", "query": "", "target": "class:car_t", "state": "confirmed"}
    )

    assert figures(answer)["will change"] == len(papers) == 60
    assert len(answer.context["rows"]) == 50
    assert "and 10 more" in text(answer)


SAY = {"target": "class:car_t", "state": "confirmed"}


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        (SAY, "Tick at least one paper."),
        ({"papers": ["1"], "state": "confirmed"}, "This field is required."),
        ({"papers": ["x"], **SAY}, "“x” is no paper of this library."),
        ({"papers": ["-1"], **SAY}, "“-1” is no paper of this library."),
        ({"papers": ["²"], **SAY}, "“²” is no paper of this library."),
        ({"papers": ["9" * 30], **SAY}, f"“{'9' * 20}” is no paper of this library."),
        ({"papers": ["987654"], **SAY}, "None of these papers is in the library any more."),
        (
            {"papers": ["1"], **SAY, "target": "class:x"},
            "no such therapy class, regimen, setting or study design",
        ),
        (
            {"papers": ["1"], **SAY, "target": "regimen:car_t"},
            "no such therapy class, regimen, setting or study design",
        ),
        ({"papers": ["1"], **SAY, "state": "perhaps"}, "perhaps is not one of the available"),
        ({"papers": ["1"], **SAY, "note": "n" * 2001}, "at most 2000 characters"),
    ],
)
def test_bulk_goes_back_to_the_same_papers_when_something_is_wrong(curator, papers, sent, sentence):
    answer = curator.post(BULK, {"query": "search=paper", **sent}, follow=True)

    assert [str(message) for message in answer.context["messages"] if sentence in str(message)]
    assert answer.redirect_chain == [(f"{LIBRARY}?search=paper", 302)]
    assert Tag.objects.count() == 0


@pytest.mark.parametrize(
    "query", ["year_min=soon", "therapy_class=cellular", "search=year:soon", f"journal={'9' * 30}"]
)
def test_bulk_takes_nobody_by_a_filter_that_it_cannot_read(curator, papers, query):
    answer = curator.post(BULK, {"every": "1", "query": query, **SAY}, follow=True)

    assert [str(message) for message in answer.context["messages"]] == [
        "The filter cannot be read, so no paper was chosen."
    ]
    assert Tag.objects.count() == 0


@pytest.mark.parametrize("state", ["confirmed", "rejected", "withdrawn"])
@pytest.mark.parametrize(
    "before",
    [
        ("", "", "", ""),
        ("confirmed", "rejected", "", "confirmed"),
        ("withdrawn", "confirmed", "withdrawn", "rejected"),
        ("rejected",) * 4,
    ],
)
def test_bulk_changes_exactly_what_its_preview_names(curator, papers, say, before, state):
    for paper, said_before in zip(papers, before, strict=True):
        if said_before:
            say(said_before, "car_t", paper)
    sent = {"papers": [row.pk for row in papers], "target": "class:car_t", "state": state}
    last = Change.objects.order_by("-pk").values_list("pk", flat=True)[0]

    preview = curator.post(BULK, sent)
    curator.post(BULK, {**sent, "seen": preview.context["seen"]})

    done = Change.objects.filter(pk__gt=last).values_list("paper", "detail__before")
    assert sorted(done) == sorted((paper.pk, was) for paper, was in preview.context["rows"])
    expected = {} if state == "withdrawn" else {"car_t": state}
    assert [said(paper) for paper in papers] == [expected] * 4


def test_bulk_never_leads_to_another_site(curator, papers):
    preview = curator.post(
        BULK,
        {"papers": [papers[0].pk], "target": "class:car_t", "state": "confirmed",
         "query": "//evil.example/?a=b"},
    )  # fmt: skip

    assert curator.post(BULK, hidden_fields(preview)).url.startswith(f"{LIBRARY}?")


def test_bulk_is_not_for_readers(sign_in, papers, vocabulary):
    sent = {"papers": [papers[0].pk], "target": "class:car_t", "state": "confirmed"}

    assert sign_in("reader").post(BULK, sent).status_code == 403


# Undo


def tag_two(curator, papers) -> str:
    """Tag two papers in one act; returns the mark of the act."""
    preview = curator.post(
        BULK,
        {"papers": [papers[0].pk, papers[1].pk], "target": "class:car_t", "state": "confirmed"},
    )
    curator.post(BULK, hidden_fields(preview))
    return str(Tag.objects.last().batch)


def test_undo_gives_every_paper_the_state_before(curator, papers, say):
    say("rejected", "car_t", papers[0])
    batch = tag_two(curator, papers)
    assert "CAR-T cells confirmed on 2 papers." in text(curator.get(LIBRARY))

    answer = curator.post(UNDO, {"batch": batch, "next": f"{LIBRARY}?search=paper"}, follow=True)

    assert said(papers[0]) == {"car_t": "rejected"}
    assert said(papers[1]) == {}
    assert "Undone on 2 papers." in text(answer)
    assert answer.redirect_chain == [(f"{LIBRARY}?search=paper", 302)]


def test_undo_takes_back_only_the_latest_act(curator, papers):
    first = tag_two(curator, papers)
    curator.post(address(papers[2]), {"target": "class:targeted", "state": "confirmed"})

    answer = curator.post(UNDO, {"batch": first}, follow=True)

    assert "This is no longer your latest change" in text(answer)
    assert said(papers[0]) == {"car_t": "confirmed"}


def test_undo_is_for_one_s_own_changes(curator, papers, sign_in):
    batch = tag_two(curator, papers)

    answer = sign_in("curator", "other").post(UNDO, {"batch": batch}, follow=True)

    assert "This is no longer your latest change" in text(answer)
    assert said(papers[0]) == {"car_t": "confirmed"}


def test_undo_does_not_overrule_a_later_word(curator, papers, say):
    batch = tag_two(curator, papers)
    say("rejected", "car_t", papers[0])

    answer = curator.post(UNDO, {"batch": batch}, follow=True)

    assert "somebody has decided on its papers since" in text(answer)
    assert said(papers[1]) == {"car_t": "confirmed"}


def test_undo_is_not_offered_for_what_is_overruled(curator, papers, say):
    tag_two(curator, papers)
    say("rejected", "car_t", papers[0])

    assert "Your last change" not in text(curator.get(LIBRARY))
    assert "Undo my last" not in text(curator.get(papers[1].get_absolute_url()))


@pytest.mark.parametrize(
    "way_back",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x", "evil", "?a=b"],
)
def test_undo_never_leads_to_another_site(curator, papers, way_back):
    batch = tag_two(curator, papers)

    assert curator.post(UNDO, {"batch": batch, "next": way_back}).url == LIBRARY


def test_more_than_the_library_can_take_at_once_is_refused(curator, papers, monkeypatch):
    monkeypatch.setattr("papers.forms.MOST_AT_ONCE", 3)

    answer = curator.post(
        BULK,
        {"every": "1", "query": "", "target": "class:car_t", "state": "confirmed"},
        follow=True,
    )

    assert "At most 3 papers are tagged at once." in text(answer)
    assert not Tag.objects.exists()


def test_what_is_relevant_to_no_class_is_one_line_of_the_list(curator, papers):
    mains = ("chemotherapy", "targeted", "immunotherapy", "car_t")
    for paper, classes in ((papers[0], mains), (papers[1], mains[:3])):
        for slug in classes:
            curator.post(address(paper), {"target": f"class:{slug}", "state": "rejected"})

    listed = text(curator.get(LIBRARY))

    assert listed.count("not relevant to any class") == 1
    assert listed.count("is-rejected") == 3, "the other paper says which three"


def test_the_bulk_desk_lights_its_own_entry_alone(curator, papers):
    page = text(curator.get(reverse("papers:bulk_desk")))

    lit = re.findall(r'href="([^"]+)" aria-current="(?:page|true)"', page.split("<main")[0])
    assert lit == [reverse("papers:bulk_desk")]
