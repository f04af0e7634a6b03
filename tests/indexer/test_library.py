"""Adding files: what is reported, what a person's word overrides, what one bad file does to the rest."""

from __future__ import annotations

import os
import time
from datetime import date
from pathlib import Path

import pytest
from library_samples import notice, opened, put

from indexer.adding import Report, Watcher, add, add_sources, remove
from indexer.assistant import Assistant
from indexer.index import Manifest, Progress
from indexer.library import Library
from indexer.parse import Source
from kb.errors import StorageFailed
from kb.model import Filters, Question
from kb.store import Store


class Seen(Watcher):
    """What a progress bar would have heard."""

    def __init__(self) -> None:
        self.sources = self.ready = self.passages = 0
        self.failures: list[str] = []

    def found(self, count: int) -> None:
        self.sources = count

    def prepared(self, count: int) -> None:
        self.ready += count

    def failed(self, failure: object) -> None:
        self.failures.append(str(failure))

    def indexed(self, passages: int) -> None:
        self.passages += passages


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "in"
    made.mkdir()
    (made / "停车.md").write_text(notice("停车办法", "停车应当登记。", kind="standard"), "utf-8")
    (made / "绿化.txt").write_text("绿化养护规定\n\n绿地应当每月养护一次。\n", "utf-8")
    (made / "空.txt").write_bytes(b"")
    (made / "图.pdf").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 64)
    return made


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return opened(tmp_path / "home", workers=1)


def changes(report: Report) -> dict[str, str]:
    return {Path(added.source).name: added.change for added in report.done}


def test_good_files_go_in_and_each_bad_one_is_named_with_its_reason(library: Library, folder: Path) -> None:
    seen = Seen()
    report = add(library, [folder], watcher=seen)
    assert changes(report) == {"停车.md": "added", "绿化.txt": "added"}
    reasons = {Path(failed.source).name: failed.reason for failed in report.failed}
    assert set(reasons) == {"空.txt", "图.pdf"}
    assert all("\n" not in reason and len(reason) > 5 for reason in reasons.values())
    assert (seen.sources, seen.ready, len(seen.failures)) == (4, 4, 2)
    assert seen.passages == library.store.passage_count() > 0
    assert library.search("绿地多久养护一次")[0].document.title == "绿化养护规定"


def test_the_same_bytes_are_unchanged_and_changed_bytes_a_new_revision(
    library: Library, folder: Path
) -> None:
    add(library, [folder / "停车.md", folder / "绿化.txt"])
    generation = library.store.generation()
    assert set(changes(add(library, [folder])).values()) == {"unchanged"}
    assert library.store.generation() == generation
    (folder / "绿化.txt").write_text("绿化养护规定\n\n绿地应当每周养护一次。\n", "utf-8")
    assert changes(add(library, [folder])) == {"停车.md": "unchanged", "绿化.txt": "updated"}
    [hit] = [h for h in library.search("绿地养护") if h.document.title == "绿化养护规定"]
    assert "每周" in hit.passage.text and hit.revision == 2


def test_a_copy_under_another_name_is_known_by_its_bytes(library: Library, folder: Path) -> None:
    add(library, [folder / "停车.md"])
    (folder / "抄件.md").write_bytes((folder / "停车.md").read_bytes())
    report = add(library, [folder / "抄件.md"])
    assert [(added.change, bool(added.note)) for added in report.done] == [("unchanged", True)]
    assert library.store.count() == 1


def test_a_persons_word_wins_over_front_matter_and_stays_when_the_file_changes(
    library: Library, folder: Path
) -> None:
    add(library, [folder / "停车.md"], {"kind": "action", "region": "云州市"})
    [document] = library.store.documents()
    assert (document.kind, document.region) == ("action", "云州市")
    (folder / "停车.md").write_text(notice("停车办法", "停车应当先登记。", kind="standard"), "utf-8")
    add(library, [folder / "停车.md"])
    [document] = library.store.documents()
    assert (document.kind, document.region, document.revision) == ("action", "云州市", 2)


def test_removed_documents_are_no_longer_found_and_unknown_ids_are_named(
    library: Library, folder: Path
) -> None:
    report = add(library, [folder])
    gone = report.done[0].doc_id
    failed = remove(library, [gone, "没有这个"])
    assert [f.source for f in failed] == ["没有这个"]
    assert gone not in {h.document.id for h in library.search("停车登记 绿地养护", k=50)}


def test_a_removed_file_can_be_added_again(library: Library, folder: Path) -> None:
    [added] = add(library, [folder / "停车.md"]).done
    remove(library, [added.doc_id])
    [again] = add(library, [folder / "停车.md"]).done
    assert (again.doc_id, again.change) == (added.doc_id, "added")
    assert library.search("停车登记")


def test_originals_are_kept_by_their_sha256(library: Library, folder: Path) -> None:
    add(library, [folder / "停车.md"])
    known = library.store.all_known()
    [(_, digest, _)] = known.values()
    assert library.original(digest).read_bytes() == (folder / "停车.md").read_bytes()


def test_uploads_have_their_name_for_identity(library: Library) -> None:
    for words in ("旧文字应当登记。", "新文字应当登记。"):
        source = Source.of_upload("C:\\表\\通知.txt", f"通知\n\n{words}\n".encode())
        add_sources(library, [source], {"visibility": "internal"}, Watcher())
    [document] = library.store.documents()
    assert (document.revision, document.visibility, document.source) == (2, "internal", "通知.txt")
    assert library.search("登记", Filters(visibility=("public",))) == []


def test_a_reader_whose_files_a_writer_replaces_meanwhile_opens_the_new_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.vectors.DELTA_LIMIT", 2)
    reader, writer = opened(tmp_path / "home"), opened(tmp_path / "home")
    put(writer, {"甲.md": notice("节水办法", "用水单位应当节约用水。")})
    stale = reader.index.manifest()
    assert stale is not None
    for number in range(4):  # the parts are folded into one, and the stale manifest's swept away
        put(writer, {f"{number}.md": notice(f"第{number}号通知", f"第{number}项应当登记。")})
    folder = tmp_path / "home" / "index" / "vectors"
    assert not any((folder / f"{name}.rows.npy").exists() for name in stale.additions)
    manifest, vectors = reader._open_vectors(stale)
    assert manifest.generation > stale.generation
    assert len(vectors) == reader.store.passage_count()


def test_a_reader_opens_the_index_once_while_a_writer_is_at_work_and_again_when_it_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, writer = opened(tmp_path / "home"), opened(tmp_path / "home")
    put(writer, {"甲.md": notice("节水办法", "用水单位应当节约用水。")})
    reader.searcher()
    opens, open_searcher = [], reader._open_searcher
    sync, looks = writer.index.sync, []
    monkeypatch.setattr(reader, "_open_searcher", lambda previous: opens.append(1) or open_searcher(previous))

    def watched(store: Store, progress: Progress | None = None) -> Manifest:
        if not looks:  # the new document is stored, and not yet indexed
            looks.extend(reader.searcher() for _ in range(20))
        return sync(store, progress)

    monkeypatch.setattr(writer.index, "sync", watched)
    put(writer, {"乙.md": notice("停车办法", "停车应当登记。")})
    assert len(looks) == 20 and len(opens) == 1
    assert reader.search("停车应当登记", k=1)[0].document.title == "停车办法"


def test_what_a_dying_writer_left_unindexed_is_indexed_by_the_next_reader(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.library.LOOK_AGAIN", 0.05)
    reader, writer = opened(tmp_path / "home"), opened(tmp_path / "home")
    put(writer, {"甲.md": notice("节水办法", "用水单位应当节约用水。")})

    def killed(store: Store, progress: Progress | None = None) -> Manifest:
        assert all(hit.document.title != "停车办法" for hit in reader.search("停车应当登记", k=1))
        raise KeyboardInterrupt

    monkeypatch.setattr(writer.index, "sync", killed)
    with pytest.raises(KeyboardInterrupt):
        put(writer, {"乙.md": notice("停车办法", "停车应当登记。")})
    time.sleep(0.06)
    assert reader.search("停车应当登记", k=1)[0].document.title == "停车办法"


class Day(date):
    """A day that a test moves on."""

    now = date(2026, 11, 30)

    @classmethod
    def today(cls) -> date:
        return cls.now


def test_a_text_comes_into_force_in_a_library_that_stays_open(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("indexer.library.date", Day)
    monkeypatch.setattr(Day, "now", Day.now)
    put(library, {"停车.md": "# 停车办法\n\n第一条 停车应当登记。\n\n第二条 本办法自2026年12月1日起施行。\n"})
    question = Question("停车应当登记吗？")
    assistant = Assistant(library)
    assert library.search("停车应当登记")[0].document.status == "not_yet"
    assert assistant.ask(question).reason == "not_in_force"
    Day.now = date(2026, 12, 1)
    assert library.search("停车应当登记")[0].document.status == "in_force"
    assert assistant.ask(question).basis == "grounded"


def test_a_new_day_that_cannot_be_written_down_stops_no_reader(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("indexer.library.date", Day)
    monkeypatch.setattr(Day, "now", Day.now)
    put(library, {"停车.md": "# 停车办法\n\n第一条 停车应当登记。\n\n第二条 本办法自2026年12月1日起施行。\n"})
    assert library.search("停车应当登记")[0].document.status == "not_yet"
    Day.now = date(2026, 12, 1)

    def full(*_: object) -> None:
        raise StorageFailed("磁盘已满")

    with monkeypatch.context() as disk:
        disk.setattr(library.store, "set_statuses", full)
        assert library.search("停车应当登记")[0].document.status == "not_yet"
    monkeypatch.setattr("indexer.library.LOOK_AGAIN", 0.0)
    assert library.search("停车应当登记")[0].document.status == "in_force"


def test_an_index_built_anew_elsewhere_is_not_mistaken_for_the_one_that_is_open(tmp_path: Path) -> None:
    service, other = opened(tmp_path / "home"), opened(tmp_path / "home")
    put(service, {f"{n}.md": notice(f"第{n}号通知", f"第{n}项应当登记。") for n in "甲乙丙"})
    put(service, {"停车.md": notice("停车办法", "停车应当登记。")})
    service.searcher()
    other.reindex()
    put(other, {"绿化.md": notice("绿化办法", "绿地应当养护。")})
    for library in (service, other):
        assert len(library.searcher().vectors) == library.store.passage_count()
    assert [h.passage_id for h in service.search("应当登记", mode="dense")] == [
        h.passage_id for h in other.search("应当登记", mode="dense")
    ]


def test_a_file_name_that_is_no_utf8_hinders_nobody(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "odd"
    folder.mkdir()
    (folder / "绿化.txt").write_text("绿化养护规定\n\n绿地应当每月养护一次。\n", "utf-8")
    for raw, words in (("节水".encode("gb18030"), "用水单位应当节约用水。"), (b"\xff\xfe", "停车应当登记。")):
        (Path(os.fsdecode(os.fsencode(folder) + b"/" + raw + b".txt"))).write_text(words, "utf-8")
    report = add(library, [folder])
    assert report.count("added") == 3 and not report.failed
    assert add(library, [folder]).count("unchanged") == 3
    assert {h.document.title for h in library.search("用水单位应当节约用水")} >= {"节水"}


def test_a_table_without_a_title_is_called_by_its_file(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "tables"
    folder.mkdir()
    (folder / "临河市停车收费标准.csv").write_text("区域,车型,首小时\n一类区域,小型车,5元\n二类区域,小型车,3元\n", "utf-8")
    add(library, [folder])
    (document,) = library.store.documents()
    assert document.title == "临河市停车收费标准"
    answer = Assistant(library).ask(Question("临河市一类区域小型车停车首小时收费多少元？"))
    assert "一类区域" in answer.citations[0].quote and "5元" in answer.citations[0].quote


def test_what_is_remembered_of_a_text_goes_with_it(library: Library, folder: Path) -> None:
    """A service whose documents change all day must not keep every version it ever read."""
    add(library, [folder / "停车.md", folder / "绿化.txt"])
    assistant = Assistant(library)
    vectors, held = assistant.gatherer.vectors, library.store._passages

    def ask() -> None:
        assistant.ask(Question("绿地多久养护一次？"))
        assistant.ask(Question("停车怎样登记？"))

    ask()
    sentences, passages = len(vectors._sentences), len(held)
    assert sentences and passages
    for month in range(2, 8):
        (folder / "绿化.txt").write_text(f"绿化养护规定\n\n绿地应当每{month}个月养护一次。\n", "utf-8")
        add(library, [folder / "绿化.txt"])
        ask()
    assert (len(vectors._sentences), len(held)) == (sentences, passages)
    assert "每7个月" in assistant.ask(Question("绿地多久养护一次？")).text


def test_a_status_is_filtered_by_as_it_was_on_the_day(library: Library) -> None:
    put(library, {
        "旧.md": "# 停车办法\n\n发文字号：云政发〔2010〕8号\n\n第一条 停车应当登记。\n\n第二条 本办法自2010年5月1日起施行。\n",
        "新.md": "# 停车条例\n\n第一条 停车免登记。\n\n第二条 本条例自2020年1月1日起施行，《停车办法》（云政发〔2010〕8号）同时废止。\n",
    })  # fmt: skip

    def titles(status: str, day: date | None) -> set[str]:
        filters = Filters(status=(status,), as_of=day)
        listed = {d.title for d in library.store.documents(library.by_day(filters))}
        assert {hit.document.title for hit in library.search("停车登记", filters)} == listed
        return listed

    assert titles("in_force", date(2015, 1, 1)) == {"停车办法"}
    assert titles("in_force", date(2021, 1, 1)) == titles("in_force", None) == {"停车条例"}
    assert titles("repealed", date(2015, 1, 1)) == set()
    assert titles("repealed", date(2021, 1, 1)) == {"停车办法"}


def rule(sum_of_money: str) -> str:
    return f"云溪市困难家庭补贴办法\n\n第一条 每户每年补贴{sum_of_money}元。\n"


@pytest.mark.parametrize("kept_as", ["0旧版.txt", "补贴（2020版）.txt"])  # before and after the other in the folder
def test_an_old_version_kept_under_a_new_name_is_not_lost_when_its_name_gets_new_words(
    library: Library, tmp_path: Path, kept_as: str
) -> None:
    folder = tmp_path / "补贴"
    folder.mkdir()
    (folder / "补贴.txt").write_text(rule("九百"), "utf-8")
    add(library, [folder])
    (folder / "补贴.txt").rename(folder / kept_as)
    (folder / "补贴.txt").write_text(rule("一千二百"), "utf-8")
    assert changes(add(library, [folder])) == {kept_as: "added", "补贴.txt": "updated"}
    found = "".join(hit.passage.text for hit in library.search("每户每年补贴多少元"))
    assert "九百元" in found and "一千二百元" in found
    assert set(changes(add(library, [folder])).values()) == {"unchanged"}


def test_two_files_that_change_places_keep_both_texts(library: Library, tmp_path: Path) -> None:
    names = ("甲.txt", "乙.txt")
    for first, second in (("九百", "一千二百"), ("一千二百", "九百")):
        for name, words in zip(names, (first, second), strict=True):
            (tmp_path / name).write_text(rule(words), "utf-8")
        add(library, [tmp_path / name for name in names])
    found = "".join(hit.passage.text for hit in library.search("每户每年补贴多少元"))
    assert "九百元" in found and "一千二百元" in found


def test_copies_in_one_folder_are_one_document_as_they_are_one_after_the_other(
    library: Library, tmp_path: Path
) -> None:
    folder = tmp_path / "抄件"
    folder.mkdir()
    for name in ("a.txt", "b.txt", "c.txt"):
        (folder / name).write_text(rule("九百"), "utf-8")
    seen = Seen()
    report = add(library, [folder], watcher=seen)
    assert changes(report) == {"a.txt": "added", "b.txt": "unchanged", "c.txt": "unchanged"}
    assert len({added.doc_id for added in report.done}) == library.store.count() == 1
    assert all(added.note for added in report.done if added.change == "unchanged")
    assert (seen.sources, seen.ready) == (3, 3)


def test_of_the_same_bytes_under_several_names_each_failure_is_named_and_the_name_that_helps_is_taken(
    library: Library, tmp_path: Path
) -> None:
    folder = tmp_path / "抄件"
    folder.mkdir()
    for name in ("a.dat", "b.dat", "c.txt", "d.txt", "e.dat"):
        (folder / name).write_text(rule("九百"), "utf-8")
    for number in range(40):
        (folder / f"空{number}.txt").write_bytes(b"")
    report = add(library, [folder])
    assert [added.change for added in report.done].count("added") == library.store.count() == 1
    assert len(report.done) + len(report.failed) == 45
    assert {Path(failed.source).name for failed in report.failed} >= {f"空{n}.txt" for n in range(40)}


def test_a_file_given_twice_in_one_run_is_one_document_of_one_revision(library: Library, folder: Path) -> None:
    report = add(library, [folder / "停车.md", folder / "停车.md"])
    assert [added.change for added in report.done] == ["added", "unchanged"]
    assert [document.revision for document in library.store.documents()] == [1]


def test_another_document_under_a_known_name_is_said_to_be_one(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "附件.txt"
    for words in (rule("九百"), rule("一千二百")):
        path.write_text(words, "utf-8")
        assert [added.note for added in add(library, [path]).done] == [""]
    path.write_text("云溪市公园开放规定\n\n第一条 公园清晨五时开门，夜间十时关门。\n", "utf-8")
    [added] = add(library, [path]).done
    assert added.change == "updated" and "《云溪市困难家庭补贴办法》" in added.note and "改名" in added.note


def test_another_document_with_a_number_of_its_own_under_a_known_name_is_kept_beside_it(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "通知.txt"
    taxi = "岭东县出租汽车运价规定\n\n岭发改〔2024〕1号\n\n第一条 出租汽车起步价为8元。\n"
    nursery = "岭东县幼儿园收费规定\n\n岭发改〔2024〕2号\n\n第一条 公办园保教费每月450元。\n"
    path.write_text(taxi, "utf-8")
    [first] = add(library, [path]).done
    path.write_text(nursery, "utf-8")
    [second] = add(library, [path]).done
    assert second.change == "added" and second.doc_id != first.doc_id and "同名而文号不同" in second.note
    assert "8元" in (library.store.revision_text(first.doc_id, 1) or "")
    [again] = add(library, [path]).done  # the same file once more is the same document
    assert (again.change, again.doc_id) == ("unchanged", second.doc_id)
    path.write_text(nursery.replace("450", "480"), "utf-8")
    [newer] = add(library, [path]).done
    assert (newer.change, newer.doc_id) == ("updated", second.doc_id)


def test_of_two_editions_only_the_one_in_force_on_the_day_is_quoted(library: Library) -> None:
    clause = "# 出租车条例\n\n成文日期：{}\n\n第一条 为了规范出租车，制定本条例。\n\n第二条 出租车起步价为{}元。\n\n第三条 本条例自{}起施行。\n"
    put(library, {
        "旧.md": clause.format("2012年6月29日", "八", "2012年10月1日"),
        "新.md": clause.format("2026年9月25日", "十", "2090年1月1日"),
    })  # fmt: skip
    for day, fare in ((None, "八元"), (date(2090, 2, 1), "十元")):
        answer = Assistant(library).ask(Question("出租车起步价是多少？", filters=Filters(as_of=day)))
        assert len(answer.citations) == 1 and fare in answer.text and not answer.notes
