#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# What looking costs on a node with many containers (tests/bench/look.c), and the system calls of a tick on which nothing happens.
#
# usage: tests/bench/look.sh BUILD_DIR [COUNT]        COUNT: containers (default 1000)
set -u

cd "$(dirname "$0")/../.." || exit 1
build=${1:?usage: tests/bench/look.sh BUILD_DIR [COUNT]}
count=${2:-1000}
template=$(echo tests/fixtures/docker/containers/9bd9c50c343e*/config.v2.json)
[ "$(id -u)" = 0 ] || { echo "look: needs root to make namespaces; run: sudo make bench-look" >&2; exit 3; }
ulimit -n "$(ulimit -Hn)"
trace=$(mktemp) || exit 1
trap 'rm -f "$trace"' EXIT

# traced PID: counts its calls while it makes ten ticks.
traced() {
	local tracer
	command -v strace >/dev/null || { echo "system calls of a quiet tick: needs strace"; return; }
	strace -c -q -o "$trace" -p "$1" &
	tracer=$!
	until grep -q "^TracerPid:[[:space:]]*$tracer" "/proc/$1/status"; do sleep 0.05; done
	echo >&"${LOOK[1]}"
	read -r <&"${LOOK[0]}"
	kill "$tracer"
	wait "$tracer"
	awk '/total$/ { next } $4 ~ /^[0-9]+$/ { sum += $4; calls[$NF] = $4 } END {
		printf "system calls of a quiet tick              %7.1f    ", sum / 10
		for (name in calls) if (calls[name] >= 5) printf "%s %.1f  ", name, calls[name] / 10
		print "" }' "$trace"
}

coproc LOOK { timeout -k 5 600 "$build/tests/bench/look" "$count" "$template"; }
look=$LOOK_PID
while read -r line <&"${LOOK[0]}"; do
	case $line in
	"trace "*) traced "${line#trace }" && echo >&"${LOOK[1]}" ;;
	*) printf '%s\n' "$line" ;;
	esac
done
wait "$look"
