"""The pages' own arithmetic, run where it runs: in the browser, against the naive way in Python."""

from __future__ import annotations

import random

import pytest
from playwright.sync_api import Page

RARE = "一二三。ab\n1😀𠮷\U00020bb7é"


@pytest.fixture
def quiet(page: Page, server: str) -> Page:
    """Any page of the service, so that its modules can be imported."""
    page.goto(f"{server}/static/icon.svg")
    page.goto(f"{server}/demo")
    return page


def texts(count: int, seed: int) -> list[str]:
    chance = random.Random(seed)
    return ["".join(chance.choices(RARE, k=chance.randrange(40))) for _ in range(count)]


def test_slices_count_code_points_as_python_does(quiet: Page) -> None:
    chance = random.Random(7)
    cases = []
    for text in texts(200, 1):
        start = chance.randrange(len(text) + 1)
        cases.append([text, start, chance.randrange(start, len(text) + 1)])
    got = quiet.evaluate(
        """async (cases) => {
          const { CodePoints } = await import('/static/js/codepoints.js');
          return cases.map(([text, start, end]) => new CodePoints(text).slice(start, end));
        }""",
        cases,
    )
    assert got == [text[start:end] for text, start, end in cases]


def test_point_undoes_unit_at_every_place(quiet: Page) -> None:
    wrong = quiet.evaluate(
        """async (all) => {
          const { CodePoints } = await import('/static/js/codepoints.js');
          return all.filter((text) => {
            const points = new CodePoints(text);
            const places = [...Array(points.length + 1).keys()];
            if (points.length !== [...text].length) return true;
            return places.some((at) => points.point(points.unit(at)) !== at);
          });
        }""",
        texts(200, 2),
    )
    assert wrong == []


def test_a_diff_gives_back_both_texts_and_is_never_longer_than_needed(quiet: Page) -> None:
    pairs = list(zip(texts(150, 3), texts(150, 4), strict=True))
    pairs += [(text, text[:5] + "改" + text[8:]) for text in texts(100, 5)] + [
        ("", ""),
        ("", "甲"),
        ("甲", ""),
    ]
    got = quiet.evaluate(
        """async (pairs) => {
          const { edits } = await import('/static/js/diff.js');
          return pairs.map(([a, b]) => edits([...a], [...b]).map(({ op, items }) => [op, items.join('')]));
        }""",
        [list(pair) for pair in pairs],
    )
    for (before, after), runs in zip(pairs, got, strict=True):
        assert "".join(text for op, text in runs if op != "added") == before
        assert "".join(text for op, text in runs if op != "removed") == after
        assert sum(len(text) for op, text in runs if op == "same") == longest_common(before, after)


def longest_common(a: str, b: str) -> int:
    """Length of the longest common subsequence, the slow way."""
    row = [0] * (len(b) + 1)
    for x in a:
        corner = 0
        for j, y in enumerate(b, 1):
            corner, row[j] = row[j], corner + 1 if x == y else max(row[j], row[j - 1])
    return row[-1]


def test_rows_of_a_diff_pair_a_changed_line_though_another_was_put_before_it(quiet: Page) -> None:
    before = "甲条 应当在三十日内办结申请。\n乙"
    after = "新的一行完全不同\n甲条 应当在二十日内办结申请。\n乙"
    rows = quiet.evaluate(
        "async ([a, b]) => (await import('/static/js/diff.js')).rows(a, b)", [before, after]
    )
    assert [row["op"] for row in rows] == ["added", "changed", "same"]
    assert [(p["op"], p["text"]) for p in rows[1]["pieces"] if p["op"] != "same"] == [
        ("removed", "三"),
        ("added", "二"),
    ]


def test_events_survive_any_cutting_of_the_stream(quiet: Page) -> None:
    stream = (
        "event: hits\r\ndata: [1]\r\n\r\n: ping\n\n"
        'event: claim\ndata: {"text":\ndata: "甲😀"}\n\n'
        'event: answer\ndata: {"id":"x"}\n\n'
    )
    got = quiet.evaluate(
        """async (stream) => {
          const { events } = await import('/static/js/net.js');
          const bytes = new TextEncoder().encode(stream);
          const cut = (size) => {
            let at = 0;
            return new ReadableStream({
              pull(controller) {
                if (at >= bytes.length) controller.close();
                else controller.enqueue(bytes.slice(at, (at += size)));
              },
            });
          };
          const all = [];
          for (const size of [1, 2, 3, 7, 1000]) {
            const seen = [];
            for await (const { event, data } of events(cut(size))) seen.push([event, JSON.stringify(data)]);
            all.push(seen);
          }
          return all;
        }""",
        stream,
    )
    assert got == [[["hits", "[1]"], ["claim", '{"text":"甲😀"}'], ["answer", '{"id":"x"}']]] * 5


@pytest.mark.parametrize(
    ("text", "claims", "shown"),
    [
        ("甲。[1]乙。[2]", [(0, 2, [1]), (5, 7, [2])], "甲。|1|乙。|2"),
        ("甲。乙。", [(0, 2, [1]), (2, 4, [2])], "甲。|1|乙。|2"),
        ("😀甲[1]。乙[9]", [(0, 2, [1])], "😀甲|1|。乙[9]"),
        ("甲[1]乙", [(0, 5, [1, 2])], "甲|1|乙|2"),
    ],
)
def test_chips_stand_at_their_claims(
    quiet: Page, text: str, claims: list[tuple[int, int, list[int]]], shown: str
) -> None:
    answer = {
        "text": text,
        "citations": [{"n": 1}, {"n": 2}],
        "claims": [{"start": start, "end": end, "citations": rests} for start, end, rests in claims],
    }
    got = quiet.evaluate(
        """async (answer) => {
          const { segments } = await import('/static/js/answer-card.js');
          return segments(answer).map((segment) => segment.text ?? segment.n).join('|');
        }""",
        answer,
    )
    assert got == shown
