"""Running heads and feet that are no mere furniture: they say how secret a text is."""

from __future__ import annotations

import re

_SECRECY = re.compile(r"[绝机秘商]密[★☆]|^\W*(?:[绝机秘]密|内部(?:公开|使用)?)\W*$|^\W*内部(?:资料|文件|材料)")


def marks_secrecy(line: str) -> bool:
    """Does a running head or foot mark the text (机密★1年, 内部资料 注意保存)?"""
    return _SECRECY.search(re.sub(r"\s", "", line)) is not None
