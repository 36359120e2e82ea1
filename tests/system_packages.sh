#!/bin/sh
# system_packages.sh PROGRAM=PACKAGE … (or LIBRARY.so=PACKAGE)
# The programs that tests drive for real: installed on Debian when run as root, else asked for.
set -eu
missing=
for pair; do
    case $pair in
        lib*) ! command -v ldconfig >/dev/null || ldconfig -p | grep -q "${pair%%=*}" ;;
        *) command -v "${pair%%=*}" >/dev/null ;;
    esac || missing="$missing ${pair#*=}"
done
[ -n "$missing" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing$missing …"
    # shellcheck disable=SC2086  # a list of names
    apt-get update -qq && apt-get install -qq -y --no-install-recommends $missing >/dev/null
else
    echo "Error: the tests need$missing; on Debian or Ubuntu: sudo apt install$missing" >&2
    exit 1
fi
