#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# clang-tidy with the checks of .clang-tidy on the user side: common slips, functions of at most 60 lines and 6 parameters.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/files.sh"
cd "$TOP" || exit 1

tidy=$(command -v clang-tidy-14 || command -v clang-tidy)
"$tidy" --version 2>/dev/null | grep -q 'version 14\.' || skip_all "needs clang-tidy 14, whose checks .clang-tidy lists"

flags=(-std=gnu17 -D_GNU_SOURCE '-DCTNET_VERSION="0"' -Iuser -Iinclude -isystem "$BUILD/skel")
found() {
	xargs -P "$(nproc)" -I{} "$tidy" --quiet {} -- "${flags[@]}" 2>/dev/null | grep -E ': (error|warning):' | sed "s|^$TOP/||" | sort -u
}

nothing "clang-tidy has nothing to say" "$(tracked 'user/*.c' | found)"

cat >"$TMP/seven.c" <<'END'
int f(int a, int b, int c, int d, int e, int g, int h);
int f(int a, int b, int c, int d, int e, int g, int h)
{
	return a + b + c + d + e + g + h;
}
END
cp .clang-tidy "$TMP/"
like "a function of seven parameters is found" "$(echo "$TMP/seven.c" | found)" 'function-size'
