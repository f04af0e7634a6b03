"""`python -m indexer.train`: train the shipped embedder, or measure any static model.

    python -m indexer.train embedder DATA_DIR --out FOLDER [--seed 1] [--dim 384] [--steps 1500] …
    python -m indexer.train evaluate DATA_DIR [--model FOLDER]

DATA_DIR holds the JSONL files named in `indexer/train/sources.py`; missing ones are left out.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import fields
from pathlib import Path

from indexer.embed import StaticEmbedder, shipped_model
from indexer.train.embedder import Plan, scores, train


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="python -m indexer.train", description=__doc__)
    commands = top.add_subparsers(dest="command", required=True)
    learn = commands.add_parser("embedder", help="train and write a model")
    learn.add_argument("data", type=Path)
    learn.add_argument("--out", type=Path, required=True)
    learn.add_argument("--work", type=Path, help="counts and checkpoints; default OUT.work")
    for option in fields(Plan):
        if isinstance(option.default, int | float):
            learn.add_argument(f"--{option.name}", type=type(option.default), default=option.default)
    measure = commands.add_parser("evaluate", help="print the figures of a model as JSON")
    measure.add_argument("data", type=Path)
    measure.add_argument("--model", type=Path, default=shipped_model())
    return top


def main(arguments: list[str] | None = None) -> int:
    given = parser().parse_args(arguments)
    if given.command == "embedder":
        plan = Plan(**{f.name: getattr(given, f.name) for f in fields(Plan) if hasattr(given, f.name)})
        model = train(given.data, given.out, given.work or Path(f"{given.out}.work"), plan)
    else:
        model = StaticEmbedder(given.model)
    print(json.dumps(scores(model, given.data), ensure_ascii=False, indent=1))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
