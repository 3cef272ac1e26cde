#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# The runner itself: what goes wrong in the machine is a failed test here. One machine, that panics in the end.
. "$(dirname "$0")/../lib.sh"

mkdir -p "$BUILD"
guests=$(mktemp -d "$BUILD/vm-runner.XXXXXX") || exit 1
at_exit rm -rf "$guests"

# guest NAME LINE...: a program for the machine.
guest() {
	local file=$guests/$1
	shift
	printf '%s\n' '#!/bin/bash' "$@" >"$file"
	chmod +x "$file"
}
guest 1-good 'echo "ok 1 - good"' 'echo "ok - with # SKIP no reason"'
guest 2-bad 'echo "ok - so far"' 'echo "not ok 2 - bad"' 'exit 1'
guest 3-silent 'exit 0'
guest 4-broken 'echo "ok - begun"' 'echo why it broke' 'exit 3'
guest 5-hangs 'echo "ok - waiting"' 'sleep 1000'
guest 6-panics 'echo "ok - last words"' 'sleep 0.5' 'echo c >/proc/sysrq-trigger' 'sleep 10'
guest 7-never 'echo "ok - never"'

# the kernel hands words it does not know to process 1 as its environment
said=$("$TOP/tests/vm/run" -n vm -k ctnet_timeout=3 -t 120 6.1 -- "$guests"/*)
is "the runner's status tells of failures" $? 1
has() { like "$1" "$said" "$2"; }
has "a good line comes with the kernel's name" $'\nok - vm: good\n'
has "a skip stays a skip" $'\nok - vm: with # SKIP no reason\n'
has "a bad line comes through" $'\nnot ok - vm: bad\n'
has "a program that says nothing has failed" $'\nnot ok - vm: [^\n]*3-silent says something\n'
has "a program that ends badly has failed" $'\nnot ok - vm: [^\n]*4-broken: exit status 3\n'
has "and its last words are there" $'\n# why it broke\n'
has "a program that hangs is ended and has failed" $'\nnot ok - vm: [^\n]*5-hangs ends\n'
has "a panic is a failed test of its program" $'\nnot ok - vm: [^\n]*6-panics ends\n'
has "with the kernel's message" $'\n# [^\n]*Kernel panic[^\n]*sysrq triggered crash'
is "what came after the panic is not taken for good" "$(grep -c 'ok - vm: never' <<<"$said")" 0
