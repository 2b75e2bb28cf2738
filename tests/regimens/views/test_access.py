"""Who may open the vocabulary's pages."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model

from papers.roles import PERMISSIONS
from papers.services.roles import give_role

PAGES = (
    "/regimens/",
    "/regimens/regimen-1-0/",
    "/drugs/",
    "/drugs/drug-1-0/",
    "/therapy-classes/",
    "/therapy-classes/targeted/",
)


@pytest.mark.parametrize("path", PAGES)
def test_visitor_is_asked_to_sign_in_and_brought_back(client, fill, path):
    fill(1)

    response = client.get(path)

    assert response.status_code == 302
    assert response.url == f"/account/login/?next={path}"


@pytest.mark.parametrize("path", PAGES)
def test_visitor_may_read_a_public_library(client, fill, path, settings):
    fill(1)
    settings.PUBLIC_READ = True

    assert client.get(path).status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_person_without_a_role_is_refused(client, fill, person, path):
    fill(1)
    client.force_login(person())

    assert client.get(path).status_code == 403


@pytest.mark.parametrize("role", sorted(PERMISSIONS))
def test_every_role_may_open_every_page(client, fill, role):
    fill(1)
    user = get_user_model().objects.create_user("somebody")
    give_role(user=user, role=role)
    client.force_login(user)

    assert [client.get(path).status_code for path in PAGES] == [200] * len(PAGES)
