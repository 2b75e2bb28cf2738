"""The queue in a real browser: by keyboard, without script, while the server is away."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from papers.models import Decision, Lease, Paper, Suggestion, Tag
from papers.services.roles import give_role
from papers.services.suggesting import read_awaiting
from papers.services.tagging import Statement, tag_papers
from regimens.models import Regimen, TherapyClass
from tests.browser.looks import faults_in_every_look
from tests.running import House, first_password, wait_until

pytestmark = [pytest.mark.long, pytest.mark.browser]

PAGE = reverse("papers:curate")
ABSTRACT = (
    "Relapsed rhabdomyosarcoma has a poor outcome. Patients received vincristine and temsirolimus. "
    "The response rate was 20%. Temsirolimus was tolerated."
)


def person(name: str):
    user = get_user_model().objects.create_user(name)
    give_role(user=user, role="curator")
    return user


@pytest.fixture
def ada(transactional_db, vocabulary):
    return person("ada")


@pytest.fixture
def papers(ada):
    """``papers(50)`` waiting papers with what the rules propose for them; the newest first."""

    def bring(count: int) -> list[Paper]:
        now = timezone.now()
        Paper.objects.bulk_create(
            Paper(
                title=f"Temsirolimus in relapsed rhabdomyosarcoma, part {n}",
                abstract=ABSTRACT,
                created_at=now,
                updated_at=now,
            )
            for n in range(count)
        )
        list(read_awaiting())
        return list(Paper.objects.order_by("-pk"))

    return bring


def shown(page: Page) -> int:
    """The id of the paper that lies on the desk."""
    return int(page.locator('#decision input[name="paper"]').get_attribute("value"))


def heard(count: int) -> None:
    """Wait until the server has recorded so many decisions that stand."""
    wait_until(
        lambda: Decision.objects.filter(is_undone=False).count() == count, f"{count} decisions"
    )


def ready(page: Page, count: int = 2) -> None:
    """Wait until the next papers are there."""
    expect(page.locator("#ahead li")).to_have_count(count)


def test_fifty_papers_are_decided_by_keyboard_alone(open_page, ada, papers):
    ids = [paper.pk for paper in papers(50)]
    page = open_page(ada)
    page.goto(PAGE)

    seen = []
    for number in range(50):
        seen.append(shown(page))
        key = ("Enter", "x", "3")[number % 3]
        page.keyboard.press(key)
        if key == "3":
            page.keyboard.press("Enter")
        if number < 49:
            expect(
                page.locator(f'#decision input[value="{seen[-1]}"][name="paper"]')
            ).to_have_count(0)

    heard(50)
    assert seen == ids
    expect(page.locator("#empty")).to_contain_text("Nothing waits.")
    kinds = Decision.objects.values_list("kind", flat=True)
    assert (list(kinds).count("decided"), list(kinds).count("irrelevant")) == (33, 17)
    third = {
        tag.therapy_class.slug: tag.state
        for tag in Tag.objects.filter(paper=ids[2], therapy_class__parent=None)
        if tag.therapy_class
    }
    assert third["immunotherapy"] == third["targeted"] == "confirmed"


def test_what_is_unticked_is_refused_and_nothing_ticked_asks(open_page, ada, papers):
    papers(1)
    page = open_page(ada)
    page.goto(PAGE)
    ticked = page.locator('#choices input[name="on"]:checked')
    while ticked.count():
        ticked.first.uncheck()
    page.keyboard.press("Enter")

    expect(page.locator("#said")).to_contain_text("No class or regimen is ticked.")
    assert not Decision.objects.exists()

    page.keyboard.press("4")
    page.keyboard.press("Enter")
    heard(1)
    states = {word["slug"]: word["state"] for word in Decision.objects.get().said}
    assert states["car_t"] == "confirmed"
    assert states["targeted"] == "rejected"


def test_own_decisions_are_undone_one_after_another(open_page, ada, papers):
    ids = [paper.pk for paper in papers(4)]
    page = open_page(ada)
    page.goto(PAGE)
    ready(page)
    for _ in range(2):
        page.keyboard.press("Enter")
    page.keyboard.press("j")
    expect(page.locator(f'#decision input[name="paper"][value="{ids[3]}"]')).to_have_count(1)
    expect(page.locator("#said")).to_contain_text("Later. Next:")

    for pk in (ids[2], ids[1], ids[0]):
        page.keyboard.press("u")
        assert shown(page) == pk
    heard(0)
    assert Tag.objects.filter(is_current=True).exclude(state="withdrawn").count() == 0

    page.keyboard.press("x")
    assert shown(page) == ids[1]
    heard(1)


def test_undo_reaches_back_before_the_page_was_loaded(open_page, ada, papers):
    ids = [paper.pk for paper in papers(3)]
    page = open_page(ada)
    page.goto(PAGE)
    page.keyboard.press("x")
    heard(1)
    page.reload()
    assert shown(page) == ids[1]

    page.keyboard.press("u")
    page.wait_for_url(re.compile(f"paper={ids[0]}"))

    assert shown(page) == ids[0]
    heard(0)


def test_the_paper_before_can_be_looked_at_and_decided_again(open_page, ada, papers):
    ids = [paper.pk for paper in papers(3)]
    page = open_page(ada)
    page.goto(PAGE)
    ready(page)
    page.keyboard.press("x")
    page.keyboard.press("k")
    assert shown(page) == ids[0]
    page.keyboard.press("j")
    assert shown(page) == ids[1]
    page.keyboard.press("k")
    page.keyboard.press("4")
    page.keyboard.press("Enter")

    assert shown(page) == ids[1]
    heard(2)
    assert set(Decision.objects.values_list("paper", flat=True)) == {ids[0]}


def test_what_was_confirmed_by_mistake_is_refused_when_it_is_unticked_afterwards(
    open_page, ada, papers
):
    ids = [paper.pk for paper in papers(3)]
    page = open_page(ada)
    page.goto(PAGE)
    ready(page)
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    page.keyboard.press("k")
    assert shown(page) == ids[0]
    page.keyboard.press("1")
    page.keyboard.press("Enter")

    heard(2)
    standing = Tag.objects.filter(paper=ids[0], is_current=True, therapy_class__isnull=False)
    assert {tag.target.slug: tag.state for tag in standing}["chemotherapy"] == "rejected"


def test_a_correction_that_is_taken_back_leaves_the_first_word(open_page, ada, papers):
    ids = [paper.pk for paper in papers(3)]
    page = open_page(ada)
    page.goto(PAGE)
    ready(page)
    for key in ("1", "Enter", "k", "1", "Enter", "u"):
        page.keyboard.press(key)
    assert shown(page) == ids[0]
    heard(1)
    page.keyboard.press("Enter")

    heard(2)
    standing = Tag.objects.filter(paper=ids[0], is_current=True)
    assert {tag.target.slug: tag.state for tag in standing}["chemotherapy"] == "rejected"


def test_a_draft_says_nothing_of_what_was_proposed_since(open_page, ada, papers):
    ids = [paper.pk for paper in papers(2)]
    page = open_page(ada)
    page.goto(f"{PAGE}?paper={ids[0]}")
    ready(page, 1)
    page.fill('[name="note"]', "Unsure")
    page.close()
    car_t = TherapyClass.objects.get(slug="car_t")
    Suggestion.objects.create(
        paper_id=ids[0], therapy_class=car_t, score=0.9, rule="r", made_at=timezone.now()
    )
    vac = Regimen.objects.get(slug="vac")
    Suggestion.objects.create(
        paper_id=ids[0], regimen=vac, score=0.9, rule="r", made_at=timezone.now()
    )

    page = page.context.new_page()
    page.goto(f"{PAGE}?paper={ids[0]}")
    expect(page.locator('[name="note"]')).to_have_value("Unsure")
    page.keyboard.press("Enter")

    heard(1)
    standing = Tag.objects.filter(paper=ids[0], is_current=True)
    states = {tag.target.slug: tag.state for tag in standing}
    assert states["car_t"] == states["vac"] == "confirmed"
    assert "rejected" not in states.values()


def test_it_says_why_the_next_paper_does_not_come(open_page, ada, papers):
    papers(4)
    page = open_page(ada)
    page.goto(PAGE)
    ready(page)
    page.context.clear_cookies()
    for _ in range(3):
        page.keyboard.press("x")

    expect(page.locator("#unsent")).to_contain_text("You have been signed out.")


def test_a_regimen_is_added_by_keyboard(open_page, ada, papers):
    papers(2)
    page = open_page(ada)
    page.goto(PAGE)
    page.keyboard.press("r")
    assert page.evaluate("document.activeElement.id") == "add"
    page.select_option("#add", "regimen:vac")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")

    heard(1)
    assert {"kind": "regimen", "slug": "vac", "state": "confirmed"} in Decision.objects.get().said


def test_a_quote_shows_its_words_in_place(open_page, ada, papers):
    papers(1)
    page = open_page(ada)
    page.goto(PAGE)
    words = page.locator("a.words", has_text="Temsirolimus").first
    words.focus()

    expect(page.locator(".mention.is-shown")).to_have_text("Temsirolimus")
    page.locator("#note").focus()
    expect(page.locator(".mention.is-shown")).to_have_count(0)


def test_highlights_go_off_and_stay_off(open_page, ada, papers):
    papers(2)
    page = open_page(ada)
    page.goto(PAGE)
    page.keyboard.press("h")
    expect(page.locator("#desk")).to_have_class(re.compile("is-plain"))
    page.reload()

    expect(page.locator("#desk")).to_have_class(re.compile("is-plain"))
    background = page.locator(".mention").first.evaluate("e => getComputedStyle(e).backgroundColor")
    assert background == "rgba(0, 0, 0, 0)"


def test_a_decision_says_itself_and_moves_the_focus_to_the_next_title(open_page, ada, papers):
    papers(3)
    page = open_page(ada)
    page.goto(PAGE)
    ready(page)
    page.keyboard.press("x")

    expect(page.locator("#said")).to_have_text(
        "Not relevant to any class. Next: Temsirolimus in relapsed rhabdomyosarcoma, part 1"
    )
    assert page.evaluate("document.activeElement.id") == "paper-title"
    assert page.locator("#said").get_attribute("role") == "status"


def test_a_draft_survives_a_closed_tab(open_page, ada, papers):
    papers(2)
    page = open_page(ada)
    page.goto(PAGE)
    page.keyboard.press("4")
    page.keyboard.press("n")
    page.keyboard.type("Ask Ben")
    page.close(run_before_unload=False)

    page = page.context.new_page()
    page.goto(PAGE)
    expect(page.locator("#note")).to_have_value("Ask Ben")
    assert page.locator('input[value="class:car_t"]').is_checked()
    page.locator("h1").click()
    page.keyboard.press("Enter")
    expect(page.locator("#note")).to_have_value("")
    heard(1)
    assert Decision.objects.get().note == "Ask Ben"
    assert page.evaluate("Object.keys(localStorage).filter(k => k.includes('draft'))") == []


def test_without_a_connection_it_goes_on_and_sends_later(open_page, ada, papers):
    ids = [paper.pk for paper in papers(5)]
    page = open_page(ada)
    page.goto(PAGE)
    ready(page)
    page.context.set_offline(True)
    page.keyboard.press("x")
    page.keyboard.press("x")

    assert shown(page) == ids[2]
    expect(page.locator("#unsent")).to_contain_text("2 decisions not sent yet.")
    assert not Decision.objects.exists()

    page.context.set_offline(False)
    expect(page.locator("#unsent")).to_be_hidden(timeout=15_000)
    heard(2)


def test_a_session_that_ended_loses_no_decision(open_page, ada, papers):
    papers(3)
    page = open_page(ada)
    page.goto(PAGE)
    ready(page)
    cookies = page.context.cookies()
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    page.keyboard.press("x")

    expect(page.locator("#unsent")).to_contain_text("You have been signed out.")
    expect(page.locator("#unsent a")).to_have_attribute(
        "href", f"/account/login/?next={PAGE.replace('/', '%2F')}"
    )
    assert not Decision.objects.exists()

    page.context.add_cookies(cookies)
    page.reload()
    heard(1)


def test_what_the_server_refuses_stays_in_sight(open_page, ada, papers):
    [first, *_] = papers(3)
    page = open_page(ada)
    page.goto(PAGE)
    ready(page)
    page.evaluate("document.querySelector('#decision [name=\"paper\"]').value")
    page.evaluate(
        'document.querySelector(\'#choices\').insertAdjacentHTML(\'beforeend\', \'<input type="checkbox" name="on" value="class:magic" checked data-name="Magic">\')'
    )
    page.keyboard.press("Enter")

    expect(page.locator("#refused")).to_contain_text("There is no class “magic”.")
    expect(page.locator("#refused a")).to_have_attribute("href", f"/papers/{first.pk}/")
    page.locator("#refused button").click()
    expect(page.locator("#refused")).to_be_hidden()


def test_what_would_overrule_unseen_is_shown_with_a_way_to_look_again(open_page, ada, papers):
    [first, *_] = papers(3)
    page = open_page(ada)
    page.goto(PAGE)
    ready(page)
    mtor = TherapyClass.objects.get(slug="targeted-mtor")
    tag_papers(papers=[first.pk], statements=[Statement(mtor, "rejected")], by=person("ben"))
    page.keyboard.press("Enter")

    expect(page.locator("#refused")).to_contain_text("ben has decided on this paper since")
    expect(page.locator("#last")).to_be_hidden()
    assert not Decision.objects.exists()
    page.reload()
    page.locator("#refused a").click()
    expect(page.locator("#paper-title")).to_have_text(first.title)
    assert page.url.endswith(f"{PAGE}?paper={first.pk}")
    page.keyboard.press("Enter")
    heard(1)


def test_what_is_refused_of_the_last_paper_stays_in_sight(open_page, ada, papers):
    [last] = papers(1)
    page = open_page(ada)
    page.goto(PAGE)
    mtor = TherapyClass.objects.get(slug="targeted-mtor")
    tag_papers(papers=[last.pk], statements=[Statement(mtor, "rejected")], by=person("ben"))
    page.keyboard.press("Enter")

    expect(page.locator("#empty")).to_contain_text("Nothing waits.")
    expect(page.locator("#refused")).to_contain_text("ben has decided on this paper since")
    page.locator("#refused button").click()
    expect(page.locator("#refused")).to_be_hidden()


def test_a_decided_paper_is_opened_again_where_nothing_waits(open_page, ada, papers):
    [paper] = papers(1)
    car_t = TherapyClass.objects.get(slug="car_t")
    tag_papers(papers=[paper.pk], statements=[Statement(car_t, "confirmed")], by=person("ben"))
    page = open_page(ada)
    with page.expect_response("**/curate/next/"):
        page.goto(f"{PAGE}?paper={paper.pk}")
    ticked = page.locator('#choices input[name="on"]:checked').count()
    expect(page.locator("#ticked")).to_have_text(str(ticked))
    page.keyboard.press("1")
    expect(page.locator("#ticked")).to_have_text(str(ticked + 1))

    page.keyboard.press("Enter")

    heard(1)


def test_what_was_not_sent_is_sent_from_an_empty_queue_too(open_page, ada, papers):
    papers(1)
    page = open_page(ada)
    page.goto(PAGE)
    page.context.route("**/curate/decide/", lambda route: route.abort())
    page.keyboard.press("Enter")
    expect(page.locator("#unsent")).to_contain_text("1 decision not sent yet.")
    page.context.unroute_all()

    page.goto(f"{PAGE}?search=nowhere")

    expect(page.locator("#empty")).to_be_visible()
    heard(1)
    expect(page.locator("#unsent")).to_be_hidden()


def test_a_browser_without_room_keeps_a_decision_in_the_page(open_page, ada, papers):
    papers(3)
    page = open_page(ada)
    page.goto(PAGE)
    ready(page)
    page.evaluate(
        "void (Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); })"
    )
    page.context.route("**/curate/decide/", lambda route: route.abort())
    page.keyboard.press("Enter")

    expect(page.locator("#unsent")).to_contain_text("keep this page open until they are sent")
    page.context.unroute_all()
    heard(1)
    expect(page.locator("#unsent")).to_be_hidden()


def test_an_answer_that_cannot_be_read_blocks_nothing_behind_it(open_page, ada, papers):
    papers(3)
    page = open_page(ada)
    page.goto(PAGE)
    ready(page)
    page.context.route(
        "**/curate/decide/", lambda route: route.fulfill(status=400, body="<h1>Bad Request</h1>")
    )
    page.keyboard.press("Enter")
    expect(page.locator("#refused")).to_contain_text("The server cannot read this decision.")
    page.context.unroute_all()

    page.keyboard.press("Enter")

    heard(1)


def test_nothing_is_sent_in_the_name_of_who_signed_in_since(open_page, ada, papers):
    papers(3)
    page = open_page(ada)
    page.goto(PAGE)
    ready(page)
    mine = page.context.cookies()
    other = open_page(person("ben"))
    page.context.add_cookies(other.context.cookies())
    page.keyboard.press("x")

    expect(page.locator("#unsent")).to_contain_text("Somebody else is signed in here now.")
    assert not Decision.objects.exists()

    page.context.add_cookies(mine)
    page.reload()
    heard(1)
    assert Decision.objects.get().by == ada


def test_what_cannot_be_read_any_more_stops_nothing(open_page, ada, papers):
    [first, *_] = papers(3)
    page = open_page(ada)
    page.goto(PAGE)
    page.evaluate(
        """([user, paper]) => {
          localStorage.setItem(`curate.${user}.draft.${paper}`, "{");
          localStorage.setItem(`curate.${user}.draft.0`, "null");
          localStorage.setItem(`curate.${user}.out.0`, "{");
          localStorage.setItem(`curate.${user}.out.1`, "{}");
        }""",
        [ada.pk, first.pk],
    )
    page.reload()
    ready(page)
    page.keyboard.press("x")

    heard(1)


def test_what_is_pressed_while_waiting_is_no_draft(open_page, ada, papers):
    papers(1)
    page = open_page(ada)
    page.goto(PAGE)
    page.context.set_offline(True)
    page.keyboard.press("x")
    page.keyboard.press("1")
    page.locator("#note").evaluate("e => e.dispatchEvent(new Event('input', { bubbles: true }))")

    assert page.evaluate("Object.keys(localStorage).filter(k => k.includes('draft'))") == []


def test_a_reload_keeps_the_papers_on_the_desk(open_page, ada, papers):
    ids = [paper.pk for paper in papers(4)]
    page = open_page(ada)
    page.goto(PAGE)
    ready(page)
    for _ in range(3):
        page.reload()
        ready(page)

    assert shown(page) == ids[0]
    assert set(Lease.objects.values_list("paper", flat=True)) == set(ids[:3])


def test_at_twice_the_size_nothing_is_too_wide_and_all_can_be_reached(open_page, ada, papers):
    papers(3)
    page = open_page(ada, width=640, device_scale_factor=2)
    page.set_viewport_size({"width": 640, "height": 400})
    page.goto(PAGE)
    ready(page)
    page.keyboard.press("x")
    heard(1)

    assert page.evaluate("document.documentElement.scrollWidth") <= 640
    wide = "e => e.getBoundingClientRect().right > innerWidth + 1 && e.checkVisibility()"
    everything = page.locator("main *")
    assert everything.evaluate_all(f"all => all.filter({wide}).map(e => e.outerHTML)") == []
    for name in ("Accept", "Not relevant", "Later", "Keys", "Leave", "Undo"):
        page.get_by_role("button", name=name).first.click(trial=True)
    for part in (
        ".toggle",
        "a.words",
        "#add",
        "#note",
        "#filter summary",
        "#marks",
        "#last button",
    ):
        page.locator(part).first.click(trial=True)


def test_two_browsers_never_show_the_same_paper(open_page, ada, papers):
    papers(20)
    pages = [open_page(ada), open_page(person("ben"))]
    for page in pages:
        page.goto(PAGE)
        ready(page)

    seen: list[set[int]] = [set(), set()]
    for _ in range(9):
        for page, papers_seen in zip(pages, seen, strict=True):
            papers_seen.add(shown(page))
            assert not seen[0] & seen[1]
            before = shown(page)
            page.keyboard.press("x")
            expect(page.locator(f'#decision input[name="paper"][value="{before}"]')).to_have_count(
                0
            )
    heard(18)
    assert len(seen[0] | seen[1]) == 18


def test_a_closed_browser_gives_its_papers_back(open_page, ada, papers):
    papers(3)
    page = open_page(ada)
    page.goto(PAGE)
    ready(page)
    assert Lease.objects.count() == 3
    page.goto(reverse("papers:about"))

    wait_until(lambda: not Lease.objects.exists(), "the papers are off the desk")


def test_it_works_without_script(open_page, ada, papers):
    ids = [paper.pk for paper in papers(3)]
    page = open_page(ada, java_script_enabled=False)
    page.goto(PAGE)
    page.get_by_label("CAR-T cells", exact=False).first.check()
    page.select_option("#add", "regimen:vac")
    page.get_by_role("button", name="Accept").click()
    assert shown(page) == ids[1]
    page.get_by_role("button", name="Not relevant").click()
    assert shown(page) == ids[2]
    page.get_by_role("button", name="Undo Temsirolimus", exact=False).or_(
        page.locator("#undo-last")
    ).last.click()

    assert shown(page) == ids[1]
    assert {word["slug"] for word in Decision.objects.get(is_undone=False).said} >= {"car_t", "vac"}
    page.get_by_role("button", name="Later").click()
    assert shown(page) == ids[2]
    page.locator("a.words").first.click()
    assert re.search(r"#in-[a-z]+-\d+$", page.url)


@pytest.mark.once
def test_it_is_free_of_faults_and_no_wider_than_a_phone(open_page, ada, papers):
    papers(3)
    Paper.objects.update(status="retracted")
    page = open_page(ada)
    page.goto(f"{PAGE}?order=surest")
    ready(page)
    page.keyboard.press("x")
    page.keyboard.press("/")

    assert faults_in_every_look(page) == []


def test_on_a_phone_the_marks_and_the_ways_on_stay_in_sight(open_page, ada, papers):
    papers(2)
    page = open_page(ada, width=360, has_touch=True)
    page.goto(PAGE)
    page.mouse.wheel(0, 400)

    for name in ("Chemotherapy", "CAR-T cells"):
        box = page.locator(".toggle", has_text=name).bounding_box()
        assert box["height"] >= 44
        assert box["width"] >= 44
        assert 500 < box["y"] < 800
    page.locator(".toggle", has_text="CAR-T cells").tap()
    page.get_by_role("button", name="Accept").tap()
    heard(1)


@pytest.mark.once
@pytest.mark.parametrize("size", [(1280, 900), (1280, 620), (640, 450), (320, 640)])
def test_what_has_the_focus_is_never_behind_the_bar_of_buttons(open_page, ada, papers, size):
    papers(2)
    page = open_page(ada)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(f"{PAGE}?order=surest")
    ready(page, 1)
    bar = "document.querySelector('.go').getBoundingClientRect().top"
    inside = "document.querySelector('.go').contains(document.activeElement)"
    low = "document.activeElement.getBoundingClientRect().bottom"
    ways = page.get_by_role("button", name="Undo").last.bounding_box()
    if size[0] == 1280:
        assert ways["y"] + ways["height"] <= size[1], "every way on is in sight from the start"
    page.locator(".toggles input").first.focus()

    hidden = []
    while not page.evaluate(inside):
        if page.evaluate(f"{low} > {bar} + 1"):
            hidden.append(page.evaluate("document.activeElement.outerHTML")[:90])
        page.keyboard.press("Tab")
    page.locator("#paper-title").focus()
    page.keyboard.press("n")
    assert page.evaluate(f"{low} <= {bar} + 1")
    assert hidden == []


def test_the_next_paper_is_shown_from_its_first_choice(open_page, ada, papers):
    papers(3)
    page = open_page(ada)
    page.set_viewport_size({"width": 1280, "height": 740})
    page.goto(PAGE)
    ready(page)
    panel = "document.querySelector('.decide')"
    page.evaluate(f"{panel}.scrollTop = 9999")
    assert page.evaluate(f"{panel}.scrollTop") > 0

    page.keyboard.press("x")

    assert page.evaluate(f"{panel}.scrollTop") == 0


def test_single_keys_can_be_switched_off(open_page, ada, papers):
    papers(3)
    page = open_page(ada)
    page.goto(PAGE)
    ready(page)
    page.get_by_role("button", name="Keys").click()
    page.get_by_role("button", name="Switch them off").click()
    page.wait_for_load_state()
    ready(page)

    before = shown(page)
    for key in ("x", "j", "1", "?", "g", "l"):
        page.keyboard.press(key)
    assert shown(page) == before
    assert page.url.endswith(PAGE)
    assert not page.locator(".toggle input").first.is_checked()
    assert page.locator("#keys").is_hidden()
    page.get_by_role("button", name="Not relevant").click()
    heard(1)
    assert Decision.objects.get().paper_id == before


def test_keys_are_listed(open_page, ada, papers):
    papers(1)
    page = open_page(ada)
    page.goto(PAGE)
    page.keyboard.press("?")

    expect(page.locator("#keys")).to_contain_text("not relevant to any class")


# A real server, killed in the middle.

FILL = """
import django; django.setup()
from django.utils import timezone
from papers.models import Paper
from papers.services.suggesting import read_awaiting
now = timezone.now()
Paper.objects.bulk_create(Paper(title=f"Temsirolimus {n}", created_at=now, updated_at=now) for n in range(30))
list(read_awaiting())
"""
TELL = """
import django; django.setup()
from papers.models import Decision, Tag
print(Decision.objects.count(), Decision.objects.values("key").distinct().count(),
      Decision.objects.values("paper").distinct().count(), Tag.objects.values("paper").distinct().count())
"""


@pytest.fixture
def house(tmp_path) -> House:
    return House(tmp_path, settings={"CELERY_TASK_ALWAYS_EAGER": "true"})


def serving(house: House) -> subprocess.Popen:
    """A server of one process, so that killing it kills it all."""
    command = [sys.executable, "manage.py", "runserver", str(house.port), "--noreload"]
    return house.started(command)


@pytest.mark.once
def test_killing_the_server_in_the_middle_loses_no_decision(chromium, house):
    password = first_password(house.manage("prepare").stdout)
    assert house.python(FILL).returncode == 0
    context = chromium.new_context(base_url=house.address)
    page = context.new_page()

    def decide(times: int) -> Iterator[int]:
        for _ in range(times):
            before = shown(page)
            yield before
            page.keyboard.press("x")
            expect(page.locator(f'#decision input[name="paper"][value="{before}"]')).to_have_count(
                0
            )

    decided: list[int] = []
    with serving(house) as server:
        wait_until(house.is_ready, "the server answers")
        page.goto("/account/login/")
        page.fill('input[name="login"]', "admin")
        page.fill('input[name="password"]', password)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{house.address}/")
        page.goto(PAGE)
        ready(page)
        decided += decide(8)
        ready(page)
        server.kill()
        decided += decide(2)
        expect(page.locator("#unsent")).to_contain_text("not sent yet.")
    with serving(house) as server:
        wait_until(house.is_ready, "the server answers again")
        expect(page.locator("#unsent")).to_be_hidden(timeout=40_000)
        ready(page)
        decided += decide(4)
        ready(page)
        page.keyboard.press("x")
        decided.append(-1)
        server.kill()
    page.close()
    with serving(house):
        wait_until(house.is_ready, "the server answers for the last time")
        page = context.new_page()
        page.goto(PAGE)
        count = str(len(decided))
        wait_until(
            lambda: house.python(TELL).stdout.split() == [count] * 4,
            "every decision is recorded, once",
        )
    context.close()
