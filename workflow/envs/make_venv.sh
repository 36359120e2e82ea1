#!/bin/sh
# make_venv.sh PYTHON FOLDER: a virtual environment with pip and the project's package, or one sentence why not.
set -eu
python=$1 folder=$2

if ! command -v "$python" >/dev/null; then
    echo "Error: $python is not installed; Python 3.11 or newer is needed (Debian: apt install python3)." >&2
    exit 1
fi
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "Error: $("$python" --version) is too old; Python 3.11 or newer is needed. If you have one" \
        "under another name, say so: make run PYTHON=python3.12" >&2
    exit 1
fi
# Debian keeps the part of Python that puts pip into a virtual environment in a package apart.
if ! "$python" -c 'import ensurepip' 2>/dev/null; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "Installing python3-venv, which Debian keeps apart from python3 …"
        apt-get update -qq && apt-get install -qq -y --no-install-recommends python3-venv >/dev/null
    else
        echo "Error: $python cannot make virtual environments; on Debian or Ubuntu:" \
            "sudo apt install python3-venv" >&2
        exit 1
    fi
fi
"$python" -m venv "$folder"
# For `import normstudy` in Python and Jupyter; relative, so that the project can be moved.
for site in "$folder"/lib/python3.*/site-packages; do
    echo ../../../../workflow/scripts >"$site/normstudy.pth"
done
