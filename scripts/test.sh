#!/usr/bin/env bash
# Lints, type-checks and tests the package, in a .venv that it makes at need.
#
#   bash scripts/test.sh               everything but the tests marked slow
#   bash scripts/test.sh --all         the slow ones too
#   bash scripts/test.sh [PYTEST ...]  other arguments go to pytest
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/environment.sh
ensure_environment test

selection=(-m "not slow")
if [ "${1:-}" = --all ]; then
    selection=()
    shift
fi

echo "Linting"
.venv/bin/ruff check .
.venv/bin/ruff format --check .
echo "Checking types"
.venv/bin/pyright --pythonpath .venv/bin/python
echo "Testing"
# Tracing keeps one core busy at a time, so that two workers share the machine well.
.venv/bin/python -m pytest --numprocesses 2 --dist worksteal "${selection[@]}" "$@"
