"""``manage.py export``: the library, or what a search finds of it, as a file."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management import CommandError, CommandParser

from papers.filters import PaperFilter
from papers.management.console import HouseCommand
from papers.models import Paper
from papers.services.exporting import EXPORT_FORMATS, write_export


class Command(HouseCommand):
    help = "Write papers with their tags to a file; - for standard output."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", metavar="FILE", help="where to write; - for standard output")
        parser.add_argument("--format", choices=list(EXPORT_FORMATS), required=True)
        parser.add_argument("--search", default="", metavar="Q", help="as in the search box")

    def handle(self, *, file: str, format: str, search: str, json: bool, **options: Any) -> None:
        found = PaperFilter({"search": search, "ordering": "id"}, queryset=Paper.objects.all())
        if not found.is_valid():
            raise CommandError(" ".join(found.errors["search"]))
        papers = found.qs
        pieces = write_export(format, papers)
        if file == "-":
            _print(pieces)
            return
        try:
            _write(Path(file), pieces)
        except OSError as error:
            raise CommandError(f"{file} cannot be written: {error.strerror}.") from error
        count = papers.count()
        if json:
            self.print_json({"file": file, "format": format, "papers": count})
        else:
            self.say(f"{count} papers written to {file}.")


def _print(pieces: Iterator[bytes]) -> None:
    for piece in pieces:
        sys.stdout.buffer.write(piece)
    sys.stdout.buffer.flush()


def _write(path: Path, pieces: Iterator[bytes]) -> None:
    """The whole file or none: an export that breaks off leaves what was there before."""
    if path.exists() and not path.is_file():  # a pipe or a device
        with path.open("wb") as file:
            file.writelines(pieces)
        return
    draft = path.with_name(f".{path.name}.part")
    try:
        with draft.open("wb") as file:
            file.writelines(pieces)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
