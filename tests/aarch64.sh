#!/bin/sh
# aarch64.sh [FOLDER [CPU]]: whether kernels compiled for ARM give the reference bits: a few steps of
# training, from the first draw to the evaluation, on an emulated processor of qemu (neoverse-n1).
# What it sets up stays in FOLDER (400 MB). Needs Debian's packages; ten minutes on a free core.
set -eu
project=$(cd "$(dirname "$0")/.." && pwd)
folder=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/normstudy-aarch64}
cpu=${2:-neoverse-n1}
python=${PYTHON:-$project/.venv/bin/python}
sh "$project/tests/system_packages.sh" qemu-aarch64-static=qemu-user-static mmdebstrap=mmdebstrap
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)

if [ ! -e "$folder/root/usr/bin/python3.11" ]; then # unpacked only: nothing in it is run yet
    rm -rf "$folder/root"
    mmdebstrap --quiet --architectures=arm64 --variant=extract \
        --include=python3-minimal,libpython3.11-stdlib,libstdc++6,zlib1g bookworm "$folder/root"
fi
pins=$(sed -nE 's/^((numpy|numba|llvmlite)==[^ ;]+).*/\1/p' "$project/requirements.txt")
if [ "$pins" != "$(cat "$folder/pins" 2>/dev/null)" ]; then
    rm -rf "$folder/packages"
    # shellcheck disable=SC2086  # a list of packages
    "$python" -m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: \
        --target "$folder/packages" --python-version 3.11 --platform manylinux_2_28_aarch64 \
        --platform manylinux_2_27_aarch64 --platform manylinux2014_aarch64 $pins
    echo "$pins" >"$folder/pins"
fi
PYTHONHOME=$folder/root/usr PYTHONPATH=$folder/packages:$project/workflow/scripts \
    PYTHONDONTWRITEBYTECODE=1 qemu-aarch64-static -cpu "$cpu" -L "$folder/root" \
    "$folder/root/usr/bin/python3.11" -c "
import platform
from normstudy.network.kernels.check import REFERENCE, few_steps
found = few_steps()
print(platform.machine(), '$cpu', found)
raise SystemExit(0 if found == REFERENCE else 'These are not the reference bits: ' + REFERENCE)
"
