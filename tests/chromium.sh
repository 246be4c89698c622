#!/bin/sh
# Print the path of a Chromium that starts; install Debian's where we may (root, apt-get).
# Words go to stderr. Never fails: without a browser it prints an empty line, and the browser
# tests are skipped. CHROMIUM=/path/to/chromium overrules the search.

find_chromium() {
    for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable \
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"; do
        path=$(command -v "$name" 2>/dev/null) || continue
        # Ubuntu's chromium-browser may be a stub that only asks for a snap: let it prove itself
        "$path" --version </dev/null >/dev/null 2>&1 && { echo "$path"; return; }
    done
    return 1
}

install_chromium() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
    echo "No Chromium found; installing the system's package chromium …" >&2
    export DEBIAN_FRONTEND=noninteractive LC_ALL=C
    # other apt runs may hold the locks for a while
    for attempt in 1 2 3 4 5 6; do
        apt-get update -qq </dev/null >/dev/null 2>&1
        log=$(apt-get install -qq --yes --no-install-recommends \
            -o DPkg::Lock::Timeout=120 chromium fonts-liberation </dev/null 2>&1) && return
        case $log in *"Could not get lock"*) sleep 10 ;; *) break ;; esac
    done
    echo "$log" | grep '^E:' >&2
    return 1
}

find_chromium || { install_chromium && find_chromium; } || {
    echo "*** NO CHROMIUM: THE BROWSER TESTS WILL BE SKIPPED. Install chromium, or set CHROMIUM=/path/to/it. ***" >&2
    echo
}
