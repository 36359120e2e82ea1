#!/bin/sh
# bare_debian.sh [COMMAND …]: run commands in a clean clone of HEAD on a bare Debian that has only
# python3, make, git and certificates. Without arguments: `make run`, then .ci/run, whose first step
# is `make test`. Needs root on Debian, 20 GB in TMPDIR and about half an hour.
set -eu
[ $# -gt 0 ] || set -- "make run" "bash .ci/run"
project=$(cd "$(dirname "$0")/.." && pwd)
if [ "$(id -u)" != 0 ]; then
    echo "Error: a Debian inside this one can only be set up by root." >&2
    exit 1
fi
sh "$project/tests/system_packages.sh" debootstrap=debootstrap
if [ "${INSIDE:-}" != 1 ]; then # the mounts below end with this process
    bare=$(mktemp -d)
    trap 'rm -rf --one-file-system "$bare"' EXIT
    INSIDE=1 BARE=$bare unshare --mount --pid --fork --kill-child sh "$0" "$@"
    exit
fi

echo "Setting up a bare Debian in $BARE …"
# The release and the package server that this machine's apt uses.
apt-get indextargets --format '$(CODENAME) $(SITE)' 'Created-By: Packages' >"$BARE.targets"
read -r codename mirror <"$BARE.targets"
rm "$BARE.targets"
debootstrap --variant=minbase --include=python3,make,git,ca-certificates \
    "$codename" "$BARE" "$mirror" >"$BARE/debootstrap.log" || { tail "$BARE/debootstrap.log"; exit 1; }

# How this machine reaches package servers: the settings of its apt, pip, uv and npm, its certificates.
for path in /etc/resolv.conf /etc/hosts /etc/apt /usr/local/share/ca-certificates /etc/pip.conf \
    /etc/uv /etc/npmrc "$HOME/.npmrc" "$HOME/.pip" "$HOME/.config/pip" "$HOME/.config/uv"; do
    [ -e "$path" ] || continue
    rm -rf "${BARE:?}$path"
    mkdir -p "$BARE$(dirname "$path")"
    cp -rL "$path" "$BARE$path"
done
inside() {
    env --unset VIRTUAL_ENV --unset PYTHONPATH --unset INSIDE --unset BARE --unset TMPDIR \
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin chroot "$BARE" sh -c "$1"
}
inside "update-ca-certificates >/dev/null"
mount -t proc proc "$BARE/proc"
mount --rbind /dev "$BARE/dev"
mount --rbind /sys "$BARE/sys"
# Folders of packages that pip is told of; an index is a folder beside that of its files.
for path in $(python3 -m pip config list | grep -oE "(file://)?/[^' ]+" | sed 's#^file://##; s#/simple/*$##'); do
    [ -d "$path" ] || continue
    mkdir -p "$BARE$path"
    mount --bind "$path" "$BARE$path"
done

git clone --quiet --no-local "$project" "$BARE/srv/project"
if [ -d "$project/data/MNIST" ]; then # where no server of MNIST is reached, its files come along
    mkdir "$BARE/srv/project/data"
    cp -r "$project/data/MNIST" "$BARE/srv/project/data"
fi
for command; do
    echo "+ $command"
    inside "cd /srv/project && $command"
done
echo "All of it passes on a bare Debian."
