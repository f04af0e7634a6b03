"""A question made ready for judging evidence: weighted words, what form its answer has, vectors."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from .forms import form_wanted, has_form
from .understand import Understood

Floats = npt.NDArray[np.float32]
Encode = Callable[[Sequence[str]], Floats]

WORDS_KEPT = 60_000  # word vectors remembered
SENTENCES_KEPT = 40_000  # sentence vectors, in half precision some 30 MB
WH = re.compile(
    r"多少|几|哪[些个里儿一二三四五六七八九十]?|什么(?:时候|地方)?|谁|如何|怎么样?|怎样|何[时处种为谓]?|多[久长大高远]|是否|能否|吗"
)
_DIGIT = r"(?:\d[\d,.]{0,15}|[零〇一二三四五六七八九十百千万亿两半]{1,12})"  # bounded, as in `forms`
_AFTER_WH = re.compile(r"(?:多少|几|第几)(?:余|多)?(?P<unit>[一-龥%]{1,4})")
_UNITS = (
    "平方公里 平方千米 平方米 平方厘米 立方米 公里 千米 厘米 毫米 公分 千瓦时 千瓦 毫克 毫升 升 课时 学时 摄氏度 公顷 万元 亿元 亿 万 元 吨 公斤 千克 克 米 亩 个工作日 工作日 个月 个 项 类 种 条 批次 批 级 名 人次 "
    "人 次 大 家 处 座 户 倍 成 层 步 分贝 分钟 分 天 日 年 月 周岁 岁 小时 度 份 张 套 件 支 部 场 所 辆 台 间 枚 颗 粒 趟 回 遍 节 堂 轮 档 册 幅 栋 幢 楼 组 队 班 门 道 双 折 寸 片 季 晚 起 样 瓶 箱 艘 匹 本 篇 届 期 章 款 字 位 只 头 株 棵 村 县 % 页 点"
).split()
_ALIKE = tuple(  # units that count the same things
    frozenset(alike.split())
    for alike in (
        "人 名 位", "家 所 个 户 处 座", "次 趟 回 遍 场 轮", "枚 颗 粒 个", "节 堂 课时 学时", "日 天 个工作日 工作日", "类 种 样 项 条 件 个 大 方面 部分",
        "分 分钟", "公里 千米", "公斤 千克", "岁 周岁", "平方米 平方 平米 ㎡", "辆 台 部", "本 册", "层 楼", "栋 幢 座", "档 级 类", "月 个月", "棵 株",
    )
)  # fmt: skip
_UNIT = re.compile("|".join(sorted(map(re.escape, _UNITS), key=len, reverse=True)))
DURATION = r"(?:个?工作日|日|天|个月|月|年|小时|分钟|周|学期|学年)"
_LARGE = r"(?<!第)(?<![零〇一二三四五六七八九十百千万亿两])[零〇一二三四五六七八九十百千万亿两]{2,}(?![零〇一二三四五六七八九十百千万亿两条章节款项编])"
NUMBER = re.compile(rf"{_LARGE}|(?<!第)(?<![零〇一二三四五六七八九十百千万亿两]){_DIGIT}\s*(?:余|多)?(?:%|‰|{_UNIT.pattern})|\d|百分之{_DIGIT}|{_DIGIT}分之{_DIGIT}")
DATE = re.compile(
    r"\d{4}\s*年|\d{1,2}\s*月\s*\d{1,2}\s*[日号]|[一二三四五六七八九十〇零]{4}年|[一二三四五六七八九十]{1,3}月|自(?:公布|发布|印发)之日|每年|月底|年底|当日|之前|以前"
)
PERIOD = re.compile(rf"{_DIGIT}\s*(?:余|多)?{DURATION}|当(?:日|天|场|即)|立即|即时|长期|永久|终身")
MONEY = re.compile(rf"{_DIGIT}\s*(?:余|多)?(?:万|亿|百万|千万)?(?:元|美元|倍)|%")
# What an answer holds where the question is of a sort that cuts across the types.
_SORTS = (
    (re.compile(r"为什么|为何|为啥|凭什么|什么原因|原因是|理由是|什么理由|什么依据|怎么会"),
     re.compile(r"因|由于|鉴于|故|原因|理由|目的|为了|导致|所以|系|未能|不足以|缺乏|认为")),
    (re.compile(r"不(?:准|许|让|得|能|可以|允许)[^吗]{0,8}(?:什么|哪|啥)|(?:什么|哪|啥).{0,16}(?:不(?:准|许|让|得|能|可以|允许)|禁止|严禁|禁)|禁止.{0,10}(?:什么|哪|啥)"),
     re.compile(r"禁止|不得|严禁|不准|不许|不能|不予|除外")),
    (re.compile(r"官司|[怎如].{0,2}判|判(?:了|得|成|下来|赔|给|决)|法院.{0,10}(?:怎|如何|什么|吗|没)|审.{0,6}(?:结果|结论|怎)|输赢|胜诉|败诉|打赢|打输"),
     re.compile(r"判决|判令|裁定|驳回|维持|撤销|支持|不予|认定|改判|责令|仲裁委|裁决|调解")),
    (re.compile(r"[怎如].{0,2}(?:罚|处罚|处理|追究)|罚(?:多少|不罚|什么)|(?:什么|哪些)(?:处罚|后果|责任)|会(?:怎么?样|被罚)|被罚"),
     re.compile(r"罚款|处罚|警告|没收|责令|拘留|吊销|赔偿|处[^,，。]{1,14}元|追究|处分|取消|追回|不予")),
)  # fmt: skip
SHAPES: dict[str, re.Pattern[str]] = {
    "number": NUMBER,
    "date": re.compile(f"{DATE.pattern}|{PERIOD.pattern}"),
    "list": re.compile(r"、[^、]{1,30}(?:、|和|及|与|以及|等)|[；;].*[；;]|[（(][一二三四五六七八九十\d][）)]|下列|以下|如下|包括|一是|分别"),
    "definition": re.compile(r"是指|指的是|所称|称为|简称|即|是一|定义|含义|系指|,是|，是|为"),
    "who": re.compile(
        r"部门|机关|机构|单位|政府|委员会|[^结]局|[^大客展]厅|办公室|主管|公司|中心|协会|法院|检察院|人员|小组|专班|企业|人民|负责|院"
    ),
    "where": re.compile(r"省|市|县|区|镇|乡|村|街道|社区|平台|窗口|网站|大厅|中心|地点|地址|位于|路|号|场所|http|客户端|app|公众号"),
    "how": re.compile(r"应当|申请|提交|办理|程序|材料|步骤|通过|采取|按照|要|向.{2,20}(?:报告|申请|提出)|登录|可以|填写|携带|实行|加强|建立"),
    "condition": re.compile(r"符合|条件|具备|下列|情形|应当|可以|满足|方可|才|以上|不得|属于|除外"),
    "yesno": re.compile(r"应当|不得|可以|必须|禁止|允许|无需|不予|有权|不应|不能|不是|应予|予以|支持|驳回|无效|有效|是|责任"),
    "comparison": re.compile(r"分别|而|相比|不同|区别|其中|分为|型"),
}  # fmt: skip


class WordVectors:
    """Unit vectors of words and sentences, remembered. Safe to share between threads."""

    def __init__(self, encode: Encode) -> None:
        self.encode = encode
        self._place: dict[str, int] = {}  # of each word in the table
        self._table: Floats = np.empty((0, 0), np.float32)
        self._turn = threading.Lock()
        self._sentences: dict[str, npt.NDArray[np.float16]] = {}

    def sentences(self, texts: Sequence[str]) -> Floats:
        """(len(texts), dim) float32, rounded to half precision."""
        known = self._sentences
        found = {text: row for text in texts if (row := known.get(text)) is not None}
        missing = [text for text in dict.fromkeys(texts) if text not in found]
        if missing:
            fresh = dict(zip(missing, self.encode(missing).astype(np.float16), strict=True))
            if len(known) + len(fresh) > SENTENCES_KEPT:
                known = self._sentences = {}
            known.update(fresh)
            found |= fresh
        return np.concatenate([found[text] for text in texts]).reshape(len(texts), -1).astype(np.float32)

    def forget(self, sentences: Iterable[str]) -> None:
        """Their text is there no longer."""
        known = self._sentences
        for text in sentences:
            known.pop(text, None)

    def rows(self, words: Sequence[str]) -> Floats:
        """(len(words), dim) float32."""
        with self._turn:
            unique = list(dict.fromkeys(words))
            missing = [word for word in unique if word not in self._place]
            if len(self._place) + len(missing) > WORDS_KEPT:
                self._place, missing = {}, unique
            if missing:
                self._remember(missing, self.encode(missing))
            return self._table[[self._place[word] for word in words]]

    def _remember(self, words: Sequence[str], rows: Floats) -> None:
        """Put rows into the table, which doubles as it fills."""
        first, last = len(self._place), len(self._place) + len(words)
        if last > len(self._table):
            larger = np.empty((max(last, 2 * len(self._table), 1024), rows.shape[1]), np.float32)
            if first:
                larger[:first] = self._table[:first]
            self._table = larger
        self._table[first:last] = rows
        self._place.update(zip(words, range(first, last), strict=True))


@dataclass(frozen=True)
class Asked:
    """A question with its content words, rarest wishes and vectors."""

    understood: Understood
    words: tuple[tuple[str, float], ...]  # content words with their idf
    bigrams: tuple[tuple[str, float], ...]
    near: tuple[float, ...]  # weight of each word by its nearness to the question word
    word_rows: Floats  # (len(words) + 2, dim), the last two of the words sought (`Understood.sought`)
    row: Floats  # (dim,) of the whole question
    unit: str  # the unit asked for (“个”, “元”), "" where none
    money: bool
    period: bool  # a length of time is asked for, not a day
    form: str  # of figure or name, by its name in `forms.FORMS`; "" for none of them

    @property
    def type(self) -> str:
        return self.understood.type

    @cached_property
    def with_unit(self) -> re.Pattern[str] | None:
        """A number with the unit asked for, or one that counts the same, in a folded text; None where no unit is."""
        if not self.unit:
            return None
        units = {self.unit}.union(*(alike for alike in _ALIKE if self.unit in alike))
        return re.compile(rf"{_DIGIT}\s*(?:余|多)?(?:万|亿)?(?:{'|'.join(sorted(map(re.escape, units), key=len, reverse=True))})")

    @cached_property
    def shape(self) -> re.Pattern[str] | None:
        """What an answer of the asked form holds; None where any sentence may."""
        if self.type not in ("number", "date", "who", "where"):
            for asks, holds in _SORTS:
                if asks.search(self.understood.text):
                    return holds
        if self.type == "number" and self.money:
            return MONEY
        if self.type == "date" and self.period:
            return PERIOD
        return SHAPES.get(self.type)

    @property
    def exacting(self) -> bool:
        """Whether not every sentence has the form asked for."""
        return bool(self.form) or self.shape is not None

    def formed(self, text: str) -> bool:
        """Whether a folded text holds what an answer of the asked form holds."""
        if self.form:
            return has_form(self.form, text)
        return self.shape is None or bool(self.shape.search(text))


def asked(
    understood: Understood,
    words: Sequence[tuple[str, float]],
    bigrams: Sequence[tuple[str, float]],
    vectors: WordVectors,
) -> Asked:
    """`words` and `bigrams` carry their inverse document frequencies."""
    text = understood.text
    at = [m.start() for m in WH.finditer(text)] or [len(text)]
    near = []
    for word, weight in words:
        places = [m.start() for m in re.finditer(re.escape(word), text)] or [0]
        distance = min(abs(p + len(word) / 2 - w) for p in places for w in at)
        near.append(weight * float(np.exp(-distance / 6)))
    rows = vectors.rows([*(w for w, _ in words), *understood.sought])
    return Asked(
        understood,
        tuple(words),
        tuple(bigrams),
        tuple(near),
        rows,
        vectors.encode([text])[0],
        _unit(text) if understood.type in ("number", "date") else "",
        bool(re.search(r"多少钱|罚款|金额|额度|费用|几[万百千]*元|多少[万亿]*元|资金|补贴|补助|奖励|经费|赔偿|消费|收入|产值|价格|收费", text)),
        bool(re.search(r"多久|多长|多少(?:个)?(?:天|日|工作日|年|月|小时|分钟)|几(?:天|日|个工作日|个月|小时|年内)|期限|时限|有效期|多少天", text)),
        form_wanted(text),
    )  # fmt: skip


def _unit(text: str) -> str:
    found = _AFTER_WH.search(text)
    if not found:
        return ""
    unit = _UNIT.match(found["unit"])
    return unit[0] if unit else ""
