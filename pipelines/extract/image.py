"""Text of an image, by OCR (extra `ocr`). The glue runs this in a child process with limits.

The engine reads digits well and spaces badly: wide digits come apart, and what it is not sure of
it still spells out. So lines below a score give no digits, and clusters are put together again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from pipelines.blocks import Piece, layout_pieces
from pipelines.extract.image_file import ImageRefusedError, check_image
from pipelines.layout import Layout
from pipelines.model import Block
from pipelines.numbering.digits import GATE
from pipelines.vocabulary import Carrier

if TYPE_CHECKING:
    import numpy as np

SURE = 0.85  # score from which the digits of a line are believed
MISSING = 'this image was not read: OCR is not installed; pip install "hotlines[ocr]"'
# engines.md 5: the default scales the short side up and takes 20 to 90 times as long.
_OPTIONS = {
    "Global.use_cls": False,
    "Global.log_level": "critical",
    "Det.limit_type": "max",
    "Det.limit_side_len": 960,
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
}
_DIGIT = re.compile(r"[0-9０-９]")
# Groups of at most three digits, parted by one space; not behind 7×24, 9:00 or a decimal point.
_CLUSTER = re.compile(
    r"(?<![0-9])(?<![×xX*])(?<!\d[:：.])(?<!\d )\d{1,3}(?: \d{1,3})+(?! ?\d)", re.ASCII
)
_APART = 2.0  # line heights between two pieces of a row that are no longer one sentence
_LIGHT = 200  # mean brightness of what is drawn on a transparent ground
_HALF = 0.5


@dataclass(frozen=True, slots=True)
class ImageText:
    """What an image says, or why it was not read.

    Attributes:
        lines: Text from top to bottom.
        doubtful: Lines with digits that the engine is not sure of; their digits are left out.
        refused: Why it was not read, or "".
        missing: It was not read because the extra `ocr` is not installed.
    """

    lines: tuple[str, ...] = ()
    doubtful: tuple[str, ...] = ()
    refused: str = ""
    missing: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """Text found at one place of an image; coordinates in pixels."""

    text: str
    score: float
    left: float
    right: float
    top: float
    bottom: float


def read_image(body: bytes) -> ImageText:
    """Reads the text of an image; never raises on an image, however broken."""
    try:
        check_image(body)
        pieces = _pieces(body)
    except ImageRefusedError as error:
        return ImageText(refused=f"the image is not read: {error}")
    except ImportError:
        return ImageText(refused=MISSING, missing=True)
    return text_of(pieces)


def text_of(pieces: Sequence[Seen]) -> ImageText:
    """Rows of pieces as lines, with the digits of doubtful ones left out."""
    lines: list[str] = []
    doubtful: list[str] = []
    for row in _rows(pieces):
        text = join_digits(_joined(row))
        if any(p.score < SURE and _DIGIT.search(p.text) for p in row):
            doubtful += [text] if GATE.search(text) else []
            text = _DIGIT.sub("?", text)
        lines.append(text)
    return ImageText(tuple(lines), tuple(doubtful))


def join_digits(text: str) -> str:
    """Puts together digits that the engine wrote apart, where one group is too short to be one.

    >>> join_digits("热线 9 51 8 8-3"), join_digits("95188 95599"), join_digits("7×24 010")
    ('热线 95188-3', '95188 95599', '7×24 010')
    """
    return _CLUSTER.sub(_one_cluster, text)


def _one_cluster(match: re.Match[str]) -> str:
    groups = match.group().split(" ")
    return "".join(groups) if min(map(len, groups)) < 3 else match.group()


def image_pieces(image: ImageText, called: str) -> Iterator[Piece]:
    """Pieces of the text of an image.

    Args:
        called: What the page that shows the image says of it; the label of a bare number.
    """
    layout = Layout("\n".join(image.lines), ())
    for piece in layout_pieces(layout, carrier=Carrier.IMAGE):
        yield Piece(piece.text, partial(_called, piece, called))


def _called(piece: Piece, called: str) -> Block:
    block = piece.placed()
    beside = " | ".join(words for words in (called, block.row_header) if words)
    return replace(block, row_header=beside)


def _rows(pieces: Sequence[Seen]) -> Iterator[list[Seen]]:
    """Pieces by rows, top to bottom; in each from left to right."""
    row: list[Seen] = []
    for piece in sorted(pieces, key=lambda p: (p.top + p.bottom, p.left)):
        if row and not _same_row(row[0], piece):
            yield sorted(row, key=lambda p: p.left)
            row = []
        row.append(piece)
    if row:
        yield sorted(row, key=lambda p: p.left)


def _same_row(one: Seen, other: Seen) -> bool:
    shared = min(one.bottom, other.bottom) - max(one.top, other.top)
    return shared > _HALF * min(one.bottom - one.top, other.bottom - other.top)


def _joined(row: Sequence[Seen]) -> str:
    """Pieces of a row; wide gaps part them as punctuation would."""
    text = row[0].text
    for before, piece in pairwise(row):
        gap = piece.left - before.right
        text += (" | " if gap > _APART * (piece.bottom - piece.top) else " ") + piece.text
    return " ".join(text.split())


@cache
def _engine() -> Any:  # noqa: ANN401  (no type without the extra)
    import cv2
    from rapidocr import RapidOCR

    cv2.utils.logging.setLogLevel(0)  # what is broken is said in an issue, not on stderr
    return RapidOCR(params=_OPTIONS)


def _pieces(body: bytes) -> list[Seen]:
    engine = _engine()
    found = _seen(engine, _pixels(body))
    if found.boxes is None or not found.txts:
        return []
    return [
        Seen(
            text=text,
            score=float(score),
            left=float(box[:, 0].min()),
            right=float(box[:, 0].max()),
            top=float(box[:, 1].min()),
            bottom=float(box[:, 1].max()),
        )
        for box, text, score in zip(found.boxes, found.txts, found.scores, strict=True)
    ]


def _seen(engine: Any, pixels: np.ndarray) -> Any:  # noqa: ANN401
    try:
        return engine(pixels)
    except ImportError:  # its own engine is loaded late
        raise
    except Exception as error:  # whatever C++ makes of hostile pixels is a refusal
        said = f"the OCR engine failed on it: {type(error).__name__}: {error}"
        raise ImageRefusedError(said[:300]) from error


def _pixels(body: bytes) -> np.ndarray:
    """Pixels in 8-bit blue, green and red, what is transparent filled so that the rest shows."""
    import cv2
    import numpy as np

    try:
        image = cv2.imdecode(np.frombuffer(body, np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error as error:
        raise ImageRefusedError(f"the decoder refuses it: {error}") from error
    if image is None:
        raise ImageRefusedError("the decoder refuses it")
    if image.dtype != np.uint8:
        image = (image // 257).astype(np.uint8)
    if image.ndim == 2:
        return np.repeat(image[:, :, None], 3, axis=2)
    if image.shape[2] != 4:
        return np.ascontiguousarray(image[:, :, :3])
    share = image[:, :, 3:].astype(np.float32) / 255
    drawn = image[:, :, :3][image[:, :, 3] > 127]
    ground = 0 if drawn.size and float(drawn.mean()) > _LIGHT and (share < 1).any() else 255
    return np.asarray(image[:, :, :3] * share + ground * (1 - share), dtype=np.uint8)
