"""Table `history`: every version of every hotline, across runs (one file per published run)."""

from __future__ import annotations

from outputs.columns import Column, Role, Table, Type, members
from pipelines.vocabulary import Cause, Op

_KEY, _CONTENT, _SEEN = Role.KEY, Role.CONTENT, Role.OBSERVATION
_STRING, _TIME = Type.STRING, Type.TIMESTAMP

# fmt: off
HISTORY = Table(
    name="history",
    title_zh="历史",
    title_en="History",
    about_zh="每行是一个号码的一个版本从何时起有效，或它何时消失（墓碑）；"
    "一个版本的失效时间是同一号码下一行的生效时间。",
    about="One row is one version of a hotline and since when it holds, or a tombstone; a version "
    "ends where the next row of the same hotline begins.",
    key=("brand_id", "number", "area", "extension", "position"),
    columns=(
        Column("brand_id", _STRING, _KEY, "品牌", "Brand",
               "表 brands 的标识。", "Id in table brands."),
        Column("number", _STRING, _KEY, "号码", "Number",
               "同表 hotlines。", "As in table hotlines."),
        Column("area", _STRING, _KEY, "区号", "Area",
               "同表 hotlines。", "As in table hotlines."),
        Column("extension", _STRING, _KEY, "分机", "Extension",
               "同表 hotlines。", "As in table hotlines."),
        Column("position", Type.INT64, _KEY, "位置", "Position",
               "该批次在已发布批次链中的序号，从 1 起。",
               "Place of the run in the chain of published runs, from 1."),
        Column("id", _STRING, _CONTENT, "号码标识", "Hotline id",
               "表 hotlines 的标识。", "Id in table hotlines."),
        Column("op", _STRING, _CONTENT, "操作", "Operation",
               "新增、修改，或删除（墓碑）。", "Addition, modification, or deletion (a tombstone).",
               enum=members(Op)),
        Column("valid_from", _TIME, _CONTENT, "生效时间", "Valid from",
               "该批次发布的时间；即使时钟倒走也不早于前一批次。",
               "When the run was published; never before that of the run before it."),
        Column("run_id", _STRING, _CONTENT, "批次", "Run",
               "得出此版本的批次。", "Run that found this version."),
        Column("first_seen", _TIME, _CONTENT, "首次见到", "First seen",
               "号码第一次读到的时间。", "When the number was first read."),
        Column("last_seen", _TIME, _CONTENT, "上一版最近见到", "Last seen before",
               "此处结束的版本最近一次真正读到的时间；新增时为空。",
               "When the version that ends here was last really read; null for ADD.",
               nullable=True),
        Column("cause", _STRING, _CONTENT, "起因", "Cause",
               "来源变了，还是我们变了。", "Whether the source changed or we did.",
               enum=members(Cause)),
        Column("reason", _STRING, _CONTENT, "原因", "Reason",
               "原因代码。", "Code of the reason."),
        Column("replaces", _STRING, _CONTENT, "取代", "Replaces",
               "同表 changes。", "As in table changes.", nullable=True),
        Column("replaced_by", _STRING, _CONTENT, "被取代于", "Replaced by",
               "同表 changes。", "As in table changes.", nullable=True),
        Column("content", Type.JSON, _CONTENT, "内容", "Content",
               "JSON 对象：全部非空的内容列；墓碑为空对象。",
               "JSON object of all content columns that are not null; {} for a tombstone.",
               foreign_text=True),
    ),
)
