"""E-mail addresses: the brand's own domain, or another one where the page calls it its mailbox."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator

from pipelines.channels.places import Candidate, PageText, Piece
from pipelines.channels.words import ChannelRules
from pipelines.ground import host_of, on_ground, registrable_domain
from pipelines.model import Page
from pipelines.vocabulary import ChannelKind

_LOCAL = string.ascii_letters + string.digits + "._+-"
_DOMAIN = re.compile(
    r"\s?(?P<domain>[A-Za-z0-9-]{1,63}"
    r"(?:(?:\.|\s?[\[(【{](?:dot|\.|点)[\])】}]\s?| dot )[A-Za-z0-9-]{1,63}){1,4})"
)
_DOT = re.compile(r"\s?[\[(【{](?:dot|\.|点)[\])】}]\s?| dot ", re.I)
_BEFORE = 40
_AROUND = 75  # characters on each side of a sign
_LONGEST = 65  # characters before the sign, RFC 5321
_CROWD = 4  # foreign domains on one page: a list of other people's mailboxes


def mails(page_text: PageText, page: Page, rules: ChannelRules) -> Iterator[Candidate]:
    """Mailboxes of the publisher for its users."""
    foreign: list[tuple[str, Candidate]] = []
    for piece in page_text.lines("mail", _AROUND):
        for start, end, address in _addresses(piece, rules):
            if not _is_for_users(piece.text, start, end, address, rules):
                continue
            domain, at = address.rpartition("@")[2], piece.start + start
            if _is_own(domain, page):
                yield Candidate(ChannelKind.EMAIL, address, at, own=True)
            elif _is_labelled(piece.text, start, end, rules):
                foreign.append((domain, Candidate(ChannelKind.EMAIL, address, at)))
    if len({registrable_domain(domain) for domain, _ in foreign}) < _CROWD:
        yield from (found for _, found in foreign)


def _addresses(piece: Piece, rules: ChannelRules) -> Iterator[tuple[int, int, str]]:
    """Start, end and plain form of each address of a line."""
    signs = [m.span() for m in rules.part("mail.sign").finditer(piece.text)]
    if rules.part("mail.hash").search(piece.text):
        signs += [m.span() for m in re.finditer("#", piece.text)]
    for start, end in signs:
        head = piece.text[max(0, start - _LONGEST) : start].rstrip(" ")
        local = head[len(head.rstrip(_LOCAL)) :].lstrip("._+-")
        domain = _DOMAIN.match(piece.text, end)
        if local and domain:
            name = _DOT.sub(".", domain["domain"]).lower().strip("-")
            if registrable_domain(name):
                yield start - len(local), domain.end(), f"{local.lower()}@{name}"


def _is_for_users(text: str, start: int, end: int, address: str, rules: ChannelRules) -> bool:
    """Neither a private mailbox, nor one for the press or applicants, nor an example."""
    before = re.split(r"[。;\n]", text[max(0, start - _BEFORE) : start])[-1]
    domain = address.rpartition("@")[2]
    return not (
        rules.part("mail.private").fullmatch(domain)
        or rules.part("mail.state").fullmatch(domain)
        or (rules.part("mail.desk").match(address) and not _is_labelled(text, start, end, rules))
        or rules.part("mail.purpose").search(before)
        or rules.part("mail.bracket").match(text, end)
        or rules.part("mail.gone").match(text[end : end + _BEFORE])
        or rules.part("mail.example").search(before[-8:] + text[start:end])
    )


def _is_labelled(text: str, start: int, end: int, rules: ChannelRules) -> bool:
    said = rules.part("mail.label")
    before, behind = text[max(0, start - _BEFORE) : start], text[end : end + 16]
    return bool(said.search(before) or re.match(r"[\s\])】>]*(?:与|和)我们?", behind))


def _is_own(domain: str, page: Page) -> bool:
    """The mail's domain is the brand's ground, or the page's own where no brand is known."""
    if page.brand is None:
        here = registrable_domain(host_of(page.final_url or page.url) or "")
        return bool(here) and registrable_domain(domain) == here
    hosts = {fact.value.lower() for fact in page.brand.hosts}
    return on_ground(f"https://{domain}/", page.brand) or f"www.{domain}" in hosts
