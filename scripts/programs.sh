# Finds and installs the programs that the tests marked `foreign` run and pip cannot
# install. Other scripts source this file.
#
#   missing_programs    prints the names of the programs that are missing
#   install_programs    installs them by apt-get, if it exists and the user is root

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
    # A Node.js from elsewhere has its own npm; Debian's npm would conflict with it.
    command -v npm >/dev/null || packages+=(nodejs npm)
    {
        apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install \
            --yes --no-install-recommends "${packages[@]}"
    } >/dev/null || echo "apt-get failed" >&2
}
