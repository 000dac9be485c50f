from __future__ import annotations

from dataclasses import replace

import pytest
from brand_story import brand

from pipelines.gate import BrandCounts, judge_brand, judge_run
from pipelines.model import BrandRow, Expectations
from pipelines.vocabulary import BrandState, RunResult


def counts(**changes: object) -> BrandCounts:
    made = BrandCounts(
        observed=12, unanswered=0, explained=0, known=12, recent=(12, 12, 12), all_answered=True
    )
    return replace(made, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "reasons"),
    [
        ({}, ()),
        ({"observed": 6}, ()),
        ({"observed": 5}, ("below_median",)),
        ({"observed": 5, "unanswered": 1}, ()),
        ({"observed": 5, "unanswered": 7, "unrecognised": 7}, ("below_median",)),
        ({"observed": 6, "unanswered": 6, "unrecognised": 6}, ()),
        ({"observed": 1, "unanswered": 1, "unrecognised": 1, "recent": (2, 2)}, ()),
        ({"observed": 5, "explained": 7}, ()),
        ({"observed": 1, "recent": (2, 2)}, ()),
        ({"observed": 1, "recent": (3,)}, ("below_median",)),
        ({"observed": 0}, ("below_median", "nothing_observed")),
        ({"observed": 0, "unanswered": 12}, ()),
        ({"observed": 0, "known": 1, "recent": (1,)}, ("nothing_observed",)),
        ({"observed": 0, "known": 1, "recent": (1,), "explained": 1}, ()),
        ({"observed": 0, "known": 0, "recent": ()}, ()),
        ({"callback_error": True}, ("callback_error",)),
        (
            {"missing_must_have": ("95188", "95017")},
            ("must_have_gone:95017", "must_have_gone:95188"),
        ),
    ],
)
def test_a_brand_is_judged_by_pages_that_answered(
    changes: dict[str, object], reasons: tuple[str, ...]
) -> None:
    assert judge_brand(brand(), counts(**changes)) == reasons


@pytest.mark.parametrize(
    ("observed", "known", "all_answered", "ill"),
    [(2, 0, True, False), (1, 0, True, True), (1, 0, False, False), (1, 2, False, True)],
)
def test_the_declared_minimum(observed: int, known: int, all_answered: bool, ill: bool) -> None:
    made = brand(expectations=Expectations(numbers_min=2))
    found = judge_brand(
        made, counts(observed=observed, known=known, recent=(), all_answered=all_answered)
    )
    assert found == (("below_numbers_min",) if ill else ())


def row(brand_id: str, *, observed: int = 2, healthy: bool = True) -> BrandRow:
    return BrandRow(
        brand_id=brand_id,
        name_zh="示例",
        name_zh_hant=None,
        name_en=None,
        entity=None,
        country="CN",
        state=BrandState.ACTIVE,
        healthy=healthy,
        unhealthy_reasons=() if healthy else ("below_median",),
        pages_tried=3,
        pages_good=3,
        hotlines=2,
        hotlines_observed=observed,
        recent_counts=(2,),
        last_observed=None,
        run_id="run",
    )


def rows(healthy: int, ill: int = 0) -> list[BrandRow]:
    return [row(f"a{i}") for i in range(healthy)] + [
        row(f"b{i}", healthy=False) for i in range(ill)
    ]


@pytest.mark.parametrize(
    ("brands", "previous", "current", "reason"),
    [
        (rows(5), 0, 10, ""),
        (rows(5), 10, 10, ""),
        (rows(5), 20, 10, ""),
        (rows(5), 21, 10, "too_few_hotlines"),
        (rows(5), 9, 1, ""),
        (rows(4, 1), 10, 10, ""),
        (rows(3, 1), 10, 10, "too_many_unhealthy"),
        ([row("a", observed=0)], 10, 10, "nothing_observed"),
        ([], 0, 0, "nothing_observed"),
        ([], 10, 10, "nothing_observed"),
    ],
)
def test_the_whole_run(brands: list[BrandRow], previous: int, current: int, reason: str) -> None:
    found = judge_run(brands, previous_hotlines=previous, current_hotlines=current)
    assert found.result is (RunResult.QUARANTINED if reason else RunResult.PUBLISHED)
    assert [r.partition(":")[0] for r in found.reasons] == ([reason] if reason else [])


def test_reasons_can_be_read() -> None:
    [ill] = judge_run(rows(3, 1), previous_hotlines=10, current_hotlines=10).reasons
    assert ill == "too_many_unhealthy: 1 of 4 brands, at most 20% may be: b0 (below_median)"


def test_case_3_a_run_that_observed_nothing_is_never_published() -> None:
    found = judge_run([row("a", observed=0)], previous_hotlines=0, current_hotlines=0)
    assert found.result is RunResult.QUARANTINED


def test_bounds_given_by_the_caller() -> None:
    found = judge_run(
        rows(5),
        previous_hotlines=10,
        current_hotlines=10,
        previous_observed=30,
        broken=("schema: x",),
    )
    assert found.reasons == ("schema: x", "too_few_observed: 10, the parent observed 30")
    fine = judge_run(rows(1, 1), previous_hotlines=0, current_hotlines=4, max_unhealthy_share=0.5)
    assert fine.result is RunResult.PUBLISHED
