# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# The files that the style checks look at: what is in the repository, or in a tree without one all but build directories.

# tracked [PATTERN...]: paths from the top, one a line; patterns as git has them ("*.c").
tracked() {
	(
		cd "$TOP" || exit 1
		if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
			# also what is new and not yet added; not what was deleted and is still known
			git ls-files --cached --others --exclude-standard -- "$@"
		else
			find . -path ./build -prune -o -type f -print | sed 's|^\./||' | matching "$@"
		fi
	) | sort -u | while read -r file; do [ ! -f "$TOP/$file" ] || echo "$file"; done
}

matching() {
	local file pattern
	while read -r file; do
		[ $# -gt 0 ] || echo "$file"
		for pattern in "$@"; do
			# shellcheck disable=SC2254 # a pattern
			case $file in $pattern) echo "$file" ;; esac
		done
	done
}

c_files() { tracked '*.c' '*.h'; }

# Scripts by their name or their first line.
shell_files() {
	tracked | while read -r file; do
		case $file in
		*.sh) echo "$file" ;;
		*.* | *LICENSE) [[ $file == .ci/* ]] && echo "$file" ;;
		*) head -n 1 "$TOP/$file" | grep -qE '^#!.*\<(ba|da)?sh\>' && echo "$file" ;;
		esac
	done
}

# nothing NAME OUTPUT: the check named so found nothing.
nothing() {
	if [ -z "$2" ]; then ok "$1"; else not_ok "$1" "$(head -n 20 <<<"$2")"; fi
}
