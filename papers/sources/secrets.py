"""The spellings in which a source may echo a key: as it is, in an address, in JSON, in XML."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from html import escape
from urllib.parse import quote, quote_plus


def shapes_of(secrets: Iterable[str]) -> tuple[str, ...]:
    """Every spelling of the secrets, the longest first; for most keys that is the key alone."""
    shapes = {shape for secret in secrets if secret for shape in _shapes(secret)}
    return tuple(sorted(shapes, key=lambda shape: (-len(shape), shape)))


def _shapes(secret: str) -> Iterator[str]:
    yield secret
    in_json = json.dumps(secret)[1:-1]
    yield in_json
    yield in_json.replace("/", "\\/")
    yield escape(secret)
    yield escape(secret, quote=False)
    for encoded in (quote(secret), quote(secret, safe=""), quote_plus(secret)):
        yield encoded
        yield re.sub(r"%[0-9A-F]{2}", lambda code: code.group().lower(), encoded)
