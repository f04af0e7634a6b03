"""Files that are zip packages of XML parts (DOCX, OFD): opened with limits, read without entities."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import Any

import lxml.etree as etree

from kb.errors import BadInput, TooLarge

_PART = 100_000_000  # bytes one part may unpack to
_RATIO = 300  # unpacked : packed beyond which a large part is an attack
_MEMBERS = 20_000


class Package:
    """A zip package; every part is read whole, checked against the limits first."""

    def __init__(self, data: bytes, name: str, kind: str) -> None:
        self.name, self.kind = name, kind
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            self.names = self._zip.namelist()
        except (zipfile.BadZipFile, ValueError, EOFError, OSError, NotImplementedError, IndexError) as error:
            raise self._broken() from error
        if len(self.names) > _MEMBERS:
            raise TooLarge(f"{name}：内部部件超过 {_MEMBERS} 个，疑似压缩炸弹，已拒绝")
        self._known = {part.lower(): part for part in self.names}

    def _broken(self) -> BadInput:
        return BadInput(f"{self.name}：{self.kind} 文件不完整或已损坏，无法打开；请重新下载或另存后再添加")

    def has(self, part: str) -> bool:
        return part.lower() in self._known

    def read(self, part: str) -> bytes:
        """The bytes of a part; BadInput if it is missing or broken, TooLarge if it unpacks to too much."""
        known = self._known.get(part.lower())
        if known is None:
            raise self._broken()
        info = self._zip.getinfo(known)
        if info.flag_bits & 1:
            raise BadInput(f"{self.name}：文件已加密，无法读取；请先去除密码再添加")
        bomb = info.file_size > 5_000_000 and info.file_size > _RATIO * max(info.compress_size, 1)
        if info.file_size > _PART or bomb:
            raise TooLarge(
                f"{self.name}：内部部件解压后过大（{info.file_size // 1_000_000} MB），疑似压缩炸弹，已拒绝"
            )
        try:
            with self._zip.open(info) as stream:
                data = stream.read(info.file_size + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError) as error:
            raise self._broken() from error
        if len(data) > info.file_size:
            raise self._broken()
        return data

    def xml(self, part: str) -> Any:
        """The root element of a part."""
        return parse_xml(self.read(part), self.name, self.kind)

    def xml_if_any(self, part: str) -> Any | None:
        """The root element of an optional part; None where it is missing or unreadable."""
        if not self.has(part):
            return None
        try:
            return self.xml(part)
        except TooLarge:
            raise
        except BadInput:
            return None


def parse_xml(data: bytes, name: str, kind: str) -> Any:
    """An XML root element. Documents of these formats need no DTD, so one with a DTD is refused:
    no entity is ever expanded and nothing outside the file is ever read."""
    head = data[:4096] if b"\x00" not in data[:200] else data[:8192].replace(b"\x00", b"")
    if b"<!DOCTYPE" in head or b"<!ENTITY" in data:
        raise BadInput(
            f"{name}：{kind} 内的 XML 带有 DTD 或实体定义，出于安全已拒绝；请用办公软件另存后再添加"
        )
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise BadInput(f"{name}：{kind} 内容已损坏（{str(error)[:80]}）；请重新下载或另存后再添加") from error
    if root.getroottree().docinfo.doctype:
        raise BadInput(f"{name}：{kind} 内的 XML 带有 DTD，出于安全已拒绝；请用办公软件另存后再添加")
    return root
