"""What a question asks for: its type, the kind of document wanted, and its bare content."""

from __future__ import annotations

import re
from calendar import IllegalMonthError, monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from .fold import find_numbers, fold, typed_numbers
from .validity.titles import title_names

QuestionType = Literal[
    "number", "date", "list", "definition", "who", "where", "how", "condition", "comparison", "yesno", "open"
]

# First match wins. Patterns run on the folded question.
_PATTERNS: tuple[tuple[QuestionType, str], ...] = (
    ("comparison", r"区别|不同(?:点|之处|在哪)|有何不同|有什么不同|差别|差异|相比|对比|比较.{0,12}(?:怎么|如何|哪个)|哪个更"),
    ("date", r"什么时候|何时|哪一?年|哪一?天|哪个月|几月|几号|(?<!近)几年|几点(?!几)|周几|星期几|什么日期|(?:起|截止|生效|施行|实施|成立|发布|印发|通过)(?:日期|时间)|"
             r"多久|多长时间|多少(?:个)?(?:天|日|工作日|年|个?月|小时|分钟)|几(?:天|日|个工作日|个月|小时)|期限(?:是|为|有|多)|时限|有效期|到期|截至(?:什么|哪)"),
    ("number", r"多少|(?<![哪好近这那前后头])几(?![乎何率经])[一-龥]|第几|之几|占比|比例(?:是|为|达)|"
               r"数量(?:是|为|有)|金额|额度|标准是多少|比率|百分之|面积(?:是|有|为)|多大|多高|多长|多远|多重|罚款"),
    ("list", r"哪些|哪几|(?:不准|不许|不让|不得|不能|禁止|要|应|该|得|能|可以)(?:去|来)?(?:干|做|播|卖|带|收|碰|进)(?:点|些)?(?:什么|啥)|(?:干|做)(?:点|些)(?:什么|啥)|什么(?:职权|权力|责任|行为|手续|证件|工作|好处|优惠|待遇|服务)|有什么(?:要求|内容|措施|任务|条件|材料|职责|权利|义务|特点|案例|做法|举措)?|包括什么|包含什么|分别(?:是|为|有)|"
             r"是哪[一二三四五六七八九十\d]|哪[二三四五六七八九十\d两]+|都有什么|列出|列举|罗列|盘点|主要内容"),
    ("who", r"谁|哪(?:个|些|一)?(?:部门|单位|机构|机关|组织|主体|人员|方|级|局|厅|委)|由(?:哪|什么)|什么(?:部门|单位|机构|机关|人)|主管部门|"
            r"归.{0,6}管|找哪|负责(?:人|部门|单位)是"),
    ("where", r"哪里|哪儿|何处|什么地方|哪个(?:地方|城市|地区|省|市|县|区|镇|村|社区|平台|网站|窗口)|在哪|到哪|去哪"),
    ("condition", r"什么(?:情况|情形|条件)|何种(?:情况|情形|条件)|(?:需要|应当|应|要)?(?:符合|满足|具备)(?:什么|哪些|何)|条件(?:是|有)?|资格|才能|才可以|门槛"),
    ("definition", r"(?:怎么|如何|怎样)(?:定义|界定|理解)|什么叫|什么是|是什么(?!时候|意思吗)|何谓|何为|是指什么|指的是|什么意思|的定义|的含义|定义是|叫什么|叫做什么|称为什么|名称是"),
    ("how", r"怎么|怎样|如何|流程|程序是|步骤|手续|材料|怎么办|咋"),
    ("yesno", r"吗(?:[?？。]|$)|是否|能否|可否|可不可以|能不能|是不是|有没有|会不会|要不要|需不需要|算不算|该不该|行不行|对不对|合不合法"),
)  # fmt: skip
_RULES_ON = re.compile(r"(?:有|作了?|做了?)?(?:什么|哪些|怎样的|何种?)(?:具体|主要|特别|相关)?规定|(?:怎么|如何|怎样)规定")
_TYPES = tuple((kind, re.compile(pattern)) for kind, pattern in _PATTERNS)
# A yes/no question may carry 多少 or 哪些 inside a clause; its ending decides.
_YES_NO_END = re.compile(r"(?:吗|么)[?？。!！\s]*$|^(?:是否|能否|可否)|是不是|能不能|可不可以|有没有")
_WH = re.compile(r"多少|哪|什么|谁|几|如何|怎么|怎样|何时|何处")

# Words that frame a question; they say what form the answer has, not what it is about.
FRAME = frozenset(
    "请问 想问 问 一下 请 告诉 我 想 知道 了解 咨询 什么 哪些 哪个 哪 几个 几 多少 如何 怎么 怎样 怎么样 为什么 为何 吗 呢 么 吧 啊 "
    "是否 能否 可否 能 能不能 可不可以 是不是 有没有 有 是 的 了 在 和 与 及 对 由 谁 何 何时 什么时候 哪里 哪儿 具体 分别 都 "
    "介绍 说明 解释 列出 列举 包括 指 是指 这个 那个 这 那 被 把 给 为 我们 你们 你 您 他们 目前 现在 一共 总共 共 主要 会 要 需要 应该 "
    "根据 按照 关于 规定 相关 有关 进行 其中 以及 吗 到底 究竟 可以 应当 么 呀 谢谢 您好 你好".split()
)
_ASKING = re.compile(  # 多久, 几处, 哪里, 什么样: what the answer puts a fact in the place of
    r"多(?:少|久|长|大|高|远|宽|深|快)\S{0,2}|几(?!乎|何|内亚|率|经)\S{0,2}|第几\S?|哪\S{0,2}|(?:是|有|为|叫)?(?:什么|啥)\S{0,2}|"
    r"谁|如何|怎\S{0,2}|咋\S?|何[时处种为谓地人]|为何|是否|能否|可否|[能会要行算该](?:不|没)[能会要行算该]|可不可以|需不需要|有没有|是不是"
)
_ASKED_AT = re.compile(  # where the answer will stand, or what is asked whether
    r"多少|几(?![乎何经])|哪[些个里儿家位所种项条]?|什么(?:时候)?|啥|谁|如何|怎[么样]*|何[时处种]|为何|多[久长大高远宽深快]|"
    r"是否|能否|可否|([能会要行算该用])不\1|可不可以|需不需要|是不是|有没有|[吗么](?=[?？。\s]*$)"
)
_LIGHT = frozenset("来去后前内上下中里外就才还也再")  # nothing is sought by these
SOUGHT_AFTER = 3  # words after the question word among which the thing sought is named
_KINDS = (
    ("case", re.compile(r"案例|案件|典型(?:经验|做法)|经验做法|实践样本|样本经验|判例|先例")),
    ("standard", re.compile(r"标准|规范(?!性文件)|指标|规程|导则|技术要求|评价体系|建设要求")),
    ("action", re.compile(r"行动|专项|工程(?!师)|计划|方案|三年|任务")),
)


@dataclass(frozen=True, slots=True)
class Understood:
    """A question as the searcher and the answerer need it. `text` is folded."""

    text: str
    type: QuestionType
    kind: str | None  # standard | action | case, where the question names one
    numbers: tuple[str, ...]  # 文号 it may mean, normalised
    focus: tuple[str, ...]  # its content words in order, question words left out
    sought: tuple[str, str]  # the word asked for, after the question word and before it; "" for none


def asks(word: str) -> bool:
    """Whether a word frames a question or stands where its answer will."""
    return word in FRAME or bool(_ASKING.fullmatch(word))


def understand(question: str, words: Sequence[str]) -> Understood:
    """`words`: the folded question cut into index words."""
    text = fold(question).strip()
    focus = tuple(word for word in words if not asks(word))
    return Understood(
        text=text,
        type=question_type(text),
        kind=kind_wanted(text),
        numbers=(*(number for _, _, number in find_numbers(question)), *typed_numbers(question)),
        focus=focus or tuple(words),
        sought=sought(text, words),
    )


def is_asking(text: str) -> bool:
    """Whether a turn of talk has a question word in it (多少, 哪里, 是否, 吗)."""
    return bool(_ASKED_AT.search(fold(text)))


_COURTESY = re.compile(
    r"(?:[好嗯哦行]的?|ok|那|非常|十?分|太|多|真是?|先|就|已经?|我|都|感?谢|辛苦|麻烦|知道|明白|清楚|了解|收到|没有?(?:别的)?(?:问题|事)|再见|拜拜|"
    r"[你您啦了哈啊呀哟喽]|大家|[\s,，.。!！~～、])+"
)
_THANKS = re.compile(r"谢|辛苦|知道|明白|清楚|了解|收到|没有?(?:别的)?(?:问题|事)|再见|拜拜|^[好嗯哦行]")
LONGEST_THANKS = 16  # code points


def courteous(text: str) -> bool:
    """Whether a turn of talk only thanks or takes note: 好的谢谢, 知道了."""
    folded = fold(text).strip()
    return len(folded) <= LONGEST_THANKS and bool(_COURTESY.fullmatch(folded)) and bool(_THANKS.search(folded))


_PAST_TIME = re.compile(
    r"(?<!截至)(?<!截止)(?<!截止到)(?:在|到|于)?(?P<y>(?:19|20)\d{2})年(?:度|(?P<m>\d{1,2})月(?:份|(?P<d>\d{1,2})[日号])?)?(?:的时候|那时候?|那年|当时|时|期间|底|末|初)?的?"
)


def past_day(text: str, today: date) -> tuple[date, str] | None:
    """The day that a question about the one past year, month or day it names is to be answered for, the last of
    them, and the question without it; None where it names none, or several."""
    folded = fold(text)
    found = list(_PAST_TIME.finditer(folded))
    if len(found) != 1 or len(folded) != len(text):
        return None
    said = found[0]
    year, month = int(said["y"]), int(said["m"] or 12)
    try:
        day = date(year, month, int(said["d"] or monthrange(year, month)[1]))
    except (ValueError, IllegalMonthError):
        return None
    return (day, (text[: said.start()] + text[said.end() :]).lstrip("，, ")) if day < today else None


_GREETING = re.compile(
    r"(?:[您你]们?好|哈[喽罗啰]|嗨|hello|hi|早上?好|[上下中]午好|晚上好|在吗|在么|在不在|有人(?:在|吗|么)+|喂|请问一?下?|[呀啊哈哦~!,.。?\s])+"
)
_REWORDED = re.compile(
    r"(?:请|麻烦|能不能|能|可以|可不可以|你)*(?:再|给我)*(?:说|讲|解释|介绍|展开|回答)?[得的]?更?(?:详细|具体|简单|通俗|简短|简洁|清楚|明白)"
    r"(?:一?[点些下])?(?:说|讲|解释|介绍|说明)*(?:一下)?[吗吧呗么?。!\s]*"
)


def greets(text: str) -> bool:
    """Whether a turn of talk only greets: 您好，在吗."""
    folded = fold(text).strip()
    return len(folded) <= LONGEST_THANKS and bool(_GREETING.fullmatch(folded)) and any(c.isalnum() for c in folded)


def asks_to_reword(text: str) -> bool:
    """Whether a turn only wants the last answer in other words: 请再详细一点."""
    return bool(_REWORDED.fullmatch(fold(text).strip()))


def sought(text: str, words: Sequence[str]) -> tuple[str, str]:
    """What a question wants to know of its subject: the content word that follows the question word (哪家设计院)
    and the one before it (起拍价是多少, 会罚款吗); "" where there is none.

    `words`: the folded question cut into index words, in order; what follows its end is no more of it.
    """
    run: list[tuple[int, int, str]] = []
    at = 0
    for word in words:
        at = text.find(word, at)
        if at < 0:
            break
        run.append((at, at + len(word), word))
        at += len(word)
    asking = [match.span() for match in _ASKED_AT.finditer(text)]
    if not asking:
        return "", ""
    first = asking[0][0]
    following = [word for _, end in asking for word in [w for start, _, w in run if start >= end][:SOUGHT_AFTER]]
    return _telling(following), _telling([word for _, end, word in reversed(run) if end <= first])


def _telling(words: Sequence[str]) -> str:
    """The first content word, one of a single character only where there is no longer one."""
    content = [word for word in words if not asks(word) and word not in _LIGHT]
    return next((word for word in content if len(word) > 1), next(iter(content), ""))


_PAST = re.compile(r"当时|当年|原先|原来的|曾经?|以前|过去|历史上|[旧老](?:版|的|办法|规定|政策|标准)|(?:修[订改]|调整|废止)前|原(?:办法|规定)|废止|失效|(?P<year>(?:19|20)\d{2})(?:年|(?=版))")


def names_past(text: str, today: date | None = None) -> bool:
    """Whether a question is about how things were, not how they are."""
    this_year = (today or date.today()).year
    return any(m["year"] is None or int(m["year"]) < this_year for m in _PAST.finditer(fold(text)))


# What may stand right before a title without belonging to it; other characters make it part of a longer one
# (宁波市物业管理条例 is not 物业管理条例), as do these right after it.
_BEFORE_TITLE = re.compile(
    r"(?:^|[^一-龥]|中华人民共和国|国务院|国家|全国|中央|请问|想问|问|根据|依据|按照|依照|参照|遵照|违反|执行|适用|修改|废止|"
    r"遵守|落实|贯彻|学习|符合|出台|公布|发布|印发|施行|实施|有关|关于|对于|针对|以及|我国|[对在按照和与及跟同的是有看查说把将被这那该本新旧个部份年版]|"
    r"现行|最新|介绍|解释|解读|一下)$"
)
_AFTER_TITLE = re.compile(r"(?:的?(?:实施|施行)(?:细则|办法|条例|意见|规定)|细则|释义|的?(?:补充|若干)(?:规定|通知|意见))")
_ASIDE = re.compile(r"[（(\[〔].*?[）)\]〕]")  # （试行）, （2020年修订）
SHORT_NAME = 3  # characters; a shorter name may mean anything


def names_document(text: str, title: str, number: str | None) -> bool:
    """Whether a question names a document by its title, by that of the text it issues, or by its 文号."""
    if number and number in {found for _, _, found in find_numbers(text)}:
        return True
    folded = _ASIDE.sub("", fold(text))
    names = {_ASIDE.sub("", fold(name)).strip("《》").removeprefix("中华人民共和国") for name in title_names(title)}
    return any(_named(folded, name) for name in names if len(name) >= SHORT_NAME)


_ABOUT_A_NAME = re.compile(  # what may stand beside a document's name and say nothing of what is asked
    r"[《》“”\"?。,、:\s]|\([^()]*\)|这[个份部]?|该|此|本|文件|法规|政策|请问|想问|我想知道|一下|到底|具体|大概|最早|开始|正式|"
    r"[是由的了在呢啊吗从起自]"
)


def only_names(folded: str, title: str, number: str | None) -> bool:
    """Whether a (folded) text is no more than a document's name."""
    titles = [re.sub(r"\([^()]*\)|[《》]", "", fold(name)) for name in title_names(title)]
    bare = [name.removeprefix("中华人民共和国") for name in titles]
    for name in (*sorted({*titles, *bare}, key=len, reverse=True), fold(number or "")):
        folded = folded.replace(name, "", 1) if name else folded
    return not _ABOUT_A_NAME.sub("", folded)


def without_number(text: str, numbers: Iterable[str]) -> str:
    """A question without the 文号 or standard numbers of documents found; they say where to look, not what for.

    Itself where nothing else is left.
    """
    wanted, lower = set(numbers), text.lower()
    spelled = [re.escape(text[start:end]) for start, end, number in find_numbers(text) if number in wanted]
    for number in wanted:  # and those of standards, however their parts are joined
        parts = re.findall(r"[a-z\d]+|[\u4e00-\u9fff]+", number.lower())
        if len(parts) > 1 and all(part in lower for part in parts):
            spelled.append(r"[\s\W_年第]*".join(map(re.escape, parts)))
    for each in spelled:
        rest = re.sub(rf"(?i)[《〈(（]?{each}[》〉)）]?(?:号?(?:文件|标准|规定)?(?:中|里)?的?)[,，\s]*", "", text)
        text = rest if re.search(r"[\u4e00-\u9fff]{2}", rest) else text
    return text


def _named(text: str, name: str) -> bool:
    """Whether a name stands in a text as a whole one, not as part of a longer name."""
    for found in re.finditer(re.escape(name), text):
        before, after = text[: found.start()], text[found.end() :]
        if _BEFORE_TITLE.search(before) and not _AFTER_TITLE.match(after):
            opened = before.removesuffix("中华人民共和国").endswith("《")
            if not opened or after.startswith("》"):
                return True
    return False


def question_type(text: str) -> QuestionType:
    if _YES_NO_END.search(text) and not _WH.search(re.sub(r"什么的|几乎|任何", "", text)):
        return "yesno"
    if _RULES_ON.search(text):
        return "open"
    for kind, pattern in _TYPES:
        if pattern.search(text):
            return kind
    return "open"


def kind_wanted(text: str) -> str | None:
    for kind, pattern in _KINDS:
        if pattern.search(text):
            return kind
    return None
