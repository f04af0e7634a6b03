"""Whether quotes have the form a question asks for: so many names, or a figure in such a unit."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from .fold import chinese_number
from .gate_facts import unit_places, with_units

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

# Bounded, so that a line of nothing but digits is looked through in one go.
_FIGURE = r"(?:\d[\d,.]{0,15}|[零〇一二三四五六七八九十百千万亿两半]{1,12})\s{0,3}(?:余|多)?(?:百|千|万|亿){0,3}\s{0,3}"
_HOW_MANY = r"(?:多少|几)(?:个|百|千|万|亿)*"
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱郭何罗梁宋郑谢韩唐冯于董萧曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪姜范廖邹熊陆郝孔崔毛邱秦顾侯邵孟段钱汤尹黎乔贺赖"
_RARER = "高林马程田任方石姚谭金白康江史龙万雷易常武文龚"  # surnames that are more often another word's first character
_MONTH_DAY = r"\d{1,2}\s*月(?:\s*\d{1,2}\s*[日号]|份|底|初|末)?|[元一二三四五六七八九十]{1,2}月(?:[一二三四五六七八九十]{1,3}[日号]|份|底|初|末)?"
_DAY_OF = rf"(?:(?:(?:19|20)\d{{2}}|[一二][〇○零一二三四五六七八九]{{3}})\s*年(?:度)?\s*)?(?:{_MONTH_DAY})|\d{{4}}-\d{{1,2}}-\d{{1,2}}"
# What looks like the form asked for but is another: of lengths of time and marks the days of the calendar, of
# days the dates of the document itself, which stand in every one.
_CALENDAR = re.compile(rf"{_DAY_OF}|(?:19|20)\d{{2}}\s*年?|[一二][〇○零一二三四五六七八九]{{3}}年")
_ENACTMENT = r"施行|实施|生效|执行|起用|启用|公布|发布|印发|出台|通过|批准|修订|修正|修改|废止|失效|成文|落款|开始|作废"
_ENACTED = re.compile(
    rf"(?:自|从|于)?(?:{_DAY_OF})[^。;；\n]{{0,4}}(?:起|开始)?(?:正式)?(?:施行|实施|生效|执行)|"
    rf"(?:{_DAY_OF})[^。;；\n]{{0,60}}?(?:会议|常委会|人大|委员会|人民政府|大会)[^。;；\n]{{0,60}}?(?:通过|批准|公布|发布|修正|修订|决定)|"
    r"(?:自)?(?:公布|发布|印发)之日起施行"
)
_NO_COUNT = re.compile(  # figures that count nothing: days, articles, items, what sounds like one
    rf"{_CALENDAR.pattern}|第[\d一二三四五六七八九十百零〇]+[条款项章节届次号期]|[(（][\d一二三四五六七八九十]+[)）]|(?:^|\n|\s)\d{{1,2}}[.、]|"
    r"[〔﹝\[]\d{4}[〕﹞\]]\s*第?\d+号|[一二三四五六七八九十]是|[一二三四五六七八九十]、|[一二再]审|一[般定切旦律致体同并起些直样]|一次性|统一|万一|十分|百姓|三农|四季"
)
_CHARGE = r"^(?=.*(?:罚|赔|费|金|税|补|奖|津贴|工资|收益|押|贷)).*?"
_SUM = (
    r"(?:多少钱|(?:多少|几)块钱|多少块|几[百千万亿]*元|"
    r"(?:[^基现]金|费|价格|款|工资|补助|补贴|奖励|津贴)(?:标准|金额|额度)?(?:分别|各)?(?:是|为|有|要|交|给)*多少(?![个年天月岁人次家项户名位件处])|"
    r"(?:费|奖金|押金|保证金|工资|补助|补贴|津贴)[^,，。?？]{0,8}[收交给发付拿领]多少(?![个年天月岁人次家项户名位件处%])|"
    r"多少(?:元的?)?(?:奖金|工资|薪水|租金|押金|保证金|违约金|津贴|补助|补贴|奖励|(?:专项)?资金|(?:[一-龥]{0,2}[^消水电免])?费(?![率者]))|"
    r"(?<!哪)几[毛块](?=钱|[?？,，]|$)|几[百千万]块|(?:几|多少)个?[百千万]?[百千万亿](?=[?？,，]|$)|"
    rf"{_HOW_MANY}(?:元|美元|欧元)|"
    r"(?:罚|赔|赔偿|补|补助|补贴|奖|奖励|交|缴|收|付|花|投|给|发|拿|领|掏)(?:款|了|过|给|得|到手?|不到)?(?:他|她|人家|家属)?多少(?=[?？,，]|钱|[一-龥]{0,4}[金费款资]|$)|"
    r"多少[一-龥]{0,3}(?:慰问金|救助金|奖励金|出让金|赔偿金?|罚款|罚金|产值|报酬|资助|投资))"
)
_AMOUNT = (  # of what is counted in money, or given as a share of it: 工资一般多少, 单户最高能贷多少
    r"(?:(?:[金费价款薪]|工资|薪水|补助|补贴|奖励|津贴|资助|额度|金额|营收|收入|利润|产值|投资|经费|预算|成本)[^,，。?？]{0,8}|"
    r"(?:[贷借赔罚补奖投拨筹]|报销)[^,，。?？多]{0,2})多少(?![个年天月岁人次家项户名位件处份小分张条米公吨亩度])|"
    r"(?:补贴|补助|奖励|津贴|救助金?|抚恤金?|罚款)的?(?:具体)?标准(?:是(?:什么|多少|怎样的?))?[?？。]?$"  # 购房补贴标准？
)
_WHICH_DAY = (
    r"几月几|几月份|几月(?=[?？,，]|$)|几[号日](?!人|线|楼|院)|哪一?天|哪[几两]?个月|哪几(?:天|日|年)|哪一?日|具体日期|"
    r"(?:施行|生效|实施|公布|发布|印发|成立|截止)(?:日期|时间)是"
)
_WHICH_YEAR = r"哪一?年|何年|几几年"
_DAYS = rf"{_MONTH_DAY}|\d{{1,2}}\s*[日号]|之日|月[底初末]|年[底初末]|当[日天]|[上中下]旬|周[一二三四五六日末]|星期[一二三四五六日天]|[春秋]节|元旦|国庆|除夕|正月|腊月"
_YEARS = r"(?:19|20)\d{2}|[一二][〇○零一二三四五六七八九]{3}年|[当去今明次上同]年"
_LENGTH_OF_TIME = rf"{_FIGURE}(?:个?(?:工作日|小时|分钟|星期|学期)|日|天|年|周年?|学年|刻钟|秒)|{_FIGURE}个月|半[年月天日]"


_BODY = (
    r"(?:部门|机关|机构|单位|政府|委员会|法院|检察院|公司|中心|协会|联合会|办公室|办事处|小组|专班|企业|学校|医院|银行|人员|人民|主管|集团|[一-龥]{2}(?:局|厅|办|部|署)(?![门分署长])|"
    r"常委会|财政|居民|村民|业主|经营者|所有人|责任人|使用人|当事人|申请人|负责人|[^一]方|组长|主任|同志|[市县区省镇乡]长)"
)
_ACTS = (
    r"[^。;；]{0,30}(?:负责|承担|应当|会同|主管|组织|审批|批准|受理|办理|管理|予以|给予|责令|处|支付|出资|统筹|牵头|指导|监督|依法|可以|按照|作出|决定|认定|评|任|发|"
    r"制定|编制|同意|出具|确定|划定|公布|购买|签署|使用|提供|实施|建|设|收)"
)
_BY_BODY = (  # a body named by what it does
    r"由[^。;；,，]{1,20}|负责|牵头|承担|责任单位|主办|承办|归口|归[^。,，]{1,12}(?:使用|所有|管理)|报[^。,，]{1,20}(?:批准|审批|备案)|向[^。,，]{1,24}(?:申请|报告|申报|提出)"
)


class Form(NamedTuple):
    """A form of figure or name: how a question asks for it, what a quote must hold to have it, what does not count.

    `needed`: what a quote without it lacks, as people call it; "" where an answer may well do without
    (of right answers to tuning questions more than two in a hundred).
    """

    name: str
    needed: str
    asked: str  # patterns; compiled when the first question comes, for which nobody should wait who only opens
    held: str
    besides: re.Pattern[str] | None = None


_compiled = cache(re.compile)


FORMS = (
    Form("share", "具体的比例", r"百分之(?:多少|几)|几成|(?:比例|占比|比重|百分比|[比效比税利费补增长覆盖合格完成]率)(?:[^,，。]{0,6})(?:多少|几|多大|多高)|"
          rf"{_HOW_MANY}%", rf"{_FIGURE}(?:%|‰|成(?![员立本果绩效交为])|倍)|百分之|{_FIGURE}分之|过半|半数|\d\s*[:：]\s*\d|{_FIGURE}比|全额|全部(?=免|由|补|承|归)"),
    Form("money", "具体的金额", _CHARGE + _SUM, rf"{_FIGURE}(?:元|美元|欧元)|{_FIGURE}个月的?(?:租金|工资)|{_FIGURE}[%倍]|百分之|分之|免费|不收|(?<!减)免[收交缴征]"),
    Form("sum", "具体的金额", _SUM, rf"{_FIGURE}(?:元|美元|欧元)|{_FIGURE}个月的?(?:租金|工资)|免费|不收"),
    Form("amount", "具体的数额", _AMOUNT, rf"{_FIGURE}(?:元|美元|欧元)|{_FIGURE}个月的?(?:租金|工资)|{_FIGURE}[%倍]|百分之|分之|免费|不收|(?<!减)免[收交缴征]|全额|半数"),
    Form("enacted", "具体的日期", rf"^(?=.*(?:{_ENACTMENT})).*?(?:{_WHICH_DAY})", _DAYS),
    Form("day", "具体的日期", _WHICH_DAY, _DAYS, _ENACTED),
    Form("enacted year", "具体的年份", rf"^(?=.*(?:{_ENACTMENT})).*?(?:{_WHICH_YEAR})", _YEARS),
    Form("year", "具体的年份", _WHICH_YEAR, _YEARS, _ENACTED),
    Form("clock", "具体的钟点", r"几点", rf"\d\s*[:：]\s*\d|{_FIGURE}[点时](?!间|代|候|期)|全天"),
    Form("frequency", "具体的频次", r"(?:多久|多长时间|几个?[天月年周]|多少天)[^,，。?？]{0,10}[一1两几]次|[隔每]多久|多久[^,，。?？]{0,16}[一1][回遍趟次]",
          rf"每|逐[年月日]|一次|定期|{_LENGTH_OF_TIME}", _CALENDAR),
    Form("period", "具体的时长", r"多久|多长时间|[期限间](?:各?是|有|为|到|缩到)?多长|每次多长|(?<![那这])(?:多少|几)个?(?:天|工作日|月|年|小时|分钟|周|星期|学期)(?![前级内]?的?(?:规划|计划|行动))",
          rf"{_LENGTH_OF_TIME}|每[日天周月季年]|逐年|[当即][日天场时]|立即|随时|长期|终身|永久|次[日年月]|届满|任期|全年|全天", _CALENDAR),
    Form("age", "具体的年龄", rf"多大(?:年龄|岁|年纪)|{_HOW_MANY}周?岁", rf"{_FIGURE}周?岁|年龄[^。]{{0,6}}\d|成年|退休"),
    Form("length", "具体的长度", rf"(?<!最)多(?:高|宽|远|深|厚)|{_HOW_MANY}(?:公里|千米|米|厘米|毫米)", rf"{_FIGURE}(?:公里|千米|米|厘米|毫米|公分|里)"),
    Form("extent", "具体的长短", r"多长", rf"{_FIGURE}(?:公里|千米|米|厘米|毫米|公分|里)|{_LENGTH_OF_TIME}|长期|终身|永久", _CALENDAR),
    Form("area", "具体的面积", rf"多大面积|占地(?:面积)?(?:有|是|约)?多(?:大|少)|面积(?:[^,，。]{{0,6}})(?:多少|多大)|{_HOW_MANY}(?:亩|公顷|平方|平米|㎡)", rf"{_FIGURE}(?:亩|公顷|平方(?:公里|千米|米)|平米|㎡|%)|百分之|{_FIGURE}分之"),
    Form("weight", "具体的重量", rf"多重|{_HOW_MANY}(?:吨|公斤|千克|克|斤)", rf"{_FIGURE}(?:吨|公斤|千克|克|斤)"),
    Form("volume", "具体的体积", rf"{_HOW_MANY}(?:立方|升|毫升)", rf"{_FIGURE}(?:立方米|立方|升|毫升)"),
    Form("sound", "具体的分贝数", rf"{_HOW_MANY}分贝", rf"{_FIGURE}分贝"),
    Form("score", "具体的分数", rf"{_HOW_MANY}分(?!之|钟|批|别|期|级|类|层|数?线?[是为]?[^分]{{0,2}}钟)", rf"{_FIGURE}分(?!之|钟|批|别|期|级|类|层)|分数?线?[^。]{{0,10}}\d{{2,3}}", _CALENDAR),
    Form("people", "", rf"{_HOW_MANY}(?:人|名|位)(?!单|称|字|大)", rf"{_FIGURE}(?:余|多)?(?:人|名|位|户)|半数|过半|分之|全体"),
    Form("persons", "具体的人数", r"(?:多少|几[百千万])(?:[百千万亿])*[一-龥]{0,4}?(?:人口|人员|人才|职工|学生|游客|旅客|居民|村民|农民|老人|儿童|孩子|毕业生|学员|考生|教师|老师|员工|工人|群众|干部|代表|业主|志愿者|医生|党员)(?!单位|学校|家政)",
          rf"{_FIGURE}[一-龥]{{0,4}}?(?:人|名|位|户)|{_FIGURE}%|分之|半数|过半|全体|全部"),
    Form("phone", "电话", r"(?:电话|手机|热线|联系)(?:号码?|方式)?(?:是|为)?(?:多少|几号|什么)|联系方式|电话号码|"
          r"(?:电话|热线)(?:号码?)?(?:是|打|该打|要打)?哪[个条]|(?:打|拨|拨打)(?:哪|什么|多少)[个条]?(?:电话|热线|号|[?？]|$)|[哪什][个条么](?:电话|热线)|(?:电话|热线|手机号码?|传真)(?:号码?)?[?？。]?$", r"\d{7,}|\d{3,4}[-－—]\d{3,}|\d{5}"),
    Form("email", "邮箱", r"(?:邮箱|电子邮件)(?:地址)?(?:是|为|发)?(?:什么|多少|哪)|[哪什][个么](?:电子)?邮箱|(?:邮箱|电子邮件)(?:地址)?[?？。]?$", "@"),
    Form("company", "公司", r"哪[一]?[家个](?:公司|企业)|谁家(?:开发|承建|运营|做)", r"[一-龥a-z某×]{2}(?:公司|集团|企业)|有限|(?:开发|运营|承包|供应|服务|经销|制造|生产|投资)商|[一-龥某×]{2}厂(?!区|房|长)"),
    Form("organisation", "", r"哪一?[家所间](?!公司|企业|管|来|部门|出[?？]|单位)|哪几[家所间](?=银行|大学|高校|学校|学院|医院|[?？]|$)|哪个(?:银行|大学|高校|学校|学院|医院|协会|设计院|研究院|事务所)",
          r"[一-龥a-z某×]{2}(?:公司|集团|银行|医院|大学|学院|学校|[中小]学|幼儿园|设计院|研究院|事务所|协会|学会|法院|中心|酒店|商场|超市|厂)"),
    Form("person", "人名", r"(?:(?:长|主任|书记|领导|法官|院士|教授|专员|理事)[^,，。?？]{0,6}|[人员师](?:的姓?名字?)?)(?:叫什么|叫啥|姓甚|姓什么|姓名)|哪位(?:领导|同志|负责人)|"
          r"(?:组长|主任|书记|召集人|主席|秘书长|负责人|[会院校局厅部市县区所站队]长)[^,，。?？]{0,4}(?:是|由)?(?:谁|哪位|哪个领导|什么人)(?!聘|任命|选|派|批|定|推|决定|产生)|谁来?(?:当|担任|任|兼任?|做)[^,，。?？]{0,8}(?:长|主任|召集人|书记|主席|负责人)",
          rf"[{_SURNAMES}{_RARER}][一-龥]{{1,2}}(?:同志|先生|女士|任(?!务|何|意|期|职)|担任|当选|介绍|表示|[说称认]|[(（])|(?:[组队厅局市县区校院会部所站副]长|主任|书记|召集人|成员|委员|同志|教授|院士|法官|员)[:：、是由为\s]*[{_SURNAMES}{_RARER}][一-龥]{{1,2}}(?![一-龥])|"
          rf"[:：、\s]\s*[{_SURNAMES}][一-龥]{{1,2}}(?=[,，、。;；\s]|$)|(?:长|主任|书记|领导|负责人|公民|同志)(?:同志)?(?:担任|兼任|任(?!务|何|意|期))|由[^,，。]{{1,30}}(?:担任|兼任)|[{_SURNAMES}{_RARER}]某"),
    Form("address", "地址", r"地址|哪条[路街]|什么[路街]|门牌", r"\d{1,6}\s{0,3}号|[一-龥]{2,8}(?:路|街|大道|巷|弄|胡同)(?!径|线|由|灯|面|况|段|办|道|侧|口|网|边|权)|位于|大厦|[一-龥\d]楼"),
    Form("city", "", r"哪一?[个座](?:地级)?(?:城市?|市|县|省|区县|国家|村|镇|地方)|哪[几些]个?(?:地级|设区的?)?(?:城市|市|县|区县|镇|乡镇|村|街道)(?!级|场)|(?:建|设|开|办|坐落|落户|选址|选|举办|举行|召开|召)在(?:了)?(?:哪(?:里|儿|个?地方|[?？]|$)|什么地方)|在(?:哪[里儿]?|什么地方)(?:举办|举行|召开|开会?|办|建|设)",
          r"[一-龥]{2}(?:省|市|县|自治州)(?!人民|政府|级|人大|场|民|有|域|委)|[一-龥](?<![各全本该和及、])[一-龥](?<![乡农全各本该来城和及、])[镇村乡](?!民|庄|委|干|建|规|振|治|社|道|集|级|公|村|镇|风|在|人|土|文|生|数|产)|[一-龥]{2}(?:街道|大厦|广场|公园|大厅|大学|学院|学校|酒店|会堂|开发区|新区|路)(?!办|化|的|线|由|面)"),
    Form("link", "网址", r"网址|(?:链接|网站)(?:地址)?(?:是|为)", r"https?:|www\.|\.(?:cn|com|net|org)"),
    Form("time", "具体的时间", r"什么时候|何时(?![能可])|啥时候|几时|什么时间|哪个时间",
          rf"{_DAYS}|{_YEARS}|{_LENGTH_OF_TIME}|(?:之|以)[前后]|(?<=[一-龥])[前后](?=[,，。;；]|$)|届时|[立随]时|季度|每年|(?<!同)时[,，]|[春夏秋冬]季", None),
    Form("body", "", r"谁|哪一?[个家级]?(?:部门|单位|机关|机构|方|级|局|委|厅)|什么(?:部门|单位|机关|机构|人)", rf"{_BODY}{_ACTS}|{_BY_BODY}"),
    Form("count", "具体的数目", r"多少|(?<![好这那十哪])几(?![乎经何])", r"\d|[零〇一二三四五六七八九十百千万亿两半]{2,}|[一二两三四五六七八九十百千万半][一-龥]", _NO_COUNT),
)
_BY_NAME = {form.name: form for form in FORMS}
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
    return next((form.name for form in FORMS if _compiled(form.asked).search(question)), "")


def needed_form(name: str) -> str:
    """What an answer of that form cannot do without, as people call it; "" for nothing."""
    return _BY_NAME[name].needed if name else ""


def has_form(name: str, quotes: str) -> bool:
    """Whether that form stands in (folded) quotes."""
    form, quotes = _BY_NAME[name], _with_units(quotes)
    return bool(_compiled(form.held).search(form.besides.sub(" ", quotes) if form.besides else quotes))


_LATIN = (("m²", "平方米"), ("m2", "平方米"), ("㎡", "平方米"), ("km", "公里"), ("cm", "厘米"), ("mm", "毫米"), ("kg", "千克"), ("m", "米"), ("db", "分贝"), ("t", "吨"))
_LATIN_UNIT = re.compile(rf"(?<=\d)\s?({'|'.join(unit for unit, _ in _LATIN)})(?![a-z\d/])")


def _with_units(quotes: str) -> str:
    """Figures with their units behind them in Chinese: those of a table's head or row, and 4.0m."""
    quotes = _LATIN_UNIT.sub(lambda m: dict(_LATIN)[m[1]], quotes)
    return with_units(quotes, unit_places(quotes))


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


__all__ = ["FORMS", "form_wanted", "has_form", "names_given", "names_wanted", "needed_form", "only_echoes", "per_missing"]
