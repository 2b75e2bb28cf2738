"""What the JSON readers share: loading a file, and taking values of doubtful type out of it.

A JSON file is read as a whole. Broken JSON, a bare value and nesting without end are
``Unreadable``; everything below the top level is judged piece by piece by its reader.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from papers.formats.input import InputFile, Unreadable
from papers.formats.text import clean

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def load(file: InputFile) -> dict[str, object] | list[object]:
    """The document of a file: an object or a list. Raises Unreadable otherwise."""
    document = parse(file.read_text())
    if not isinstance(document, dict | list):
        raise Unreadable(
            f"The JSON is {describe(document)}; expected an object or a list of references."
        )
    return document


def parse(text: str) -> object:
    """The value that a JSON text holds. Raises Unreadable with line and column."""
    try:
        # Not strict: exports leave line breaks inside strings (sources.md 1.4).
        document = json.loads(text, strict=False)
        if re.search(r"\\u[dD][89a-fA-F]", text):
            document = _without_surrogates(document)
    except json.JSONDecodeError as error:
        raise Unreadable(
            f"The JSON is broken at line {error.lineno}, column {error.colno}: {error.msg}. "
            "Export the file again; it may have been cut off."
        ) from None
    except RecursionError:
        raise Unreadable(
            "The JSON is nested too deeply to be a list of references. It was not read."
        ) from None
    except ValueError as error:
        raise Unreadable(f"The JSON cannot be read: {error}.") from None
    return document


def _without_surrogates(value: object) -> object:
    """Half a character ("\\ud83d" alone) can be stored nowhere; it becomes U+FFFD."""
    if isinstance(value, str):
        return _LONE_SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_without_surrogates(item) for item in value]
    if isinstance(value, dict):
        return {str(_without_surrogates(k)): _without_surrogates(v) for k, v in value.items()}
    return value


def describe(value: object) -> str:
    """A JSON value in words: "a number", "text", "true"."""
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "a text"
    return "a list" if isinstance(value, list) else "an object"


def canonical(value: object) -> bytes:
    """The bytes kept of one piece: same content, same bytes."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True).encode()


def excerpt(value: object) -> str:
    """What a Rejected shows of a piece."""
    return canonical(value).decode()


def word(value: object) -> str | None:
    """One line of text from a string or number; None from anything else."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    return None


def whole_number(value: object) -> int | None:
    """A count of 0 or more from 12, 12.0 or "12"."""
    digits = word(value)
    return (
        int(digits)
        if digits and digits.isascii() and digits.isdigit() and len(digits) < 10
        else None
    )


def decimal(value: object) -> float | None:
    """A finite number from 2.5 or "2.5"."""
    text = word(value)
    if not text or not re.fullmatch(r"-?\d{1,9}(?:\.\d+)?", text):
        return None
    return float(text)


def mapping(value: object) -> Mapping[str, object]:
    """The object, or an empty one where the source put something else."""
    return value if isinstance(value, dict) else {}


def listed(value: object) -> list[object]:
    """The list; a single value as a list of one; null as an empty one."""
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def words(value: object) -> tuple[str, ...]:
    """Every text in a list, in order, once."""
    return tuple(dict.fromkeys(text for text in map(word, listed(value)) if text))


def objects(value: object) -> Iterator[Mapping[str, object]]:
    """Every object in a list."""
    return (item for item in listed(value) if isinstance(item, dict))
