"""``manage.py up``: web, worker and scheduler in one terminal."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser, call_command
from honcho.manager import Manager

PARTS = ("web", "worker", "scheduler")


class Command(BaseCommand):
    help = "Prepare the library, then serve it with a worker and the scheduler. Ctrl-C ends all."
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--only", choices=PARTS, action="append", help="start only this part; repeatable"
        )
        parser.add_argument(
            "--no-prepare", action="store_true", help="do not migrate or load anything first"
        )

    def handle(self, *, only: list[str] | None, no_prepare: bool, **options: Any) -> None:
        parts = only or list(PARTS)
        if "web" in parts:
            _refuse_taken_port()
        if not no_prepare:
            call_command("prepare", stdout=self.stdout, stderr=self.stderr)
        if "web" in parts:
            self.stderr.write(f"RMS Review: http://127.0.0.1:{settings.PORT} (Ctrl-C ends it)")
        # This process has run Django's checks; each worker would load every page to run them again.
        environment = os.environ | {"CELERY_SKIP_CHECKS": "1"}
        manager = Manager()
        for name, command in _commands(parts).items():
            # `exec`: a shell between us and the process would survive it.
            manager.add_process(name, f"exec {command}", env=environment)
        manager.loop()
        sys.exit(manager.returncode)


def _refuse_taken_port() -> None:
    """Say it before anything starts: gunicorn would only after five tries, among other lines."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.BIND, settings.PORT))
        except OSError as error:
            raise CommandError(
                f"Port {settings.PORT} is taken or not allowed ({error.strerror}). "
                f"Name another: PORT={settings.PORT + 1} make run"
            ) from error


def _commands(parts: list[str]) -> dict[str, str]:
    """The command lines of the parts; docker-compose.yml starts the same ones."""
    python = sys.executable
    celery = f"{python} -m celery --quiet -A rmsreview"
    commands = {
        "web": (
            f"{python} -m gunicorn rmsreview.wsgi --bind {settings.BIND}:{settings.PORT} "
            f"--worker-class gthread --workers {settings.WEB_WORKERS} --threads 4 --timeout 120 "
            f"--no-control-socket --worker-tmp-dir {_memory_dir()} --log-level warning"
        ),
        "worker": (
            f"{celery} worker --pool threads --concurrency 2 --loglevel WARNING --hostname "
            f"worker@%h --without-gossip --without-mingle"
        ),
        "scheduler": f"{celery} beat --loglevel WARNING --pidfile=",
    }
    return {name: command for name, command in commands.items() if name in parts}


def _memory_dir() -> str:
    """gunicorn's heartbeat file belongs in memory; on a slow disk it stops the workers."""
    shared = Path("/dev/shm")
    return str(shared if shared.is_dir() and os.access(shared, os.W_OK) else settings.DATA_DIR)
