"""What the templates of the face need: marks, forms, navigation."""

from __future__ import annotations

from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.template.context import Context
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from regimens.models import TherapyClass

register = template.Library()

MARKS = frozenset("ctik")


@register.filter
def mark_kind(therapy_class: TherapyClass) -> str:
    """The shape of a class's mark, its main class's for a sub-class; ``x`` for a class without."""
    letter = therapy_class.main.letter.lower()
    return letter if letter in MARKS else "x"


@register.filter
def byline(paper: Any) -> str:
    """The authors as a list shows them, from ``for_list()``: "Di Carlo et al."."""
    names = [authorship.family or authorship.name for authorship in paper.first_authors]
    if not names:
        return "No author given"
    if paper.author_count <= 2:
        return " and ".join(names)
    return f"{names[0]} et al."


@register.filter
def is_checkbox(field: BoundField) -> bool:
    return isinstance(field.field.widget, forms.CheckboxInput)


@register.filter
def is_choice_group(field: BoundField) -> bool:
    """True for radio buttons and lists of checkboxes: a fieldset with a legend."""
    return isinstance(field.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple)


@register.filter
def described(field: BoundField) -> SafeString:
    """The input, tied to its help and its errors for screen readers."""
    described_by = [f"{field.auto_id}_helptext"] if field.help_text else []
    if field.errors:
        described_by.append(f"{field.auto_id}_error")
    if not described_by:
        return field.as_widget()
    return field.as_widget(attrs={"aria-describedby": " ".join(described_by)})


@register.inclusion_tag("_components/nav_link.html", takes_context=True)
def nav_link(context: Context, name: str, words: str) -> dict[str, Any]:
    """One entry of the main navigation: "page" when here, "true" when below."""
    try:
        url = reverse(name)
    except NoReverseMatch:
        return {"url": ""}
    path = context["request"].path
    if path == url:
        return {"url": url, "words": words, "current": "page"}
    is_below = url != "/" and path.startswith(url)
    return {"url": url, "words": words, "current": "true" if is_below else ""}


@register.simple_block_tag
def scroll(content: str, name: str, narrow: bool = False) -> SafeString:
    """A wide table in a region that scrolls sideways by keyboard too."""
    return format_html(
        '<div class="scroll{}" tabindex="0" role="region" aria-label="{}">{}</div>',
        " is-narrow" if narrow else "",
        name,
        content,
    )
