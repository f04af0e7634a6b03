"""A process that does one thing to a data folder and may be killed at any moment.

    python -m eval.reliability.victim HOME

Imports once, then forks a child in a session of its own for each JSON line on stdin (`{"do": "add", …}`).
Lines on stdout: `{"pid"}` of the child, `{"ready"}` when its work begins, `{"did": …}` when that has been
acknowledged, `{"over": status}` when the child is gone.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from indexer.adding import add, remove
from indexer.assistant import Assistant
from indexer.library import Library
from kb.model import Question
from kb.settings import load_settings


def say(**line: Any) -> None:
    os.write(1, (json.dumps(line, ensure_ascii=False) + "\n").encode())


def work(home: str, order: dict[str, Any]) -> Any:
    """Do what is asked; what comes back is what a person would have been told."""
    library = Library(load_settings(home, workers=1))
    say(ready=True)
    match order["do"]:
        case "add":
            report = add(library, [order["path"]])
            return {"added": [one.doc_id for one in report.done], "failed": len(report.failed)}
        case "remove":
            return {"removed": [order["id"]], "failed": len(remove(library, [order["id"]]))}
        case "reindex":
            return {"passages": library.reindex().generation}
        case "ask":
            return {"answer": Assistant(library).ask(Question(order["question"])).id}
    raise ValueError(order["do"])


def child(home: str, order: dict[str, Any]) -> None:
    os.setsid()
    try:
        say(did=work(home, order))
    except Exception as error:
        say(error=f"{type(error).__name__}: {error}")
    os._exit(0)


def main(home: str) -> None:
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            child(home, json.loads(line))
        say(pid=pid)
        _, status = os.waitpid(pid, 0)
        say(over=os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main(sys.argv[1])
