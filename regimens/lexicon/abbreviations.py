"""Abbreviations that a text explains, ``long form (SHORT)``.

After Schwartz and Hearst (Pac Symp Biocomput 2003): the short form's letters must be found in
order, from the right, in the words before the bracket, and its first letter must begin one of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_SHORT = re.compile(r"\(([A-Za-z][\w/+&-]{1,11})[;,)]")


def definitions(text: str) -> Iterator[tuple[str, int, int]]:
    """The short forms of a text, each with the place of its long form."""
    if "(" not in text:
        return
    for match in _SHORT.finditer(text):
        short = match.group(1)
        if sum(char.isupper() for char in short) < 2 and not short.isupper():
            continue
        # Twice its letters, as words, is as far as the authors of the method look.
        words = list(re.finditer(r"\S+", text[max(0, match.start() - 160) : match.start()]))
        most = min(len(short) + 5, len(short) * 2)
        offset = max(0, match.start() - 160)
        begin = offset + words[-most:][0].start() if words else match.start()
        start = _long_form(short, text, begin, match.start())
        if start is not None:
            yield short, start, match.start()


def _long_form(short: str, text: str, begin: int, end: int) -> int | None:
    place = end
    letters = [char.lower() for char in short if char.isalnum()]
    for index in range(len(letters) - 1, -1, -1):
        place -= 1
        while place >= begin and not (
            text[place].lower() == letters[index]
            and (index > 0 or place == begin or not text[place - 1].isalnum())
        ):
            place -= 1
        if place < begin:
            return None
    return place
