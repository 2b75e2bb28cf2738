"""LaTeX as bibliographies use it, to Unicode and back.

Exports mix LaTeX with plain text, so a sign is taken for LaTeX only where it cannot be text: a
``%`` is never a comment, ``$5,000 and $6,000`` is no formula, ``~50`` keeps its tilde.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator

from papers.formats.text import clean, plain_and_html

_ACCENTS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", "u": "\u0306",
    ".": "\u0307", '"': "\u0308", "r": "\u030a", "H": "\u030b", "v": "\u030c", "d": "\u0323",
    "c": "\u0327", "k": "\u0328", "b": "\u0331",
}  # fmt: skip

_SYMBOLS = {
    "ss": "ß", "SS": "ẞ", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ae": "æ", "AE": "Æ",
    "oe": "œ", "OE": "Œ", "aa": "å", "AA": "Å", "i": "ı", "j": "ȷ", "dh": "ð", "DH": "Ð",
    "th": "þ", "TH": "Þ", "dj": "đ", "DJ": "Đ", "ng": "ŋ", "NG": "Ŋ",
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "varepsilon": "ε",
    "zeta": "ζ", "eta": "η", "theta": "θ", "vartheta": "ϑ", "iota": "ι", "kappa": "κ",
    "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π", "rho": "ρ", "sigma": "σ",
    "varsigma": "ς", "tau": "τ", "upsilon": "υ", "phi": "φ", "varphi": "φ", "chi": "χ",
    "psi": "ψ", "omega": "ω", "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ",
    "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ", "Upsilon": "Υ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω",
    "textalpha": "α", "textbeta": "β", "textgamma": "γ", "textdelta": "δ", "textkappa": "κ",
    "textlambda": "λ", "textmu": "μ", "textomega": "ω",
    "textbackslash": "\\", "textbraceleft": "{", "textbraceright": "}", "lbrace": "{",
    "rbrace": "}", "textasciitilde": "~", "textasciicircum": "^", "textasciigrave": "`",
    "textquotesingle": "'", "textquotedbl": '"', "textbar": "|", "textless": "<",
    "textgreater": ">", "textunderscore": "_", "textdollar": "$", "textpercent": "%",
    "textasteriskcentered": "*", "textnumbersign": "#", "textampersand": "&",
    "textquoteleft": "‘", "textquoteright": "’", "textquotedblleft": "“",
    "textquotedblright": "”", "quotesinglbase": "‚", "quotedblbase": "„", "guillemotleft": "«",
    "guillemotright": "»", "textendash": "–", "textemdash": "—", "textellipsis": "…",
    "ldots": "…", "dots": "…", "textbullet": "•", "textperiodcentered": "·", "cdot": "·",
    "textdegree": "°", "degree": "°", "circ": "°", "textmicro": "µ", "textregistered": "®",
    "texttrademark": "™", "textcopyright": "©", "copyright": "©", "textsection": "§", "S": "§",
    "textparagraph": "¶", "dag": "†", "ddag": "‡", "textdagger": "†", "textdaggerdbl": "‡",
    "texteuro": "€", "euro": "€", "pounds": "£", "textsterling": "£", "textyen": "¥",
    "textonehalf": "½", "textonequarter": "¼", "textthreequarters": "¾", "pm": "±",
    "textpm": "±", "mp": "∓", "times": "×", "texttimes": "×", "div": "÷", "le": "≤", "leq": "≤",
    "leqslant": "≤", "ge": "≥", "geq": "≥", "geqslant": "≥", "ne": "≠", "neq": "≠",
    "approx": "≈", "sim": "∼", "simeq": "≃", "cong": "≅", "equiv": "≡", "ll": "≪", "gg": "≫",
    "lt": "<", "gt": ">", "infty": "∞", "propto": "∝", "in": "∈", "to": "→",
    "rightarrow": "→", "textrightarrow": "→", "leftarrow": "←", "uparrow": "↑",
    "downarrow": "↓", "leftrightarrow": "↔", "Rightarrow": "⇒", "sum": "∑", "prod": "∏",
    "sqrt": "√", "partial": "∂", "ast": "*", "star": "⋆", "prime": "′", "checkmark": "✓",
    "space": " ", "quad": " ", "qquad": " ", "newline": " ", "par": "<br>", "thinspace": " ",
}  # fmt: skip

_TAG_OF_COMMAND = {
    "textsuperscript": "sup", "textsubscript": "sub", "textit": "i", "emph": "i", "textsl": "i",
    "mathit": "i", "textbf": "b", "mathbf": "b", "underline": "u",
}  # fmt: skip
_TAG_OF_SWITCH = {"it": "i", "em": "i", "itshape": "i", "sl": "i", "bf": "b", "bfseries": "b"}
_WITHOUT_EFFECT = frozenset(
    [
        "text",
        "mathrm",
        "mathsf",
        "mathtt",
        "mathcal",
        "mathbb",
        "mathnormal",
        "mathop",
        "operatorname",
        "rm",
        "sf",
        "tt",
        "sc",
        "normalfont",
        "textnormal",
        "textrm",
        "textsf",
        "texttt",
        "textsc",
        "textup",
        "textmd",
        "mbox",
        "hbox",
        "ensuremath",
        "url",
        "path",
        "nolinkurl",
        "upshape",
        "rmfamily",
        "small",
        "footnotesize",
        "large",
        "selectfont",
        "relax",
        "protect",
        "noopsort",
        "left",
        "right",
        "big",
        "Big",
        "displaystyle",
        "textstyle",
        "limits",
        "null",
        "MakeUppercase",
        "uppercase",
        "enquote",
    ]
)
_OF_SIGN = {
    "\\": " ",
    " ": " ",
    "\n": " ",
    "\r": " ",
    ",": " ",
    ";": " ",
    ":": " ",
    "!": "",
    "-": "",
    "/": "",
    "@": "",
}

_TOKEN = re.compile(
    r"""(?=[\\{}$^_~`'-])(?:  # one look tells most text from LaTeX
        \\(?P<accent>["'`^~=.]|[uvHcdbkr](?![A-Za-z]))\s*
         (?:\{\s*(?P<braced>\\[ij](?![A-Za-z])|[^\W\d_]?)\s*\}|(?P<dotless>\\[ij])(?![A-Za-z])\s?|(?P<letter>[^\W\d_]))
      | \\(?P<word>[A-Za-z]+)(?P<after>\{\}|\*?\s*)
      | \\(?P<sign>[^A-Za-z])
      | (?P<brace>[{}])
      | (?P<math>\$)
      | (?P<script>[\^_])
      | (?P<dashes>---?) | (?P<quotes>``|'')
      | (?<=[^\s~/(\[])(?P<tie>~)(?=[^\s~]))""",
    re.VERBOSE,
)
_FORMULA = re.compile(r"(?<!\\)\$(?!\s)((?:[^$\\\r\n]|\\[^\r\n]){1,300}?)(?<!\s)\$")
_SHORT_FORMULA = re.compile(r"[^\s\d]\S{0,20}")


def from_latex(text: str | None) -> str:
    """Unicode text with <sup>, <sub>, <i>, <b> and <u> where LaTeX says so; braces dropped."""
    if not text:
        return ""
    if not any(sign in text for sign in "\\{}$~") and "--" not in text and "''" not in text:
        return text.replace("``", "“") if "``" in text else text
    return "".join(_Decoder(text).pieces())


class _Decoder:
    """One pass over the text; ``closers`` says for each open brace what its end stands for."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._closers: list[tuple[str, bool]] = []
        self._formula_ends = _formula_ends(text)
        self._is_math = False
        self._at = 0

    def pieces(self) -> Iterator[str]:
        while token := _TOKEN.search(self._text, self._at):
            yield self._text[self._at : token.start()]
            self._at = token.end()
            yield self._piece(token)
        yield self._text[self._at :]
        yield "".join(closer for closer, _ in reversed(self._closers))

    def _piece(self, token: re.Match[str]) -> str:
        kind = token.lastgroup
        if kind in ("braced", "dotless", "letter"):
            return _accented(token)
        if kind == "after":
            return self._command(token)
        return _PIECE_OF[kind or ""](self, token.group(kind or ""), token)

    def _sign(self, sign: str, token: re.Match[str]) -> str:
        return _OF_SIGN.get(sign, sign)

    def _brace(self, brace: str, token: re.Match[str]) -> str:
        if brace == "{":
            self._closers.append(("", self._is_math))
            return ""
        if not self._closers:
            return ""
        closer, self._is_math = self._closers.pop()
        return closer

    def _math(self, dollars: str, token: re.Match[str]) -> str:
        if token.start() not in self._formula_ends:
            return dollars
        self._is_math = not self._is_math
        return ""

    def _script(self, sign: str, token: re.Match[str]) -> str:
        if not self._is_math:
            return sign
        return self._open("sup" if sign == "^" else "sub", takes_letter=True)

    def _dashes(self, dashes: str, token: re.Match[str]) -> str:
        return "—" if len(dashes) == 3 else "–"

    def _quotes(self, quotes: str, token: re.Match[str]) -> str:
        return "“" if quotes == "``" else "”"

    def _tie(self, tie: str, token: re.Match[str]) -> str:
        return " "

    def _command(self, token: re.Match[str]) -> str:
        word = token["word"]
        if word in _TAG_OF_COMMAND and token["after"] != "{}":
            return self._open(_TAG_OF_COMMAND[word])
        if word in _SYMBOLS:
            return _SYMBOLS[word]
        if word in _TAG_OF_SWITCH:
            return self._switch(_TAG_OF_SWITCH[word])
        if word in _WITHOUT_EFFECT:
            self._is_math = self._is_math or word == "ensuremath"
            return ""
        return token.group().removesuffix("{}")

    def _open(self, tag: str, *, takes_letter: bool = False) -> str:
        """The tag for the group that follows, or for the one letter that does."""
        following = self._text[self._at : self._at + 1]
        if following == "{":
            self._closers.append((f"</{tag}>", self._is_math))
            self._at += 1
            return f"<{tag}>"
        if takes_letter and following and following not in "\\}$":
            self._at += 1
            return f"<{tag}>{following}</{tag}>"
        return ""

    def _switch(self, tag: str) -> str:
        """``{\\it …}``: the switch holds to the end of the group that it stands in."""
        if not self._closers:
            return ""
        closer, was_math = self._closers[-1]
        self._closers[-1] = (f"</{tag}>{closer}", was_math)
        return f"<{tag}>"


_PIECE_OF = {
    "sign": _Decoder._sign,
    "brace": _Decoder._brace,
    "math": _Decoder._math,
    "script": _Decoder._script,
    "dashes": _Decoder._dashes,
    "quotes": _Decoder._quotes,
    "tie": _Decoder._tie,
}


def _accented(token: re.Match[str]) -> str:
    base = token["braced"] or token["dotless"] or token["letter"] or ""
    if not base:
        return token["accent"] if not token["accent"].isalpha() else ""
    letter = base.strip().removeprefix("\\")
    return unicodedata.normalize("NFC", letter + _ACCENTS[token["accent"]])


def _formula_ends(text: str) -> frozenset[int]:
    """Where the dollars stand that open and close formulas; all others are money."""
    ends: set[int] = set()
    for formula in _FORMULA.finditer(text):
        if _is_formula(formula.group(1), text[formula.end() : formula.end() + 1]):
            ends.update((formula.start(), formula.end() - 1))
    return frozenset(ends)


def _is_formula(content: str, following: str) -> bool:
    if any(sign in content for sign in "\\^_"):
        return True
    return bool(_SHORT_FORMULA.fullmatch(content)) and not following.isdigit()


def plain_from_latex(text: str | None) -> str | None:
    """One line of plain text, or None."""
    return plain_and_html(from_latex(text))[0]


_OF_VERBATIM = re.compile(
    r"\\(?P<word>text[a-z]+)(?:\{\}|\s)?|\\~\{\}|\\(?P<sign>[^A-Za-z\s])|[{}]"
)


def verbatim(text: str | None) -> str | None:
    """A value that is no prose, a URL or identifier: only escapes and braces are taken off."""
    return clean(_OF_VERBATIM.sub(_bare, text or ""))


def _bare(found: re.Match[str]) -> str:
    if found["word"]:
        return _SYMBOLS.get(found["word"], found.group())
    return found["sign"] or ("~" if found.group() == "\\~{}" else "")


_ESCAPES = {
    "\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}", "%": r"\%",
    "#": r"\#", "&": r"\&", "$": r"\$", "_": r"\_", "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}  # fmt: skip
_NEEDS_ESCAPE = re.compile(r"[\\{}%#&$_~^]|-(?=-)|`(?=`)|'(?=')")
_KEPT_TAG = re.compile(r"<(/?)(sup|sub|i|b|u)>")
_COMMAND_OF = {
    "sup": "textsuperscript",
    "sub": "textsubscript",
    "i": "textit",
    "b": "textbf",
    "u": "underline",
}


def to_latex(text: str | None) -> str:
    """Plain text as LaTeX that ``from_latex`` and other readers turn into the same text."""
    return _escaped(clean(text) or "")


def html_to_latex(markup: str | None, plain: str | None) -> str:
    """The sanitised markup as LaTeX commands; the plain text where there is none."""
    if not markup:
        return to_latex(plain)
    parts, last = [], 0
    for tag in _KEPT_TAG.finditer(markup):
        parts.append(_escaped(html.unescape(markup[last : tag.start()])))
        parts.append("}" if tag.group(1) else f"\\{_COMMAND_OF[tag.group(2)]}{{")
        last = tag.end()
    parts.append(_escaped(html.unescape(markup[last:])))
    return "".join(parts)


def _escaped(text: str) -> str:
    if plain_and_html(text)[0] != clean(text):
        text = html.escape(text, quote=False)  # "<sup>" that is text and no markup
    return _NEEDS_ESCAPE.sub(lambda sign: _ESCAPES.get(sign.group(), sign.group() + "{}"), text)
