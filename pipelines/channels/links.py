"""Online chat and forms: what the page says of chat, and its links on declared ground."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urljoin

from pipelines.channels.places import Candidate, PageText, sentence_around
from pipelines.channels.words import ChannelRules, group
from pipelines.ground import host_of, on_ground, registrable_domain
from pipelines.layout import Html
from pipelines.model import Page
from pipelines.vocabulary import ChannelKind

_LONGEST = 24  # characters of the text of such a link


def chats(page_text: PageText, rules: ChannelRules) -> Iterator[Candidate]:
    """Sentences that send the reader to a chat; one of each name."""
    for piece in page_text.lines("chat"):
        for match in rules.part("chat.name").finditer(piece.text):
            sentence = sentence_around(piece.text, match.start(), match.end())
            said = rules.part("chat.said").search(sentence)
            if said and not rules.part("chat.not").search(sentence):
                at = piece.start + match.start()
                name = group(match, "name").lower()
                yield Candidate(ChannelKind.CHAT, name, at, quote=sentence)


def linked(html: Html, page: Page, page_text: PageText, rules: ChannelRules) -> Iterator[Candidate]:
    """Links to a chat or a form that lie on the brand's own ground."""
    if "form" not in page_text.spots and "chat" not in page_text.spots:
        return
    base = page.final_url or page.url
    for href, words in html.links():
        if not words or len(words) > _LONGEST or href.startswith(("#", "javascript:")):
            continue
        kind = _kind(words, rules)
        url = _absolute(base, href) if kind else ""
        if kind and url and _on_ground(url, page):
            at = max(0, page_text.text.find(words))
            yield Candidate(kind, url, at, quote=words, own=True)


def _kind(words: str, rules: ChannelRules) -> ChannelKind | None:
    if rules.part("form.link").search(words):
        return ChannelKind.FORM
    return ChannelKind.CHAT if rules.part("chat.name").match(words) else None


def _absolute(base: str, href: str) -> str:
    """The address without fragment; "" if it is none for http, or the page itself."""
    try:
        url = urljoin(base, href.strip()).partition("#")[0]
    except ValueError:  # brackets that are no IPv6 address
        return ""
    return url if url.startswith(("http://", "https://")) and url != base else ""


def _on_ground(url: str, page: Page) -> bool:
    if page.brand is not None:
        return on_ground(url, page.brand)
    here = registrable_domain(host_of(page.final_url or page.url) or "")
    return here is not None and registrable_domain(host_of(url) or "") == here
