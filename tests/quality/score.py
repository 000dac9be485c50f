"""Scores the reader against the labelled set; both parts, tuned and held out, are reported.

Run: `python -m tests.quality.score [--errors]`; errors are listed for the tuned part only.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipelines.model import Evidence, Page
from pipelines.process import process_page
from pipelines.rules import load_rules

LABELS = Path(__file__).parent / "labels"
SEEN_UP_TO = "p_ca4p_0717.html"  # lines of the documents up to here were seen before the split


@dataclass
class Score:
    """Counts over documents; ratios are derived."""

    counts: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)

    def ratio(self, part: str, whole: str) -> float:
        return self.counts[part] / self.counts[whole] if self.counts[whole] else 1.0

    def figures(self) -> dict[str, float]:
        hit, wrong, missed = (self.counts[k] for k in ("hot_tp", "hot_fp", "hot_fn"))
        return {
            "precision": self.ratio("found_right", "found"),
            "recall": self.ratio("found_right", "true"),
            "hotline_f1": 2 * hit / (2 * hit + wrong + missed) if hit else 0.0,
            "owner": self.ratio("owner", "found_right"),
            "class": self.ratio("class", "found_right"),
            "extension": self.ratio("extension", "found_right"),
            "purpose": self.ratio("purpose", "found_right"),
        }


def documents_directory() -> Path:
    """Where the shared real pages lie."""
    shared = Path(os.environ.get("HOTLINES_SHARED", Path(__file__).parents[3] / "shared"))
    return shared / "real_pages" / "docs"


def is_held_out(name: str) -> bool:
    """Whether a document is never looked at while rules are tuned (README.md, Held out)."""
    if name <= SEEN_UP_TO:
        return False
    return int(hashlib.sha256(name.encode()).hexdigest()[:8], 16) % 10 < 3


def labelled() -> list[dict[str, Any]]:
    texts = (file.read_text(encoding="utf-8") for file in sorted(LABELS.glob("*.jsonl")))
    return [json.loads(line) for text in texts for line in text.splitlines() if line.strip()]


def read(path: Path) -> tuple[Evidence, ...]:
    page = Page(url=path.name, body=path.read_bytes())
    return process_page(page, load_rules()).evidence


def score() -> dict[str, Score]:
    """Scores every labelled document that is present with the labelled digest."""
    parts = {"tuned": Score(), "held_out": Score()}
    for row in labelled():
        path = documents_directory() / row["document"]
        if hashlib.sha256(path.read_bytes()).hexdigest() != row["sha256"]:
            raise ValueError(f"{row['document']}: not the document that was labelled")
        part = parts["held_out" if is_held_out(row["document"]) else "tuned"]
        _score_document(part, row, read(path))
    whole = Score()
    for part in parts.values():
        whole.counts.update(part.counts)
    return {**parts, "all": whole}


def _score_document(part: Score, row: dict[str, Any], evidence: tuple[Evidence, ...]) -> None:
    name = row["document"]
    truth = {n["number"]: n for n in row["numbers"]}
    read_by_number: dict[str, list[Evidence]] = {}
    for item in evidence:
        read_by_number.setdefault(item.number, []).append(item)
    part.counts["true"] += len(truth)
    part.counts["found"] += len(read_by_number)
    for number, items in read_by_number.items():
        label = truth.get(number)
        if label is None:
            part.errors.append(f"{name} EXTRA {number} {items[0].rules} …{items[0].context}…")
        else:
            part.counts["found_right"] += 1
            _score_number(part, name, label, items)
    for number, label in truth.items():
        if number not in read_by_number:
            part.counts["hot_fn"] += label["is_hotline"]
            part.errors.append(f"{name} MISSED {number} {label['raw']} …{label['context']}…")


def _score_number(part: Score, name: str, label: dict[str, Any], items: list[Evidence]) -> None:
    hot = any(item.is_hotline for item in items)
    best = next((item for item in items if item.is_hotline), items[0])
    part.counts["hot_tp"] += hot and label["is_hotline"]
    part.counts["hot_fp"] += hot and not label["is_hotline"]
    part.counts["hot_fn"] += label["is_hotline"] and not hot
    pairs = {
        "owner": (str(best.owner), label["owner"]),
        "class": (str(best.number_class), label["number_class"]),
        "extension": (label["extension"] in {i.extension for i in items}, True),
        "purpose": (str(best.purpose), label["purpose"]),
        "hotline": (hot, label["is_hotline"]),
    }
    for key, (ours, true) in pairs.items():
        part.counts[key] += ours == true
        if ours != true:
            part.errors.append(
                f"{name} {key.upper()} {best.number} ours={ours} true={true} "
                f"{best.rules} label={best.label!r} …{best.context}…"
            )


def main(arguments: list[str]) -> None:
    parts = score()
    for name, part in parts.items():
        figures = "  ".join(f"{k} {v:.3f}" for k, v in part.figures().items())
        print(f"{name:9} numbers {part.counts['true']:4}  {figures}")
    if "--errors" in arguments:
        print("\n".join(e.replace("\n", " ")[:330] for e in sorted(parts["tuned"].errors)))


if __name__ == "__main__":
    main(sys.argv[1:])
