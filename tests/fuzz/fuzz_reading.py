"""Coverage-guided fuzzing of the reader: `python tests/fuzz/fuzz_reading.py [libFuzzer options]`.

Every other input is words that pages put beside numbers (`words.txt`), a byte for each, or those of
other ways to reach a firm (`channel_words.txt`): bytes alone hardly ever spell two of them.

Needs atheris (`pip install atheris`), which is no dependency of the suite. Whatever the bytes are,
`process_page` must not raise, every mention must reproduce its raw text, reading twice must give
the same, and no input may take more than `-timeout` seconds. `--corpus DIRECTORY` starts from
saved pages; without it, from the strings of `tests/corpus/`.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import atheris

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

with atheris.instrument_imports(include=["pipelines"]):
    from pipelines.brand import Brand
    from pipelines.explain import explain
    from pipelines.model import Page
    from pipelines.process import process_page
    from pipelines.rules import load_rules

from tests.fuzz.words import channel_words, words  # noqa: E402

KINDS = ("text/html", "text/plain", "application/json", "", "text/html; charset=gbk")
COUNTRIES = ("", "CN", "HK", "TW", "PH", "VN")
BRANDS = (None, Brand(id="demo", name_zh="示例钱包", country="CN"))
RULES = load_rules()
WORDS = (words(), channel_words())


def one_input(data: bytes) -> None:
    """The first byte says how the document is declared, the rest is it, or its words."""
    if not data:
        return
    choice, body = data[0], data[1:]
    if choice % 2:
        spoken = WORDS[choice // 2 % len(WORDS)]
        body = "".join(spoken[byte % len(spoken)] for byte in body).encode()
    page = Page(
        url="https://pay.example/contact",
        body=body,
        content_type=KINDS[choice % len(KINDS)],
        country=COUNTRIES[choice // 5 % len(COUNTRIES)],
        brand=BRANDS[choice // 30 % len(BRANDS)],
    )
    reading = process_page(page, RULES)
    for item in reading.evidence:
        assert item.context[item.start : item.end] == item.raw, item
        assert item.number, item
    assert reading == process_page(page, RULES)
    if choice > 250:
        list(explain(page, reading.evidence, RULES))


def seeds(directory: Path) -> None:
    """Writes the strings of the corpus as seeds."""
    for file in sorted((ROOT / "tests" / "corpus").glob("*.toml")):
        for place, case in enumerate(tomllib.loads(file.read_text(encoding="utf-8"))["case"]):
            text = case.get("html") or case.get("text")
            kind = b"\x00" if "html" in case else b"\x06"
            (directory / f"{file.stem}-{place}").write_bytes(kind + text.encode())


def main() -> None:
    """Runs libFuzzer; a directory given as `--corpus` is filled with seeds first."""
    arguments = sys.argv[:1]
    for argument in sys.argv[1:]:
        if argument.startswith("--corpus="):
            directory = Path(argument.partition("=")[2])
            directory.mkdir(parents=True, exist_ok=True)
            seeds(directory)
            arguments.append(str(directory))
        else:
            arguments.append(argument)
    atheris.Setup(arguments, one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
