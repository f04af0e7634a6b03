# 两个命令：make serve 启动服务；make test 跑全部测试。
PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8000

.PHONY: serve test bench lint

.venv/serve.stamp: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	touch $@

.venv/test.stamp: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[models,dev]'
	touch .venv/serve.stamp $@

serve: .venv/serve.stamp
	$(BIN)/kb serve --port $(PORT)

test: .venv/test.stamp
	$(BIN)/python -m pytest -q

bench: .venv/test.stamp
	$(BIN)/python -m eval bench

lint: .venv/test.stamp
	$(BIN)/ruff check .
	$(BIN)/mypy
