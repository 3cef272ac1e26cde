#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Who includes whom, by tools/check-layers, and that it finds what it looks for.
. "$(dirname "$0")/../lib.sh"

holds "every file includes only what its layer may" "$TOP/tools/check-layers"

# finds NAME FILE LINE: in a tree with this one line in this one file there is exactly one violation, in that file.
finds() {
	local tree=$TMP/tree out
	rm -rf "$tree"
	mkdir -p "$tree/user" "$tree/bpf" "$tree/include" "$(dirname "$tree/$2")"
	echo "$3" >"$tree/$2"
	out=$("$TOP/tools/check-layers" "$tree")
	if [ "$(wc -l <<<"$out")" = 1 ] && [[ $out == "$2"* ]]; then ok "$1"; else not_ok "$1" "told: $out"; fi
}

allows() {
	local tree=$TMP/tree
	rm -rf "$tree"
	mkdir -p "$tree/user" "$tree/bpf" "$tree/include" "$(dirname "$tree/$2")"
	echo "$3" >"$tree/$2"
	holds "$1" "$TOP/tools/check-layers" "$tree"
}

finds "base does not include model" user/base/x.c '#include "model/link.h"'
finds "base knows nothing of ctnet" user/base/x.c '#include "ctnet_traffic.h"'
finds "model does not include observe" user/model/x.h '# include "observe/collector.h"'
finds "observe does not include render" user/observe/owners/x.c '#include "render/json.h"'
finds "render does not include observe" user/render/x.c '#include "observe/collector.h"'
finds "no layer includes app" user/render/x.c '#include "app/options.h"'
finds "libbpf stays in observe/kernel" user/observe/netlink/x.c '#include <bpf/libbpf.h>'
finds "skeletons stay in observe/kernel" user/app/x.c '#include "traffic.skel.h"'
finds "libmnl stays in observe/netlink" user/observe/kernel/x.c '#include <libmnl/libmnl.h>'
finds "curses stays in app" user/render/x.c '#include <curses.h>'
finds "HTTP stays in app" user/render/x.c '#include <microhttpd.h>'
finds "JSON is not read in model" user/model/x.c '#include <jansson.h>'
finds "observe does not log" user/observe/x.c '#include "base/log.h"'
finds "render does not print" user/render/x.c '	printf("%d\n", 1);'
allows "observe/kernel may include libbpf" user/observe/kernel/x.c '#include <bpf/libbpf.h>'
allows "a formatter is not talk" user/render/x.c '	(void)snprintf(out, size, "%d", 1);'

mkdir -p "$TMP/two/user/app" "$TMP/two/include" "$TMP/two/bpf"
printf '#include <curses.h>\n#include <ncurses.h>\n' >"$TMP/two/user/app/one.c"
holds "one file may include curses" "$TOP/tools/check-layers" "$TMP/two"
cp "$TMP/two/user/app/one.c" "$TMP/two/user/app/other.c"
like "two files may not" "$("$TOP/tools/check-layers" "$TMP/two")" "2 files include"
