#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# The form of the files: format, licence lines, sizes, words.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/files.sh"
cd "$TOP" || exit 1

# The settings are those of clang-format 14; other versions lay out some lines differently.
formatter=$(command -v clang-format-14 || command -v clang-format)
mapfile -t c_files < <(c_files)
if "$formatter" --version 2>/dev/null | grep -q 'version 14\.'; then
	nothing "every C file is as clang-format lays it out" \
		"$("$formatter" --dry-run -Werror "${c_files[@]}" 2>&1 | grep -E ': (error|warning):')"
else
	skip "every C file is as clang-format lays it out" "needs clang-format 14"
fi

unlicensed() {
	tracked | while read -r file; do
		case $file in
		LICENSE | *.json | *.md | tests/fixtures/* | tests/golden/* | tests/fuzz/corpus/* | .*ignore | .editorconfig | .clang-*) continue ;;
		tools/debian/changelog | tools/debian/copyright | tools/debian/source/format) continue ;; # Debian Policy has no room for it
		esac
		head -n 2 "$file" | grep -aq 'SPDX-License-Identifier: GPL-2.0-only' || echo "$file"
	done
}
nothing "every source says its licence in the first two lines" "$(unlicensed)"

nothing "no C file has more than 500 lines" \
	"$(c_files | grep -v '^vmlinux/' | xargs wc -l | awk '$2 != "total" && $1 > 500 { print $2 ": " $1 " lines" }')"

# A function's body opens with a brace in the first column and ends with one (.clang-format: BreakBeforeBraces Linux).
# Types and tables, which end with "};" or open behind their name, are not meant.
long_functions() {
	awk -v limit="$1" '
		FNR == 1 { start = 0 }
		/^{/ { start = FNR; next }
		/^}/ { if (start && FNR - start - 1 > limit) print FILENAME ":" start ": " FNR - start - 1 " lines"; start = 0 }' "${@:2}"
}
nothing "no function has more than 60 lines" "$(long_functions 60 "${c_files[@]}")"
{
	printf 'int f(void)\n{\n'
	yes ';' | head -n 61
	printf '}\n'
} >"$TMP/long.c"
is "a function of 61 lines is found" "$(long_functions 60 "$TMP/long.c")" "$TMP/long.c:2: 61 lines"

# Spelled in two parts, so that this file does not find itself.
words="TO""DO|FIX""ME|XX""X[^X]|HA""CK"
nothing "nothing is left for later" \
	"$(tracked | grep -vE '^tests/fixtures/|^tests/fuzz/corpus/|^LICENSE' | xargs grep -nwIE "$words" -- 2>/dev/null)"

nothing "no C file uses goto" "$(c_files | grep -v '^bpf/' | xargs grep -nE '^[^*"]*\bgoto +[a-z_]+;' --)"

nothing "no line ends in white space" \
	"$(tracked | grep -vE '^tests/(fixtures|golden)/|^tests/fuzz/corpus/|^LICENSE' | xargs grep -nIE '[[:space:]]+$' -- | head)"
