"""What a page is besides its numbers: soft 404, login wall, shell, date, marks, retired lines."""

from __future__ import annotations

import pytest

from pipelines.context.states import marks_of
from pipelines.layout import read_html
from pipelines.rules import load_rules
from pipelines.vocabulary import Outcome

STATES = load_rules().states
LONG = "我们提供支付服务，了解更多请浏览本站。" * 40


@pytest.mark.parametrize(
    ("text", "title", "scripts", "outcome"),
    [
        ("页面不存在", "", False, Outcome.SOFT_404),
        ("您访问的页面不存在", "", False, Outcome.SOFT_404),
        ("404 Not Found", "", False, Outcome.SOFT_404),
        (LONG, "404 页面", False, Outcome.SOFT_404),
        ("頁面不存在", "", False, Outcome.SOFT_404),
        ("请先登录", "", False, Outcome.LOGIN_WALL),
        ("登录后查看更多内容", "", False, Outcome.LOGIN_WALL),
        ("Please log in", "", False, Outcome.LOGIN_WALL),
        ("加载中", "", False, Outcome.SCRIPT_SHELL),
        ("示例钱包", "", True, Outcome.SCRIPT_SHELL),
        ("Please enable JavaScript", "", False, Outcome.SCRIPT_SHELL),
        ("", "", True, Outcome.SCRIPT_SHELL),
        ("", "", False, Outcome.EMPTY),
        ("  \n ", "", False, Outcome.EMPTY),
        ("示例钱包", "", False, Outcome.OK),
        (LONG, "关于我们", True, Outcome.OK),
        (LONG + "页面不存在时请刷新", "帮助", True, Outcome.OK),
        (LONG + "请先登录", "帮助", True, Outcome.OK),
    ],
)
def test_outcomes(text: str, title: str, scripts: bool, outcome: Outcome) -> None:
    assert STATES.outcome(text, title, has_scripts=scripts) is outcome


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("更新日期：2026年11月22日", "2026-11-22"),
        ("生效日期:2026-1-2", "2026-01-02"),
        ("发布时间：2026.01.02", "2026-01-02"),
        ("版本更新日期：２０２６年１月２日", "2026-01-02"),
        ("更新日期：2026年11月", "2026-11-01"),
        ("更新日期：2026-02-31", ""),
        ("2026-11-22", ""),
        ("更新日期见下", ""),
        ("", ""),
        ("字" * 4000 + "更新日期：2026-11-22", ""),
    ],
)
def test_the_date_a_page_states(text: str, day: str) -> None:
    assert STATES.date_of(text) == day


@pytest.mark.parametrize(
    ("tail", "retired"),
    [
        ("已停用", True),
        ("（已停用）", True),
        ("将于2026年12月1日起停止使用", True),
        ("已变更为95199", True),
        ("号码作废", True),
        ("，服务时间9:00-21:00", False),
        ("咨询停用账户", False),
        ("", False),
    ],
)
def test_words_that_retire_a_number(tail: str, retired: bool) -> None:
    text = "原客服热线95188"
    assert STATES.is_retired(text + tail, len(text)) is retired


def test_marks_are_labels_headings_and_title() -> None:
    html = read_html("<title>联系我们</title><h1>示例钱包</h1><h2>客服</h2><p>95188")
    marks = marks_of(html, html.visible.text, ["客服热线", "", "客服热线"])
    assert marks == ("heading:客服", "heading:示例钱包", "label:客服热线", "title:联系我们")


def test_marks_of_plain_text_are_its_first_lines() -> None:
    marks = marks_of(None, "一\n\n二\n三\n四\n五\n六", [])
    assert set(marks) == {f"heading:{line}" for line in "一二三四五"}


def test_marks_stay_few_and_keep_the_labels() -> None:
    html = read_html("".join(f"<h2>标题{i}</h2>" for i in range(500)))
    marks = marks_of(html, html.visible.text, ["客服热线"])
    assert len(marks) <= 60
    assert "label:客服热线" in marks
