"""Brand files: what is wrong is named with file, line and key; what is right survives JSON."""

from __future__ import annotations

import dataclasses
import json
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from crawler.registry import (
    Problem,
    RegistryError,
    brands_from_json,
    brands_to_json,
    check_brands,
    load_brands,
    registry_digest,
    schema,
)
from crawler.registry_lines import key_lines, line_of
from crawler.registry_rules import claims_of, file_faults, ownership_faults
from crawler.registry_shape import ANNOTATIONS, KEYWORDS, faults
from pipelines.ground import ground_of
from pipelines.model import Brand, CrawlLimits, Expectations
from pipelines.vocabulary import BrandState, Grade, SourceKind

MINIMAL = """\
id = "demo01"
country = "CN"
names = { zh = "示例一" }
hosts = [{ name = "demo01.test", grade = "D", source = "invented for a test" }]
sources = [{ kind = "contact", url = "http://demo01.test/contact.html", grade = "D", source = "t" }]
"""

FULL = """\
id = "demo01"
state = "unverified"
country = "TW"
aliases = ["示例錢包", "Alipay"]
good_runs_to_remove = 3
risk = "high"
tlds = [{ name = "alipay", grade = "C", source = "t" }]

[names]
zh = "示例一"
zh-Hant = "示例壹"
en = "Demo One"

[entity]
name = "示例公司"
grade = "B"
source = "t"
formerly = [{ name = "舊示例公司", grade = "D", source = "t" }]

[[licences]]
kind = "pbc"
id = "Z2000133000019"
grade = "C"
source = "t"

[[domains]]
name = "demo01.test"
grade = "A"
source = "t"

[[domains]]
name = "xn--fiq228c.com"
grade = "B"
source = "t"

[[hosts]]
name = "pay.shared.test"
grade = "B"
source = "t"

[[veto]]
path = "www.demo01.test/club"
source = "t"

[[sources]]
kind = "help"
url = "https://www.demo01.test/help?x=1#y"
grade = "B"
source = "t"

[[sources]]
kind = "app_store"
url = "https://apps.apple.com/tw/app/demo/id1210638245"
grade = "C"
source = "t"

[[apps]]
store = "ios"
id = "1210638245"
grade = "B"
source = "t"

[expect]
numbers = { min = 1, max = 9 }
must_include = [{ number = "+886226536000", grade = "A", source = "t" }]

[limits]
pages = 5
depth = 1
delay = 2
"""


def write(directory: Path, **files: str) -> Path:
    for name, text in files.items():
        (directory / f"{name}.toml").write_text(text, encoding="utf-8")
    return directory


def with_line(line: str) -> str:
    """The minimal file with its line of the same key replaced, or a line more."""
    key = line.partition("=")[0]
    lines = [old for old in MINIMAL.splitlines() if old.partition("=")[0] != key]
    return "\n".join([*lines, line, ""])


def without(key: str) -> str:
    return "".join(line for line in MINIMAL.splitlines(True) if not line.startswith(f"{key} ="))


def host(name: str, key: str = "hosts") -> str:
    """The minimal file with one name more, on line 7."""
    fact = '  {{ name = "{}", grade = "D", source = "t" }},\n'
    if key != "hosts":
        return f"{MINIMAL}{key} = [\n{fact.format(name)}]\n"
    return with_line(f"hosts = [\n{fact.format('demo01.test')}{fact.format(name)}]")


def test_a_minimal_file_loads(tmp_path: Path) -> None:
    (brand,) = load_brands(write(tmp_path, demo01=MINIMAL))
    assert (brand.id, brand.name_zh, brand.country) == ("demo01", "示例一", "CN")
    assert brand.sources[0].kind is SourceKind.CONTACT
    assert brand.state is BrandState.ACTIVE
    assert brand.limits == CrawlLimits()
    assert brand.expectations == Expectations()
    assert brand.good_runs_to_remove == 2


def test_a_full_file_loads(tmp_path: Path) -> None:
    (brand,) = load_brands(write(tmp_path, demo01=FULL))
    assert brand.state is BrandState.UNVERIFIED
    assert brand.name_zh_hant == "示例壹"
    assert brand.entity is not None
    assert brand.entity.grade is Grade.B
    assert [fact.value for fact in brand.former_entities] == ["舊示例公司"]
    assert [fact.value for fact in brand.licences] == ["Z2000133000019"]
    assert [fact.value for fact in brand.apps] == ["ios:1210638245"]
    assert [(fact.value, fact.grade) for fact in brand.veto_paths] == [
        ("www.demo01.test/club", Grade.D)
    ]
    assert brand.expectations.numbers_max == 9
    assert [fact.value for fact in brand.expectations.must_include] == ["+886226536000"]
    assert (brand.limits.pages, brand.limits.depth, brand.limits.delay) == (5, 1, 2.0)
    assert isinstance(brand.limits.delay, float)
    assert brand.good_runs_to_remove == 3
    assert brand.high_risk


# One file, what is wrong with it: (line, key, part of the message or advice).
Expected = list[tuple[int, str, str]]
H = 'grade = "D", source = "t"'
CASES: dict[str, tuple[str, Expected]] = {
    # the text itself
    "syntax": (MINIMAL.replace('"CN"', '"CN'), [(2, "", "not TOML")]),
    "key_twice": (MINIMAL + 'country = "TW"\n', [(6, "", "not TOML")]),
    "open_at_the_end": (MINIMAL + "aliases = [", [(6, "", "not TOML")]),
    # keys
    "unknown_key": (MINIMAL + "alias = []\n", [(6, "alias", "did you mean 'aliases'")]),
    "unknown_key_far": (MINIMAL + "wumpus = 1\n", [(6, "wumpus", "allowed here")]),
    "unknown_key_inside": (
        MINIMAL + "[limits]\npages = 3\n\npagse = 4\n",
        [(9, "limits.pagse", "did you mean 'pages'")],
    ),
    "unknown_key_inline": (
        with_line('names = { zh = "示例", "zh-hant" = "示例" }'),
        [(5, "names.zh-hant", "did you mean 'zh-Hant'")],
    ),
    "missing_id": (without("id"), [(1, "id", "missing key 'id'")]),
    "missing_name": (with_line('names = { en = "Demo" }'), [(5, "names.zh", "missing key 'zh'")]),
    "missing_in_table": (
        MINIMAL + '[[domains]]\ngrade = "D"\nsource = "t"\n\n[[domains]]\nname = "x1.com"\n',
        [
            (6, "domains[0].name", "missing key"),
            (10, "domains[1].grade", "missing key"),
            (10, "domains[1].source", "missing key"),
        ],
    ),
    # types and values
    "wrong_type": (with_line('aliases = "示例"'), [(6, "aliases", "an array [ … ] belongs here")]),
    "wrong_type_table": (with_line('names = "示例"'), [(5, "names", "a table { … } belongs here")]),
    "boolean": (MINIMAL + "good_runs_to_remove = true\n", [(6, "good_runs_to_remove", "a whole")]),
    "date": (
        MINIMAL + "aliases = [2026-01-01 10:00:00]\nstate = 'x'\n",
        [(6, "aliases[0]", "a string belongs here"), (7, "state", "unknown value 'x'")],
    ),
    "fraction": (MINIMAL + "limits.pages = 1.5\n", [(6, "limits.pages", "a whole number")]),
    "unquoted_number": (
        MINIMAL
        + f"[expect]\nmust_include = [\n  {{ number = 95188, {H.replace('D', 'A')} }},\n]\n",
        [(8, "expect.must_include[0].number", "write numbers as quoted strings")],
    ),
    "unquoted_licence": (
        MINIMAL + f"licences = [{{ id = 20001, {H} }}]\n",
        [(6, "licences[0].id", "unquoted number 20001")],
    ),
    "unquoted_app": (
        MINIMAL + f'apps = [{{ store = "ios", id = 333206289, {H} }}]\n',
        [(6, "apps[0].id", "write numbers as quoted strings")],
    ),
    "unquoted_id": (with_line("id = 95188"), [(5, "id", "write numbers as quoted strings")]),
    "enum": (
        MINIMAL + 'state = "closed"\n',
        [(6, "state", "allowed: active, ended, unverified")],
    ),
    "source_kind": (
        with_line(f'sources = [{{ kind = "faq", url = "http://demo01.test/", {H} }}]'),
        [(5, "sources[0].kind", "allowed: home, contact, help")],
    ),
    "grade": (
        with_line('hosts = [{ name = "demo01.test", grade = "E", source = "t" }]'),
        [(5, "hosts[0].grade", "allowed: A, B, C, D")],
    ),
    "country": (with_line('country = "cn"'), [(5, "country", "two capital letters")]),
    "empty_text": (with_line('names = { zh = " " }'), [(5, "names.zh", "' ' is malformed")]),
    "below": (MINIMAL + "limits.pages = 0\n", [(6, "limits.pages", "0 is below 1")]),
    "above": (MINIMAL + "limits.depth = 99\n", [(6, "limits.depth", "99 is above 6")]),
    "bounds": (
        MINIMAL + "expect.numbers = { min = 9, max = 3 }\n",
        [(6, "expect.numbers", "min 9 is above max 3")],
    ),
    "must_include_grade": (
        MINIMAL + f'expect.must_include = [{{ number = "95188", {H} }}]\n',
        [(6, "expect.must_include[0].grade", "allowed: A")],
    ),
    "must_include_form": (
        MINIMAL + 'expect.must_include = [{ number = "400-8", grade = "A", source = "t" }]\n',
        [(6, "expect.must_include[0].number", "malformed")],
    ),
    "licence_form": (
        MINIMAL + f'licences = [{{ kind = "pbc", id = "Z2000199000019", {H} }}]\n',
        [(6, "licences[0].id", "no number of pbc")],
    ),
    "app_form": (
        MINIMAL + f'apps = [{{ store = "ios", id = "com.demo", {H} }}]\n',
        [(6, "apps[0].id", "no id of ios")],
    ),
    # ids
    "id_not_stem": (with_line('id = "demo02"'), [(5, "id", "not the file name 'demo01'")]),
    "id_not_ascii": (with_line('id = "示例"'), [(5, "id", "not the file name")]),
    # ground
    "suffix_host": (host("github.io"), [(7, "hosts[1].name", "github.io is a public suffix")]),
    "suffix_domain": (host("co.uk", "domains"), [(7, "domains[0].name", "a public suffix")]),
    "suffix_unknown": (host("test", "domains"), [(7, "domains[0].name", "a public suffix")]),
    "host_as_domain": (
        host("pay.weixin.qq.com", "domains"),
        [(7, "domains[0].name", "is a host, not a registrable domain")],
    ),
    "shared_domain": (host("qq.com", "domains"), [(7, "domains[0].name", "shared by many")]),
    "mixed_scripts": (host("xn--lipay-2ve.com"), [(7, "hosts[1].name", "mixes alphabets")]),
    "mixed_scripts_typed": (host("аlipay.com"), [(7, "hosts[1].name", "mixes alphabets")]),
    "host_in_unicode": (host("中文.com"), [(7, "hosts[1].name", "write xn--fiq228c.com")]),
    "host_upper": (host("Pay.Example.com"), [(7, "hosts[1].name", "write pay.example.com")]),
    "host_with_port": (host("pay.example.com:80"), [(7, "hosts[1].name", "not a plain host")]),
    "host_address": (host("127.0.0.1"), [(7, "hosts[1].name", "not a plain host")]),
    "host_is_url": (host("https://a.example.com/"), [(7, "hosts[1].name", "not a plain host")]),
    "host_twice": (host("demo01.test"), [(7, "hosts[1].name", "stands twice")]),
    "tld_dotted": (host(".alipay", "tlds"), [(7, "tlds[0].name", "not a top-level domain")]),
    "tld_two_labels": (host("co.uk", "tlds"), [(7, "tlds[0].name", "not a top-level domain")]),
    "tld_generic": (host("com", "tlds"), [(7, "tlds[0].name", "no name of the brand")]),
    "veto_elsewhere": (
        MINIMAL + 'veto = [{ path = "other.test/forum", source = "t" }]\n',
        [(6, "veto[0].path", "not on declared ground")],
    ),
    "veto_form": (
        MINIMAL + 'veto = [{ path = "https://demo01.test/forum", source = "t" }]\n',
        [(6, "veto[0].path", "not on declared ground")],
    ),
    # sources
    "off_ground": (
        with_line(f'sources = [{{ kind = "help", url = "https://demo02.test/", {H} }}]'),
        [(5, "sources[0].url", "declare demo02.test under hosts")],
    ),
    "look_alike_source": (
        with_line(f'sources = [{{ kind = "help", url = "https://demo01.test@evil.test/", {H} }}]'),
        [(5, "sources[0].url", "names no host beyond doubt")],
    ),
    "not_http": (
        with_line(f'sources = [{{ kind = "help", url = "ftp://demo01.test/", {H} }}]'),
        [(5, "sources[0].url", "full http or https URL")],
    ),
    "store_not_http": (
        with_line(f'sources = [{{ kind = "social", url = "weixin:demo", {H} }}]'),
        [(5, "sources[0].url", "full http or https URL")],
    ),
    "vetoed_source": (
        with_line(f'sources = [{{ kind = "help", url = "https://demo01.test/bbs/1", {H} }}]'),
        [(5, "sources[0].url", "carries what users write")],
    ),
    "no_source": (without("sources"), [(1, "sources", "an active brand needs a source")]),
    "source_twice": (
        with_line(
            "sources = [\n"
            f'  {{ kind = "help", url = "http://demo01.test/", {H} }},\n'
            f'  {{ kind = "home", url = "http://demo01.test/", {H} }},\n]'
        ),
        [(7, "sources[1].url", "stands twice")],
    ),
    # marks and relations
    "icp_with_its_site": (
        MINIMAL + f'marks = [{{ kind = "icp", id = "沪ICP备15027489号-1", {H} }}]\n',
        [(6, "marks[0].id", "no mark of kind icp")],
    ),
    "icp_of_no_province": (
        MINIMAL + f'marks = [{{ kind = "icp", id = "某ICP备15027489号", {H} }}]\n',
        [(6, "marks[0].id", "no mark of kind icp")],
    ),
    "police_of_no_province": (
        MINIMAL + f'marks = [{{ kind = "police", id = "99011502400088", {H} }}]\n',
        [(6, "marks[0].id", "no mark of kind police")],
    ),
    "credit_code": (
        MINIMAL + f'marks = [{{ kind = "uscc", id = "91310000736239891T", {H} }}]\n',
        [(6, "marks[0].id", "no mark of kind uscc")],
    ),
    "mark_kind": (
        MINIMAL + f'marks = [{{ kind = "seal", id = "x", {H} }}]\n',
        [(6, "marks[0].id", "no mark of kind seal"), (6, "marks[0].kind", "allowed")],
    ),
    # pages elsewhere
    "no_listing": (
        with_line(f'sources = [{{ kind = "app_store", url = "https://apps.test/x", {H} }}]'),
        [(5, "sources[0].url", "no listing of a known app store (the address of one app, on one")],
    ),
    "nobodys_partner": (
        with_line(f'sources = [{{ kind = "partner", url = "https://bank.test/x", {H} }}]'),
        [(5, "sources[0].url", "is on no other brand's ground (declare the partner as a brand")],
    ),
    "own_partner": (
        with_line(f'sources = [{{ kind = "partner", url = "https://demo01.test/x", {H} }}]'),
        [(5, "sources[0].url", "is the brand's own (name the kind of page")],
    ),
    "risk": (MINIMAL + 'risk = "some"\n', [(6, "risk", "unknown value 'some'")]),
    "related_to_nobody": (
        MINIMAL + f'related = [{{ brand = "demo99", {H} }}]\n',
        [(6, "related[0].brand", "there is no other brand 'demo99'")],
    ),
    "related_to_itself": (
        MINIMAL + f'related = [{{ brand = "demo01", {H} }}]\n',
        [(6, "related[0].brand", "there is no other brand 'demo01'")],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_problem_names_file_line_and_key(case: str, tmp_path: Path) -> None:
    text, expected = CASES[case]
    found = check_brands(write(tmp_path, demo01=text))
    assert [(p.line, p.key) for p in found] == [(line, key) for line, key, _ in expected]
    for problem, (_, _, part) in zip(found, expected, strict=True):
        assert problem.file == str(tmp_path / "demo01.toml")
        assert part in str(problem)
        assert problem.advice


def test_all_problems_of_all_files_come_at_once(tmp_path: Path) -> None:
    bad = MINIMAL.replace('"CN"', "86").replace('"D"', '"E"') + "wumpus = 1\n"
    write(tmp_path, demo01=bad, demo02="nonsense", demo03=MINIMAL.replace("demo01", "demo03"))
    with pytest.raises(RegistryError) as caught:
        load_brands(tmp_path)
    found = [(Path(p.file).stem, p.line, p.key) for p in caught.value.problems]
    assert found == [
        ("demo01", 2, "country"),
        ("demo01", 4, "hosts[0].grade"),
        ("demo01", 5, "sources[0].grade"),
        ("demo01", 6, "wumpus"),
        ("demo02", 1, ""),
    ]
    assert "demo01.toml:2: country: unquoted number 86" in str(caught.value)
    assert check_brands(tmp_path) == caught.value.problems


def second(text: str) -> str:
    return text.replace("demo01", "demo02")


def owners_of(directory: Path) -> list[tuple[str, int, str, str]]:
    return [(Path(p.file).stem, p.line, p.key, p.message) for p in check_brands(directory)]


@pytest.mark.parametrize(
    ("first", "other", "file", "key"),
    [
        (host("pay.shared.com"), host("pay.shared.com"), "demo02", "hosts[1].name"),
        (host("shared.com", "domains"), host("shared.com", "domains"), "demo02", "domains[0].name"),
        (host("shared.com", "domains"), host("pay.shared.com"), "demo02", "hosts[1].name"),
        (host("pay.shared.com"), host("shared.com", "domains"), "demo01", "hosts[1].name"),
        (host("alipay", "tlds"), host("x.alipay", "domains"), "demo02", "domains[0].name"),
        (host("alipay", "tlds"), host("a.x.alipay"), "demo02", "hosts[1].name"),
    ],
)
def test_one_owner_for_each_host(
    first: str, other: str, file: str, key: str, tmp_path: Path
) -> None:
    first = first.replace('"示例一"', '"Alipay"')
    write(tmp_path, demo01=first, demo02=second(other))
    ((found, line, found_key, message),) = owners_of(tmp_path)
    assert (found, line, found_key) == (file, 7, key)
    assert f"{'demo01' if file == 'demo02' else 'demo02'}.toml too" in message


def test_hosts_beside_each_other_on_a_shared_domain_are_two_brands(tmp_path: Path) -> None:
    write(tmp_path, demo01=host("a.zendesk.com"), demo02=second(host("b.zendesk.com")))
    assert check_brands(tmp_path) == ()


def test_ids_stay_single(tmp_path: Path) -> None:
    copy = MINIMAL.replace("demo01.test", "demo02.test")
    found = check_brands(write(tmp_path, demo01=MINIMAL, demo02=copy))
    assert [(Path(p.file).stem, p.key) for p in found] == [("demo02", "id")] * len(found)
    assert any("demo01" in p.message for p in found)


def test_a_directory_without_brands_is_an_error(tmp_path: Path) -> None:
    assert "no brand files" in check_brands(tmp_path)[0].message
    assert "no such directory" in check_brands(tmp_path / "gone")[0].message


def test_bytes_that_are_not_text_name_their_line(tmp_path: Path) -> None:
    (tmp_path / "demo01.toml").write_bytes(MINIMAL.encode("gbk"))
    (problem,) = check_brands(tmp_path)
    assert (problem.line, problem.message.split(":")[0]) == (3, "not UTF-8")


def test_a_byte_order_mark_and_windows_lines_do_no_harm(tmp_path: Path) -> None:
    text = "\ufeff" + MINIMAL.replace("\n", "\r\n") + "wumpus = 1\r\n"
    (tmp_path / "demo01.toml").write_bytes(text.encode())
    assert [(p.line, p.key) for p in check_brands(tmp_path)] == [(6, "wumpus")]


# --- lines ---------------------------------------------------------------------------------

NASTY = '''\
# [not.a.table]
"quoted key" = """
a = 1
"b" = 2 \\""" ]"""  # c = 3
literal = \'\'\'
[nor.this]
it's\'\'\'
nested = [ [ 1, 2 ], # comment ] }
  [ 3,
    { x = 1, y = { z = "}" } } ] ,
]
when = 1979-05-27 07:32:00  # trailing
a . "b.c" . d = 'x # y'
empty = ""
list = []

[t.u]  # a header
k = {}
[[t.rows]]
k = 1
[[t.rows]]
k = 2
[t.rows.inner]
deep = true
[[t.rows.more]]
last = -1.5e3
'''


def paths_of(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    members: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        members = list(value.items())
    elif isinstance(value, list):
        members = list(enumerate(value))
    for key, member in members:
        yield (*path, key)
        yield from paths_of(member, (*path, key))


def test_lines_of_a_nasty_file() -> None:
    lines = key_lines(NASTY)
    assert {path: line_of(lines, path) for path in paths_of(tomllib.loads(NASTY))} == {
        ("quoted key",): 2,
        ("literal",): 5,
        ("nested",): 8,
        ("nested", 0): 8,
        ("nested", 0, 0): 8,
        ("nested", 0, 1): 8,
        ("nested", 1): 9,
        ("nested", 1, 0): 9,
        ("nested", 1, 1): 10,
        ("nested", 1, 1, "x"): 10,
        ("nested", 1, 1, "y"): 10,
        ("nested", 1, 1, "y", "z"): 10,
        ("when",): 12,
        ("a",): 13,
        ("a", "b.c"): 13,
        ("a", "b.c", "d"): 13,
        ("empty",): 14,
        ("list",): 15,
        ("t",): 17,
        ("t", "u"): 17,
        ("t", "u", "k"): 18,
        ("t", "rows"): 19,
        ("t", "rows", 0): 19,
        ("t", "rows", 0, "k"): 20,
        ("t", "rows", 1): 21,
        ("t", "rows", 1, "k"): 22,
        ("t", "rows", 1, "inner"): 23,
        ("t", "rows", 1, "inner", "deep"): 24,
        ("t", "rows", 1, "more"): 25,
        ("t", "rows", 1, "more", 0): 25,
        ("t", "rows", 1, "more", 0, "last"): 26,
    }


# --- the schema ----------------------------------------------------------------------------


def keywords_of(part: Mapping[str, Any]) -> Iterator[str]:
    yield from part
    for group in ("properties", "$defs"):
        for member in part.get(group, {}).values():
            yield from keywords_of(member)
    if "items" in part:
        yield from keywords_of(part["items"])


def test_the_schema_says_nothing_that_we_do_not_read() -> None:
    Draft202012Validator.check_schema(schema())
    assert set(keywords_of(schema())) <= KEYWORDS | ANNOTATIONS


def test_the_schema_knows_the_words_of_the_vocabulary() -> None:
    properties, definitions = schema()["properties"], schema()["$defs"]
    kinds = properties["sources"]["items"]["properties"]["kind"]["enum"]
    found = (SourceKind.SEARCH, SourceKind.LEAD)  # never declared
    assert kinds == [kind.value for kind in SourceKind if kind not in found]
    assert properties["state"]["enum"] == [state.value for state in BrandState]
    assert definitions["grade"]["enum"] == [grade.value for grade in Grade]


def paths_by_jsonschema(data: object) -> set[tuple[str | int, ...]]:
    found: set[tuple[str | int, ...]] = set()
    for error in Draft202012Validator(schema()).iter_errors(data):
        path = tuple(error.absolute_path)
        instance: Any = error.instance
        if error.validator == "required":
            found |= {(*path, name) for name in error.validator_value if name not in instance}
        elif error.validator == "additionalProperties":
            found |= {(*path, name) for name in instance if name not in error.schema["properties"]}
        else:
            found.add(path)
    return found


@pytest.mark.parametrize("case", [*CASES, "minimal", "full"])
def test_our_reader_and_jsonschema_agree(case: str) -> None:
    text = {"minimal": MINIMAL, "full": FULL}.get(case) or CASES[case][0]
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        assert CASES[case][1][0][1] == ""
        return
    assert {fault.path for fault in faults(data, schema(), schema())} == paths_by_jsonschema(data)


JUNK: list[Any] = [5, 1.5, True, "x", "", [], {}, [1], [{}], ["x"], [[]], {"name": []}, None]


def put(data: Any, path: tuple[str | int, ...], value: object) -> None:
    for part in path[:-1]:
        data = data[part]
    data[path[-1]] = value


@pytest.mark.parametrize("path", list(paths_of(tomllib.loads(FULL))), ids=str)
def test_junk_anywhere_is_reported_and_never_raises(path: tuple[str | int, ...]) -> None:
    for junk in JUNK:
        data = tomllib.loads(FULL)
        put(data, path, junk)
        list(file_faults(data, "demo01"))
        list(ownership_faults(claims_of("a.toml", data) + claims_of("b.toml", data)))
        ours = {fault.path for fault in faults(data, schema(), schema())}
        assert ours == paths_by_jsonschema(data)


# --- JSON ----------------------------------------------------------------------------------


def test_json_round_trip_is_exact_and_canonical(tmp_path: Path) -> None:
    brands = load_brands(write(tmp_path, demo01=FULL, demo02=second(MINIMAL)))
    text = brands_to_json(brands)
    assert brands_from_json(text) == brands
    assert brands_to_json(reversed(brands_from_json(text))) == text
    assert registry_digest(brands) == registry_digest(tuple(reversed(brands)))
    assert json.loads(text)["brands"][0]["name_zh"] == "示例一"


def test_the_digest_sees_facts_and_not_layout(tmp_path: Path) -> None:
    (brand,) = load_brands(write(tmp_path, demo01=MINIMAL))
    (same,) = load_brands(write(tmp_path, demo01="# a comment\n" + MINIMAL))
    assert registry_digest([brand]) == registry_digest([same])
    changed = dataclasses.replace(brand, country="TW")
    assert registry_digest([changed]) != registry_digest([brand])


def test_a_registry_from_before_marks_is_read() -> None:
    document = json.loads(brands_to_json(load_brands()))
    for brand in document["brands"]:
        del brand["marks"], brand["related"], brand["high_risk"]
    old = brands_from_json(json.dumps({**document, "registry_version": "1.0.0"}))
    gone = {"marks": (), "related": (), "high_risk": False}
    plain = [dataclasses.replace(brand, **gone) for brand in load_brands()]
    assert list(old) == plain


def test_a_registry_of_another_age_is_refused() -> None:
    with pytest.raises(ValueError, match="version 9"):
        brands_from_json('{"brands": [], "registry_version": "9.0.0"}')


# --- the brands that come with the program ---------------------------------------------------

BRANDS = Path(__file__).parents[2] / "crawler" / "brands"


def test_the_real_brands_load() -> None:
    brands = load_brands()
    assert len(brands) >= 90
    assert sum(brand.state is BrandState.ACTIVE for brand in brands) >= 75
    assert [brand.id for brand in brands] == sorted(path.stem for path in BRANDS.glob("*.toml"))
    assert brands_from_json(brands_to_json(brands)) == brands


@pytest.mark.parametrize("brand", load_brands(), ids=lambda brand: str(brand.id))
def test_a_real_brand_states_no_number_but_as_an_expectation(brand: Brand) -> None:
    assert brand.expectations.numbers_min >= min(1, len(brand.expectations.must_include))
    assert {fact.grade for fact in brand.expectations.must_include} <= {Grade.A}
    assert all(ground_of(source.url, brand).declared for source in brand.sources)


def test_regional_splits_are_brands_of_their_own() -> None:
    brands = {brand.id: brand for brand in load_brands()}
    assert not ground_of("https://www.alipayhk.com/", brands["alipay"]).declared
    assert not ground_of("https://www.alipay.com/", brands["alipayhk"]).declared
    assert not ground_of("https://mail.qq.com/", brands["wechatpay"]).declared


def test_brands_with_a_top_level_domain_of_their_own() -> None:
    brands = {brand.id: brand for brand in load_brands()}
    assert ground_of("https://service.alipay/", brands["alipay"]).declared
    assert ground_of("https://epay.unicom/", brands["wopay"]).declared
    assert not ground_of("https://epay.unicom/", brands["alipay"]).declared


def test_nobody_owns_what_many_share() -> None:
    """Shops, mail, forums and help desks for rent: single hosts, never the domain."""
    shared = ("qq.com", "163.com", "google.com", "apple.com", "line.me", "jd.com", "suning.com",
              "zendesk.com", "freshdesk.com", "github.io", "10086.cn", "hsbc.com.hk")  # fmt: skip
    for brand in load_brands():
        assert not [name for name in shared if ground_of(f"https://any.{name}/", brand).declared]


def test_a_fact_of_grade_a_or_b_names_what_it_rests_on() -> None:
    for brand in load_brands():
        facts = (*brand.domains, *brand.hosts, *brand.licences, *brand.marks, *brand.apps)
        for fact in facts:
            memory = "own knowledge" in fact.source.partition(";")[0]
            assert not (memory and fact.grade in (Grade.A, Grade.B)), (brand.id, fact)


def test_a_problem_prints_as_editors_like_it() -> None:
    problem = Problem("a.toml", 3, "id", "wrong", "right it")
    assert str(problem) == "a.toml:3: id: wrong (right it)"


def test_the_file_that_contributing_shows_is_right(tmp_path: Path) -> None:
    text = (BRANDS.parents[1] / "CONTRIBUTING.md").read_text("utf-8")
    assert "add a brand in ten minutes" in text.lower()
    shown = text.split("```toml\n")[1].split("```")[0]
    assert check_brands(write(tmp_path, demopay=dedent(shown))) == ()
