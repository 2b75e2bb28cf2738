"""Settings: what is safe without any, and what a team's installation refuses to start with."""

from __future__ import annotations

import stat
import subprocess

import pytest

from rmsreview import settings as as_written
from tests.running import House

POSTGRES = "postgres://nobody@127.0.0.1:1/none"


def evaluated(folder, expression: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A fresh process that loads the settings and prints ``expression``."""
    house = House(folder, settings=environment)
    return house.python(f"from rmsreview import settings\nprint({expression})")


@pytest.mark.parametrize(
    ("unsafe", "sentence"),
    [
        ({"SECRET_KEY": "short"}, "SECRET_KEY is shorter than 32 characters."),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS is '*'. Name the hosts that serve this library"),
        ({"DEBUG": "true"}, "DEBUG is on with DATABASE_URL set. Turn one of them off."),
        ({"PORT": "http"}, "PORT"),
    ],
)
def test_settings_refuse_what_is_unsafe_in_production(tmp_path, unsafe, sentence):
    refused = evaluated(tmp_path, "1", DATABASE_URL=POSTGRES, **unsafe)

    assert refused.returncode != 0
    assert sentence in refused.stderr


def test_settings_make_a_secret_key_once_and_keep_it_to_themselves(tmp_path):
    first = evaluated(tmp_path, "settings.SECRET_KEY")
    second = evaluated(tmp_path, "settings.SECRET_KEY")

    kept = tmp_path / "var" / "secret_key"
    assert len(first.stdout.strip()) >= 50
    assert first.stdout == second.stdout == f"{kept.read_text()}\n"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_settings_take_a_given_secret_key(tmp_path):
    key = "k" * 32

    assert evaluated(tmp_path, "settings.SECRET_KEY", SECRET_KEY=key).stdout == f"{key}\n"
    assert not (tmp_path / "var" / "secret_key").exists()


def test_settings_without_any_are_the_embedded_engines(tmp_path):
    told = evaluated(
        tmp_path,
        "settings.IS_EMBEDDED, settings.DEBUG, settings.PUBLIC_READ, settings.CELERY_BROKER_URL, "
        "settings.DATABASES['default']['OPTIONS']['transaction_mode']",
    )

    assert told.stdout == "True False False folder://localhost// IMMEDIATE\n"


def test_settings_behind_https_mark_cookies_secure(tmp_path):
    told = evaluated(
        tmp_path,
        "settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE, settings.SECURE_HSTS_SECONDS",
        HTTPS="true",
    )

    assert told.stdout == "True True 31536000\n"


def test_settings_acknowledge_late_only_where_the_broker_can_give_a_message_again(tmp_path):
    told = evaluated(tmp_path, "settings.CELERY_TASK_ACKS_LATE", REDIS_URL="redis://127.0.0.1:1/0")

    assert told.stdout == "True\n"
    assert evaluated(tmp_path, "settings.CELERY_TASK_ACKS_LATE").stdout == "False\n"


def test_every_page_carries_the_security_headers(client, db):
    headers = client.get("/account/login/").headers

    policy = headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_passwords_are_hashed_with_argon2():
    assert as_written.PASSWORD_HASHERS[0].endswith("Argon2PasswordHasher")


def test_settings_send_mail_where_they_are_told_to(tmp_path):
    names = ["BACKEND", "HOST", "PORT", "HOST_USER", "HOST_PASSWORD", "USE_TLS"]
    told = evaluated(
        tmp_path,
        f"[settings.CAN_SEND_MAIL, *(getattr(settings, 'EMAIL_' + n) for n in {names})]",
        EMAIL_URL="smtp+tls://me:secret@mail.example.org:587",
    )
    assert told.stdout == (
        "[True, 'django.core.mail.backends.smtp.EmailBackend', 'mail.example.org', 587, 'me', "
        "'secret', True]\n"
    )
    silent = evaluated(tmp_path, "settings.CAN_SEND_MAIL, settings.EMAIL_BACKEND")
    assert silent.stdout == "False django.core.mail.backends.filebased.EmailBackend\n"
