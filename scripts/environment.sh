# Creates .venv once and installs the package there. The other scripts of this folder
# source this file.
#
#   ensure_environment EXTRA    EXTRA is one or more extras (a,b), or empty
#   print_usage SCRIPT          prints the comment at the top of a script
#
# Needs bash and Python 3.11 or newer. PYTHON names the interpreter to use.

print_usage() {
    sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$1"
}

find_python() {
    local candidate
    for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11 python}; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
            2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    echo "Python 3.11 or newer is needed; set PYTHON to its path." >&2
    return 1
}

ensure_environment() {
    local extra=$1 python wanted stamp
    if [ ! -x .venv/bin/python ]; then
        python=$(find_python) || return
        echo "Creating .venv with $("$python" --version)"
        if ! "$python" -m venv .venv; then
            rm -rf .venv
            echo "The venv module is missing; on Debian: apt-get install python3-venv" >&2
            return 1
        fi
    fi
    # The stamp is a hash of setup.py and the folder; if it has changed, install again.
    stamp=.venv/.installed${extra:+-$extra}
    wanted=$(cat setup.py <(pwd -P) | .venv/bin/python -c \
        'import hashlib, sys; print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest())')
    if [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ]; then
        echo "Installing keras-gan${extra:+ with the $extra extra} (some minutes, once)"
        .venv/bin/python -m pip install --quiet --disable-pip-version-check \
            --editable ".${extra:+[$extra]}" || return
        echo "$wanted" >"$stamp"
    fi
}
