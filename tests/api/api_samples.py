"""A few small documents and a way to knock with a key."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fastapi.testclient import TestClient

from api.app import create_app
from indexer.library import Library
from kb.access import Keys

LOOPBACK = "http://127.0.0.1"
DOCUMENTS = {
    "安吉县未来乡村驿站管理办法.md": """---
title: 安吉县未来乡村驿站管理办法
number: 安政发〔2023〕5号
issuer: 安吉县人民政府
issued: 2023-04-02
kind: policy
region: 浙江省
---
# 安吉县未来乡村驿站管理办法

## 第一章 总则

第一条 为规范未来乡村驿站的建设和管理，制定本办法。

## 第二章 运行

第二条 驿站每日开放时间不得少于九小时。

第三条 驿站应当配备急救箱、共享雨伞和饮水设备。

第四条 本办法自2023年5月1日起施行。
""",
    "德清县社区食堂建设标准.txt": """德清县社区食堂建设标准

第一条 社区食堂建筑面积不得少于一百二十平方米。
第二条 社区食堂餐位数不得少于四十个。
第三条 社区食堂应当设置无障碍通道。
第四条 本标准自2022年1月1日起施行。
""",
    "南浔古镇风貌保护案例.txt": """南浔古镇风貌保护案例

南浔区2021年完成沿河立面整治三千二百米，修缮历史建筑四十七处。
整治后古镇年接待游客达到三百一十万人次。
""",
}
HIDDEN = {
    "内部会议纪要青石弄.txt": """内部会议纪要青石弄

第一条 青石弄改造补偿标准定为每平方米一万七千元。
第二条 青石弄改造由专班负责，本纪要不得对外公开。
"""
}


QUESTION = "安吉县未来乡村驿站每日开放时间不得少于几小时？"
HIDDEN_QUESTION = "青石弄改造补偿标准是每平方米多少元？"


@dataclass(frozen=True)
class Live:
    """A running service and the secrets of two keys: one sees all, one only what is public."""

    address: str
    everything: str
    public: str


def write(folder: Path, texts: dict[str, str]) -> list[str]:
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, text in texts.items():
        path = folder / name
        path.write_text(text, "utf-8")
        paths.append(str(path))
    return paths


def client_over(library: Library) -> TestClient:
    return TestClient(create_app(library.settings, library), base_url=LOOPBACK, raise_server_exceptions=False)


@contextmanager
def ready(library: Library) -> Iterator[TestClient]:
    """A client of the running application, once it answers questions."""
    with client_over(library) as client:
        while client.get("/health/ready").status_code != 200:
            time.sleep(0.01)
        yield client


def key_of(library: Library, name: str, **wishes: object) -> dict[str, str]:
    """The header of a new key."""
    return {"Authorization": f"Bearer {Keys(library.store.engine).create(name, **wishes)}"}
