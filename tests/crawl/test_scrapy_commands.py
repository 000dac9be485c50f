"""Scrapy's own commands work in the checkout, offline."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

from conftest import Story
from crawling import CONTACT, REPOSITORY, environment
from hostile_web import HostileWeb, Reply, page, says

from crawler.frontier import Frontier
from crawler.registry import load_brands
from crawler.sampleweb.certificates import Certificate
from tests import warm


def _scrapy(*arguments: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    directory = REPOSITORY / "crawler"  # Scrapy looks for scrapy.cfg upwards
    return warm.run("scrapy", arguments, environment=env or os.environ, directory=directory)


def test_scrapy_list() -> None:
    done = _scrapy("list")
    assert done.returncode == 0, done.stderr
    assert "official" in done.stdout.split()


def test_scrapy_check_runs_its_contracts_offline() -> None:
    done = _scrapy("check", "official")
    assert done.returncode == 0, done.stderr
    assert "Ran 3 contracts" in done.stderr


def test_scrapy_crawl_refuses_to_start_without_a_contact(story: Story) -> None:
    done = _scrapy("crawl", "official", env=dict(environment(story.web)))
    assert done.returncode != 0
    assert "HOTLINES_CONTACT" in done.stderr


def test_an_unknown_brand_is_named(story: Story) -> None:
    env = {**environment(story.web), "HOTLINES_CONTACT": CONTACT}
    done = _scrapy("crawl", "official", "-a", "brand=nobody", env=env)
    assert done.returncode != 0
    assert "the registry has no brand 'nobody'" in done.stderr


def test_scrapy_crawl_shows_what_the_pages_say(tmp_path: Path) -> None:
    brand = load_brands()[0]
    frontier = Frontier(brand, {})
    urls = [asking.url for asking in iter(frontier.take, None)]
    hosts = {urlsplit(url).hostname or "" for url in urls}
    routes = {url.partition("://")[2]: says(Reply(page())) for url in urls}
    web = HostileWeb(tmp_path, certificates=dict.fromkeys(hosts, Certificate.GOOD), routes=routes)
    with web:
        out = tmp_path / "x.jsonl"
        settings = {
            "HOTLINES_CONTACT": CONTACT,
            "HOTLINES_RESOLVE": " ".join(web.resolve),
            "HOTLINES_ALLOW_PRIVATE": "True",
            "DOWNLOAD_DELAY": "0",
            "AUTOTHROTTLE_START_DELAY": "0",
        }
        flags = [part for name, value in settings.items() for part in ("-s", f"{name}={value}")]
        arguments = ["crawl", "official", "-a", f"brand={brand.id}", "-O", str(out), *flags]
        done = _scrapy(*arguments, env=dict(environment(web)))
        assert done.returncode == 0, done.stderr
    items = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert {item["number"] for item in items} == {"95003"}, done.stderr[-4000:]
    assert {item["brand_id"] for item in items} == {brand.id}
    assert len(items) >= len(urls)
    assert sorted(path.name for path in tmp_path.glob("*.warc*")) == []
