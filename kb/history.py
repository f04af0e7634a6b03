"""Follow-up questions, resolved against the conversation by rule; what stands alone stays as it is.

“那宁波呢？” takes the last question with the like part exchanged, “它的……” takes the last
topic, “第三项” the third item of the last list, “第三条” after an article the third article, and
a question without a subject of its own (“多少钱？”) gets the last topic in front.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from .enumeration import enumerations, markers
from .evidence_prior import Places
from .fold import chinese_number, fold
from .model import Turn
from .understand import FRAME, asks, is_asking

Cut = Callable[[str], Sequence[str]]
Likeness = Callable[[str, Sequence[str]], Sequence[float]]

OWN_WORDS = 2  # telling words without which a turn is a follow-up and nothing else
TURNS_READ = 8  # earlier messages looked at
_POLITE = re.compile(r"^(?:请问一?下?|我?想(?:问|了解|知道)一?下?|麻烦问一?下?|您好|你好|那么?|另外|还有|再问一?下?|好的?|嗯|哦|谢谢)[，,、。!！ ]*")
_LEADS = r"^(?:那么|那(?:个|位|种|些|家|边)?|另外|还有|至于|换成|如果是?|要是)*[，, ]*"
_THERE = r"(?:那|这)(?:边|里|儿|块|方面|种情况|种|类|一?块)"  # 宁波那边呢, 过江隧道那种呢
_AND = re.compile(rf"{_LEADS}(?P<what>[^？?，,。吗]{{1,24}}?)(?:{_THERE})?(?:的话)?(?:的)?(?:呢|又(?:如何|怎么样|是多少)|怎么样)[？?。!！ ]*$")
_AND_ASKS = re.compile(rf"{_LEADS}(?P<what>[^？?，,。吗]{{1,12}}?)(?:{_THERE})?(?:的话)?呢[，,、 ]+(?P<rest>[^？?。]{{2,20}})[？?。!！ ]*$")
_PRONOUN = re.compile(
    r"(?:它们?|(?<![尤极与])其(?!他|中|余|它|实|次)|该(?=[一-龥]{1,6})(?!怎|如何|不|去|找|交|办|由)|(?:这|那)(?:个|些|项|种|部|份|条)?(?=的|条例|办法|规定|政策|文件|通知|方案|标准|"
    r"行动|计划|案例|案件|社区|项目|应用|[是有要])|上述|前述|此(?=类|项|举|案|事)|刚才(?:说|提到)的|你(?:说|提到)的|里面)"
)
_DOCUMENT = re.compile(r"^(?:个|部|份|项|条)?(?:条例|办法|规定|细则|文件|通知|意见|方案|法规|法律|法|政策)")
_NTH = re.compile(r"(?:(?P<last>最后)|第(?P<n>[一二三四五六七八九十\d]{1,3}))(?:一)?(?P<unit>个|项|条|种|类|点|款|方面|步|级|大)(?!线|例|法|款)")
_TITLE = re.compile(r"《[^《》]{2,60}》")
_ARTICLE = re.compile(r"第[零〇一二三四五六七八九十百\d]{1,5}条(?:之[一二三四五六七八九十])?(?!例|线|款)")
_OF_IT = re.compile(r"(?:那么?|它们?|其|该|这部?|上述|条例|办法|规定|文件|里面?|中|的|[，, ])*")  # before an article of the same text
_WHOLE = re.compile(r"全[国省市县区州](?!性|运|委|级|场|域|人大|人民代表)")  # a place by its extent
_WH = re.compile(
    r"(?:一共|总共|分别|具体|主要|都|各|应该?|应当|需要|可以|能够?|要|会|得|由|向|找|归|在|从|到|有|是|(?<![行作认人称成])为|叫|指|包括|包含|对)*"
    r"(?:多少|第?几(?!乎)|哪|什么|谁|如何|怎么|怎样|何|多[久长大高远]|是否|能否|可否|有没有|是不是|能不能|可不可以|要不要|吗)"
    r"(?:[个些里儿项条类种家名人座户元年天次级批款]|时候|地方|部门|单位|机构|是)*"
)
_TRAILING = re.compile(
    r"(?:一共|总共|共|已经?|目前|现在|创建|建成|建设|带动|推出|规定|要求|需要|应当|应该|可以|负责|监管|办理|申请|达到|覆盖|开展|实施|设立|获得|发放|给予|处罚|罚款|罚|"
    r"有|是|了|的|对|在|要|能|会|得|被|由|向|从|到|把|将|(?<![行作认人称成])为|和|与|，|,|、|\s)+$"
)
_LEADING = re.compile(r"^(?:[的个项条类种家名人座户元年月天次级批\s，,、]|的?(?:标准|规定|要求))+")
_TAIL = re.compile(r"[呢吗啊呀吧？?。!！，, ]+$")
GENERIC = frozenset(
    "资金 来源 时间 条件 材料 流程 程序 标准 要求 部门 单位 范围 对象 期限 地点 地址 电话 原因 目的 意义 内容 目标 任务 措施 金额 数量 多少 钱 费用 罚款 处罚 "
    "负责 开始 结束 施行 实施 生效 申请 办理 提交 有效期 截止 建成 完成 规定 具体 指 含义 意思 适用 例外 情况 谁 监管 主管 责任 承担 公布 通过 发布 首次 第一次 哪一年 "
    "举例 区别 不同 依据 法律 后果 补贴 补助 奖励 比例 面积 人数 次数 上限 下限 最高 最低 最多 最少 最长 最短 怎么办 咋办 违反 违规 不服 原告 被告 法院 结果 判决 判 赔 赔偿 一审 二审 最后 后来 然后 还 又 再 也 就 才".split()
)


@dataclass(frozen=True, slots=True)
class Tools:
    """What resolving needs of the library: words, the likeness of words, place names."""

    cut: Cut
    likeness: Likeness
    places: Places


@dataclass(frozen=True, slots=True)
class Said:
    """A question as it stands alone, its answer, and how it came about."""

    question: str
    answer: str = ""
    put: str = ""  # what a follow-up put into the question before; the next such follow-up takes it out again
    about: str = ""  # what the question before was about, where this one may have no subject of its own
    of: Said | None = None  # the question whose answer lists what this one is about


def readings(question: str, history: Sequence[Turn], tools: Tools) -> list[str]:
    """The question as it may stand alone, most likely first; itself where it needs no history."""
    last: Said | None = None
    for turn in history[-TURNS_READ:]:
        if turn.role == "user":
            last = _one(turn.content, last, tools)[0]
        elif turn.role == "assistant" and last is not None:
            last = replace(last, answer=turn.content)
    return [said.question for said in _one(question, last, tools)]


def _one(question: str, last: Said | None, tools: Tools) -> list[Said]:
    question = question.strip()
    if last is None or not last.question:
        return [Said(question)]
    bare = _POLITE.sub("", question)
    if not re.search(r"\w", bare):  # 谢谢, 好的
        return [Said(question)]
    also = _AND.match(bare)
    what = also["what"].strip() if also and not re.search(r"多少|什么|谁|如何|几|哪", also["what"]) else ""
    beside = _beside_article(bare, last.question)
    if beside:
        return [Said(beside)]
    article = _of_article(bare, last.question, bool(what))
    if article:
        return [Said(article)]
    nth = _NTH.search(bare)
    if nth and not (nth["unit"] == "条" and _ARTICLE.search(last.question)):
        item = _of_list(nth, bare, bool(what), last)
        if item is not None:
            return [item]
        last = last.of or last
    if what:
        return [_also(what, last, tools)]
    both = _AND_ASKS.match(bare)
    if both and is_asking(both["rest"]) and _exchangeable(both["what"], last, tools):
        return [Said(f"{both['what']}{both['rest']}", of=last.of), _also(both["what"], last, tools)]
    pronoun = _PRONOUN.search(bare)
    if pronoun:
        return [Said(_replaced(bare, pronoun, last), of=last.of)]
    subject = topic(last.question)
    if not subject or subject in bare:
        return [Said(question)]
    if _lacks_subject(bare, tools):
        return [Said(f"{subject}{bare.lstrip('那')}", of=last.of)]
    shared = [w for w in tools.cut(fold(bare)) if len(w) > 1 and w not in FRAME]
    own = [w for w in shared if w not in GENERIC and not asks(w) and not re.fullmatch(r"最.", w)]
    if len(own) < OWN_WORDS and is_asking(bare) and not tools.places(bare) and not _TITLE.search(bare):
        return [Said(f"{subject}{bare.lstrip('那')}", about=last.about or subject, of=last.of)]
    if len(shared) <= 4 and len(bare) <= 18 and not tools.places(bare) and not _TITLE.search(bare):
        return [Said(question, about=last.about or subject), Said(f"{subject}{bare}")]
    return [Said(question)]


_BESIDE = re.compile(r"^(?:那么?)?(?P<which>[上下前后])一条(?:呢|是什么|(?:的)?内容|怎么?说|说(?:了)?什么|规定了?什么)*[？?。!！ ]*$")


def _beside_article(bare: str, previous: str) -> str:
    """“下一条呢” after a question about 第五条: that question of 第六条; "" for no such thing."""
    asked, known = _BESIDE.match(bare), _ARTICLE.search(previous)
    n = chinese_number(known[0].removeprefix("第").partition("条")[0]) if known else None
    if asked is None or known is None or n is None:
        return ""
    n += 1 if asked["which"] in "下后" else -1
    return f"{previous[: known.start()]}第{n}条{previous[known.end() :]}" if n > 0 else ""


def _of_article(bare: str, previous: str, also: bool) -> str:
    """“第三条呢” after a question about 第五条 of a text: that question of the third article; "" for no such thing."""
    asked, known = _ARTICLE.search(bare), _ARTICLE.search(previous)
    if asked is None or known is None or _TITLE.search(bare) or not _OF_IT.fullmatch(bare[: asked.start()]):
        return ""
    rest = previous[known.end() :] if also else bare[asked.end() :]
    return previous[: known.start()] + asked[0] + rest


def _of_list(nth: re.Match[str], bare: str, also: bool, last: Said) -> Said | None:
    """The question with the n-th item of the last list in its place; None where no list has so many."""
    for listing in (last, last.of):
        item = _item(nth, listing.answer) if listing else ""
        if item and also and last.of and last.put and last.put in last.question:
            return Said(last.question.replace(last.put, item, 1), put=item, of=listing)
        if item:
            return Said(bare[: nth.start()] + item + bare[nth.end() :], put=item, of=listing)
    return None


def _also(what: str, last: Said, tools: Tools) -> Said:
    """“宁波呢” asked of the last question; of an item of another place's list, the question for Ningbo's own list."""
    if last.of and tools.places(what) and not tools.places(last.question) and tools.places(last.of.question):
        last = last.of
    return Said(_exchanged(what, last, tools), put=what, of=last.of)


_YEAR = re.compile(  # 2021年底, 2021—2022学年
    r"(?P<year>(?:19|20)\d{2}(?:\s{0,2}[-—–－~～至到]{1,2}\s{0,2}(?:19|20)\d{2})?\s{0,2}(?:学?年)?)"
    r"(?P<part>底|末|初|度|上半年|下半年)?"
)


def topic(question: str) -> str:
    """What a question is about: its 《title》, or the words beside its question word."""
    titled = _TITLE.search(question)
    if titled:
        return titled[0]
    text = _TAIL.sub("", _POLITE.sub("", question))
    asks = _WH.search(text)
    if not asks:
        return _TRAILING.sub("", re.sub(r"^(?:介绍|说明|解释|讲讲|谈谈|说说)(?:一下)?", "", text))
    before = _TRAILING.sub("", text[: asks.start()])
    after = _TRAILING.sub("", _LEADING.sub("", text[asks.end() :]))
    if len(before) >= 5 or (len(before) >= 2 and len(after) < 3):
        return before
    return f"{before}{after}"[:30]


def _exchangeable(what: str, last: Said, tools: Tools) -> bool:
    """Whether a place or year stands where the last question has one too."""
    here = bool(tools.places(what)) and bool(tools.places(last.question))
    return here or bool(_YEAR.search(what) and _YEAR.search(last.question))


def _exchanged(what: str, last: Said, tools: Tools) -> str:
    """The last question with the part most like `what` exchanged for it: else what the follow-up before put there."""
    previous = last.question
    here = tools.places(what) or _WHOLE.fullmatch(what)
    there = _place(previous, tools)
    if here and there:
        at, end = there
        if previous[end : end + 1] in tuple("省市县区") and what[-1] in "省市县区":
            end += 1
        return previous[:at] + what + previous[end:]
    year, old = _YEAR.search(what), _YEAR.search(previous)
    if year and old:
        end = old.end() if year["part"] else old.end("year")
        before = previous[: old.start()]
        return before + (what.removeprefix("到") if before.endswith("到") else what) + previous[end:]
    if here:
        return f"{what}{previous}"
    words = [w for w in dict.fromkeys(tools.cut(previous)) if w not in FRAME and len(w) > 1]
    phrases = words + [a + b for a, b in pairwise(words) if a + b in previous]
    if phrases:
        near = tools.likeness(what, phrases)
        alike = [n + 0.6 * _shared(what, p) for n, p in zip(near, phrases, strict=True)]
        best = max(range(len(phrases)), key=alike.__getitem__)
        if alike[best] >= 0.2:
            return previous.replace(phrases[best], what, 1)
    if last.put and last.put in previous:
        return previous.replace(last.put, what, 1)
    return f"{what}{previous}"


def _place(text: str, tools: Tools) -> tuple[int, int] | None:
    """Where a text names its last place, with those it lies in before it: 杭州市西湖区, or 全省; None for nowhere."""
    spans: list[tuple[int, int]] = []
    at = 0
    for name, _ in tools.places(text):
        start = text.find(name, at)
        at = start + len(name)
        joined = spans and text[spans[-1][1] : start] in ("", *"省市县区")
        spans.append((spans.pop()[0] if joined else start, at))
    whole = None if spans else _WHOLE.search(text)
    return whole.span() if whole else (spans[-1] if spans else None)


def _shared(a: str, b: str) -> float:
    """Share of characters two words have in common."""
    return len(set(a) & set(b)) / max(len(set(a) | set(b)), 1)


def _replaced(text: str, pronoun: re.Match[str], last: Said) -> str:
    """The pronoun exchanged for what was talked about."""
    rest = text[pronoun.end() :]
    cited = _TITLE.search(last.answer)
    kind = _DOCUMENT.match(rest)
    if kind and cited:
        return text[: pronoun.start()] + cited[0] + rest[kind.end() :]
    subject = last.about or topic(last.question) or (cited[0] if cited else "")
    noun = re.match(r"[一-龥]{2,6}?(?=的|是|有|由|要|在|什|怎|如|多|几|哪|谁|何|可|应|能)", rest)
    if pronoun[0] in ("该", "这个", "那个", "这项", "这种", "这些", "那些", "上述", "此") and noun and noun[0] in subject:
        rest = rest[noun.end() :]
    joint = "的" if pronoun[0] == "其" and not rest.startswith("的") else ""
    return text[: pronoun.start()] + subject + joint + rest


def _lacks_subject(text: str, tools: Tools) -> bool:
    """Whether only question words and general ones are left: 多少钱, 由谁负责, 什么时候开始."""
    if tools.places(text) or _TITLE.search(text):
        return False
    words = [w for w in tools.cut(fold(text)) if any(c.isalnum() for c in w)]
    return all(w in FRAME or w in GENERIC or len(w) == 1 or re.fullmatch(r"多\S|几\S|哪\S*|什么\S*", w) for w in words)


def _item(nth: re.Match[str], answer: str) -> str:
    """The n-th item of the last list in an answer, its opening words."""
    items = listed(answer)
    if not items:
        return ""
    n = len(items) if nth["last"] else chinese_number(nth["n"]) or 0
    return items[n - 1] if 1 <= n <= len(items) else ""


def listed(answer: str) -> list[str]:
    """The items of the longest enumeration in an answer: marked ones, else what 、 parts."""
    text = re.sub(r"\[\d+\]", "", answer)
    found = enumerations(text, list(markers(text)))
    if found:
        longest = max(found, key=lambda e: len(e.marks))
        cuts = [*(m.start for m in longest.marks), longest.end]
        pieces = [text[a:b] for a, b in pairwise(cuts)]
        return [_opening(re.sub(r"^\s*(?:[（(]?[一二三四五六七八九十\d]{1,3}[）)、.．]?|[①-⑳]|[一二三四五六七八九十]是|第[一二三四五六七八九十][，,、]?)", "", p)) for p in pieces]
    runs = re.findall(r"[^。；;：:，,\n]+(?:、[^。；;：:，,\n]+)+", re.sub(r"[，,](?=[^，,。]*、)", "、", text))
    if not runs:
        return []
    run = max(runs, key=lambda r: r.count("、"))
    parts = re.split(r"、|(?<=\S)(?:以及|和|及)(?=\S)", run)
    return [_opening(p) for p in parts if p.strip()]


def _opening(item: str) -> str:
    return re.split(r"[。；;：:\n，,]", item.strip())[0].strip()[:30]
