"""``manage.py import_file``: files into the library, in the foreground."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management import CommandError, CommandParser

from papers.formats import FORMATS
from papers.management.console import HouseCommand
from papers.models import Import
from papers.services.imports import run_import, store_upload

CHUNK_BYTES = 1 << 20


class Command(HouseCommand):
    help = "Import bibliography files: PubMed XML, nbib, RIS, BibTeX, CSL-JSON, EndNote XML, CSV …"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("files", nargs="+", metavar="FILE", type=Path)
        parser.add_argument(
            "--format",
            choices=list(FORMATS),
            default="",
            help="read as this format instead of the one found by the content",
        )

    def handle(self, *, files: list[Path], format: str, json: bool, **options: Any) -> None:
        failed = 0
        for path in files:
            try:
                job = self._import(path, format)
            except OSError as error:
                failed += 1
                self.say(f"{path}: cannot be read: {error.strerror}.")
                continue
            if job.state != Import.State.DONE:
                failed += 1
                self.say(f"{path}: {job.error}")
            if json:
                self.print_json(_summary(path, job))
            elif job.state == Import.State.DONE:
                self._tell(path, job)
        if failed:
            raise CommandError(f"{failed} of {len(files)} files were not understood.", returncode=1)

    def _import(self, path: Path, format_name: str) -> Import:
        job = store_upload(name=path.name, chunks=_chunks(path), forced_format=format_name, by=None)
        return run_import(job.pk) or job

    def _tell(self, path: Path, job: Import) -> None:
        self.stdout.write(
            f"{path}: {FORMATS[job.format].label}, {job.read} read: {job.created} new, "
            f"{job.matched} known, {job.updated} changed, {job.rejected} rejected"
        )
        for piece in job.rejected_pieces.all():
            place = f"line {piece.line}" if piece.line else f"no. {piece.position}"
            self.say(f"  {place}: {piece.reason}")


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk


def _summary(path: Path, job: Import) -> dict[str, Any]:
    return {
        "file": str(path),
        "format": job.format or None,
        "read": job.read,
        "created": job.created,
        "matched": job.matched,
        "updated": job.updated,
        "rejected": [
            {"position": p.position, "line": p.line, "reason": p.reason, "raw": p.raw}
            for p in job.rejected_pieces.all()
        ],
        "error": job.error or None,
    }
