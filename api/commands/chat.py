"""`kb chat`: a conversation in the terminal, each answer cited, follow-ups understood."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from kb.errors import KBError
from kb.model import Answer, Question, Turn
from kb.using import in_service
from kb.wire import answer_json

from .asking import checked, print_answer
from .opening import filters_of, library_of
from .terminal import Terminal, escaped

if TYPE_CHECKING:
    from indexer.library import Library

HELP = "直接输入问题；/原文 N 看第 N 条引文的上下文，/新 开始新对话，/退出（或 Ctrl+D）结束"
CONTEXT = 120  # characters shown on each side of a quote
TURNS_KEPT = 12


def chat(args: argparse.Namespace, terminal: Terminal) -> int:
    library = library_of(args)
    with in_service(library.settings.home):
        return _talk(args, library, terminal)


def _talk(args: argparse.Namespace, library: Library, terminal: Terminal) -> int:
    from indexer.assistant import Assistant

    assistant = Assistant(library)
    filters = filters_of(args)
    history: list[Turn] = []
    answers: list[Answer] = []
    interactive = sys.stdin.isatty()
    if interactive:
        _line_editing()
        terminal.say(f"{library.store.count()} 篇文档。{HELP}")
    while (line := _read(interactive)) is not None:
        command = line.strip()
        if not command:
            continue
        if command in ("/退出", "/quit", "/exit", "/q"):
            break
        if command in ("/新", "/new"):
            history.clear()
            terminal.say("已开始新对话")
        elif command in ("/帮助", "/help", "/?"):
            terminal.say(HELP)
        elif command.startswith(("/原文", "/source")):
            _show_source(command, answers, assistant, terminal)
        else:
            try:
                question = Question(checked(command), tuple(history[-TURNS_KEPT:]), filters, args.k)
                with terminal.waiting("正在检索、作答"):
                    answer = assistant.ask(question, caller="命令行")
            except KBError as error:
                terminal.say(f"错误：{error}")
                continue
            answers.append(answer)
            history += [Turn("user", question.text), Turn("assistant", answer.text)]
            if not terminal.json_mode:
                print_answer(answer, terminal, library.settings.public_url)
    if terminal.json_mode:
        terminal.give({"answers": [answer_json(answer) for answer in answers]})
    return 0


def _read(interactive: bool) -> str | None:
    try:
        return input("问> " if interactive else "")
    except EOFError:
        return None


def _line_editing() -> None:
    """Arrow keys and history where the platform has them."""
    import contextlib

    with contextlib.suppress(ImportError):
        import readline  # noqa: F401


def _show_source(command: str, answers: list[Answer], assistant: object, terminal: Terminal) -> None:
    from indexer.assistant import Assistant

    assert isinstance(assistant, Assistant)
    wanted = "".join(c for c in command if c.isdigit())
    cited = {str(c.n): c for c in answers[-1].citations} if answers else {}
    citation = cited.get(wanted)
    if citation is None:
        terminal.say(f"上一个回答没有第 {wanted or '？'} 条引文")
        return
    text = assistant.library.store.revision_text(citation.document.id, citation.revision) or ""
    before = text[max(0, citation.start - CONTEXT) : citation.start]
    after = text[citation.end : citation.end + CONTEXT]
    terminal.out.print(
        f"[dim]…{escaped(before)}[/][bold yellow]{escaped(citation.quote)}[/][dim]{escaped(after)}…[/]"
    )
