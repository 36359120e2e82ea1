#!/bin/sh
# pod.sh PODS run JOBSCRIPT   start a job in an empty folder of PODS; print the folder's name
# pod.sh PODS status POD      say how it is: running, success or failed
cd "$1" || exit
case $2 in
run)
    pod=$(mktemp -d pod-XXXXXX)
    cp "$3" "$pod/.jobscript"
    cd "$pod" || exit
    # Moved into place: a file made by `>` exists before it has content, and may be read then.
    (
        status=failed
        # A group of processes of its own, noted by its number: a test may end it as a whole.
        setsid --wait sh -c 'echo $$ >.group; exec sh ./.jobscript' >.output 2>&1 && status=success
        echo "$status" >.status.part && mv .status.part .status
    ) >/dev/null &
    echo "$pod"
    ;;
status) cat "$3/.status" 2>/dev/null || echo running ;;
esac
