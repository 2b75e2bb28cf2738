"""How text becomes words, the same for the index, for a query and for highlighting.

Case, accents, apostrophes and typography fold away, Greek letters are spelt out, and everything
that is neither letter nor digit separates: ``TGF-β1`` is ``tgf beta1``, ``Müller's`` is
``mullers``. Folding here and not in the database makes both engines find the same papers.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta",
    "η": "eta", "θ": "theta", "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu",
    "ξ": "xi", "ο": "omicron", "π": "pi", "ρ": "rho", "σ": "sigma", "ς": "sigma", "τ": "tau",
    "υ": "upsilon", "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega",
}  # fmt: skip
_LATIN = {
    "ß": "ss",
    "æ": "ae",
    "œ": "oe",
    "ø": "o",
    "đ": "d",
    "ð": "d",
    "þ": "th",
    "ł": "l",
    "ı": "i",
}
_SPELT = str.maketrans(GREEK | _LATIN)
_APOSTROPHES = "'’‘ʼ′`´"
_MARKS = "\u0300-\u036f"
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_WORD = re.compile(r"[^\W_]+")
_IS_SILENT = re.compile(rf"[{_APOSTROPHES}{_MARKS}]").match


def fold(text: str) -> str:
    """The text with apostrophes dropped and everything outside ASCII folded.

    Capitals and punctuation of ASCII stay: the databases' own tokenizers see to them.
    """
    if not text.isascii():
        text = _NOT_ASCII.sub(_folded, text)
    return text.replace("'", "").replace("`", "")


def words_of(text: str) -> tuple[str, ...]:
    """The folded words of a text, in order.

    >>> words_of("Anti-GD2 and IFN-γ in Ewing’s sarcoma")
    ('anti', 'gd2', 'and', 'ifn', 'gamma', 'in', 'ewings', 'sarcoma')
    """
    return tuple(_WORD.findall(fold(text).lower()))


def _folded(found: re.Match[str]) -> str:
    return _fold_run(found.group())


@lru_cache(maxsize=4096)
def _fold_run(run: str) -> str:
    return "".join(map(_fold_letter, run))


def _fold_letter(letter: str) -> str:
    if _IS_SILENT(letter):
        return ""
    if not letter.isalnum():  # "™" would become the letters "tm"
        return " "
    plain = letter
    for _ in range(2):  # lower-casing a few letters gives marks that decompose once more
        plain = unicodedata.normalize("NFKD", plain).casefold()
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign) and sign != "ʼ")
    return plain.translate(_SPELT)
