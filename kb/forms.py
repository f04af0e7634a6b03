"""Whether quotes have the form a question asks for: so many names, or a figure in such a unit."""

from __future__ import annotations

import re

from .fold import chinese_number

_COUNT = r"(?P<n>\d{1,3}|[一二两三四五六七八九十]{1,3})"
_KIND = r"(?:大|个(?!月|工作日|小时|学期|百分点)|项|条|类|种|级|批|家|位|名|处|座|部委|部门|方面|块|步|点|章|款|所|支|省|市|县|镇|村)"
_COUNTED = (  # 八大专项行动有哪些, 是哪六级, 10个社区的名单, 17个应用分别叫什么
    re.compile(rf"{_COUNT}\s*{_KIND}(?!以上|以下|以内|多|左右).{{0,24}}?(?:是哪|有哪|哪些|分别|名单|叫什么|名称|是什么|各是)"),
    re.compile(rf"(?:是|指|为|有|分)?哪{_COUNT}\s*{_KIND}"),
)
_LISTED = re.compile(r"名单|分别(?:是|为|叫|有|指)|叫什么名字|叫什么名称|都叫什么|具体是哪|有哪些|是哪[一二三四五六七八九十\d]")
_PARTS = re.compile(r"[、；;\n]|[-—－–]+|(?<=[^\d])[,，](?=[^\d])|和|以及|与|及")
_MARKER = re.compile(r"^\s*(?:[一二三四五六七八九十]{1,3}、|\d{1,2}[.、]|[（(][一二三四五六七八九十\d]{1,3}[)）])\s*", re.M)
_STOP = re.compile(r"[。！？]")

_FIGURE = r"(?:\d[\d,.]*|[零〇一二三四五六七八九十百千万亿两半]+)\s*(?:余|多)?(?:百|千|万|亿)*\s*"
_HOW_MANY = r"(?:多少|几)(?:个|百|千|万|亿)*"
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
# A form by its name: how a question asks for it, and what a quote must hold to have it.
FORMS = tuple(
    (name, re.compile(asked), re.compile(held))
    for name, asked, held in (
        ("share", r"百分之(?:多少|几)|几成|(?:比例|占比|比重|百分比|[比效比税利费补增长覆盖合格完成]率)(?:[^,，。]{0,6})(?:多少|几|多大|多高)|"
                  rf"{_HOW_MANY}%", rf"{_FIGURE}(?:%|‰|成|倍)|百分之|分之|全部|过半|半数|[:：]\s*\d|{_FIGURE}比"),
        ("money", r"多少钱|(?:多少|几)块钱|多少块|几[百千万亿]*元|"
                  r"(?:[^基现]金|费|价格|款|工资|补助|补贴|奖励|津贴)(?:标准|金额|额度)?(?:分别|各)?(?:是|为|有|要|交|给)*多少(?![个年天月岁人次家项户名位件处])|"
                  r"(?:费|奖金|押金|保证金|工资|补助|补贴|津贴)[^,，。?？]{0,8}[收交给发付拿领]多少(?![个年天月岁人次家项户名位件处%])|"
                  r"多少(?:元的?)?(?:奖金|工资|薪水|租金|押金|保证金|违约金|津贴|补助|补贴|奖励|(?:专项)?资金|(?:[一-龥]{0,2}[^消水电免])?费(?![率者]))|"
                  r"(?<!哪)几[毛块](?=钱|[?？,，]|$)|几[百千万]块|(?:几|多少)个?[百千万]?[百千万亿](?=[?？,，]|$)|"
                  rf"{_HOW_MANY}(?:元|美元|欧元)", rf"{_FIGURE}(?:元|美元|欧元)|{_FIGURE}[%倍]|百分之|分之|免费|不收"),
        ("day", r"几月几|几[号日](?!人|线|楼|院)|哪一?天|哪一?日|具体日期|(?:施行|生效|实施|公布|发布|印发|成立|截止)(?:日期|时间)是",
                r"\d{1,2}\s*月|\d{1,2}\s*[日号]|[一二三四五六七八九十]月|之日|月[底初末]|年[底初末]|当[日天]|起施行"),
        ("year", r"哪一?年|何年|几几年", r"(?:19|20)\d{2}|[一二][〇○零九][〇○零一二三四五六七八九]{2}|[当去今明次上同]年"),
        ("clock", r"几点", r"\d[:：]\d|" rf"{_FIGURE}[点时]|全天"),
        ("period", r"多久|多长时间|[期限间](?:是|有|为)?多长|(?:多少|几)个?(?:天|工作日|月|年|小时|分钟|周|星期|学期)(?![前级内]?的?(?:规划|计划|行动))",
                   rf"{_FIGURE}个?(?:工作日|日|天|月|年|小时|分钟|周|学期|学年|周年)|每[日天周月季年]|逐年|[当即][日天场时]|立即|随时|及时|长期|终身|永久|之日|次[日年月]|以前|之前|前|届"),
        ("age", rf"多大(?:年龄|岁|年纪)|{_HOW_MANY}周?岁", rf"{_FIGURE}周?岁|年龄"),
        ("length", rf"(?<!最)多(?:高|宽|远|深|厚)|(?<![期限间])(?<![期限间][是有为])多长(?!时间)|{_HOW_MANY}(?:公里|千米|米|厘米|毫米)", rf"{_FIGURE}(?:公里|千米|米|厘米|毫米|公分|里)"),
        ("area", rf"多大面积|占地(?:面积)?(?:有|是|约)?多(?:大|少)|面积(?:[^,，。]{{0,6}})(?:多少|多大)|{_HOW_MANY}(?:亩|公顷|平方|平米|㎡)", rf"{_FIGURE}(?:亩|公顷|平方(?:公里|千米|米)|平米|㎡)"),
        ("weight", rf"多重|{_HOW_MANY}(?:吨|公斤|千克|克|斤)", rf"{_FIGURE}(?:吨|公斤|千克|克|斤)"),
        ("volume", rf"{_HOW_MANY}(?:立方|升|毫升)", rf"{_FIGURE}(?:立方米|立方|升|毫升)"),
        ("sound", rf"{_HOW_MANY}分贝", rf"{_FIGURE}分贝"),
        ("score", rf"{_HOW_MANY}分(?!之|钟|批|别|期|级|类|层|数?线?[是为]?[^分]{{0,2}}钟)", rf"{_FIGURE}分(?!之|钟|批|别|期|级|类|层)|分数[^。]{{0,8}}\d|\d{{3}}"),
        ("people", rf"{_HOW_MANY}(?:人|名|位)(?!单|称|字|大)", rf"{_FIGURE}(?:余|多)?(?:人|名|位|户)|半数|过半|分之|全体"),
        ("phone", r"(?:电话|手机|热线|联系)(?:号码?|方式)?(?:是|为)?(?:多少|几号|什么)|联系方式|电话号码|"
                  r"(?:电话|热线)(?:号码?)?(?:是|打|该打|要打)?哪[个条]|(?:打|拨|拨打)(?:哪|什么|多少)[个条]?(?:电话|热线|号|[?？]|$)|[哪什][个条么](?:电话|热线)", r"\d{7,}|\d{3,4}[-－—]\d{3,}|\d{5}"),
        ("email", r"(?:邮箱|电子邮件)(?:地址)?(?:是|为|发)?(?:什么|多少|哪)|[哪什][个么](?:电子)?邮箱", "@"),
        ("company", r"哪[一]?[家个](?:公司|企业)|谁家(?:开发|承建|运营|做)", r"公司|集团|企业|有限|商|厂"),
        ("organisation", r"哪一?[家所间](?!公司|企业|管|来|部门|出[?？]|单位)|哪个(?:银行|大学|高校|学校|学院|医院|协会|设计院|研究院|事务所)",
                         r"[一-龥a-z某×]{2}(?:公司|集团|银行|医院|大学|学院|学校|[中小]学|幼儿园|设计院|研究院|事务所|协会|学会|法院|中心|酒店|商场|超市|厂)"),
        ("person", r"(?:长|主任|书记|负责人|联系人|领导|法官|院士|教授|代表人|经办人|专员|理事)[^,，。?？]{0,6}(?:叫什么|叫啥|姓甚|姓什么|姓名)|哪位(?:领导|同志|负责人)|"
                   r"(?:组长|主任|书记|召集人|主席|秘书长|负责人|[会院校局厅部市县区所站队]长)[^,，。?？]{0,4}(?:是|由)?(?:谁|哪位|哪个领导|什么人)|谁来?(?:当|担任|任|兼任?|做)[^,，。?？]{0,8}(?:长|主任|召集人|书记|主席|负责人)",
                   rf"[{_SURNAMES}][一-龥]{{1,2}}(?:同志|先生|女士|任|为|担任|[,，、。;；)）\s]|$)|担任|兼任|某"),
        ("address", r"地址|哪条[路街]|什么[路街]|门牌", r"[路街巷弄道村区]\S{0,6}|\d+号"),
        ("link", r"网址|(?:链接|网站)(?:地址)?(?:是|为)", r"https?:|www\.|\.(?:cn|com|net|org)"),
    )
)  # fmt: skip
_PER = re.compile(r"每(平方米|平米|㎡|亩|公顷|人次|人|户|吨|公里|千米|件|辆|张)")
_SAME = {"平米": "平方米", "㎡": "平方米"}


def names_wanted(question: str) -> int:
    """How many names a (folded) question wants listed: the count it gives, 2 for a bare list, 0 for none."""
    for pattern in _COUNTED:
        found = pattern.search(question)
        if found:
            count = int(found["n"]) if found["n"].isdigit() else chinese_number(found["n"].replace("两", "二")) or 0
            if 2 <= count <= 100:
                return count
    return 2 if _LISTED.search(question) else 0


def names_given(quotes: str) -> int:
    """The longest enumeration within one sentence of the (folded) quotes, or their lines, whichever is longer."""
    quotes = _MARKER.sub("", quotes)
    lines = sum(bool(line.strip()) for line in quotes.splitlines())
    return max([lines, *(len([p for p in _PARTS.split(s) if p.strip()]) for s in _STOP.split(quotes))], default=0)


def form_wanted(question: str) -> str:
    """The form of figure or name that a (folded) question asks for, by its name in `FORMS`; "" for none of them."""
    return next((name for name, asked, _ in FORMS if asked.search(question)), "")


def has_form(name: str, quotes: str) -> bool:
    """Whether that form stands in (folded) quotes."""
    return any(known == name and bool(held.search(quotes)) for known, _, held in FORMS)


def per_missing(question: str, quotes: str) -> bool:
    """Whether a figure is asked for by a measure (每平方米多少元) that the (folded) quotes never name."""
    asked = _PER.search(question)
    if asked is None or not re.search(r"多少|几", question):
        return False
    unit = _SAME.get(asked[1], asked[1])
    return not re.search(rf"(?:每|[/／按]|一){unit}|{unit}(?:均|度)", _plain(quotes))


def only_echoes(question: str, quotes: str) -> bool:
    """Whether every figure of (folded) quotes is one the question itself gives."""
    given = set(_FIGURES.findall(quotes))
    return bool(given) and given <= set(_FIGURES.findall(question))


_FIGURES = re.compile(r"\d[\d,.]*|[一二两三四五六七八九十百千万亿]{2,}")


def _plain(quotes: str) -> str:
    for other, unit in _SAME.items():
        quotes = quotes.replace(f"每{other}", f"每{unit}")
    return quotes


__all__ = ["FORMS", "form_wanted", "has_form", "names_given", "names_wanted", "only_echoes", "per_missing"]
