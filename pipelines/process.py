"""The path of one page, on one screen: decode, blocks, mentions, numbers, evidence.

`process_page` is what `hotlines extract`, `process`, `replay` and the live view of the spiders
all call. It is pure: same page and rules, same reading.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial

from pipelines.blocks import Piece, text_pieces
from pipelines.channels.read import channels_of
from pipelines.context.address_data import unoffered_beside_address
from pipelines.context.directory import directories, offices
from pipelines.context.entries import Heads
from pipelines.context.evidence import Listed, evidence_of
from pipelines.context.given_together import with_what_holds_for_all
from pipelines.context.only_phone import offered_alone
from pipelines.context.page_purposes import with_page_purposes
from pipelines.context.publisher import PublisherOf
from pipelines.decode import Decoded, decode
from pipelines.extract.html import document_pieces
from pipelines.extract.image import ImageText, image_pieces, read_image
from pipelines.extract.json_body import json_pieces, json_text
from pipelines.extract.pdf import PdfRefusedError, pdf_pieces, pdf_text
from pipelines.extract.pictures import SHOWING_KINDS
from pipelines.extract.tel_conflicts import mark_conflicts
from pipelines.findings import MAX_CANDIDATES, Findings, misprints, search
from pipelines.image_issues import doubtful_lines, number_in_images, refused_image
from pipelines.json_value import json_value
from pipelines.layout import MAX_CELLS, Html, Layout, has_too_many_cells, read_html
from pipelines.marks.page import page_issues, plays_of, user_content
from pipelines.media import Media, media_of
from pipelines.model import Block, Evidence, Issue, Mention, Page, PageReading
from pipelines.reader_issues import fallback_reader
from pipelines.recognition import json_marks, label_marks, marks_of
from pipelines.rules import Rules
from pipelines.stores.listing import listing_of_html, listing_of_json
from pipelines.vocabulary import CLAIMING, Level, Outcome, Owner, SourceKind


def process_page(page: Page, rules: Rules, read: Callable[[str], Html] = read_html) -> PageReading:
    """Reads one document.

    Args:
        page: The document; `page.body` is without content coding.
        rules: All rule tables (`load_rules()`).
        read: The reader of HTML.

    Returns:
        Evidence in reading order, with the outcome, issues and marks of the page.
    """
    media = media_of(page.body, page.content_type, page.final_url or page.url)
    if media is Media.PDF:
        return _read_pdf(page, rules)
    if media is Media.IMAGE:
        return process_image(page, read_image(page.body), rules)
    decoded = decode(page.body, page.content_type, page.country)
    if media is Media.JSON:
        return _read_json(page, decoded, rules)
    if media is Media.TEXT:
        pieces = text_pieces(decoded.text)
        return _reading(page, decoded, rules, pieces, decoded.text, None)
    if has_too_many_cells(decoded.text):
        return _refused(page, f"the document has more than {MAX_CELLS} table cells")
    html = read(decoded.text)
    pieces = document_pieces(html)
    reading = _reading(page, decoded, rules, pieces, html.visible.text, html)
    told = tuple(fallback_reader(page, html))
    return replace(reading, issues=(*reading.issues, *told)) if told else reading


def process_image(page: Page, image: ImageText, rules: Rules) -> PageReading:
    """The reading of an image, whose text was read before (in another process, or once).

    An image without text is a good answer: that a number is gone from one that showed it is
    told by its marks, which are labels only (the text of an image is all number).
    """
    if image.refused:
        return PageReading(Outcome.PARSER_REFUSED, issues=(refused_image(page, image),))
    text = "\n".join(image.lines)
    decoded = Decoded(text, "image", guessed=False)
    pieces = image_pieces(image, page.called)
    # Characters read off an image are too doubtful for an address.
    reading = _reading(page, decoded, rules, pieces, text, None, words="")
    return replace(
        reading,
        outcome=Outcome.OK,
        marks=label_marks(reading.marks),
        issues=(*reading.issues, *doubtful_lines(page, image)),
    )


def _read_pdf(page: Page, rules: Rules) -> PageReading:
    try:
        text = pdf_text(page.body)
    except PdfRefusedError as error:
        return _refused(page, str(error))
    decoded = Decoded(text, "pdf", guessed=False)
    return _reading(page, decoded, rules, pdf_pieces(text), text, None)


def _read_json(page: Page, decoded: Decoded, rules: Rules) -> PageReading:
    try:
        document = json_value(decoded.text)
    except (ValueError, RecursionError) as error:
        return _refused(page, f"the document calls itself JSON and is not: {error}")
    pieces, words = json_pieces(document), json_text(document)
    reading = _reading(page, decoded, rules, pieces, decoded.text, None, words)
    marks = json_marks(document, reading.marks) if page.brand else ()
    if page.kind is SourceKind.APP_STORE:
        listing = listing_of_json(document, page.final_url or page.url, rules.marks.stores)
        reading = replace(reading, listing=listing)
    return replace(reading, marks=marks)


def _reading(
    page: Page,
    decoded: Decoded,
    rules: Rules,
    pieces: Iterable[Piece],
    text: str,
    html: Html | None,
    words: str | None = None,
) -> PageReading:
    """The reading of a page's pieces; `words` is the text for channels where it is another one."""
    findings = search(pieces, _country(page, text, html, rules), rules)
    if findings.too_many:
        return _refused(page, f"the document has more than {MAX_CANDIDATES} numbers")
    publisher = PublisherOf(text, page.brand, rules.owners.firms, page.others)
    found = tuple(_evidence(findings, page, rules, publisher))
    evidence = mark_conflicts(tuple(item for item, _ in found))
    in_images = tuple(number_in_images(evidence, page, html)) if html else ()
    mentions = [mention for _, mention in found]
    blocks = [mention.block for mention in mentions]
    joins = rules.said_of_all.together
    evidence = with_what_holds_for_all(evidence, mentions, joins, rules.regions)
    evidence = unoffered_beside_address(evidence, blocks, rules.labels)
    if page.kind in SHOWING_KINDS and not in_images:
        evidence = offered_alone(evidence, blocks, rules.labels)
    title = html.title if html else ""
    evidence = with_page_purposes(evidence, title, rules.purposes)
    outcome = Outcome.OK
    if not evidence:
        outcome = rules.states.outcome(text, title, has_scripts="<script" in decoded.text)
    reading = PageReading(
        outcome=outcome,
        evidence=evidence,
        issues=(*_conflicts(evidence, page), *misprints(findings, page, rules), *in_images),
        charset=decoded.charset,
        charset_guessed=decoded.guessed,
        dated=rules.states.date_of(text),
        places=tuple(map(_place, blocks)) if page.kind in CLAIMING else (),
    )
    if page.brand is None:
        return reading
    if page.kind in CLAIMING:
        plays = plays_of(page, text, _mark_links(html, text), rules.marks)
        return replace(reading, plays=plays)
    if page.kind.elsewhere:  # it speaks for nobody: no channels, no footer, no look to know it by
        if html is None or page.kind is not SourceKind.APP_STORE:
            return reading
        return replace(reading, listing=listing_of_html(html, rules.marks.stores))
    layout = html.visible if html else Layout(text if words is None else words, ())
    return _for_a_brand(reading, page, rules, text, layout, html, publisher)


def _for_a_brand(
    reading: PageReading,
    page: Page,
    rules: Rules,
    text: str,
    layout: Layout,
    html: Html | None,
    publisher: PublisherOf,
) -> PageReading:
    """What only the document of a brand is asked for: channels, footer marks, and its own look."""
    evidence, title = reading.evidence, html.title if html else ""
    said = rules.states.said(text, title)
    footer = page_issues(page, text, _mark_links(html, text), rules.marks)
    # Only where a number would be offered or retired: most pages have none, and need not be asked.
    speaks = any(e.owner is not Owner.THIRD_PARTY for e in evidence)
    users = user_content(page, html, text, rules.marks) if html and speaks else ()
    return replace(
        reading,
        channels=channels_of(page, layout, html, evidence, publisher, rules),
        issues=(*reading.issues, *footer, *users),
        marks=marks_of(html, text, evidence, rules.states.contact, said),
    )


def _mark_links(html: Html | None, text: str) -> Iterator[tuple[str, str]]:
    """Links behind filings; the anchors of a page without filings are not looked at."""
    if html is not None and ("备" in text or "備" in text):
        yield from ((a.text, a.href) for a in html.anchors('a[href*="beian"],a[href*="gov.cn"]'))


def _evidence(
    findings: Findings, page: Page, rules: Rules, publisher: PublisherOf
) -> Iterator[tuple[Evidence, Mention]]:
    if not findings.candidates:
        return
    numbers = [candidate.number for candidate in findings.candidates]
    us = page.brand.names if page.brand else ()
    listed = directories(numbers, rules.labels, rules.owners, us)
    warned = rules.owners.words.warnings.listed(numbers)
    at_offices, heads = offices(numbers), Heads(numbers, rules.labels, rules.owners)
    for candidate in findings.candidates:
        number = candidate.number
        place = Listed(
            others=number.number in listed,
            warned=bool(warned) and number.mention in warned,  # a mention is long to hash
            offices=number.number in at_offices,
            head=partial(heads.of, number.mention),
        )
        needs = candidate.needs_label
        evidence = evidence_of(number, page, rules, publisher, needs_label=needs, listed=place)
        if evidence is not None:
            yield evidence, number.mention


def _place(block: Block) -> tuple[str, str]:
    return f"{block.heading}\n{block.before}", f"{block.column_header} {block.row_header}"


def searched(page: Page, rules: Rules) -> Findings:
    """What the search of a document finds and refuses; nothing where its reader refuses it."""
    media = media_of(page.body, page.content_type, page.final_url or page.url)
    if media in (Media.PDF, Media.IMAGE):
        return Findings((), ())
    text = decode(page.body, page.content_type, page.country).text
    if media is Media.HTML and has_too_many_cells(text):
        return Findings((), ())
    html = read_html(text) if media is Media.HTML else None
    seen = html.visible.text if html else text
    return search(_pieces(media, text, html), _country(page, seen, html, rules), rules)


def _pieces(media: Media, text: str, html: Html | None) -> Iterator[Piece]:
    if html is not None:
        yield from document_pieces(html)
    elif media is Media.JSON:
        with suppress(ValueError, RecursionError):
            yield from json_pieces(json_value(text))
    else:
        yield from text_pieces(text)


def _country(page: Page, text: str, html: Html | None, rules: Rules) -> str:
    """Decides what bare digits mean; asked for only if the page has a number."""
    if page.country:
        return page.country
    return rules.regions.of(text, page.final_url or page.url, html.language if html else "")


def _refused(page: Page, why: str) -> PageReading:
    issue = Issue(
        Level.WARNING,
        "parser_refused",
        why,
        "look at the capture; if the document is whole, report it with the capture",
        page.brand.id if page.brand else "",
        page.url,
    )
    return PageReading(Outcome.PARSER_REFUSED, issues=(issue,))


def _conflicts(evidence: tuple[Evidence, ...], page: Page) -> Iterator[Issue]:
    for item in evidence:
        if item.carrier == "tel_link" and "tel_link_differs" in item.rules:
            yield Issue(
                Level.WARNING,
                "tel_link_differs",
                f"the link dials {item.number}, its text says otherwise: {item.link_text}",
                "ask the brand which is right; until then the text's number is the row",
                item.brand_id,
                page.url,
            )
