"""Markdown that researchers write and readers see: no raw HTML, no picture, no link that runs a script."""

import re
from collections.abc import Iterable

from django import template
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

register = template.Library()
HARMLESS = re.compile(r"(https?|mailto):", re.IGNORECASE)
HIGHEST = 2
"""The page's own heading is the only first one."""


class Renderer(MarkdownIt):
    """CommonMark without what the site's security policy would refuse anyway, and so without a broken page."""

    def __init__(self) -> None:
        super().__init__("commonmark", {"html": False})

    def validateLink(self, url: str) -> bool:  # noqa: N802 - the library's name
        """Addresses with a named, harmless scheme; anything else stays text."""
        return HARMLESS.match(url) is not None and super().validateLink(url)


MARKDOWN = Renderer()
MARKDOWN.core.ruler.push("links_leave", lambda state: let_links_leave(state.tokens))
MARKDOWN.core.ruler.push("pictures_are_words", lambda state: replace_pictures(state.tokens))
MARKDOWN.core.ruler.push("headings_in_order", lambda state: put_headings_in_order(state.tokens))


@register.filter
def markdown(text: str) -> SafeString:
    """The text as HTML; its headings begin below the page's own."""
    rendered: str = MARKDOWN.render(text)
    return mark_safe(rendered)  # noqa: S308 - rendered with HTML disabled; a test plays the attacks


def let_links_leave(tokens: Iterable[Token]) -> None:
    """Open links beside the study, and tell the other site nothing of this one."""
    for token in tokens:
        if token.type == "link_open":
            token.attrs |= {"target": "_blank", "rel": "noopener noreferrer"}
        let_links_leave(token.children or [])


def replace_pictures(tokens: Iterable[Token]) -> None:
    """A picture is its own description: one from elsewhere would tell that site who reads."""
    for token in tokens:
        if token.type == "image":
            token.type, token.tag = "text", ""
        replace_pictures(token.children or [])


def put_headings_in_order(tokens: Iterable[Token]) -> None:
    """Begin at the page's second level and never skip one, however the author counted."""
    above: list[int] = []
    for token in tokens:
        if token.type == "heading_open":
            written = int(token.tag[1])
            above = [*(level for level in above if level < written), written]
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(HIGHEST - 1 + len(above), 6)}"
