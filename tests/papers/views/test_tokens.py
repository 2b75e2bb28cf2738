"""One's own API tokens: shown once, stored as hashes, revoked at once."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone
from knox.models import AuthToken
from rest_framework.test import APIClient

from papers.services.roles import give_role
from papers.services.tokens import create_token

pytestmark = pytest.mark.django_db

TOKENS = "/tokens/"


@pytest.fixture
def ada(client):
    person = get_user_model().objects.create_user("ada")
    give_role(user=person, role="reader")
    client.force_login(person)
    return person


def opens(token: str) -> bool:
    client = APIClient(headers={"Authorization": f"Token {token}"})
    return client.get("/api/v1/papers/").status_code == 200


def test_token_is_shown_once_and_opens_the_api(client, ada):
    made = client.post(TOKENS, {"days": "30"})
    again = client.get(TOKENS)

    [token] = re.findall(r"rms_\w{20,}", made.content.decode())
    row = AuthToken.objects.get()
    assert opens(token)
    assert token not in again.content.decode()
    assert token not in (row.digest, row.token_key)
    assert row.expiry.date() == timezone.now().date() + dt.timedelta(days=30)


def test_token_may_work_until_revoked(client, ada):
    client.post(TOKENS, {"days": ""})

    assert AuthToken.objects.get().expiry is None


def test_token_page_refuses_a_term_that_is_not_offered(client, ada):
    reply = client.post(TOKENS, {"days": "9999"})

    assert reply.status_code == 400
    assert not AuthToken.objects.exists()


def test_revoked_token_opens_nothing(client, ada):
    token = create_token(by=ada)
    assert opens(token)

    client.post(f"{TOKENS}revoke/", {"digest": AuthToken.objects.get().digest})

    assert not opens(token)


def test_expired_token_opens_nothing_and_is_not_listed(client, ada):
    token = create_token(days=1, by=ada)
    AuthToken.objects.update(expiry=timezone.now() - dt.timedelta(minutes=1))

    assert client.get(TOKENS).context["tokens"].count() == 0
    assert not opens(token)


def test_nobody_revokes_somebody_elses_token(client, ada):
    other = get_user_model().objects.create_user("other")
    create_token(by=other)

    client.post(f"{TOKENS}revoke/", {"digest": AuthToken.objects.get().digest})

    assert AuthToken.objects.filter(user=other).exists()
    assert client.get(TOKENS).context["tokens"].count() == 0
