"""Draws banners with numbers, as pages show them instead of text.

`python -m tests.images FONT` draws the banner of the sample web anew; FONT is a file with
Chinese characters (the one in the repository was drawn with Noto Sans SC, SIL OFL 1.1).
"""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

SAMPLE = Path(__file__).parents[1] / "crawler/sampleweb/site/www.shilitu.test/day1/img/rexian.png"
LATIN = ("DejaVuSans.ttf", "LiberationSans-Regular.ttf", "Arial.ttf")
CHINESE = (
    "NotoSansCJK-Regular.ttc",
    "NotoSansSC-Regular.otf",
    "SourceHanSansSC-Regular.otf",
    "wqy-microhei.ttc",
    "wqy-zenhei.ttc",
    "simhei.ttf",
    "PingFang.ttc",
)


def font_among(names: tuple[str, ...], size: int) -> ImageFont.FreeTypeFont | None:
    """The first of the fonts that this machine has."""
    for name in names:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return None


def banner(
    text: str,
    font: ImageFont.FreeTypeFont,
    *,
    size: tuple[int, int] = (420, 60),
    ground: str = "white",
    ink: str = "black",
    mode: str = "RGB",
    form: str = "PNG",
) -> bytes:
    """An image file with a text on it."""
    image = Image.new("RGBA" if mode == "RGBA" else "RGB", size, ground)
    ImageDraw.Draw(image).text((12, 10), text, font=font, fill=ink)
    return encoded(image.convert(mode), form)


def encoded(image: Image.Image, form: str = "PNG") -> bytes:
    """The file of an image."""
    file = BytesIO()
    image.save(file, form, optimize=True) if form == "PNG" else image.save(file, form)
    return file.getvalue()


def main(font: str) -> None:
    """Draws the banner of the sample web."""
    drawn = banner("投诉热线：400-000-1112", ImageFont.truetype(font, 30), ink="#c00000", mode="P")
    SAMPLE.write_bytes(drawn)


if __name__ == "__main__":
    main(sys.argv[1])
