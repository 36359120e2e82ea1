#!/bin/sh
# clean.sh: delete what was made in this folder: packages, data, results, caches. It says what that
# is and how large, then asks; with YES=1 in the environment it does not ask.
set -eu
set -- .venv .snakemake .pytest_cache .ruff_cache .mypy_cache .hypothesis data
for path in results/* results/.[!.]*; do
    [ "$path" = results/README.md ] || set -- "$@" "$path"
done
for path in $(find benchmarks report tests workflow -type d -name __pycache__ 2>/dev/null); do
    set -- "$@" "$path"
done
for path; do # those that are there, in turn to the end of the list
    shift
    if [ -e "$path" ] || [ -L "$path" ]; then set -- "$@" "$path"; fi
done
if [ $# = 0 ]; then
    echo "Nothing to delete: nothing was made here."
    exit 0
fi
echo "To be deleted, with everything in them:"
du -shc "$@"
if [ "${YES:-}" != 1 ]; then
    printf 'Delete all this? [y/N] '
    read -r answer || echo
    case ${answer:-} in
    y | Y | yes) ;;
    *)
        echo "Nothing was deleted."
        exit 0
        ;;
    esac
fi
rm -rf -- "$@"
echo "Deleted."
