#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# The man pages and the completion tell of the programs that there are: each option of --help is in the page, none more, and bash
# completes them.
. "$(dirname "$0")/../lib.sh"
need_root

# options_of COMMAND...: the long options that its --help tells.
options_of() { "$@" --help | grep -oE '^ +(-[A-Za-z0-9?], ?)? *--[a-z0-9-]+' | grep -oE '\-\-[a-z0-9-]+' | sort -u; }
# options_in PAGE: those that the section OPTIONS of a page explains.
options_in() { sed -n '/^# OPTIONS/,/^# [^O]/p' "$1" | grep -E '^\*-|^\t.*\*--[a-z-]+\* .*is short' | grep -oE '\*--[a-z0-9-]+' | tr -d '*' | sort -u; }
ctnet_options() {
	local command
	for command in $("$BUILD/ctnet" --help | sed -nE 's/^  ([a-z]+) .*/\1/p' | grep -v ctnet); do options_of "$BUILD/ctnet" "$command"; done | sort -u
}

if command -v scdoc >/dev/null; then
	for page in "$TOP"/tools/man/*.scd; do
		name=$(basename "$page" .scd)
		holds "$name becomes a man page" scdoc <"$page"
		is "man has nothing to say about $name" "$(scdoc <"$page" 2>/dev/null | LC_ALL=C.UTF-8 MANROFFSEQ='' man --warnings -E UTF-8 -l - 2>&1 >/dev/null)" ""
	done
else
	skip "the man pages" "scdoc is not installed (tools/install-deps test)"
fi
is "ctnet.1 has the options of ctnet" "$(options_in "$TOP/tools/man/ctnet.1.scd")" "$(ctnet_options)"
is "ctnet-top.1 has the options of ctnet-top" "$(options_in "$TOP/tools/man/ctnet-top.1.scd")" "$(options_of "$BUILD/ctnet-top")"
is "ctnetd.8 has the options of ctnetd" "$(options_in "$TOP/tools/man/ctnetd.8.scd")" "$(options_of "$BUILD/ctnetd")"

# completed WORD...: what bash offers for the last word, one a line.
completed() {
	bash -c '. "$0"
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		compopt() { :; } # nothing to set where nobody types
		_ctnet "$1"
		printf "%s\n" "${COMPREPLY[@]}"' "$TOP/tools/completion/ctnet.bash" "$@"
}
is "bash completes a command" "$(completed "$BUILD/ctnet" ev)" events
is "and knows all of them" "$(completed "$BUILD/ctnet" '' | wc -l)" "$("$BUILD/ctnet" --help | grep -cE '^  [a-z]+ .*  ')"
is "an option of a command" "$(completed "$BUILD/ctnet" events --sin)" --since-start
is "the value of an option" "$(completed "$BUILD/ctnet-top" --units = byt)" "$(printf 'bytes\nbytes-binary')"
lab_make
ip netns add "$LAB-here"
at_exit ip netns del "$LAB-here"
is "a name" "$(in_lab bash -c "$(declare -f completed); TOP=$TOP; completed '$BUILD/ctnet' show $LAB-he")" "$LAB-here"
