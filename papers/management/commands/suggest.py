"""``manage.py suggest``: what the rules propose, for the library or for texts that are given."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any, BinaryIO

from django.core.management import BaseCommand, CommandError, CommandParser

from papers.management.console import HouseCommand
from papers.models import Paper
from papers.services import suggesting
from papers.services.suggestion_json import stored_json, suggestion_json
from regimens.suggest import Suggestion, Text, suggest
from regimens.terms import shipped

LONGEST_LINE = 1 << 20
"""Bytes of a paper; a line beyond it is no abstract, and reading it would hold up all others."""

_LISTS = {
    "keywords": "",
    "substances": "name",
    "mesh_headings": "descriptor",
    "publication_types": "",
}
"""Lists of words, and under which key an entry holds its own where it is an object, as in the API."""


class Unfit(Exception):
    """A line of the input that is no paper. ``str(error)`` says why."""


class Command(HouseCommand):
    help = (
        "Propose therapy classes, regimens, setting and study design for papers, each with the "
        "words that it rests on. Without options: for the library's papers that await it; the "
        "workers do that too. With --stdin: for one JSON object a line of standard input, "
        '{"id", "title", "abstract"}, and where known lists of "keywords", "substances", '
        '"mesh_headings" and "publication_types"; papers as the API shows them and export writes '
        "them (jsonl) will do. A line that is no paper is named on standard error and passed "
        "over, and the exit code is 1. Needs no database."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--stdin", action="store_true", help="read papers from standard input; no database"
        )

    def execute(self, *args: Any, **options: Any) -> str | None:
        if options["stdin"]:
            return BaseCommand.execute(self, *args, **options)
        return super().execute(*args, **options)

    def handle(self, **options: Any) -> None:
        if options["stdin"]:
            self.read_lines(as_json=options["json"])
        else:
            self.read_library(as_json=options["json"])

    def read_library(self, *, as_json: bool) -> None:
        """Store proposals for the papers that await them, and print each paper's."""
        count = 0
        for paper_id in suggesting.read_awaiting():
            count += 1
            paper = Paper.objects.for_reading().get(pk=paper_id)
            rows = [stored_json(row, paper) for row in paper.suggestions.all()]
            if as_json:
                self.print_json({"id": paper_id, "suggestions": rows})
            else:
                self.stdout.write(f"{paper_id}: {len(rows)} proposals")
        self.say(f"{count} paper{'s' if count != 1 else ''} read; none awaits the rules now.")

    def read_lines(self, *, as_json: bool) -> None:
        """Print proposals for each line; a line that is no paper is named and passed over."""
        unfit = 0
        for number, line in enumerate(_lines(sys.stdin.buffer), start=1):
            if not line.strip():
                continue
            try:
                paper_id, text = _paper(line)
            except Unfit as error:
                unfit += 1
                self.say(f"Line {number}: {error}")
                continue
            found = suggest(text, shipped())
            for said in _as_json(paper_id, found) if as_json else _as_words(paper_id, found):
                self.stdout.write(said)
        if unfit:
            raise CommandError(
                f"{unfit} line{'s' if unfit != 1 else ''} could not be read; the others were."
            )


def _lines(given: BinaryIO) -> Iterator[bytes]:
    """The lines; of one that is too long only the beginning, so that memory stays flat."""
    while line := given.readline(LONGEST_LINE + 1):
        rest = line
        while rest and not rest.endswith(b"\n"):
            rest = given.readline(LONGEST_LINE)
        yield line


def _paper(line: bytes) -> tuple[Any, Text]:
    if len(line.strip()) > LONGEST_LINE:
        raise Unfit(f"This is longer than {LONGEST_LINE:,} bytes. Write one paper a line.")
    try:
        given = json.loads(line.decode("utf-8-sig"), parse_constant=_no_number)
        json.dumps(given, ensure_ascii=False).encode()
    except UnicodeDecodeError as error:
        raise Unfit("This is not UTF-8. Save the file as UTF-8.") from error
    except UnicodeEncodeError as error:
        raise Unfit("This holds half a character (\\ud800 to \\udfff).") from error
    except (ValueError, RecursionError) as error:
        raise Unfit(f"This is no JSON ({error}). Write one object a line.") from error
    if not isinstance(given, dict):
        raise Unfit('A paper is an object: {"id": …, "title": …, "abstract": …}.')
    words: dict[str, Any] = {name: given.get(name) or "" for name in ("title", "abstract")}
    for name, value in words.items():
        if not isinstance(value, str):
            raise Unfit(f"“{name}” must be text.")
    words |= {name: _entries(name, given.get(name) or []) for name in _LISTS}
    return given.get("id"), Text(**words)


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number")


def _entries(name: str, value: Any) -> tuple[str, ...]:
    """The words of a list, whose entries are texts or objects that hold one."""
    entries = value if isinstance(value, list) else [None]
    words = [each.get(_LISTS[name]) if isinstance(each, dict) else each for each in entries]
    texts = tuple(each for each in words if isinstance(each, str))
    if len(texts) < len(words):
        raise Unfit(f"“{name}” must be a list of texts.")
    return texts


def _as_json(paper_id: Any, found: list[Suggestion]) -> Iterator[str]:
    said = {"id": paper_id, "suggestions": [suggestion_json(each) for each in found]}
    yield json.dumps(said, ensure_ascii=False)


def _as_words(paper_id: Any, found: list[Suggestion]) -> Iterator[str]:
    yield f"{paper_id}:" if found else f"{paper_id}: nothing to propose"
    for each in found:
        target = each.target.replace("_", " ")
        quotes = ", ".join(f"“{quote.text}” ({quote.field})" for quote in each.quotes)
        yield f"  {each.score:.2f}  {target}: {each.slug}; {each.rule}: {quotes}"
