"""Tables `brands` and `issues`: how each brand fared, and what a person should look at."""

from __future__ import annotations

from outputs.columns import Column, Role, Table, Type, members
from pipelines.vocabulary import BrandState, Level

_KEY, _CONTENT, _SEEN = Role.KEY, Role.CONTENT, Role.OBSERVATION
_STRING, _BOOL, _INT, _TIME = Type.STRING, Type.BOOL, Type.INT64, Type.TIMESTAMP

# fmt: off
BRANDS = Table(
    name="brands",
    title_zh="品牌",
    title_en="Brands",
    about_zh="每行是登记表中的一个品牌在本批次的状况。",
    about="One row is one brand of the registry, and how it fared in this run.",
    key=("brand_id",),
    columns=(
        Column("brand_id", _STRING, _KEY, "品牌标识", "Brand id",
               "永久不变；改名只增加别名。", "Permanent; a rename adds an alias."),
        Column("name_zh", _STRING, _CONTENT, "中文名", "Name (zh)",
               "简体中文名。", "Name in simplified Chinese."),
        Column("name_zh_hant", _STRING, _CONTENT, "繁体名", "Name (zh-Hant)",
               "繁体中文名。", "Name in traditional Chinese.", nullable=True),
        Column("name_en", _STRING, _CONTENT, "英文名", "Name (en)",
               "英文名。", "English name.", nullable=True),
        Column("entity", _STRING, _CONTENT, "运营主体", "Entity",
               "法律主体。", "Legal entity.", nullable=True),
        Column("country", _STRING, _CONTENT, "国家或地区", "Country",
               "ISO 3166-1 两位代码。", "ISO 3166-1 alpha-2."),
        Column("state", _STRING, _CONTENT, "状态", "State",
               "是否仍在服务。", "Whether it still serves users.", enum=members(BrandState)),
        Column("healthy", _BOOL, _SEEN, "健康", "Healthy",
               "本批次是否通过检查。", "Whether it passed the gate in this run."),
        Column("unhealthy_reasons", Type.STRINGS, _SEEN, "不健康原因", "Unhealthy reasons",
               "原因代码。", "Reason codes."),
        Column("pages_tried", _INT, _SEEN, "尝试页数", "Pages tried",
               "本批次请求的文件数。", "Documents asked for in this run."),
        Column("pages_good", _INT, _SEEN, "良好页数", "Pages good",
               "应答良好的文件数。", "Documents that answered well."),
        Column("hotlines", _INT, _SEEN, "号码数", "Hotlines",
               "表 hotlines 中的行数。", "Rows in table hotlines."),
        Column("hotlines_observed", _INT, _SEEN, "读到号码数", "Hotlines observed",
               "本批次真正读到的行数。", "Rows really read in this run."),
        Column("recent_counts", Type.INTS, _SEEN, "近期计数", "Recent counts",
               "最近良好批次读到的号码数，由旧到新。",
               "Hotlines observed in the last good runs, oldest first."),
        Column("last_observed", _TIME, _SEEN, "最近读到", "Last observed",
               "最近一次读到其任一号码的时间。", "When any of its hotlines was last read.",
               nullable=True),
        Column("run_id", _STRING, _SEEN, "批次", "Run",
               "写下该行的批次。", "Run that wrote this row."),
    ),
)

ISSUES = Table(
    name="issues",
    title_zh="待查问题",
    title_en="Issues",
    about_zh="需要有人看一眼的事情。",
    about="One row is something a person should look at.",
    key=("brand_id", "code", "url", "message"),
    collapse=True,
    columns=(
        Column("brand_id", _STRING, _KEY, "品牌", "Brand",
               "空串表示整个批次。", "Empty for an issue of the whole run."),
        Column("code", _STRING, _KEY, "代码", "Code",
               "问题的种类。", "Kind of issue."),
        Column("url", _STRING, _KEY, "网址", "URL",
               "相关文件；无则为空串。", "Document concerned; empty if none."),
        Column("message", _STRING, _KEY, "说明", "Message",
               "发生了什么。", "What happened.", foreign_text=True),
        Column("level", _STRING, _CONTENT, "级别", "Level",
               "紧急程度。", "How urgent it is.", enum=members(Level)),
        Column("advice", _STRING, _CONTENT, "建议", "Advice",
               "下一步做什么。", "What to do next.", foreign_text=True),
        Column("hotline", _STRING, _CONTENT, "热线", "Hotline",
               "与哪一行热线有关；1.3 起。",
               "Id of the hotline concerned, if it is one; since 1.3.", nullable=True),
        Column("change", _STRING, _CONTENT, "待审变更", "Pending change",
               "等待人工审核的变更的代码，写进 reviews/*.toml；1.3 起。",
               "Code of a change that waits for a review, for reviews/*.toml; since 1.3.",
               nullable=True),
    ),
)
