"""Bad input: each gives one clear line, and everything else goes on."""

from __future__ import annotations

import json
import os
import stat
import struct
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from indexer.parse import Failure, Limits, Source, iter_sources

CLAUSE = "第一条 为了加强管理，制定本办法。"
NOBODY = 65534  # a user without rights of their own


def shown(path: Path, limits: Limits = Limits()) -> tuple[list[str], list[str]]:
    """(texts, messages) of everything under a path."""
    texts, messages = [], []
    for item in iter_sources([path], limits):
        if isinstance(item, Failure):
            messages.append(item.reason)
            continue
        try:
            texts.append(item.parse(limits).text)
        except Exception as error:
            messages.append(str(error))
    assert all("\n" not in message for message in messages)
    return texts, messages


def zip_at(path: Path, *members: tuple[str | zipfile.ZipInfo, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return path


def test_a_folder_gives_its_files_in_order_without_the_hidden_ones(tmp_path: Path) -> None:
    for name in ("b.txt", "a.md", ".hidden.txt", "~$a.docx", "Thumbs.db"):
        (tmp_path / name).write_text(CLAUSE)
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "c.txt").write_text(CLAUSE)
    keys = [item.key for item in iter_sources([tmp_path])]
    assert keys == [str(tmp_path / name) for name in ("a.md", "b.txt", "sub/c.txt")]


def test_a_directory_loop_is_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(CLAUSE)
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "self").symlink_to("self")
    texts, messages = shown(tmp_path)
    assert texts == [CLAUSE]
    assert len(messages) == 2 and all("成环" in message for message in messages)


def test_a_missing_file_and_a_dangling_link_are_named(tmp_path: Path) -> None:
    (tmp_path / "link.txt").symlink_to(tmp_path / "gone.txt")
    assert "不存在" in shown(tmp_path / "nothing.txt")[1][0]
    assert "链接指向的文件不存在" in shown(tmp_path)[1][0]


def test_a_file_that_disappears_between_listing_and_reading_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(CLAUSE)
    (source,) = iter_sources([path])
    path.unlink()
    assert isinstance(source, Source)
    with pytest.raises(Exception, match=r"a\.txt：文件不存在"):
        source.load()


@contextmanager
def a_plain_user() -> Iterator[None]:
    """Without the rights of root, who may read everything, also where root runs the tests."""
    Source.of_upload("a.txt", CLAUSE.encode()).parse()  # a plain user might not import what this imports
    root = os.geteuid() == 0
    if root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


def test_a_file_without_permission_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(CLAUSE)
    (tmp_path / "a.txt").chmod(0)
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_mode & 0o005 != 0o005:
            folder.chmod(0o755)
    with a_plain_user():
        texts, messages = shown(tmp_path)
    assert texts == [] and len(messages) == 1
    assert "没有读取权限" in messages[0] and "a.txt" in messages[0]


def test_a_folder_without_permission_is_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_text(CLAUSE)
    for name, mode in (("a", 0), ("c", 0o444)):  # not even listed; listed, but not entered
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.txt").write_text(CLAUSE)
        (tmp_path / name).chmod(mode)
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_mode & 0o005 != 0o005:
            folder.chmod(0o755)
    with a_plain_user():
        texts, messages = shown(tmp_path)
    for name in ("a", "c"):
        (tmp_path / name).chmod(0o755)
    assert texts == [CLAUSE]
    assert messages == [f"{tmp_path}/{name}：没有读取权限；请修改权限后再添加" for name in ("a", "c/x.txt")]


def test_a_pipe_is_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    assert "不是普通文件" in shown(tmp_path)[1][0]


def test_a_text_of_300_megabytes_is_refused_without_reading_it(tmp_path: Path) -> None:
    with open(tmp_path / "大.txt", "wb") as stream:
        stream.truncate(300_000_000)
    (tmp_path / "小.txt").write_text(CLAUSE)
    texts, messages = shown(tmp_path)
    assert texts == [CLAUSE] and "300.0 MB，超过上限 50 MB" in messages[0]


def test_names_with_newlines_emoji_and_direction_marks_are_shown_on_one_line(tmp_path: Path) -> None:
    for name in ("换\n行.txt", "笑😀.txt", "反\u202etxt.exe"):
        (tmp_path / name).write_bytes(b"")
    messages = shown(tmp_path)[1]
    assert len(messages) == 3
    assert any("换\\n行.txt" in m for m in messages) and any("😀" in m for m in messages)
    assert any("\\u202e" in m for m in messages)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
def test_a_name_in_gb18030_bytes_is_readable_and_its_key_can_be_stored(tmp_path: Path) -> None:
    raw = os.fsencode(tmp_path) + b"/" + "关于印发.txt".encode("gb18030")
    with open(raw, "w") as stream:
        stream.write(CLAUSE)
    (source,) = iter_sources([tmp_path])
    assert isinstance(source, Source) and source.shown.endswith("关于印发.txt")
    source.key.encode("utf-8")
    assert source.parse().text == CLAUSE


def test_zip_members_are_documents_with_their_own_identity(tmp_path: Path) -> None:
    path = zip_at(
        tmp_path / "包.zip",
        ("目录/甲.txt", CLAUSE.encode()),
        ("乙.md", b"# \xe4\xb9\x99"),
        ("__MACOSX/甲.txt", b"x"),
    )
    sources = list(iter_sources([path]))
    assert [item.key for item in sources] == [f"{path}!目录/甲.txt", f"{path}!乙.md"]
    assert shown(path) == ([CLAUSE, "乙"], [])


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "big5"])
def test_unmarked_member_names_are_read_in_their_encoding(tmp_path: Path, encoding: str) -> None:
    name = "關於通知.txt"
    plain = zip_at(tmp_path / "a.zip", ("x" * len(name.encode(encoding)), CLAUSE.encode())).read_bytes()
    (tmp_path / "a.zip").write_bytes(plain.replace(b"x" * len(name.encode(encoding)), name.encode(encoding)))
    (source,) = iter_sources([tmp_path / "a.zip"])
    assert source.key.endswith(f"!{name}")


@pytest.mark.parametrize("name", ["../外.txt", "a/../../外.txt", "/etc/外.txt", "..\\外.txt", "C:\\外.txt"])
def test_a_path_that_climbs_out_is_refused_and_the_rest_goes_on(tmp_path: Path, name: str) -> None:
    path = zip_at(tmp_path / "a.zip", (name, b"x"), ("好.txt", CLAUSE.encode()))
    texts, messages = shown(path)
    assert texts == [CLAUSE] and len(messages) == 1 and "越出压缩包" in messages[0]


def test_a_link_inside_a_zip_is_refused(tmp_path: Path) -> None:
    info = zipfile.ZipInfo("链接.txt")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    texts, messages = shown(zip_at(tmp_path / "a.zip", (info, b"/etc/passwd"), ("好.txt", CLAUSE.encode())))
    assert texts == [CLAUSE] and "符号链接" in messages[0]


def test_a_zip_bomb_is_refused_and_the_rest_goes_on(tmp_path: Path) -> None:
    path = zip_at(tmp_path / "a.zip", ("弹.txt", b"0" * 30_000_000), ("好.txt", CLAUSE.encode()))
    texts, messages = shown(path)
    assert texts == [CLAUSE] and "压缩炸弹" in messages[0]


def test_a_zip_that_claims_too_much_is_refused_as_a_whole(tmp_path: Path) -> None:
    path = zip_at(tmp_path / "a.zip", *[(f"{n}.txt", b"x") for n in range(3)])
    data = bytearray(path.read_bytes())
    at = data.find(b"PK\x01\x02")
    while at >= 0:  # the directory says 2 GB each
        struct.pack_into("<I", data, at + 24, 2_000_000_000)
        at = data.find(b"PK\x01\x02", at + 4)
    path.write_bytes(bytes(data))
    texts, messages = shown(path)
    assert texts == [] and len(messages) == 1 and "6.0 GB" in messages[0]


def test_a_member_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    path = zip_at(tmp_path / "a.zip", ("谎.txt", CLAUSE.encode() * 100))
    data = bytearray(path.read_bytes())
    struct.pack_into("<I", data, data.find(b"PK\x01\x02") + 24, 10)
    path.write_bytes(bytes(data))
    texts, messages = shown(path)
    assert texts == [] and len(messages) == 1 and "谎.txt" in messages[0]


def test_an_encrypted_zip_says_so(tmp_path: Path) -> None:
    path = zip_at(tmp_path / "a.zip", ("密.txt", b"secret"))
    data = bytearray(path.read_bytes())
    data[6] |= 1
    data[data.find(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(data))
    assert "已加密" in shown(path)[1][0]


def test_a_zip_in_a_zip_is_opened_once_and_no_further(tmp_path: Path) -> None:
    third = zip_at(tmp_path / "3.zip", ("c.txt", b"c")).read_bytes()
    second = zip_at(tmp_path / "2.zip", ("b.txt", CLAUSE.encode()), ("3.zip", third)).read_bytes()
    path = zip_at(tmp_path / "1.zip", ("2.zip", second), ("a.txt", CLAUSE.encode()))
    texts, messages = shown(path)
    assert texts == [CLAUSE, CLAUSE]
    assert len(messages) == 1 and "嵌套" in messages[0]
    assert f"{path}!2.zip!b.txt" in [item.key for item in iter_sources([path])]


@pytest.mark.parametrize("size", [0, 10, 60])
def test_a_broken_zip_says_so(tmp_path: Path, size: int) -> None:
    data = zip_at(tmp_path / "a.zip", ("a.txt", CLAUSE.encode())).read_bytes()
    (tmp_path / "a.zip").write_bytes(data[:size])
    texts, messages = shown(tmp_path / "a.zip")
    assert texts == [] and len(messages) == 1 and "a.zip" in messages[0]


def test_json_lines_are_documents_and_a_bad_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    good = {
        "_id": "x1",
        "title": "某办法",
        "text": CLAUSE,
        "number": "浙政发〔2024〕1号",
        "issued": "2024-01-02",
        "n": None,
    }
    lines = [
        json.dumps(good, ensure_ascii=False),
        "{坏",
        "[1]",
        json.dumps({"_id": "x2"}),
        "",
        json.dumps(good),
    ]
    path.write_text("\n".join(lines))
    items = list(iter_sources([path]))
    first = items[0]
    assert isinstance(first, Source) and first.key == f"{path}#x1" and first.external_id == "x1"
    parsed = first.parse()
    assert parsed.text == CLAUSE and parsed.title == "某办法"
    assert dict(parsed.front) == {"title": "某办法", "number": "浙政发〔2024〕1号", "issued": "2024-01-02"}
    messages = shown(path)[1]
    assert [("第 2 行" in m, "第 3 行" in m, "第 4 行" in m, "重复" in m) for m in messages] == [
        (True, False, False, False), (False, True, False, False), (False, False, True, False),
        (False, False, False, True),
    ]  # fmt: skip


def test_a_line_without_an_id_keeps_its_identity_by_its_words(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"text": CLAUSE}) + "\n" + json.dumps({"text": CLAUSE + "二"}) + "\n")
    first = [item.key for item in iter_sources([path])]
    path.write_text(json.dumps({"text": CLAUSE + "二"}) + "\n")
    assert [item.key for item in iter_sources([path])] == first[1:]


def test_a_line_too_long_to_hold_is_skipped(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "' + "长" * 5000 + '"}\n' + json.dumps({"_id": 1, "text": CLAUSE}))
    texts, messages = shown(path, Limits(text=10_000))
    assert texts == [CLAUSE] and "第 1 行" in messages[0]


def test_deep_json_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("[" * 100_000 + "\n" + json.dumps({"_id": 1, "text": CLAUSE}))
    assert shown(path)[0] == [CLAUSE]


def test_json_lines_inside_a_zip_are_documents_with_their_own_identity(tmp_path: Path) -> None:
    lines = json.dumps({"_id": "x1", "title": "某办法", "text": CLAUSE}) + "\n{坏\n"
    inner = zip_at(tmp_path / "内.zip", ("数据.ndjson", lines.encode())).read_bytes()
    path = zip_at(tmp_path / "包.zip", ("目录/数据.jsonl", lines.encode()), ("内.zip", inner))
    items = list(iter_sources([path]))
    keys = [item.key for item in items if isinstance(item, Source)]
    assert keys == [f"{path}!目录/数据.jsonl#x1", f"{path}!内.zip!数据.ndjson#x1"]
    assert [item.external_id for item in items if isinstance(item, Source)] == ["x1", "x1"]
    texts, messages = shown(path)
    assert texts == [CLAUSE, CLAUSE]
    assert len(messages) == 2 and all("第 2 行" in message and "JSON" in message for message in messages)


def test_a_damaged_record_file_inside_a_zip_is_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("坏.jsonl", json.dumps({"text": "damaged"}))
        archive.writestr("好.txt", CLAUSE)
    data = (tmp_path / "a.zip").read_bytes().replace(b"damaged", b"DAMAGED", 1)
    (tmp_path / "a.zip").write_bytes(data)
    texts, messages = shown(tmp_path / "a.zip")
    assert texts == [CLAUSE] and len(messages) == 1 and "坏.jsonl" in messages[0]
