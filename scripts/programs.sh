# Sourced by the scripts beside it: the programs that pip does not install, which the
# tests marked `foreign` run.
#
#   missing_programs    prints the names of those that are not there
#   install_programs    installs them by apt-get, where that is there and may do so

PROGRAMS=(chromium chromedriver node npm make cc)

missing_programs() {
    local program
    for program in "${PROGRAMS[@]}"; do
        command -v "$program" >/dev/null || echo "$program"
    done
}

install_programs() {
    local missing
    missing=$(missing_programs)
    if [ -z "$missing" ] || [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        return
    fi
    echo "Installing by apt-get:" $missing
    local packages=(chromium chromium-driver gcc libc6-dev make)
    # Node.js of another origin brings its own npm, which Debian's would clash with.
    command -v npm >/dev/null || packages+=(nodejs npm)
    {
        apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install \
            --yes --no-install-recommends "${packages[@]}"
    } >/dev/null || echo "apt-get failed" >&2
}
