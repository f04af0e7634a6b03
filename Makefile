# 两个命令：make serve 启动服务；make test 跑全部测试。
PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8000
PIP := $(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt

.PHONY: serve test bench lint

.venv/python.stamp:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo '需要 Python 3.11 或更新的版本；请用 make PYTHON=python3.12 … 指明它' >&2; exit 1; }
	test -x $(BIN)/pip || $(PYTHON) -m venv .venv
	@touch $@

.venv/serve.stamp: .venv/python.stamp pyproject.toml constraints.txt
	@echo '正在安装依赖，首次需要几分钟……' >&2
	$(PIP) -e .
	@touch $@

.venv/test.stamp: .venv/python.stamp pyproject.toml constraints.txt
	@echo '正在安装依赖与测试工具，首次需要几分钟……' >&2
	$(PIP) -e '.[models,dev]'
	@touch .venv/serve.stamp $@

serve: .venv/serve.stamp
	$(BIN)/kb serve --port $(PORT)

test: .venv/test.stamp
	$(BIN)/python -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder

bench: .venv/test.stamp
	$(BIN)/python -m eval bench

lint: .venv/test.stamp
	$(BIN)/ruff check .
	$(BIN)/mypy
