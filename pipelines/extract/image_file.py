"""What an image file says of itself, before anything decodes it: format, size, wholeness.

A header of some bytes decides how much memory a decoder will ask for, so it is read here, by
arithmetic alone, and what is too large or torn never reaches the decoder.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum, auto

MAX_PIXELS = 20_000_000
MAX_BYTES = 8 * 2**20
SMALL_WIDTH = 1200  # a banner with a number is small; larger images are photographs and posters
SMALL_HEIGHT = 300
SMALL_BYTES = 512 * 2**10
_PNG = b"\x89PNG\r\n\x1a\n"
# Start-of-frame markers (ITU T.81 table B.1): C0 to CF without DHT, JPG and DAC.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_BARE = frozenset((0x01, 0xFF, *range(0xD0, 0xD9)))  # markers without a length, and fill bytes


class ImageRefusedError(ValueError):
    """The image is not read: no known format, torn, or beyond the limits."""


class Format(StrEnum):
    """The image formats that are read."""

    PNG = auto()
    JPEG = auto()
    GIF = auto()
    WEBP = auto()
    BMP = auto()


@dataclass(frozen=True, slots=True)
class ImageHead:
    """Format and size in pixels, as the header states them."""

    format: Format
    width: int
    height: int


def image_head(body: bytes) -> ImageHead:
    """Reads the header of an image.

    Raises:
        ImageRefusedError: No known format, or the header or the end is missing.
    """
    kind = _format_of(body)
    if kind is None:
        raise ImageRefusedError("it is no PNG, JPEG, GIF, WebP or BMP image")
    size, is_whole = _READERS[kind]
    try:
        width, height = size(body)
        whole = is_whole(body)
    except IndexError:
        whole = False
    if not whole:
        raise ImageRefusedError(f"the {kind.upper()} image is torn: its end is missing")
    if width < 1 or height < 1:
        raise ImageRefusedError(f"the {kind.upper()} image says it is {width}×{height} pixels")
    return ImageHead(kind, width, height)


def check_image(body: bytes) -> ImageHead:
    """The header of an image that may be decoded.

    Raises:
        ImageRefusedError: It must not be decoded, and why.
    """
    if len(body) > MAX_BYTES:
        raise ImageRefusedError(f"the image has {len(body)} bytes; {MAX_BYTES} are the limit")
    head = image_head(body)
    if head.width * head.height > MAX_PIXELS:
        raise ImageRefusedError(
            f"the image says it is {head.width}×{head.height} pixels; {MAX_PIXELS} are the limit"
        )
    return head


def check_small_image(body: bytes) -> ImageHead:
    """The header of an image that is small enough to be a banner with a number.

    Raises:
        ImageRefusedError: It is none, and why.
    """
    if len(body) > SMALL_BYTES:
        raise ImageRefusedError(
            f"the image has {len(body)} bytes; images of up to {SMALL_BYTES} are read for numbers"
        )
    head = image_head(body)
    if not is_small(head.width, head.height):
        raise ImageRefusedError(
            f"the image is {head.width}×{head.height} pixels; images of up to "
            f"{SMALL_WIDTH}×{SMALL_HEIGHT} are read for numbers"
        )
    return head


def is_small(width: int, height: int) -> bool:
    """Whether an image of that size may be a banner with a number."""
    return width <= SMALL_WIDTH and height <= SMALL_HEIGHT


def _format_of(body: bytes) -> Format | None:
    if body.startswith(_PNG):
        return Format.PNG
    if body.startswith(b"\xff\xd8\xff"):
        return Format.JPEG
    if body.startswith((b"GIF87a", b"GIF89a")):
        return Format.GIF
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return Format.WEBP
    return Format.BMP if body[:2] == b"BM" and body[6:10] == bytes(4) else None


def _big(body: bytes, at: int, length: int) -> int:
    return int.from_bytes(_bytes(body, at, length), "big")


def _little(body: bytes, at: int, length: int, *, signed: bool = False) -> int:
    return int.from_bytes(_bytes(body, at, length), "little", signed=signed)


def _bytes(body: bytes, at: int, length: int) -> bytes:
    if at + length > len(body):
        raise IndexError(at)
    return body[at : at + length]


def _png_size(body: bytes) -> tuple[int, int]:
    return _big(body, 16, 4), _big(body, 20, 4)


def _png_whole(body: bytes) -> bool:
    at = len(_PNG)
    while _bytes(body, at + 4, 4) != b"IEND":
        at += 12 + _big(body, at, 4)
    return at + 12 <= len(body)


def _jpeg_size(body: bytes) -> tuple[int, int]:
    at, _ = _jpeg_segment(body, _FRAMES)
    return _big(body, at + 7, 2), _big(body, at + 5, 2)


def _jpeg_whole(body: bytes) -> bool:
    at, length = _jpeg_segment(body, frozenset((0xDA,)))
    return body.find(b"\xff\xd9", at + length) > 0


def _jpeg_segment(body: bytes, wanted: frozenset[int]) -> tuple[int, int]:
    """Where the first segment of a kind starts, and how long it is."""
    at = 2
    while True:
        if body[at] != 0xFF:
            raise IndexError(at)
        marker = body[at + 1]
        if marker in _BARE:
            at += 1 if marker == 0xFF else 2
            continue
        length = 2 + _big(body, at + 2, 2)
        if marker in wanted:
            return at, length
        at += length


def _gif_size(body: bytes) -> tuple[int, int]:
    return _little(body, 6, 2), _little(body, 8, 2)


def _gif_whole(body: bytes) -> bool:
    return body.rstrip(b"\0").endswith(b";")


def _webp_size(body: bytes) -> tuple[int, int]:
    kind = body[12:16]
    if kind == b"VP8X":
        return 1 + _little(body, 24, 3), 1 + _little(body, 27, 3)
    if kind == b"VP8L":
        bits = _little(body, 21, 4)
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    return _little(body, 26, 2) & 0x3FFF, _little(body, 28, 2) & 0x3FFF


def _webp_whole(body: bytes) -> bool:
    return len(body) >= 8 + _little(body, 4, 4)


def _bmp_size(body: bytes) -> tuple[int, int]:
    if _little(body, 14, 4) == 12:  # the header of OS/2 1.x
        return _little(body, 18, 2), _little(body, 20, 2)
    return abs(_little(body, 18, 4, signed=True)), abs(_little(body, 22, 4, signed=True))


def _bmp_whole(body: bytes) -> bool:
    return len(body) >= _little(body, 2, 4)


_Size = Callable[[bytes], tuple[int, int]]
_READERS: dict[Format, tuple[_Size, Callable[[bytes], bool]]] = {
    Format.PNG: (_png_size, _png_whole),
    Format.JPEG: (_jpeg_size, _jpeg_whole),
    Format.GIF: (_gif_size, _gif_whole),
    Format.WEBP: (_webp_size, _webp_whole),
    Format.BMP: (_bmp_size, _bmp_whole),
}
