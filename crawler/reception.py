"""What an answer of a server means: pure, given the answer and what was asked."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from w3lib.html import get_meta_refresh

from crawler.answers import Answer
from crawler.blocked import blocking_vendor
from crawler.frontier import Asking
from crawler.links import canonical, same_document
from crawler.outcomes import outcome_of_status
from crawler.robots import origin_of
from pipelines.decode import decode
from pipelines.extract.image_file import ImageRefusedError, check_small_image
from pipelines.ground import host_of, on_ground, registrable_domain
from pipelines.inflate import BadEncoding, TooLarge, inflate
from pipelines.media import Media, media_of
from pipelines.search_answer import result_url
from pipelines.vocabulary import CLAIMING, Outcome, SourceKind

MAX_HOPS = 5
MAX_REFRESH = 10.0  # seconds; a slower refresh reloads a page that is meant to be read
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_GROUND = "not on declared ground"
_BOUND = {
    SourceKind.SEARCH: "not the search endpoint itself",
    SourceKind.LEAD: "no name of a host",
    SourceKind.SOCIAL: "no name of a host",
    SourceKind.APP_STORE: "another site",
    SourceKind.PARTNER: "another site",
}
_OTHER_TYPES = frozenset({"image", "audio", "video", "font", "model"})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an answer means; with a `target`, the document is to be asked for there instead."""

    outcome: Outcome
    detail: str = ""
    body: bytes = b""
    text: str = ""  # of what is no PDF and no image
    media: Media | None = None
    target: str = ""
    note: str = ""  # how it came, for the redirect chain: "301", "200 refresh"


def judge(answer: Answer, asking: Asking, limit: int) -> Verdict:
    """Tell what an answer means."""
    if answer.status == 304 and asking.conditional:
        return Verdict(Outcome.NOT_MODIFIED)
    if answer.status in _REDIRECTS:
        return _redirect(answer, answer.header("Location"), str(answer.status))
    outcome = outcome_of_status(answer.status)
    try:
        body = inflate(answer.payload, answer.header("Content-Encoding"), limit)
    except (TooLarge, BadEncoding) as error:
        if outcome is not Outcome.OK:
            return Verdict(outcome, f"status {answer.status}")
        found = Outcome.TOO_LARGE if isinstance(error, TooLarge) else Outcome.BAD_ENCODING
        return Verdict(found, str(error))
    return _judge_body(answer, asking, outcome, body)


def _judge_body(answer: Answer, asking: Asking, outcome: Outcome, body: bytes) -> Verdict:
    content_type = answer.header("Content-Type")
    media = media_of(body, content_type, answer.url)
    unread = media in (Media.PDF, Media.IMAGE)
    text = "" if unread else decode(body, content_type, asking.brand.country).text
    vendor = blocking_vendor(
        answer.status,
        ((name.decode("latin-1"), value.decode("latin-1")) for name, value in answer.headers),
        text,
    )
    if vendor:
        return Verdict(Outcome.BLOCKED, f"status {answer.status}, {vendor}")
    if outcome is not Outcome.OK:
        return Verdict(outcome, f"status {answer.status}")
    if asking.picture:
        return _judge_picture(body, content_type, media)
    if not _is_supported(body, content_type):
        return Verdict(Outcome.UNSUPPORTED_TYPE, f"content type {content_type or 'not given'!r}")
    if media is Media.HTML and (target := _refresh(text, answer.url)):
        return _redirect(answer, target, f"{answer.status} refresh")
    return Verdict(outcome, body=body, text=text, media=media)


def _judge_picture(body: bytes, content_type: str, media: Media) -> Verdict:
    if media is not Media.IMAGE:
        said = f"an image was asked for, content type {content_type or 'not given'!r} came"
        return Verdict(Outcome.UNSUPPORTED_TYPE, said)
    try:
        check_small_image(body)
    except ImageRefusedError as error:
        return Verdict(Outcome.UNSUPPORTED_TYPE, str(error))
    return Verdict(Outcome.OK, body=body, media=media)


def _is_supported(body: bytes, content_type: str) -> bool:
    if body.lstrip()[:5] == b"%PDF-":
        return True
    if content_type.strip().lower().partition("/")[0] in _OTHER_TYPES:
        return False
    # The rest is decided by the bytes: servers call anything octet-stream, or nothing at all.
    return b"\0" not in body[:1024] or body[:2] in (b"\xff\xfe", b"\xfe\xff")


def _refresh(text: str, url: str) -> str:
    delay, target = get_meta_refresh(text[:65536], url)
    if delay is None or target is None or delay > MAX_REFRESH:
        return ""
    return "" if same_document(canonical(target)) == same_document(canonical(url)) else target


def _redirect(answer: Answer, location: str, note: str) -> Verdict:
    try:
        target = urljoin(answer.url, location.strip()).partition("#")[0] if location else ""
        urlsplit(target).port  # noqa: B018  (raises on a port that is none)
    except ValueError:
        target = ""
    if not target:
        return Verdict(Outcome.REDIRECT_LOOP, f"{note} to {location[:200]!r}, which is no URL")
    return Verdict(Outcome.OK, target=target, note=note)


def follow(asking: Asking, verdict: Verdict) -> Asking | Verdict:
    """Take a redirect one hop further, or say why not."""
    target = verdict.target
    if urlsplit(target).scheme not in ("http", "https") or not _may_lead_to(target, asking):
        detail = f"{verdict.note} to {target[:500]}, which is {_BOUND.get(asking.kind, _GROUND)}"
        return Verdict(Outcome.REDIRECT_OFF_GROUND, detail, target=target)
    been = [hop.partition(" ")[0] for hop in asking.chain]
    if target in (*been, asking.asked):
        return Verdict(Outcome.REDIRECT_LOOP, f"{verdict.note} back to {target[:500]}")
    if len(set(been)) >= MAX_HOPS:
        return Verdict(Outcome.REDIRECT_LOOP, f"more than {MAX_HOPS} redirects")
    return asking.hop(target, verdict.note)


def _may_lead_to(target: str, asking: Asking) -> bool:
    """Stay on the brand's ground; a listing stays on its site, a search with its endpoint."""
    if asking.kind is SourceKind.SEARCH:
        return origin_of(target) == origin_of(asking.url)
    if asking.kind in CLAIMING:
        return bool(result_url(target))  # a public name: where its claims count is told later
    if not asking.kind.elsewhere:
        return on_ground(target, asking.brand)
    site, other = (registrable_domain(host_of(url) or "") for url in (asking.url, target))
    return site is not None and site == other
