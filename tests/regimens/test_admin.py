"""The stewards' panel of the vocabulary."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from regimens.models import (
    Component,
    Drug,
    Phase,
    Regimen,
    Setting,
    StudyDesign,
    TherapyClass,
    Trial,
)
from regimens.services.vocabulary import load_vocabulary

MODELS = ("therapyclass", "drug", "trial", "regimen", "phase", "setting", "studydesign")


@pytest.fixture
def editor(client, person):
    client.force_login(person("editor"))
    return client


def listed(model):
    return reverse(f"admin:regimens_{model}_changelist")


def changed(instance):
    return reverse(f"admin:regimens_{instance._meta.model_name}_change", args=[instance.pk])


def inline(prefix, *rows, initial=0):
    """A formset as the browser sends it."""
    sent = {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": initial}
    for number, row in enumerate(rows):
        sent |= {f"{prefix}-{number}-{field}": value for field, value in row.items()}
    return sent


@pytest.mark.parametrize("model", MODELS)
def test_list_takes_as_many_queries_for_50_rows_as_for_one(editor, fill, model):
    fill(1)
    editor.get(listed(model))
    with CaptureQueriesContext(connection) as one:
        assert editor.get(listed(model)).status_code == 200
    fill(50)
    with CaptureQueriesContext(connection) as fifty:
        page = editor.get(listed(model))

    assert len(page.context["cl"].result_list) >= 50
    assert len(fifty) == len(one)


@pytest.mark.parametrize("model", MODELS)
def test_list_is_searched(editor, fill, model):
    fill(1)

    found = editor.get(listed(model), {"q": "1-0"}).context["cl"].queryset
    missed = editor.get(listed(model), {"q": "nothing of the kind"}).context["cl"].queryset

    assert found.count() >= 1
    assert missed.count() == 0


def test_drugs_are_filtered_by_main_class_and_by_marks(editor, make_drug):
    marked = make_drug("vincristine", "chemotherapy-vinca", unverified=["synonyms"])
    checked = make_drug("temsirolimus", "targeted-mtor")

    def found(**query):
        return list(editor.get(listed("drug"), query).context["cl"].queryset)

    assert found(main_class="chemotherapy") == [marked]
    assert found(unverified="yes") == [marked]
    assert found(unverified="no") == [checked]


def test_regimens_are_filtered_by_their_computed_class(editor, fill, make_drug, make_regimen):
    fill(1)
    vinca = make_regimen("v", ("x", [(make_drug("v", "chemotherapy-vinca"), "backbone")]))

    page = editor.get(listed("regimen"), {"main_class": "chemotherapy"})

    assert list(page.context["cl"].queryset) == [vinca]


def test_edit_of_a_drug_stands_in_its_history_and_is_kept(editor, vocabulary):
    drug = Drug.objects.get(slug="mifamurtide")
    synonyms = [
        {"id": each.pk, "drug": drug.pk, "name": each.name, "note": each.note}
        for each in drug.synonyms.all()
    ]
    sent = {
        "inn": drug.inn,
        "therapy_class": drug.therapy_class_id,
        "use": "negative control, says the editor",
        "unverified": "[]",
        **inline("synonyms", *synonyms, {"name": "MTP"}, initial=len(synonyms)),
    }

    response = editor.post(changed(drug), sent)
    loaded = load_vocabulary()

    assert response.status_code == 302, response.context["errors"]
    drug.refresh_from_db()
    assert drug.use == "negative control, says the editor"
    assert drug.slug == "mifamurtide"
    assert list(drug.synonyms.values_list("name", flat=True)) == ["L-MTP-PE", "Mepact", "MTP"]
    assert drug.history.latest().history_user.username == "editor"
    assert (loaded.kept, loaded.updated) == (1, 0)


def test_edit_of_a_phase_makes_its_regimen_a_persons_own(editor, vocabulary):
    regimen = Regimen.objects.get(slug="va")
    phase = regimen.phases.get()
    parts = [
        {
            "id": part.pk,
            "phase": phase.pk,
            "drug": part.drug_id,
            "position": part.position,
            "role": part.role,
            "dose": "as I know it",
        }
        for part in phase.components.all()
    ]
    sent = {
        "regimen": regimen.pk,
        "position": 1,
        "kind": "treatment",
        **inline("components", *parts, initial=len(parts)),
    }

    response = editor.post(changed(phase), sent)
    loaded = load_vocabulary()

    assert response.status_code == 302, response.context["errors"]
    doses = Component.objects.filter(phase=phase).values_list("dose", flat=True)
    assert list(doses) == ["as I know it", "as I know it"]
    assert regimen.history.latest().history_user.username == "editor"
    assert loaded.kept == 1


@pytest.mark.parametrize("by_action", [False, True])
def test_removal_of_a_phase_makes_its_regimen_a_persons_own(admin_client, vocabulary, by_action):
    phase = Phase.objects.get(regimen__slug="vino-ac", position=2)
    confirmed = {"post": "yes"}
    if by_action:
        chosen = {"action": "delete_selected", "_selected_action": phase.pk, **confirmed}
        admin_client.post(listed("phase"), chosen)
    else:
        admin_client.post(reverse("admin:regimens_phase_delete", args=[phase.pk]), confirmed)

    load_vocabulary()

    assert Regimen.objects.get(slug="vino-ac").phases.count() == 1


def test_slug_is_chosen_once(editor, make_drug):
    drug = make_drug("vincristine")

    new = editor.get(reverse("admin:regimens_drug_add")).context["adminform"]
    old = editor.get(changed(drug)).context["adminform"]

    assert "slug" in new.form.fields
    assert "slug" not in old.form.fields


@pytest.mark.parametrize("model", [TherapyClass, Drug, Trial, Regimen, Setting, StudyDesign])
def test_history_page_opens(editor, fill, model):
    fill(1)
    row = model.objects.first()
    url = reverse(f"admin:regimens_{model._meta.model_name}_history", args=[row.pk])

    assert editor.get(url).status_code == 200


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(
    ("role", "status"), [("reader", 302), ("curator", 302), ("editor", 200), ("administrator", 200)]
)
def test_panel_opens_for_stewards_only(client, person, model, role, status):
    client.force_login(person(role))

    assert client.get(listed(model)).status_code == status
