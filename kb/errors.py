"""Errors people read: what failed, where, and what to do next."""

from __future__ import annotations


class KBError(Exception):
    """Base of every error with a message meant for people.

    `code` is stable; one table turns it into an HTTP status, one into an exit code.
    """

    code = "error"


class BadInput(KBError):
    """A file or value that cannot be used; the message names it and says what to do."""

    code = "bad_input"


class UnsupportedFormat(BadInput):
    code = "unsupported_format"


class TooLarge(BadInput):
    code = "too_large"


class NotFound(KBError):
    code = "not_found"


class Locked(KBError):
    code = "locked"


class StaleIndex(KBError):
    code = "stale_index"

    def __init__(self, built: str, wanted: str) -> None:
        super().__init__(f"索引由 {built} 建立，当前配置为 {wanted}；请运行 `kb reindex`")


class BrokenIndex(KBError):
    code = "broken_index"


class StorageFailed(KBError):
    code = "storage_failed"


class BrokenRecord(StorageFailed):
    """One record of the ledger that cannot be read; the others can."""

    def __init__(self, seq: int, id: str) -> None:
        super().__init__(f"账本第 {seq} 条（答案 {id}）已损坏，无法读出；请用 `kb restore` 恢复完好的备份")
        self.seq, self.id = seq, id


class BadSettings(KBError):
    code = "bad_settings"


class Forbidden(KBError):
    code = "forbidden"


class Unauthorized(KBError):
    code = "unauthorized"


class TooBusy(KBError):
    code = "too_busy"
