#!/usr/bin/env bash
# Lints, type-checks and tests the package, in a .venv that it makes at need.
#
#   bash scripts/test.sh               everything but the tests marked slow
#   bash scripts/test.sh --all         the slow ones too; those marked foreign, which run
#                                      a browser, Node.js, C and other servers, where
#                                      these are there; those marked minutes are for
#                                      `pytest -m foreign`
#   bash scripts/test.sh [PYTEST ...]  other arguments go to pytest
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/environment.sh
source scripts/programs.sh
case "${1:-}" in -h | --help) print_usage scripts/test.sh && exit ;; esac
extras=test
[ "${1:-}" != --all ] || extras=test,trackers,search,docs
ensure_environment "$extras"

selection=(-m "not slow")
not_run=
if [ "${1:-}" = --all ]; then
    selection=(-m "not minutes")
    shift
    missing=$(missing_programs)
    if [ -n "$missing" ]; then
        not_run="missing: $(echo $missing)"
    elif ! .venv/bin/python scripts/build_web.py; then
        not_run="onnxruntime-web cannot be fetched"
    fi
    if [ -n "$not_run" ]; then
        not_run="The tests marked foreign are NOT RUN ($not_run); see CONTRIBUTING.md."
        echo "$not_run" >&2
        selection=(-m "not foreign")
    fi
fi

echo "Linting"
.venv/bin/ruff check .
.venv/bin/ruff format --check .
echo "Checking types"
.venv/bin/pyright --pythonpath .venv/bin/python
echo "Testing"
# Tracing keeps one core busy at a time, so that two workers share the machine well.
.venv/bin/python -m pytest --numprocesses 2 --dist worksteal "${selection[@]}" "$@"
if [ -n "$not_run" ]; then
    echo "$not_run" >&2
fi
