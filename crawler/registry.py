"""Brand files → `tuple[Brand, ...]`: where to look for numbers, never which to publish.

A file that is wrong anywhere stops the load, with everything that is wrong in all files: a brand
quietly left out, or half read, would look like a brand that lost its numbers.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from crawler.registry_files import Problem, RegistryError, TomlFile, located, parsed
from crawler.registry_lines import KeyPath
from crawler.registry_rules import (
    claims_of,
    file_faults,
    ownership_faults,
    partner_faults,
    relation_faults,
)
from crawler.registry_shape import Fault, faults
from outputs.schema import SCHEMA_VERSION
from pipelines.model import Brand, CrawlLimits, Expectations, Fact, Source
from pipelines.vocabulary import BrandState, Grade, SourceKind

REGISTRY_VERSION = "1.2.0"  # of registry.json; a changed meaning of a key is major


__all__ = [
    "Problem", "RegistryError", "brands_from_json", "brands_to_json", "check_brands", "load_brands",
    "registry_digest", "schema",
]  # fmt: skip


def load_brands(directory: Path | None = None) -> tuple[Brand, ...]:
    """Read all brand files of a directory (default: those that come with the program)."""
    files, problems = _read(directory)
    if problems:
        raise RegistryError(problems)
    return tuple(sorted((_brand(file.data) for file in files), key=lambda brand: brand.id))


def check_brands(directory: Path | None = None) -> tuple[Problem, ...]:
    """Say everything that is wrong with the brand files of a directory."""
    return _read(directory)[1]


def schema() -> Mapping[str, Any]:
    """The JSON Schema of a brand file."""
    return _schema()


@cache
def _schema() -> Mapping[str, Any]:
    text = (resources.files("crawler") / "brands" / "brand.schema.json").read_text("utf-8")
    loaded: Mapping[str, Any] = json.loads(text)
    return loaded


def _read(directory: Path | None) -> tuple[list[TomlFile], tuple[Problem, ...]]:
    place: Traversable = directory or resources.files("crawler") / "brands"
    files: list[TomlFile] = []
    problems: list[Problem] = []
    if not place.is_dir():
        advice = "name the directory that holds the brand files (*.toml)"
        return files, (Problem(str(place), 1, "", "there is no such directory", advice),)
    paths = [path for path in place.iterdir() if path.name.endswith(".toml")]
    if not paths:
        advice = "a brand is a file such as alipay.toml; CONTRIBUTING.md shows a minimal one"
        problems.append(Problem(str(place), 1, "", "no brand files (*.toml) in it", advice))
    for path in sorted(paths, key=lambda path: path.name):
        found = parsed(path)
        if isinstance(found, Problem):
            problems.append(found)
        else:
            files.append(found)
            problems.extend(located(found, fault) for fault in _file_faults(found))
    by_name = {file.name: file for file in files}
    claims = [claim for file in files for claim in claims_of(file.name, file.data)]
    said = {file.name: file.data for file in files}
    across = (*ownership_faults(claims), *relation_faults(said), *partner_faults(said))
    problems += [located(by_name[name], fault) for name, fault in across]
    return files, tuple(sorted(problems, key=lambda p: (p.file, p.line, p.key, p.message)))


def _file_faults(file: TomlFile) -> list[Fault]:
    """Of several faults at one key the rule's is kept: it knows more than the schema's."""
    found: dict[KeyPath, Fault] = {}
    for fault in (*file_faults(file.data, file.stem), *faults(file.data, schema(), schema())):
        found.setdefault(fault.path, fault)
    return list(found.values())


def _facts(data: Mapping[str, Any], key: str, name: str = "name") -> tuple[Fact, ...]:
    return tuple(_fact(item, item[name]) for item in data.get(key, ()))


def _prefixed(data: Mapping[str, Any], key: str, prefix: str) -> tuple[Fact, ...]:
    return tuple(_fact(item, f"{item[prefix]}:{item['id']}") for item in data.get(key, ()))


def _fact(item: Mapping[str, Any], value: str) -> Fact:
    return Fact(value, Grade(item.get("grade", Grade.D)), item["source"])


def _brand(data: Mapping[str, Any]) -> Brand:
    names, entity = data["names"], data.get("entity")
    return Brand(
        id=data["id"],
        name_zh=names["zh"],
        name_zh_hant=names.get("zh-Hant"),
        name_en=names.get("en"),
        country=data["country"],
        entity=_fact(entity, entity["name"]) if entity else None,
        former_entities=_facts(entity, "formerly") if entity else (),
        licences=_facts(data, "licences", "id"),
        aliases=tuple(data.get("aliases", ())),
        state=BrandState(data.get("state", BrandState.ACTIVE)),
        domains=_facts(data, "domains"),
        hosts=_facts(data, "hosts"),
        tlds=_facts(data, "tlds"),
        veto_paths=_facts(data, "veto", "path"),
        sources=tuple(_source(item) for item in data.get("sources", ())),
        apps=_prefixed(data, "apps", "store"),
        marks=_prefixed(data, "marks", "kind"),
        related=_facts(data, "related", "brand"),
        expectations=_expectations(data.get("expect", {})),
        limits=_limits(data.get("limits", {})),
        good_runs_to_remove=int(data.get("good_runs_to_remove", 2)),
        high_risk=data.get("risk") == "high",
    )


def _source(item: Mapping[str, Any]) -> Source:
    return Source(SourceKind(item["kind"]), item["url"], Grade(item["grade"]), item["source"])


def _expectations(data: Mapping[str, Any]) -> Expectations:
    numbers, usual = data.get("numbers", {}), Expectations()
    return Expectations(
        numbers_min=int(numbers.get("min", usual.numbers_min)),
        numbers_max=int(numbers.get("max", usual.numbers_max)),
        must_include=_facts(data, "must_include", "number"),
    )


def _limits(data: Mapping[str, Any]) -> CrawlLimits:
    usual, delay = CrawlLimits(), data.get("delay")
    return CrawlLimits(
        pages=int(data.get("pages", usual.pages)),
        depth=int(data.get("depth", usual.depth)),
        delay=None if delay is None else float(delay),
    )


def brands_to_json(brands: Iterable[Brand]) -> str:
    """Write brands as the canonical text of `registry.json`: equal brands, equal bytes."""
    ordered = sorted(brands, key=lambda brand: brand.id)
    document = {
        "schema_version": SCHEMA_VERSION,
        "registry_version": REGISTRY_VERSION,
        "brands": [dataclasses.asdict(brand) for brand in ordered],
    }
    return json.dumps(document, ensure_ascii=False, sort_keys=True, indent=1) + "\n"


def brands_from_json(text: str) -> tuple[Brand, ...]:
    """Read the text of a `registry.json`; the exact inverse of `brands_to_json`."""
    document = json.loads(text)
    version = str(document.get("registry_version"))
    if version.partition(".")[0] != REGISTRY_VERSION.partition(".")[0]:
        message = f"registry.json has version {version}, this program reads {REGISTRY_VERSION}"
        raise ValueError(f"{message}: read the run with the program that wrote it")
    return tuple(_brand_from_json(item) for item in document["brands"])


def _brand_from_json(item: Mapping[str, Any]) -> Brand:
    expectations = dict(item["expectations"])
    expectations["must_include"] = _facts_from_json(expectations["must_include"])
    facts = ("former_entities", "licences", "domains", "hosts", "tlds", "veto_paths", "apps")
    later = ("marks", "related")  # since 1.1; runs of an older program do not say them
    return Brand(
        **{
            **item,
            **{name: _facts_from_json(item[name]) for name in facts},
            **{name: _facts_from_json(item.get(name, [])) for name in later},
            "aliases": tuple(item["aliases"]),
            "entity": _facts_from_json([item["entity"]])[0] if item["entity"] else None,
            "state": BrandState(item["state"]),
            "sources": tuple(_source(source) for source in item["sources"]),
            "expectations": Expectations(**expectations),
            "limits": CrawlLimits(**item["limits"]),
        }
    )


def _facts_from_json(items: list[dict[str, str]]) -> tuple[Fact, ...]:
    return tuple(Fact(item["value"], Grade(item["grade"]), item["source"]) for item in items)


def registry_digest(brands: Iterable[Brand]) -> str:
    """Digest of what the brands say, independent of how their files are laid out."""
    return "sha256:" + hashlib.sha256(brands_to_json(brands).encode()).hexdigest()
