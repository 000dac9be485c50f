"""Official accounts on social platforms, as the page itself names them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelines.channels.places import Candidate, PageText, sentence_around
from pipelines.channels.words import ChannelRules, group
from pipelines.layout import Html
from pipelines.numbering.fold import fold
from pipelines.vocabulary import ChannelKind

_HOSTS = (
    "weibo.com/",
    "weibo.cn/",
    "facebook.com/",
    "twitter.com/",
    "//x.com/",
    "instagram.com/",
    "line.me/",
    "lin.ee/",
    "//m.me/",
    "t.me/",
    "tiktok.com/",
    "kakao.com/",
    "zalo.me/",
    "//wa.me/",
    "whatsapp.com/",
)
_NAME = 30  # characters
_BELOW = 80  # characters
_HANDLE = re.compile(r"(?<![\w.])@[A-Za-z0-9_.]{3,32}")
_DIALLED = re.compile(r"^\+?\d[\d -]{6,16}\d(?!\d)")
_PLATFORM = re.compile("(?:官方|关注)?(?:微信)?(?:公众|公眾|服务|服務)[号號]")
_ACCOUNT = re.compile(
    r"[\u4e00-\u9fffA-Za-z0-9]{2,12}(?:服[务務](?:中心|号|號)?|客服|助手|商户|之家|生活)"
)
_SELECTOR = ",".join(f'a[href*="{host}"]' for host in _HOSTS)


def accounts(page_text: PageText, rules: ChannelRules) -> Iterator[Candidate]:
    """Accounts with platform and name; not where users sign in or share."""
    for piece in page_text.lines("social"):
        for platform, pattern in rules.platforms:
            for match in pattern.finditer(piece.text):
                sentence = sentence_around(piece.text, match.start(), match.end())
                name = group(match, "name").strip(' @“”"*_：:')
                said = sentence.replace("小程序", "") if platform == "微信小程序" else sentence
                gone = rules.part("social.gone").match(piece.text[match.end() :])
                if len(name) < 2 or gone or rules.part("social.not").search(said):
                    continue
                at = piece.start + match.start()
                yield Candidate(ChannelKind.SOCIAL, f"{platform}：{name}", at)


def named_below(page_text: PageText) -> Iterator[Candidate]:
    """Accounts in a line of their own below the name of the platform: 微信公众号 / …服务中心."""
    for piece in page_text.lines("social"):
        if not _PLATFORM.fullmatch(piece.text.strip()):
            continue
        start = piece.start + len(piece.text) + 1
        name = page_text.text[start : start + _NAME].lstrip().partition("\n")[0].strip()
        if _ACCOUNT.fullmatch(name):
            yield Candidate(ChannelKind.SOCIAL, f"微信公众号：{name}", piece.start)


def labelled_above(page_text: PageText, rules: ChannelRules) -> Iterator[Candidate]:
    """Accounts in the line below a line that is the name of a platform: LINE / @…, WhatsApp / +…"""
    for piece in page_text.lines("social_label"):
        line, end = piece.text.strip(" :|*•"), piece.start + len(piece.text)
        platform = next((p for p, label in rules.labels if label.fullmatch(line)), "")
        below = fold(page_text.text[end : end + _BELOW]).text.strip().partition("\n")[0]
        pattern = _DIALLED if platform == "WhatsApp" else _HANDLE
        if platform and (found := pattern.search(below)):
            kind = ChannelKind.CHAT if platform == "WhatsApp" else ChannelKind.SOCIAL
            yield Candidate(kind, f"{platform}：{found[0]}", piece.start)


def linked_accounts(html: Html, page_text: PageText, rules: ChannelRules) -> Iterator[Candidate]:
    """Accounts that the page links to; none of a platform of which it links to several.

    The links of a page that lists partners or shops lead to their accounts.
    """
    found: dict[str, dict[str, str]] = {}
    for anchor in html.anchors(_SELECTOR):
        for platform, pattern in rules.linked:
            if match := pattern.match(anchor.href.strip()):
                found.setdefault(platform, {})[group(match, "name").lower()] = anchor.text
    for platform, names in found.items():
        if len(names) == 1:
            [(name, words)] = names.items()
            at = max(0, page_text.text.find(words)) if words else 0
            value = f"{platform}：{name}"
            yield Candidate(ChannelKind.SOCIAL, value, at, quote=words or value, own=not words)
