"""Images: what is refused before a decoder sees it, which of a page's are asked, what is read."""

from __future__ import annotations

import importlib.util
import random
import struct
import sys
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image, ImageFont

from outputs.reading import Reader
from pipelines.brand import Brand
from pipelines.extract.image import MISSING, ImageText, Seen, join_digits, read_image, text_of
from pipelines.extract.image_file import (
    Format,
    ImageRefusedError,
    check_image,
    check_small_image,
    image_head,
)
from pipelines.extract.pictures import MAX_PICTURES, pictures_in
from pipelines.media import Media, media_of
from pipelines.model import Page, PageReading
from pipelines.process import process_image, process_page
from pipelines.rules import load_rules
from pipelines.vocabulary import Carrier, Level, Outcome, SourceKind
from tests.images import CHINESE, LATIN, SAMPLE, banner, encoded, font_among

RULES = load_rules()
BASE = "https://www.pay.example/contact.html"
needs_ocr = pytest.mark.skipif(
    importlib.util.find_spec("rapidocr") is None,
    reason='OCR is not installed: pip install "hotlines[ocr]"',
)


def latin(size: int = 32) -> ImageFont.FreeTypeFont:
    font = font_among(LATIN, size)
    if font is None:
        pytest.skip(f"none of these fonts is on this machine: {', '.join(LATIN)}")
    return font


def png(width: int, height: int, rest: bytes = b"") -> bytes:
    """A PNG header over whatever follows, with correct sums."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", rest), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in parts
    )


# --- what a file says of itself ---------------------------------------------------------------

FORMS = ("PNG", "JPEG", "GIF", "WEBP", "BMP")
FILES = {form: encoded(Image.new("RGB", (37, 23), "white"), form) for form in FORMS}
FILES_OF_A_KIND = [
    ("GIF87a", b"GIF87a" + FILES["GIF"][6:], (37, 23)),
    ("progressive", encoded(Image.new("L", (640, 90)), "JPEG"), (640, 90)),
    ("with alpha", encoded(Image.new("RGBA", (37, 23)), "WEBP"), (37, 23)),
    ("one pixel", encoded(Image.new("1", (1, 1)), "PNG"), (1, 1)),
]


@pytest.mark.parametrize("form", FORMS)
def test_the_header_gives_format_and_size(form: str) -> None:
    head = image_head(FILES[form])
    assert head.format is Format(form.lower())
    assert (head.width, head.height) == (37, 23)
    assert media_of(FILES[form], "", "https://a.example/x") is Media.IMAGE


@pytest.mark.parametrize(("name", "body", "size"), FILES_OF_A_KIND)
def test_kinds_of_headers(name: str, body: bytes, size: tuple[int, int]) -> None:
    head = image_head(body)
    assert (head.width, head.height) == size, name


def test_webp_of_every_kind() -> None:
    lossless, animated = BytesIO(), BytesIO()
    frame = Image.new("RGB", (300, 41), "white")
    frame.save(lossless, "WEBP", lossless=True)
    other = Image.new("RGB", (300, 41), "red")
    frame.save(animated, "WEBP", save_all=True, append_images=[other], duration=50)
    for file in (lossless, animated):
        head = image_head(file.getvalue())
        assert (head.width, head.height) == (300, 41)


@pytest.mark.parametrize("form", FORMS)
def test_torn_files_are_refused_wherever_they_end(form: str) -> None:
    whole = FILES[form]
    for end in {*range(1, 60), len(whole) // 2, len(whole) - 3} & set(range(1, len(whole))):
        with pytest.raises(ImageRefusedError, match=r"torn|no PNG"):
            check_image(whole[:end])


@pytest.mark.parametrize("form", FORMS)
def test_broken_files_never_raise_anything_else(form: str) -> None:
    dice = random.Random(form)
    for _ in range(300):
        body = bytearray(FILES[form])
        for _ in range(dice.randint(1, 6)):
            body[dice.randrange(len(body))] = dice.randrange(256)
        with suppress(ImageRefusedError):
            assert check_small_image(bytes(body)).width > 0


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "no PNG, JPEG, GIF, WebP or BMP"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no PNG"),
        (png(20_000, 20_000), "20000×20000 pixels; 20000000 are the limit"),
        (png(20_000, 20_000, zlib.compress(bytes(10**6))), "20000×20000"),
        (png(2**31 - 1, 1), "2147483647×1 pixels"),
        (png(0, 10), "0×10 pixels"),
        (FILES["PNG"] + bytes(9 * 2**20), "bytes; 8388608 are the limit"),
    ],
    ids=["empty", "svg", "bomb", "bomb with data", "wide", "nothing", "heavy"],
)
def test_bombs_are_refused_by_their_header(body: bytes, said: str) -> None:
    with pytest.raises(ImageRefusedError, match=said):
        check_image(body)
    read = read_image(body)
    assert read.refused.startswith("the image is not read: ")
    assert not read.missing


@pytest.mark.parametrize(
    ("size", "fits"), [((1200, 300), True), ((1201, 10), False), ((10, 301), False)]
)
def test_only_small_images_of_pages_are_read(size: tuple[int, int], fits: bool) -> None:
    body = encoded(Image.new("1", size), "PNG")
    if fits:
        assert check_small_image(body).width == size[0]
    else:
        with pytest.raises(ImageRefusedError, match="images of up to 1200×300"):
            check_small_image(body)
    with pytest.raises(ImageRefusedError, match="images of up to 524288"):
        check_small_image(body + bytes(513 * 1024))


# --- which images of a page -------------------------------------------------------------------


def chosen(markup: str) -> dict[str, str]:
    found = pictures_in(f"<html><body>{markup}</body></html>", BASE)
    return {
        picture.url.removeprefix("https://www.pay.example/"): picture.called for picture in found
    }


@pytest.mark.parametrize(
    ("markup", "called"),
    [
        ('<img src="/a.png" alt="客服热线">', "客服热线"),
        ('<img src="/a.png" title="Hotline">', "Hotline"),
        ('<p>客服电话：<img src="/a.png"></p>', "客服电话："),
        ("<table><tr><td>投诉热线</td><td><img src=/a.png></td></tr></table>", "投诉热线"),
        ("<div><b>客服电话</b><p><a><img src=/a.png></a></p></div>", "客服电话"),
        ('<img src="/a.png" alt="客服热线" width="1200" height="300px">', "客服热线"),
        ('<img data-src="/a.png" src="data:image/gif;base64,R0" alt="客服热线">', "客服热线"),
        ('<img src="/a.png?v=3" alt="联系客服">', "联系客服"),
    ],
)
def test_images_that_speak_of_a_phone(markup: str, called: str) -> None:
    assert list(chosen(markup).values()) == [called]


@pytest.mark.parametrize("name", ["tel.png", "img/kefu-bg.jpg", "400-phone.gif", "95188.webp"])
def test_file_names_that_speak_of_a_phone(name: str) -> None:
    assert chosen(f'<p>欢迎</p><img src="/{name}">') == {name: ""}


@pytest.mark.parametrize(
    "markup",
    [
        '<img src="/a.png" alt="示意图">',
        '<img src="/a.svg" alt="客服热线">',
        '<img src="/a" alt="客服热线">',
        '<img src="/hotel.png" alt="酒店">',
        '<img src="/a.png" alt="客服热线" width="1201">',
        '<img src="/a.png" alt="客服热线" height="301">',
        '<p>客服电话：<img src="/icon.png"> 95188</p>',
        "<p>" + "客服电话很多字，" * 20 + '<img src="/a.png"></p>',
        '<img src="data:image/png;base64,iVBORw0" alt="客服热线">',
        '<img src="http://[::1" alt="客服热线">',
        '<div style="display:none"><img src="/a.png" alt="客服热线"></div>',
        '<img alt="客服热线">',
    ],
)
def test_images_that_are_left_alone(markup: str) -> None:
    assert chosen(markup) == {}


def test_the_best_five_images_of_a_page() -> None:
    by_place = "".join(f'<p>电话 <img src="/{n}.png"></p>' for n in range(9))
    found = chosen(by_place + '<img src="/own.png" alt="客服热线">')
    assert len(found) == MAX_PICTURES
    assert next(iter(found)) == "own.png"


def page(body: bytes | str, *, kind: SourceKind = SourceKind.CONTACT, called: str = "") -> Page:
    data = body.encode() if isinstance(body, str) else body
    kinds = "text/html" if isinstance(body, str) else "image/png"
    return Page(BASE, data, content_type=kinds, kind=kind, called=called)


def test_a_contact_page_without_a_number_names_its_images() -> None:
    shows = '<h1>联系我们</h1><p>投诉请看<img src="/tel.png" alt="客服热线"></p>'
    [issue] = process_page(page(shows), RULES).issues
    assert (issue.code, issue.level) == ("number_in_image", Level.WARNING)
    assert issue.url == "https://www.pay.example/tel.png"
    assert BASE in issue.message
    assert "--ocr" in issue.advice
    assert 'pip install "hotlines[ocr]"' in issue.advice
    assert process_page(page(shows + "<p>客服热线：95188</p>"), RULES).issues == ()
    assert process_page(page(shows, kind=SourceKind.POLICY), RULES).issues == ()


def test_a_switchboard_does_not_silence_the_image_of_a_hotline() -> None:
    board = "<p>公司总机：010-58812888</p>"
    shown = process_page(page(f'<img src="/tel.png" alt="客服热线">{board}'), RULES)
    assert [issue.code for issue in shown.issues] == ["number_in_image"]
    assert not any(item.is_hotline for item in shown.evidence)
    assert all(item.is_hotline for item in process_page(page(board), RULES).evidence)


# --- from pieces to numbers -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seen", "joined"),
    [
        ("9 51 8 8-3", "95188-3"),
        ("热线:9 51 8 8", "热线:95188"),
        ("客服 95 188 转 2", "客服 95188 转 2"),
        ("95188 95599", "95188 95599"),
        ("400 610 9090", "400 610 9090"),
        ("7×24 010 5880", "7×24 010 5880"),
        ("9:00 12 34", "9:00 12 34"),
        ("每周 5 天 8 小时", "每周 5 天 8 小时"),
    ],
)
def test_digits_are_put_together(seen: str, joined: str) -> None:
    assert join_digits(seen) == joined


def piece(text: str, left: float, top: float, score: float = 0.99) -> Seen:
    return Seen(text, score, left, left + 20 * len(text), top, top + 20)


def test_rows_are_read_as_people_do() -> None:
    found = [
        piece("8:00-20:00", 130, 42),
        piece("95188", 125, 2),
        piece("客服热线", 40, 0),
        piece("服务时间", 40, 40),
        piece("传真", 900, 1),
    ]
    assert text_of(found).lines == ("客服热线 95188 | 传真", "服务时间 8:00-20:00")


def test_digits_of_a_doubtful_line_are_left_out() -> None:
    found = [piece("客服热线 95188", 0, 0, 0.84), piece("投诉热线 95187", 0, 40, 0.85)]
    read = text_of(found)
    assert read == ImageText(("客服热线 ?????", "投诉热线 95187"), ("客服热线 95188",))
    reading = process_image(page(FILES["PNG"]), read, RULES)
    assert [item.number for item in reading.evidence] == ["95187"]
    assert [issue.code for issue in reading.issues] == ["image_doubtful"]
    assert "95188" in reading.issues[0].message


def test_the_page_s_words_label_a_bare_number() -> None:
    read = ImageText(("400-610-1112",))
    [item] = process_image(page(FILES["PNG"], called="投诉热线"), read, RULES).evidence
    assert (item.number, item.label, item.is_hotline) == ("4006101112", "投诉热线", True)
    assert item.carrier is Carrier.IMAGE
    assert item.context[item.start : item.end] == item.raw
    [bare] = process_image(page(FILES["PNG"]), read, RULES).evidence
    assert not bare.is_hotline


def test_an_image_without_text_is_a_good_answer() -> None:
    reading = process_image(page(FILES["PNG"]), ImageText(), RULES)
    assert (reading.outcome, reading.issues, reading.evidence) == (Outcome.OK, (), ())


def test_an_image_is_known_again_by_its_labels_only() -> None:
    owned = replace(page(FILES["PNG"]), brand=Brand(id="demo", name_zh="示例钱包", country="CN"))
    before = process_image(owned, ImageText(("客服热线 400-610-1112",)), RULES)
    after = process_image(owned, ImageText(("客服热线 400-610-1113",)), RULES)
    assert before.marks == after.marks == ("label:客服热线",)


def test_without_the_extra_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from pipelines.extract import image

    image._engine.cache_clear()
    monkeypatch.setitem(sys.modules, "rapidocr", None)
    reading = process_page(page(SAMPLE.read_bytes()), RULES)
    [issue] = reading.issues
    assert (reading.outcome, issue.code) == (Outcome.PARSER_REFUSED, "ocr_missing")
    assert issue.message == MISSING
    assert 'pip install "hotlines[ocr]"' in issue.message


# --- the engine, in its child process ---------------------------------------------------------


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader() as own:
        yield own


def numbers(reading: PageReading) -> list[tuple[str, str]]:
    return [(item.number, item.extension) for item in reading.evidence]


@needs_ocr
@pytest.mark.parametrize(
    ("text", "size", "number", "more"),
    [
        ("400-610-1112", 32, "4006101112", {}),
        ("95188", 32, "95188", {}),
        ("Hotline: 400-610-1112", 20, "4006101112", {"ground": "#2060c0", "ink": "white"}),
        ("+86-571-5550-1122", 24, "+8657155501122", {}),
        ("Tel 400 610 1112", 14, "4006101112", {"size": (220, 40)}),
        ("400-610-1112", 32, "4006101112", {"mode": "P", "form": "GIF"}),
        ("400-610-1112", 32, "4006101112", {"form": "JPEG"}),
        ("400-610-1112", 32, "4006101112", {"form": "WEBP"}),
        ("400-610-1112", 32, "4006101112", {"form": "BMP"}),
        ("400-610-1112", 32, "4006101112", {"mode": "RGBA", "ground": "#00000000"}),
        ("400-610-1112", 32, "4006101112", {"mode": "RGBA", "ground": "#00000000", "ink": "white"}),
    ],
)
def test_banners_are_read(
    reader: Reader, text: str, size: int, number: str, more: dict[str, object]
) -> None:
    drawn = banner(text, latin(size), **more)  # type: ignore[arg-type]
    reading = reader.read(page(drawn, called="客服热线"))
    assert [item.number for item in reading.evidence] == [number]
    assert reading.evidence[0].is_hotline
    assert reading.issues == ()


@needs_ocr
def test_chinese_banner_of_the_sample_web_is_read(reader: Reader) -> None:
    [item] = reader.read(page(SAMPLE.read_bytes())).evidence
    assert (item.number, item.label, item.is_hotline) == ("4000001112", "投诉热线", True)


@needs_ocr
@pytest.mark.parametrize("text", ["客服热线：400-610-1112", "投诉热线 ４００-６１０-１１１２"])
def test_chinese_banners_are_read(reader: Reader, text: str) -> None:
    font = font_among(CHINESE, 28)
    if font is None:
        pytest.skip(f"none of these fonts is on this machine: {', '.join(CHINESE)}")
    [item] = reader.read(page(banner(text, font, size=(600, 60)))).evidence
    assert item.number == "4006101112"
    assert item.is_hotline


@needs_ocr
@pytest.mark.parametrize("size", [(1, 1), (1200, 1), (1, 300), (1200, 300)])
def test_images_without_text_give_nothing(reader: Reader, size: tuple[int, int]) -> None:
    noise = random.Random(7).randbytes(size[0] * size[1] * 3)
    reading = reader.read(page(encoded(Image.frombytes("RGB", size, noise))))
    assert (reading.outcome, reading.evidence) == (Outcome.OK, ())


@needs_ocr
@pytest.mark.parametrize("size", [(1_000_000, 1), (1, 1_000_000)])
def test_what_the_engine_cannot_hold_is_refused(reader: Reader, size: tuple[int, int]) -> None:
    reading = reader.read(page(encoded(Image.new("1", size, 1))))
    assert reading.outcome is Outcome.PARSER_REFUSED
    assert [issue.code for issue in reading.issues] == ["parser_refused"]


@needs_ocr
def test_damaged_pixels_are_refused_or_read_and_never_raise(reader: Reader) -> None:
    whole = banner("400-610-1112", latin())
    at = whole.index(b"IDAT") + 40
    damaged = whole[:at] + bytes(60) + whole[at + 60 :]
    assert reader.read(page(damaged)).evidence == ()


@needs_ocr
def test_an_image_of_many_pages_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    body = SAMPLE.read_bytes()
    with Reader() as own:
        first = own.read(page(body, called="投诉热线"))
        monkeypatch.setattr(own, "_in_child", None)  # a second reading would call it
        assert own.read(page(body, called="投诉热线")) == first
