"""The settings: `kb.toml` in the data folder, `KB_…` variables over it, the command line over both."""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, PrivateAttr, ValidationError
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from .errors import BadSettings

DEFAULT_HOME = "~/.local/share/policy-kb"
OTHER_VARIABLES = frozenset({"KB_DEBUG", "KB_CHROMIUM"})  # traceback of errors; browser of the tests


class Settings(BaseSettings):
    """Every setting, with its unit. `docs/SETTINGS.md` lists them all; a test compares."""

    model_config = SettingsConfigDict(env_prefix="KB_", extra="forbid")

    home: Path = Field(Path(DEFAULT_HOME), description="数据目录：数据库、索引、原件都在这里")
    database: str = Field("", description="SQLAlchemy 数据库地址；空为数据目录下的 kb.sqlite")
    embedder: str = Field(
        "default", description="向量模型：default 为随附模型，或 sentence-transformers 模型名/路径"
    )
    host: str = Field("127.0.0.1", description="监听地址；非本机地址须先建访问密钥")
    port: int = Field(8000, ge=0, le=65535, description="监听端口")
    public_url: str = Field("", description="对外网址，用于引用里的绝对链接；空则取请求的地址")
    open_access: bool = Field(False, description="无密钥也允许监听非本机地址（明知风险时才设为 true）")
    workers: int = Field(0, ge=0, le=64, description="解析文件的进程数；0 为处理器核数")
    parse_seconds: int = Field(60, ge=1, le=3600, description="解析一个文件的时限，秒")
    parse_memory_mb: int = Field(1024, ge=128, le=65536, description="解析一个文件的内存上限，MB")
    max_file_mb: int = Field(50, ge=1, le=2048, description="单个文件的大小上限，MB")
    max_upload_mb: int = Field(100, ge=1, le=4096, description="一次上传的大小上限，MB")
    request_seconds: float = Field(30, gt=0, le=600, description="一次请求的时限，秒")
    concurrency: int = Field(16, ge=1, le=1024, description="同时处理的请求数；再多的排队")
    helpers: int = Field(
        1, ge=0, le=16, description="许多人同时问时，另起几个只读的计算进程来分担（至多处理器核数减一）；0 为只用一个进程"
    )
    queue: int = Field(128, ge=0, le=10000, description="排队请求数上限，超出返回 429")
    remembered: int = Field(
        512, ge=0, le=100_000, description="检索与摘引回答各记住最近多少次，同样的问题不再重算；库有变动即作废，0 为不记"
    )
    rate_per_minute: int = Field(0, ge=0, description="每个密钥每分钟的请求数上限；0 不限")
    evidence_threshold: float = Field(0.5, ge=0, le=1, description="依据充分度门槛：低于它就回答未找到依据")
    model_url: str = Field(
        "", description="语言模型的 OpenAI 兼容地址，如 http://127.0.0.1:11434/v1；空为不用模型"
    )
    model_name: str = Field("", description="语言模型名")
    model_key: str = Field("", description="语言模型的密钥", repr=False)
    model_seconds: float = Field(30, gt=0, le=600, description="等语言模型的时限，秒；超时改用摘引回答")
    keep_questions_days: int = Field(0, ge=0, description="问题原文保留天数；0 为一直保留")
    mask_personal: bool = Field(False, description="入账前遮盖手机号、身份证号等个人号码")
    log_questions: bool = Field(False, description="日志里写问题原文")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="日志级别：debug、info、warning 或 error")
    webhook: str = Field("", description="往日答案因新修订或废止而动摇时通知的网址；空为不通知")

    _given: frozenset[str] = PrivateAttr(frozenset())  # set on the command line

    @property
    def database_url(self) -> str:
        return self.database or f"sqlite:///{self.home / 'kb.sqlite'}"

    def fingerprint(self) -> str:
        """A hash of the settings an answer depends on, kept with every answer."""
        parts = (self.embedder, self.evidence_threshold, self.model_url, self.model_name)
        return sha256(repr(parts).encode()).hexdigest()[:16]

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        file = _in_file(_home(init_settings().get("home")))
        return (init_settings, env_settings, InitSettingsSource(settings_cls, file))


def load_settings(home: str | Path | None = None, **overrides: Any) -> Settings:
    """Settings of a data folder. Raises `BadSettings` naming the setting, its value and its source."""
    given = {name: value for name, value in overrides.items() if value is not None}
    if home is not None:
        given["home"] = Path(home)
    try:
        settings = Settings(**given)
    except ValidationError as error:
        raise BadSettings(_explain(error)) from error
    if "home" in _in_file(_home(given.get("home"))):
        raise BadSettings("home 不能写在 kb.toml 里（这个文件就在数据目录中）；请用 --home 或 KB_HOME 指定数据目录")
    settings = settings.model_copy(update={"home": settings.home.expanduser().absolute()})
    settings._given = frozenset(given)
    return settings


def _home(given: str | Path | None) -> Path:
    """The data folder: the command line's, else the environment's, else the default."""
    return Path(given or os.environ.get("KB_HOME") or DEFAULT_HOME).expanduser()


_WRONG = {  # pydantic's error type → what is wanted
    "int_parsing": "应为整数",
    "int_from_float": "应为整数",
    "float_parsing": "应为数字",
    "bool_parsing": "应为 true 或 false",
    "greater_than": "应大于 {gt}",
    "greater_than_equal": "不得小于 {ge}",
    "less_than_equal": "不得大于 {le}",
    "literal_error": "只能是 {expected}",
    "string_type": "应为文字，要加引号",
    "int_type": "应为整数",
    "float_type": "应为数字",
    "bool_type": "应为 true 或 false",
    "path_type": "应为路径，要加引号",
}


def _explain(error: ValidationError) -> str:
    first = error.errors()[0]
    name = ".".join(str(part) for part in first["loc"]) or "设置"
    if first["type"] == "extra_forbidden":
        near = difflib.get_close_matches(name, Settings.model_fields, 1)
        guess = f"是不是 {near[0]}？" if near else ""
        return f"没有名为 {name} 的设置；{guess}请对照 docs/SETTINGS.md 检查 kb.toml"
    wanted = _WRONG.get(first["type"], "类型不对").format_map(first.get("ctx", {}))
    wanted = wanted.replace(" or ", " 或 ")
    return f"设置 {name} 的值 {first.get('input')!r} 不合法：{wanted}；请检查 kb.toml 与 KB_{name.upper()}"


def unknown_variables() -> tuple[str, ...]:
    """`KB_…` variables of the environment that name no setting: a slip of the pen, mostly."""
    known = {f"KB_{name.upper()}" for name in Settings.model_fields} | OTHER_VARIABLES
    return tuple(sorted(name for name in os.environ if name.startswith("KB_") and name not in known))


def sources(settings: Settings) -> dict[str, str]:
    """Where each setting's value came from: 命令行, 环境变量, kb.toml or 默认值."""
    in_file = _in_file(settings.home)

    def source(name: str) -> str:
        if name in settings._given:
            return "命令行"
        if f"KB_{name.upper()}" in os.environ:
            return "环境变量"
        return "kb.toml" if name in in_file else "默认值"

    return {name: source(name) for name in type(settings).model_fields}


def _in_file(home: Path) -> dict[str, Any]:
    """What `kb.toml` sets; nothing where there is none. Raises `BadSettings` where it cannot be read."""
    path = home / "kb.toml"
    if not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n"))
    except OSError as error:
        raise BadSettings(f"读不了 {path}；请检查文件权限") from error
    except UnicodeDecodeError as error:
        raise BadSettings(f"{path} 不是 UTF-8 编码（多半是 GBK 或 UTF-16）；请另存为 UTF-8 后重试") from error
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"line (\d+), column (\d+)", str(error))
        where = f"第 {place[1]} 行第 {place[2]} 列" if place else "末尾"
        raise BadSettings(f"{path} 不是合法的 TOML（{where}有误）；请改正后重试，文字要加引号，每项只写一次") from error
