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
#: Kinds of words of which a page has one that speaks of a way to get in touch.
_SPEAKS = frozenset(("form", "chat", "mail", "complaint", "postal", "social", "unsettled"))
_LONGEST_SAID = 40  # of one that is told by its address


_NOT_WORDS = " \t\xa0|·•:：>»"


def chats(page_text: PageText, rules: ChannelRules, *, is_linked: bool) -> Iterator[Candidate]:
    """Sentences that send the reader to a chat, and buttons that open one.

    Args:
        is_linked: A link leads there, which says the same as a button, and where.
    """
    for piece in page_text.lines("chat"):
        for match in rules.part("chat.name").finditer(piece.text):
            sentence = sentence_around(piece.text, match.start(), match.end())
            is_button = not is_linked and piece.text.strip(_NOT_WORDS) == match.group()
            said = is_button or rules.part("chat.said").search(sentence)
            if said and not rules.part("chat.not").search(sentence):
                at = piece.start + match.start()
                name = group(match, "name").lower()
                yield Candidate(ChannelKind.CHAT, name, at, quote=sentence)
        for match in rules.part("chat.number").finditer(piece.text):
            sentence = sentence_around(piece.text, match.start(), match.end())
            if rules.part("chat.not").search(sentence):
                continue
            value = f"WhatsApp：{group(match, 'name')}"
            yield Candidate(ChannelKind.CHAT, value, piece.start + match.start())


def linked(html: Html, page: Page, page_text: PageText, rules: ChannelRules) -> Iterator[Candidate]:
    """Links to a chat or a form that lie on the brand's own ground."""
    if _SPEAKS.isdisjoint(page_text.spots):  # as of most pages
        return
    base = page.final_url or page.url
    for href, words in html.links():
        if not words or len(words) > _LONGEST_SAID or href.startswith("#"):
            continue
        kind = _kind(words, href, rules)
        if kind is None:
            continue
        at = max(0, page_text.text.find(words))
        if "javascript:" in href:
            if kind is ChannelKind.CHAT:
                yield Candidate(kind, words, at, quote=words, own=True)
        elif (url := _absolute(base, href)) and _on_ground(url, page):
            yield Candidate(kind, url, at, quote=words, own=True)


def written(html: Html, page: Page, rules: ChannelRules) -> Iterator[Candidate]:
    """Forms with a field for words: what is written there goes to the publisher."""
    base = page.final_url or page.url
    about, other = rules.part("form.about"), rules.part("form.no_form")
    for action, words in html.written_to():
        url = _absolute(base, action) or base
        is_one = about.search(words or html.title) and not other.search(f"{action} {words}")
        if is_one and "javascript:" not in action and _on_ground(url, page):
            yield Candidate(ChannelKind.FORM, url, 0, quote=words[:_LONGEST_SAID], own=True)


def printed_forms(page_text: PageText, page: Page, rules: ChannelRules) -> Iterator[Candidate]:
    """Addresses of forms on the brand's own ground that stand in the text."""
    for piece in page_text.lines("form"):
        for match in rules.part("form.address").finditer(piece.text):
            url = group(match, "url").rstrip("./")
            if _on_ground(url, page):
                at = piece.start + match.start()
                yield Candidate(ChannelKind.FORM, url, at, quote=match.group(), own=True)


def _kind(words: str, href: str, rules: ChannelRules) -> ChannelKind | None:
    """What a link leads to, by its words, or else by its address."""
    if len(words) <= _LONGEST:
        if rules.part("form.link").search(words):
            return ChannelKind.FORM
        if rules.part("chat.name").match(words):
            return ChannelKind.CHAT
    address = href.split("?", maxsplit=1)[0]
    if rules.part("form.words").search(words) or rules.part("form.path").search(address):
        return ChannelKind.FORM
    return ChannelKind.CHAT if rules.part("chat.path").search(address) else None


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
