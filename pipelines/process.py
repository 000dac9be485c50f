"""The path of one page, on one screen: decode, blocks, mentions, numbers, evidence.

`process_page` is what `hotlines extract`, `process`, `replay` and the live view of the spiders
all call. It is pure: same page and rules, same reading.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace

from pipelines.blocks import text_blocks
from pipelines.channels.read import channels_of
from pipelines.context.directory import directories
from pipelines.context.evidence import evidence_of
from pipelines.context.publisher import Publisher, publisher_of
from pipelines.context.states import marks_of
from pipelines.decode import Decoded, decode
from pipelines.extract.html import document_blocks
from pipelines.extract.image import ImageText, image_blocks, read_image
from pipelines.extract.json_body import json_blocks, json_text
from pipelines.extract.pdf import PdfRefusedError, pdf_blocks, pdf_text
from pipelines.extract.tel_conflicts import mark_conflicts
from pipelines.findings import Findings, misprints, search
from pipelines.image_issues import doubtful_lines, number_in_images, refused_image
from pipelines.layout import Html, Layout, read_html
from pipelines.media import Media, media_of
from pipelines.model import Block, Evidence, Issue, Page, PageReading
from pipelines.rules import Rules
from pipelines.vocabulary import Level, Outcome


def process_page(page: Page, rules: Rules) -> PageReading:
    """Reads one document.

    Args:
        page: The document; `page.body` is without content coding.
        rules: All rule tables (`load_rules()`).

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
        blocks = text_blocks(decoded.text)
        return _reading(page, decoded, rules, blocks, decoded.text, None)
    html = read_html(decoded.text)
    blocks = document_blocks(html, decoded.text)
    reading = _reading(page, decoded, rules, blocks, html.visible.text, html)
    return replace(reading, issues=(*reading.issues, *number_in_images(reading, page, html)))


def process_image(page: Page, image: ImageText, rules: Rules) -> PageReading:
    """The reading of an image, whose text was read before (in another process, or once).

    An image without text is a good answer: that a number is gone from one that showed it is
    told by its marks, which are labels only (the text of an image is all number).
    """
    if image.refused:
        return PageReading(Outcome.PARSER_REFUSED, issues=(refused_image(page, image),))
    text = "\n".join(image.lines)
    decoded = Decoded(text, "image", guessed=False)
    blocks = image_blocks(image, page.called)
    # Characters read off an image are too doubtful for an address.
    reading = _reading(page, decoded, rules, blocks, text, None, words="")
    return replace(
        reading,
        outcome=Outcome.OK,
        marks=tuple(mark for mark in reading.marks if mark.startswith("label:")),
        issues=(*reading.issues, *doubtful_lines(page, image)),
    )


def _read_pdf(page: Page, rules: Rules) -> PageReading:
    try:
        text = pdf_text(page.body)
    except PdfRefusedError as error:
        return _refused(page, str(error))
    decoded = Decoded(text, "pdf", guessed=False)
    return _reading(page, decoded, rules, pdf_blocks(text), text, None)


def _read_json(page: Page, decoded: Decoded, rules: Rules) -> PageReading:
    try:
        document = json.loads(decoded.text, strict=False)
    except (ValueError, RecursionError) as error:
        return _refused(page, f"the document calls itself JSON and is not: {error}")
    blocks, words = json_blocks(document), json_text(document)
    return _reading(page, decoded, rules, blocks, decoded.text, None, words)


def _reading(
    page: Page,
    decoded: Decoded,
    rules: Rules,
    blocks: Iterable[Block],
    text: str,
    html: Html | None,
    words: str | None = None,
) -> PageReading:
    """The reading of a page's blocks; `words` is the text for channels where it is another one."""
    plain = Layout(text if words is None else words, ())
    publisher = publisher_of(text, page.brand)
    findings = search(blocks, page.country, rules)
    evidence = mark_conflicts(tuple(_evidence(findings, page, rules, publisher)))
    outcome = Outcome.OK
    if not evidence:
        outcome = rules.states.outcome(
            text, html.title if html else "", has_scripts="<script" in decoded.text
        )
    return PageReading(
        outcome=outcome,
        evidence=evidence,
        channels=channels_of(
            page, html.visible if html else plain, html, evidence, publisher, rules
        ),
        issues=(*_conflicts(evidence, page), *misprints(findings, page, rules)),
        marks=marks_of(html, text, (e.label for e in evidence)),
        charset=decoded.charset,
        charset_guessed=decoded.guessed,
        dated=rules.states.date_of(text),
    )


def _evidence(
    findings: Findings, page: Page, rules: Rules, publisher: Publisher
) -> Iterator[Evidence]:
    numbers = [candidate.number for candidate in findings.candidates]
    listed = directories(numbers, rules.labels, rules.owners)
    for candidate in findings.candidates:
        evidence = evidence_of(
            candidate.number,
            page,
            rules,
            publisher,
            needs_label=candidate.needs_label,
            listed=candidate.number.number in listed,
        )
        if evidence is not None:
            yield evidence


def blocks_of(page: Page) -> tuple[Block, ...]:
    """The blocks of a document that may hold a number; none where its reader refuses it."""
    media = media_of(page.body, page.content_type, page.final_url or page.url)
    if media in (Media.PDF, Media.IMAGE):
        return ()
    text = decode(page.body, page.content_type, page.country).text
    if media is Media.JSON:
        try:
            return tuple(json_blocks(json.loads(text, strict=False)))
        except (ValueError, RecursionError):
            return ()
    if media is Media.TEXT:
        return tuple(text_blocks(text))
    return tuple(document_blocks(read_html(text), text))


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
                f"the link dials {item.number}, its text says otherwise: {item.context[:60]}",
                "ask the brand which is right; until then the text's number is the row",
                item.brand_id,
                page.url,
            )
