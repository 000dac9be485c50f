"""What a person should know of images: not read, not read for sure, or worth a look."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pipelines.extract.image import ImageText
from pipelines.extract.pictures import SHOWING_KINDS, pictures_of
from pipelines.layout import Html
from pipelines.model import Evidence, Issue, Page
from pipelines.vocabulary import Level

NUMBER_IN_IMAGE = "number_in_image"  # code of an issue whose URL is that of the image


def refused_image(page: Page, image: ImageText) -> Issue:
    """An image that was not read: broken, too large, or the extra is not installed."""
    if image.missing:
        advice = "install the extra and run `hotlines replay`; until then look at it yourself"
        return _issue(page, "ocr_missing", image.refused, advice)
    advice = "look at the image yourself; if it is whole and small, report it with the capture"
    return _issue(page, "parser_refused", image.refused, advice)


def doubtful_lines(page: Page, image: ImageText) -> Iterator[Issue]:
    """Lines with digits that the engine is not sure of."""
    for line in image.doubtful:
        said = f"a line of the image was not read for sure, so no number is taken: {line[:80]!r}"
        advice = "look at the image; declare a page that prints the number as text"
        yield _issue(page, "image_doubtful", said, advice)


def number_in_images(evidence: Iterable[Evidence], page: Page, html: Html) -> Iterator[Issue]:
    """Images that speak of a hotline, on a page for contacts that offers no number."""
    if page.kind not in SHOWING_KINDS or any(item.is_hotline for item in evidence):
        return
    base = page.final_url or page.url
    for picture in pictures_of(html, base):
        said = f"{base} offers no number as text; one may stand in this image: {picture.called!r}"
        advice = (
            "look at the image, or let `hotlines crawl --ocr` read such images "
            '(pip install "hotlines[ocr]")'
        )
        yield _issue(page, NUMBER_IN_IMAGE, said, advice, picture.url)


def _issue(page: Page, code: str, said: str, advice: str, url: str = "") -> Issue:
    brand_id = page.brand.id if page.brand else ""
    return Issue(Level.WARNING, code, said, advice, brand_id, url or page.url)
