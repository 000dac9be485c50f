"""Whether a page is one for the browser, and what `--render` says where it cannot start one."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.plan import ConfigurationError
from crawler.rendering import chromium_path, is_shell, offers_number, require_browser
from pipelines.model import Page

HTML = "text/html; charset=utf-8"
URL = "https://pay.example/contact"


@pytest.fixture
def bin_directory(tmp_path: Path) -> Path:
    for name in ("chromium", "google-chrome", "mine"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    return tmp_path


@pytest.mark.parametrize(
    ("body", "content_type", "shell"),
    [
        ("<div id=app></div><script>go()</script>", HTML, True),
        ("<p>正在加载</p><script src=a.js></script>", HTML, True),
        ("<p>客服热线：95003</p><script>go()</script>", HTML, False),
        ("<p>" + "关于我们的服务和资费说明。" * 20 + "</p><script>go()</script>", HTML, False),
        ("<title>404 Not Found</title><script>go()</script>", HTML, False),
        ("请先登录<script>go()</script>", HTML, False),
        ("", HTML, False),
        ('{"a": 1}', "application/json", False),
    ],
)
def test_only_a_page_that_shows_nothing_is_for_a_browser(
    body: str, content_type: str, shell: bool
) -> None:
    assert is_shell(Page(URL, body.encode(), URL, content_type)) is shell


@pytest.mark.parametrize(
    ("body", "offers"),
    [
        ('{"tel": "客服热线：95003"}', True),
        ('{"tel": "请勿相信", "n": 95003}', False),
        ('{"tel": "举报请拨打 12363"}', False),
        ('{"tel": "公司总机：010-58812888"}', False),
    ],
)
def test_data_counts_if_it_offers_a_number_of_the_publisher(body: str, offers: bool) -> None:
    assert offers_number(Page(URL, body.encode(), URL, "application/json")) is offers


def test_the_browser_is_the_named_one_else_the_first_in_path(bin_directory: Path) -> None:
    path = {"PATH": str(bin_directory)}
    mine = str(bin_directory / "mine")
    assert chromium_path("", path) == bin_directory / "chromium"
    assert chromium_path(mine, path) == bin_directory / "mine"
    assert chromium_path("", {**path, "HOTLINES_CHROMIUM": mine}) == bin_directory / "mine"
    assert chromium_path("", {**path, "HOTLINES_CHROMIUM": "/nowhere/chromium"}) is None
    assert chromium_path("", {"PATH": ""}) is None


def test_a_missing_browser_is_told_with_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: object())
    with pytest.raises(ConfigurationError, match=r"not in PATH.*apt-get install chromium"):
        require_browser("", {"PATH": ""})
    with pytest.raises(ConfigurationError, match=r"not at '/nowhere/chromium'"):
        require_browser("", {"PATH": "", "HOTLINES_CHROMIUM": "/nowhere/chromium"})


def test_a_missing_extra_is_told_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ConfigurationError, match=r'pip install "hotlines\[browser\]"'):
        require_browser()
