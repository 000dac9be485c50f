"""Official accounts on social platforms, as the page itself names them."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.channels.places import Candidate, PageText, sentence_around
from pipelines.channels.words import ChannelRules, group
from pipelines.vocabulary import ChannelKind


def accounts(page_text: PageText, rules: ChannelRules) -> Iterator[Candidate]:
    """Accounts with platform and name; not where users sign in or share."""
    for piece in page_text.lines("social"):
        for platform, pattern in rules.platforms:
            for match in pattern.finditer(piece.text):
                sentence = sentence_around(piece.text, match.start(), match.end())
                name = group(match, "name").strip(' @“”"*_：:')
                if len(name) < 2 or rules.part("social.not").search(sentence):
                    continue
                at = piece.start + match.start()
                yield Candidate(ChannelKind.SOCIAL, f"{platform}：{name}", at)
