"""What a page is besides its numbers: soft 404, wall, firewall, shell, date, retired lines."""

from __future__ import annotations

import pytest

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
        ("安全验证 请完成滑块验证后继续访问", "", True, Outcome.BLOCKED),
        (
            "很抱歉，由于您访问的URL有可能对网站造成安全威胁，您的访问被阻断。",
            "405",
            False,
            Outcome.BLOCKED,
        ),
        ("", "Just a moment...", True, Outcome.BLOCKED),
        (LONG + "请先完成实名验证", "帮助中心", True, Outcome.OK),
        (LONG, "服务热线4004040404", False, Outcome.OK),
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
        ("生效日期：" + " " * 40 + "2026-01-02", "2026-01-02"),
        ("修订于" + "\n" * 100 + "：\t\xa0 2026-01-02", "2026-01-02"),
        ("更新日期：２０２６年１月２日 生效日期：2025年6月1日", "2026-01-02"),
        ("更新日期：2026年1月2日 生效日期：２０２５年６月１日", "2026-01-02"),
        ("新闻 2025-01-01\n活动于 2025-02-02\n发布于 2026-01-02", "2026-01-02"),
        ("更新日期：：2026-01-02", ""),
        ("2026-11-22", ""),
        ("更新日期见下", ""),
        ("", ""),
        ("字" * 4000 + "更新日期：2026-11-22", ""),
    ],
)
def test_the_date_a_page_states(text: str, day: str) -> None:
    assert STATES.date_of(text) == day


@pytest.mark.parametrize(
    ("tail", "since"),
    [
        ("已停用", ""),
        ("（已停用）", ""),
        ("将于2026年12月1日起停止使用", "2026-12-01"),
        ("已于2026-03-01正式停用", "2026-03-01"),
        ("将于12月1日起停止使用", None),
        ("将停用", None),
        ("将于2026年13月41日起停用", None),
        ("将于11月25日0:00至6:00停止服务", None),
        ("于2026年11月25日系统维护期间停止服务", None),
        ("已变更为95199", ""),
        ("号码作废", ""),
        ("，服务时间9:00-21:00", None),
        ("咨询停用账户", None),
        ("", None),
    ],
)
def test_words_that_retire_a_number(tail: str, since: str | None) -> None:
    text = "原客服热线95188"
    assert STATES.retired_from(text + tail, len(text)) == since
