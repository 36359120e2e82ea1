#!/bin/sh
# pod.sh PODS run JOBSCRIPT   start a job in an empty folder of PODS; print the folder's name
# pod.sh PODS status POD      say how it is: running, success or failed
cd "$1" || exit
case $2 in
run)
    pod=$(mktemp -d pod-XXXXXX)
    cp "$3" "$pod/.jobscript"
    cd "$pod" || exit
    (sh ./.jobscript >.output 2>&1 && echo success >.status || echo failed >.status) >/dev/null &
    echo "$pod"
    ;;
status) cat "$3/.status" 2>/dev/null || echo running ;;
esac
