#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Every shell script by shellcheck.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/files.sh"
cd "$TOP" || exit 1

mapfile -t scripts < <(shell_files)
nothing "shellcheck has nothing to say about ${#scripts[@]} scripts" "$(shellcheck -x -P SCRIPTDIR -f gcc "${scripts[@]}" 2>&1)"

not_executable() {
	local file
	for file in "${scripts[@]}"; do
		head -n 1 "$file" | grep -q '^#!' && [ ! -x "$file" ] && echo "$file"
	done
}
nothing "every script with a first line for it is executable" "$(not_executable)"

# shellcheck disable=SC2016 # the script's own variable
printf '#!/bin/sh\nrm -rf $1/*\n' >"$TMP/bad.sh"
like "shellcheck finds a fault" "$(shellcheck "$TMP/bad.sh")" SC2086
