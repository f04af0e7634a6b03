"""Thousands of damaged files through the parser pool: none may crash it, hang it or eat its memory.

    python -m eval.reliability mutate --files 5000 [--seed 1] [--also FOLDER]

Prints a table by format and the worst time and memory; the exit status is 1 if a worker crashed,
took over 10 seconds, or grew over 1 GB.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from indexer.parse import ParsePool, Source, parse_source
from kb.errors import KBError

from . import made_files as made

SECONDS = 10.0
MEMORY = 1_000_000_000
_TEXT = (".txt", ".md", ".html", ".csv", ".jsonl")
_TOKENS = (
    b"\x00", b"\xff" * 8, b"<", b">", b"&", b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"%s", b"\r\n", b"obj",
    b"endstream",
    b"/Count 999999999", b"/Kids[1 0 R]", b"99999999999999999999", b"-1", b"NaN", b"[[[[[[[[", b"((((((((",
    "第一条".encode(), "表".encode("gb18030"), b"\x1b", b"PK\x03\x04", b"\xed\xa0\x80", b'w:val="999999999"',
    b'rowspan="100000" colspan="100000"', b"|" * 50, b"*" * 200, b">" * 200, b"[" * 200, b"- " * 100,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Measured:
    code: str  # "ok" or an error's code
    seconds: float
    peak: int  # bytes of the worker's memory at its highest so far


def measured(source: Source) -> Measured:
    """Parse in the worker; say how it went, how long it took, and the worker's peak memory."""
    import resource

    started = time.perf_counter()
    try:
        parse_source(source)
        code = "ok"
    except KBError as error:
        code = error.code
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return Measured(code, time.perf_counter() - started, peak)


def seeds() -> dict[str, bytes]:
    """One sound file of every format."""
    clause = "第一条 为了加强管理，根据有关法律，制定本办法。"
    page = made.PdfPage().add(90, 100, clause).add(280, 810, "— 1 —")
    page.rules = [(60, y, 500, y) for y in (200, 230, 260)] + [(x, 200, x, 260) for x in (60, 200, 500)]
    page.add(70, 220, "名称").add(210, 220, "金额").add(70, 250, "补贴").add(210, 250, "500")
    table = (
        "<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val='2'/></w:tcPr><w:p><w:r><w:t>标准</w:t></w:r></w:p>"
        "</w:tc>"
        "</w:tr><w:tr><w:tc><w:p><w:r><w:t>名称</w:t></w:r></w:p></w:tc>"
        "<w:tc><w:p><w:r><w:t>金额</w:t></w:r></w:p></w:tc></w:tr>"
        "</w:tbl>"
    )
    numbering = (
        '<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/>'
        '<w:numFmt w:val="chineseCounting"/>'
        '<w:lvlText w:val="%1、"/></w:lvl></w:abstractNum><w:num w:numId="1">'
        '<w:abstractNumId w:val="0"/></w:num>'
    )
    html = (
        f"<html><head><title>通知</title></head><body><div class=nav><a href=a>首页</a></div>"
        f"<h1>通知</h1><p>{clause * 5}</p>"
        "<table><tr><th rowspan=2>名称</th><th colspan=2>金额</th></tr><tr><td>一</td><td>二</td></tr>"
        "<tr><td>甲</td>"
        "<td>1</td><td>2</td></tr></table><ol><li>一<li>二</ol></body></html>"
    )
    markdown = (
        f"---\ntitle: 通知\ntags: [a, b]\n---\n# 通知\n\n{clause}\n\n"
        "| 名称 | 金额 |\n|---|---|\n| 甲 | 1 |\n\n1. 一\n2. 二\n"
    )
    return {
        "a.txt": (clause + "\n").encode() * 20,
        "b.txt": (clause + "\r\n").encode("gb18030") * 20,
        "a.md": markdown.encode(),
        "a.html": html.encode(),
        "a.docx": made.docx(made.p("总则", number=(1, 0)) + made.p(clause) + table, numbering=numbering),
        "a.pdf": made.pdf([page, page]),
        "a.ofd": made.ofd([(30, 30, "关于印发办法的通知"), (30, 40, clause)]),
        "a.xlsx": made.xlsx([["名称", "金额"], ["甲", 1], ["乙", 2]]),
        "a.csv": "名称,金额\n甲,1\n乙,2\n".encode(),
        "a.jsonl": (
            json.dumps({"_id": "1", "title": "通知", "text": clause}, ensure_ascii=False) + "\n"
        ).encode(),
    }


def mutate(data: bytes, random_: random.Random, others: list[bytes]) -> bytes:
    """One to eight small damages: flipped, dropped, doubled, inserted or exchanged bytes, a cut end."""
    if data[:2] == b"PK" and random_.random() < 0.7:
        data = _mutate_inside(data, random_, others)
        if random_.random() < 0.8:
            return data
    buffer = bytearray(data)
    for _ in range(random_.randint(1, 8)):
        if not buffer:
            break
        at = random_.randrange(len(buffer))
        size = random_.choice((1, 2, 4, 16, 64, 512))
        match random_.randrange(7):
            case 0:
                buffer[at] ^= 1 << random_.randrange(8)
            case 1:
                buffer[at : at + size] = random_.randbytes(size)
            case 2:
                del buffer[at : at + size]
            case 3:
                buffer[at:at] = buffer[at : at + size] * random_.choice((1, 2, 50))
            case 4:
                buffer[at:at] = random_.choice(_TOKENS) * random_.choice((1, 1, 20, 500))
            case 5:
                other = random_.choice(others)
                begin = random_.randrange(max(len(other), 1))
                buffer[at : at + size] = other[begin : begin + 4 * size]
            case _:
                if random_.random() < 0.3:
                    del buffer[at:]
    return bytes(buffer)


def _mutate_inside(data: bytes, random_: random.Random, others: list[bytes]) -> bytes:
    """The same package with one of its parts damaged, so that the damage gets past the zip's checksums."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members: dict[str, bytes | str] = {name: archive.read(name) for name in archive.namelist()}
    name = random_.choice(sorted(members))
    part = members[name]
    members[name] = mutate(part if isinstance(part, bytes) else part.encode(), random_, others)
    return made.zipped(members)


def sources(count: int, seed: int, also: Path | None) -> Iterator[Source]:
    random_ = random.Random(seed)
    files = seeds()
    for path in sorted(also.rglob("*")) if also is not None else ():
        if path.is_file() and path.stat().st_size < 400_000:
            files[path.name] = path.read_bytes()
    names, everything = sorted(files), list(files.values())
    for number in range(count):
        name = names[number % len(names)]
        data = mutate(files[name], random_, everything)
        if name.endswith(_TEXT) and random_.random() < 0.7:  # past the check of the encoding
            data = data.decode("utf-8", errors="ignore").encode()
        yield Source(f"{number}!{name}", name, f"{number}!{name}", data=data, record=name.endswith(".jsonl"))


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--also", type=Path, default=None, help="a folder of real files to damage too")
    options = parser.parse_args(arguments)
    counts: Counter[tuple[str, str]] = Counter()
    slowest, worst, peak, bad = 0.0, "", 0, 0
    started = time.perf_counter()
    with ParsePool(workers=2, seconds=SECONDS) as pool:
        for outcome in pool.map(measured, sources(options.files, options.seed, options.also)):
            suffix = outcome.source.key.rpartition(".")[2]
            if outcome.value is None:
                bad += 1
                counts[suffix, "CRASHED OR HUNG"] += 1
                print(outcome.source.key, outcome.error, file=sys.stderr)
                continue
            counts[suffix, outcome.value.code] += 1
            if outcome.value.seconds > slowest:
                slowest, worst = outcome.value.seconds, outcome.source.key
            peak = max(peak, outcome.value.peak)
    for (suffix, code), number in sorted(counts.items()):
        print(f"{suffix:8}{code:20}{number:6}")
    print(
        f"{options.files} files in {time.perf_counter() - started:.1f} s, slowest {slowest:.2f} s ({worst}), ", end=""
    )
    print(f"peak memory {peak / 1e6:.0f} MB, crashed or hung {bad}")
    return 1 if bad or slowest > SECONDS or peak > MEMORY else 0


if __name__ == "__main__":
    sys.exit(main())
