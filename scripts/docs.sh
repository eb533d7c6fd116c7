#!/usr/bin/env bash
# Builds the documentation site into build/docs, in a .venv that it makes at need.
#
#   bash scripts/docs.sh              runs the notebooks of the course, if they changed:
#                                     all at first, some 5 minutes on two cores
#   bash scripts/docs.sh --no-run     leaves their outputs out, which is quick
#
# KERAS_GAN_REPOSITORY=https://github.com/OWNER/NAME in the environment adds links to
# Colab, which reads the chapters from the built site in the branch gh-pages there.
#
# Warnings are errors: a broken link, a name that is not documented.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/environment.sh
options=()
case "$*" in
"") echo "A first build runs all notebooks, some 5 minutes on two cores; later ones those that changed." ;;
--no-run) options=(-D nb_execution_mode=off) ;;
-h | --help) print_usage scripts/docs.sh && exit ;;
*) echo "Unknown: $*; see bash scripts/docs.sh --help" >&2 && exit 2 ;;
esac
ensure_environment docs
# In a process group of its own, so that Ctrl-C reaches this script alone, which ends it.
set -m
.venv/bin/python -m sphinx -b html -W --keep-going "${options[@]}" docs build/docs &
trap 'kill -- -$! && { wait $! || exit 130; } 2>/dev/null' INT
wait $!
echo "Open build/docs/index.html; its formulas need the internet, where MathJax comes from."
