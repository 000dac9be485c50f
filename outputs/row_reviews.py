"""The reviews of rows as a run keeps them: `reviews.json`, beside its copy of the registry."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from datetime import date
from typing import Any

from outputs.canonical import document_json
from outputs.durable import replace_text
from outputs.manifest import ManifestError
from outputs.run_directory import RunDirectory
from outputs.schema import SCHEMA_VERSION
from pipelines.review import Decision, RowReview, RunReviews

REVIEWS_VERSION = "1.0.0"  # a changed meaning of a key is major


def reviews_to_json(reviews: RunReviews) -> str:
    """Canonical text: equal reviews, equal bytes."""
    ordered = sorted(reviews.reviews, key=lambda r: (r.row_id, r.change))
    return document_json(
        {
            "schema_version": SCHEMA_VERSION,
            "reviews_version": REVIEWS_VERSION,
            "held": sorted(reviews.held),
            "reviews": [_to_json(review) for review in ordered],
        }
    )


def reviews_from_json(text: str) -> RunReviews:
    """The exact inverse of `reviews_to_json`."""
    document = json.loads(text)
    version = str(document["reviews_version"])
    if version.partition(".")[0] != REVIEWS_VERSION.partition(".")[0]:
        said = f"reviews.json has version {version}, this program reads {REVIEWS_VERSION}"
        raise ValueError(f"{said}: read the run with the program that wrote it")
    reviews = tuple(_from_json(item) for item in document["reviews"])
    return RunReviews(reviews, frozenset(document["held"]))


def write_reviews(run: RunDirectory, reviews: RunReviews) -> None:
    """Give a run its own copy."""
    replace_text(run.row_reviews, reviews_to_json(reviews))


def read_reviews(run: RunDirectory) -> RunReviews:
    """What a run was built with; nothing for runs of a program that knew no reviews.

    Raises:
        ManifestError: The copy is damaged, or of another version.
    """
    if not run.row_reviews.exists():
        return RunReviews()
    try:
        return reviews_from_json(run.row_reviews.read_text(encoding="utf-8"))
    except (ValueError, KeyError, TypeError) as error:
        said = f"{run.row_reviews} cannot be read ({error}); restore it from a copy of the run"
        raise ManifestError(said) from error


def reviews_digest(reviews: RunReviews) -> str:
    """Digest of what the reviews say."""
    return "sha256:" + hashlib.sha256(reviews_to_json(reviews).encode()).hexdigest()


def _to_json(review: RowReview) -> dict[str, object]:
    dates = {"dated": review.dated.isoformat(), "expires": review.expires.isoformat()}
    return {**dataclasses.asdict(review), **dates, "doubts": list(review.doubts)}


def _from_json(item: dict[str, Any]) -> RowReview:
    return RowReview(
        **{
            **item,
            "decision": Decision(item["decision"]),
            "dated": date.fromisoformat(item["dated"]),
            "expires": date.fromisoformat(item["expires"]),
            "doubts": tuple(item["doubts"]),
        }
    )
