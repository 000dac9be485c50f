"""What a search engine answers is believed in nothing: shapes, addresses, sizes."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.ground import host_of
from pipelines.search_answer import MAX_RESULTS, read_answer, result_url


def answer(*results: object) -> bytes:
    return json.dumps({"query": "x", "results": list(results)}).encode()


def test_an_answer() -> None:
    found = {
        "url": "https://Farm.test/a?b=1#c", "title": " 示例付\n客服 ", "content": "400-700-8123",
        "engine": "invented", "score": 1.0,
    }  # fmt: skip
    read = read_answer(answer(found, found), "application/json")
    [result] = read.results
    assert (result.url, result.title) == ("https://farm.test/a?b=1", "示例付 客服")
    assert result.text == "示例付 客服\n400-700-8123"
    assert (read.problem, read.unusable, read.left_out) == ("", 0, 0)


def test_half_a_character_of_a_title_is_none() -> None:
    """A title becomes a proposal, and no file holds half a surrogate pair."""
    [result] = read_answer(answer({"url": "https://a.test/", "title": "客服\ud83d"})).results
    assert result.title == "客服\ufffd"


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", "no JSON"),
        (b"<html>", "no JSON"),
        (b'{"results": [', "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b"null", "without a list"),
        (b"[]", "without a list"),
        (b"{}", "without a list"),
        (b'{"results": {"url": "https://a.test/"}}', "without a list"),
        (b'{"error": "Invalid parameter"}', "without a list"),
    ],
)
def test_what_is_no_answer(body: bytes, problem: str) -> None:
    read = read_answer(body)
    assert (read.results, problem in read.problem) == ((), True)


@pytest.mark.parametrize(
    "url",
    [
        None, 7, [], "", "farm.test/a", "//farm.test/a", "javascript:alert(1)", "data:text/html,x",
        "file:///etc/passwd", "ftp://farm.test/", "weixin://dl", "http://127.0.0.1/", "http://[::1]/",
        "http://2130706433/", "http://0x7f.1/", "http://10.0.0.8:8080/", "http://a@farm.test/",
        "http://a:b@farm.test/", "https://farm.test\\@b.test/", "https://farm.test:port/",
        "https://farm.test:99999/", "https://farm.test/\n", "https://farm.test/\u202e",
        "https://farm.test/" + "x" * 3000, "https:///", "https://-.test/",
    ],
)  # fmt: skip
def test_addresses_that_are_not_asked(url: object) -> None:
    assert result_url(url) == ""
    assert read_answer(answer({"url": url})).unusable == 1


def test_thousands_of_results() -> None:
    read = read_answer(answer(*({"url": f"https://n{i}.test/"} for i in range(5000))))
    assert (len(read.results), read.left_out) == (MAX_RESULTS, 5000 - MAX_RESULTS)
    assert read.results[0].url == "https://n0.test/"


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text() | st.just("https://farm.test/"),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["results", "url", "title", "content"]), inner)
    ),
    max_leaves=20,
)


@given(document=JSON | st.fixed_dictionaries({"results": st.lists(JSON, max_size=5)}))
def test_any_json_gives_addresses_that_may_be_asked(document: object) -> None:
    read = read_answer(json.dumps(document).encode())
    assert bool(read.problem) is not isinstance(_results(document), list)
    for result in read.results:
        assert result.url.startswith(("https://", "http://"))
        assert host_of(result.url)


@given(body=st.binary(max_size=200))
def test_any_bytes_are_read_without_a_fault(body: bytes) -> None:
    assert read_answer(body).results == ()


def _results(document: object) -> object:
    return document.get("results") if isinstance(document, dict) else None
