#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# The top level of the tree.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../style/files.sh"

is "the top level holds what it should and nothing else" \
	"$(tracked | cut -d/ -f1 | sort -u | grep -v '^\.' | tr '\n' ' ')" \
	"$(printf '%s\n' Makefile README.md LICENSE bpf user include vmlinux tests tools | sort | tr '\n' ' ')"
for file in .ci/run .clang-format .editorconfig .gitignore; do
	holds "there is $file" test -f "$TOP/$file"
done
like "the licence is the GPL 2" "$(head -n 2 "$TOP/LICENSE" | tr -s ' \n' ' ')" 'GNU GENERAL PUBLIC LICENSE Version 2'
