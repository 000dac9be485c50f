"""JSON-LD and microdata: every `telephone` and `faxNumber` of an organization."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipelines.blocks import Piece
from pipelines.json_value import tolerant_json
from pipelines.layout import Html
from pipelines.model import Block
from pipelines.vocabulary import Carrier

_KEYS = {"telephone": "telephone", "faxnumber": "fax"}
_DEPTH = 12
_PROPERTIES = ("telephone", "faxNumber")


def json_ld_pieces(html: Html) -> Iterator[Piece]:
    """One block per telephone of each JSON-LD script; a ContactPoint's words are its label."""
    for index, content in enumerate(html.scripts('script[type="application/ld+json" i]')):
        document = tolerant_json(content)
        for path, item, number in _telephones(document, "$", _DEPTH):
            yield Piece.of(
                Block(
                    text=number,
                    path=f"json-ld {index + 1} {path}",
                    carrier=Carrier.JSON_LD,
                    row_header=_words(item),
                    column_header=path.rpartition(".")[2].partition("[")[0],
                )
            )


def microdata_pieces(html: Html) -> Iterator[Piece]:
    """One block per `itemprop=telephone`."""
    for index, (number, around) in enumerate(html.properties(_PROPERTIES)):
        yield Piece.of(
            Block(
                text=number,
                path=f"microdata {index + 1}",
                carrier=Carrier.MICRODATA,
                row_header=around,
                column_header="telephone",
            )
        )


def _telephones(
    node: object, path: str, depth: int
) -> Iterator[tuple[str, Mapping[str, object], str]]:
    if depth == 0:
        return
    if isinstance(node, Mapping):
        for key, value in node.items():
            if str(key).lower() in _KEYS:
                yield from _values(node, f"{path}.{_KEYS[str(key).lower()]}", value)
            else:
                yield from _telephones(value, f"{path}.{key}", depth - 1)
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _telephones(value, f"{path}[{index}]", depth - 1)


def _values(
    item: Mapping[str, object], path: str, value: object
) -> Iterator[tuple[str, Mapping[str, object], str]]:
    numbers = value if isinstance(value, list) else [value]
    for number in numbers:
        if isinstance(number, str | int) and not isinstance(number, bool):
            yield path, item, str(number)


def _words(item: Mapping[str, object]) -> str:
    wanted = ("contactType", "name", "areaServed", "contactOption", "hoursAvailable", "description")
    return " | ".join(str(item[key]) for key in wanted if isinstance(item.get(key), str))[:200]
