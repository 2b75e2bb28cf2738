"""LaTeX to Unicode and back."""

from __future__ import annotations

import pytest

from papers.formats.bibtex_text import (
    from_latex,
    html_to_latex,
    plain_from_latex,
    to_latex,
    verbatim,
)


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        (r"M{\"u}ller M\"uller M{\"{u}}ller {M\"uller}", "Müller Müller Müller Müller"),
        (r"\'{\i}\'\i \`a \^{o} \~n \={a} \.{z} \u{g} \v{s} \v s \H{o} \c{c} \k{a} \r{a}", "ííà ô ñ ā ż ğ š š ő ç ą å"),
        (r"Stra{\ss}e Stra\ss e \O rsted {\L}ukasz \AA", "Straße Straße Ørsted Łukasz Å"),
        (r"$\alpha$-fetoprotein, IFN-{$\gamma$}, \textmu m, 5$\pm$2", "α-fetoprotein, IFN-γ, μm, 5±2"),
        (r"10$^{6}$ H$_2$O CD34$^+$ \textsuperscript{18}F-FDG", "10<sup>6</sup> H<sub>2</sub>O CD34<sup>+</sup> <sup>18</sup>F-FDG"),
        (r"\emph{in vitro} \textit{PAX3} {\it FOXO1} fusion \textbf{b}", "<i>in vitro</i> <i>PAX3</i> <i>FOXO1</i> fusion <b>b</b>"),
        (r"\textbf{a \emph{b {c}} d}", "<b>a <i>b c</i> d</b>"),
        (r"{The {RMS} in {T}urkey}", "The RMS in Turkey"),
        (r"5\% \& \#1 \$2 \_x \{y\}", "5% & #1 $2 _x {y}"),
        (r"a--b ---c ``quoted'' it's", "a–b —c “quoted” it's"),
        (r"Fig.~1 and ~50 p ~ q", "Fig. 1 and ~50 p ~ q"),
        (r"a\\b a\,b rhabdo\-myo", "a b a b rhabdomyo"),
        (r"\mathrm{IL-2} \mbox{x} \ensuremath{x^2}", "IL-2 x x<sup>2</sup>"),
        (r"\textbackslash{}x \textasciitilde{}5 \textasciicircum{}2 \~{} \^{}", r"\x ~5 ^2 ~ ^"),
        ("50% of $5,000 and $6,000", "50% of $5,000 and $6,000"),
        (r"10^6 x_1 & y \unknown z", r"10^6 x_1 & y \unknown z"),
        ("plain {braces unclosed", "plain braces unclosed"),
        (r"\textit{unclosed", "<i>unclosed</i>"),
        (r"\em no group, $x^\alpha$ and ${x}^{2}$ of \"{} \b{}", 'no group, xα and x<sup>2</sup> of " '),
        ("A´ stays A\u0301 {b}", "A´ stays A\u0301 b"),
        ("stray } brace", "stray  brace"),
        ("trailing \\", "trailing \\"),
    ],
)  # fmt: skip
def test_from_latex(latex, expected):
    assert from_latex(latex) == expected


def test_plain_from_latex_is_one_line_or_none():
    assert plain_from_latex("{A\n  \\emph{b}}") == "A b"
    assert plain_from_latex("{}") is None
    assert plain_from_latex(None) is None


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        (r"https://x.org/~a/b--c?d=1\&e=\%20\_f", "https://x.org/~a/b--c?d=1&e=%20_f"),
        (r"10.1007/978-3\_{\_}4{\textbackslash}", "10.1007/978-3__4\\"),
        (r"\textasciitilde{}x \~{}y", "~x ~y"),
        (None, None),
        (" { } ", None),
    ],
)
def test_verbatim_keeps_signs(latex, expected):
    assert verbatim(latex) == expected


@pytest.mark.parametrize("text", [
    r"50% & #1 $x$ _y_ {z} \alpha ~5 ^2", "a--b ---c ``q'' '''", "<sup>5</sup> &lt; &amp; < 5 & 6",
    "P <0.05", "Müller 𝛼 שלום é", "\\", "{", "}", "%", "a~b", "--", "-", "\\'e", "\\{",
])  # fmt: skip
def test_to_latex_is_read_back(text):
    assert plain_from_latex(to_latex(text)) == text


@pytest.mark.parametrize("text", ["{", "}", "\\{", "}{", "\\}"])
def test_to_latex_leaves_no_brace_open(text):
    latex = to_latex(text)

    assert latex.count("{") == latex.count("}")


def test_html_to_latex_uses_commands():
    markup = "10<sup>6</sup> <i>PAX3</i> &amp; <b>b</b> 5 &lt; 6 H<sub>2</sub>O"

    latex = html_to_latex(markup, "unused")

    assert latex == (r"10\textsuperscript{6} \textit{PAX3} \& \textbf{b} 5 < 6 H\textsubscript{2}O")
    assert from_latex(latex) == markup.replace("&amp;", "&").replace("&lt;", "<")
