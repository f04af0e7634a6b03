"""What a copied web page has around its document: menus, and the trail that says where the reader stands."""

from __future__ import annotations

import re
from collections.abc import Sequence

from indexer.official.lines import Line
from indexer.official.names import ends_title

_HEAD_LINES = 60  # among which the trail of a page stands, its menu above it
_NAVIGATION = re.compile(
    r"^(?:首页|当前位置|您的位置|您现在的?位置"
    r"|(?:位置|索[ 　]*引[ 　]*号|来源|信息来源|发布(?:日期|时间|机构)?|日期|时间|作者"
    r"|浏览(?:次数|量)?|字体|字号|打印|分享|关闭|责任编辑|编辑|审核"
    r"|扫一扫|政策发布|政务公开|公开|下载|收藏|主题词|关键词"
    r"|阅读(?:次数|量)?|点击(?:次数|量|数)?|页码|份号|签发人)[ 　]*(?:[：:>＞|]|$)"
    r"|[【\[][ 　]*(?:打印|关闭|字体|字号|收藏|分享|下载|[大中小][ 　】\]]|发布|来源|日期|时间|浏览"
    r"|索引|文号|主题)"
    r"|第?[ 　]*[-—–]?[ 　]*\d+[ 　]*[-—–]?[ 　]*页?$|\d+[ 　]*/[ 　]*\d+$"
    r"|(?:特急|加急|平急|特提|急件)[ 　]*$|(?:绝密|机密|秘密|内部(?:资料|文件)?)(?:[ 　]*[★☆*].*)?$)"
)
_STEP = r"(?:[>＞›»→≫]|&gt;|&raquo;)"  # between the pages of a trail
_HERE = re.compile(
    r"[【\[]?(?:[您你]?(?:当前|现在|目前)?(?:所在|所处)?的?位置(?:是|为)?[ 　]*(?:[：:]|$|" + _STEP + r")|[您你](?:当前|现在|目前)(?:位于|在)[：: 　])"
)
_HOME = re.compile(r"(?:网站)?(?:首页|主页)[ 　]*(?:" + _STEP + r"|[/／\\|｜_·\-—－])")
_SITE = re.compile(r"(?:首页|主页|网|网站|门户|平台)$")
_MENU = re.compile(
    r"(?:网站|返回)?(?:首页|主页)|(?:用户|个人)?(?:登[录陆]|注册|中心)|退出(?:登录)?|无障碍(?:浏览|阅读|版|辅助)?|适老化|(?:关怀|长者|老年|大字)(?:模式|版|助手|专区)?"
    r"|[繁简][体體]?(?:中文|版|字)?|英文版?|English|EN|移动版|手机版|电脑版|PC版|(?:手机)?客户端|APP|(?:政务|官方)?(?:微信|微博)|公众号|微信公众号"
    r"|[网站]站?[点地]图|关于我们|联系我们|RSS|(?:政府|公务|电子)?邮箱|(?:站内|高级|智能|全站)?(?:搜索|检索)|智能问答|设为首页|(?:加入|添加)收藏|收藏本站"
    r"|(?:打印|关闭|收藏)(?:本页)?|分享到?|新闻(?:中心|动态|资讯)|(?:互动|政民|公众)(?:交流|互动|参与)|(?:办事|政务|便民|公共|网上)服务|网上办事"
    r"|(?:政务|政府|信息|政府信息)公开|数据(?:开放|发布)|要闻动态|请输入.{0,12}|(?:本站)?支持IPv6|IPv6",
    re.IGNORECASE,
)
_GREETING = re.compile(r"(?:欢迎您?(?:来到|访问|光临)|今天是|分享到?[ 　]*[：:])")
_LONGEST = 24  # code points of the name of a page in a trail
_SHORT = 8  # code points of an entry of a menu


def is_navigation(line: str) -> bool:
    """Page furniture, urgency or secrecy marks: never a title."""
    return _NAVIGATION.match(line) is not None or is_trail(line) or is_menu(line)


def is_trail(line: str) -> bool:
    """Whether a line says where on a site the reader stands: 您当前的位置：首页 > 政务公开 > 公租房."""
    if _HERE.match(line) or _HOME.match(line):
        return True
    steps = [step.strip() for step in re.split(_STEP + "+", line)]
    short = all(len(step) <= _LONGEST and not re.search("[。；，]", step) for step in steps)
    return short and (len(steps) > 2 or (len(steps) == 2 and _SITE.search(steps[0]) is not None))


def is_menu(line: str) -> bool:
    """Whether a line is a menu of a site: short entries side by side, one of them such as every site has."""
    if _GREETING.match(line):
        return True
    entries = [entry for entry in re.split(r"[\s　|｜│┃丨/／·•]+", line) if entry]
    return all(len(entry) <= _SHORT for entry in entries) and any(_MENU.fullmatch(entry) for entry in entries)


def below_site(text: str, lines: Sequence[Line]) -> list[Line]:
    """The lines of a head below the trail of its page: what stands above is the site's own.

    All of them where there is none, or where a title stands above it.
    """
    end = 0
    for i, line in enumerate(lines[:_HEAD_LINES]):
        goes_on = 0 < i == end and re.search(_STEP, text[lines[i - 1].end : line.start])
        if goes_on or is_trail(line.text) or line.text == "首页":
            end = i + 1
    above = (x.text for x in lines[:end] if not is_navigation(x.text))
    titled = any("关于" in words or (len(words) > _SHORT and ends_title(words)) for words in above)
    return list(lines if titled else lines[end:] or lines)
