#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# The build: both compilers, nothing done twice, the same bytes twice, and what is installed.
. "$(dirname "$0")/../lib.sh"
cd "$TOP" || exit 1

one=$TMP/build
build() { env -u MAKEFLAGS -u MAKELEVEL make --no-print-directory -j"$(nproc)" "$@"; }

holds "gcc has nothing to warn of" build B="$one" WERROR=1 CC=gcc all
holds "a second make has nothing to do" build -q B="$one" WERROR=1 CC=gcc all

# What make would do had one header changed; -n, for the tree's own times are not ours to touch.
users_of() { build -n -W "$1" B="$one" WERROR=1 CC=gcc V=1 all; }
like "a changed header of base is compiled into its users" "$(users_of user/base/text.h)" 'user/base/text\.c'
like "a changed contract is compiled into the kernel side" "$(users_of include/ctnet_traffic.h)" 'bpf/traffic\.bpf\.c'
like "a changed contract is compiled into the user side" "$(users_of include/ctnet_traffic.h)" 'user/model/counters\.c'
like "changed kernel types are compiled into the kernel side" "$(users_of vmlinux/vmlinux.h)" 'bpf/traffic\.bpf\.c'

# The same directory both times: its name is in the debug information.
mv "$one" "$TMP/first"
holds "a build from nothing again" build B="$one" WERROR=1 CC=gcc all
different=$(for program in ctnetd ctnet ctnet-top; do cmp "$TMP/first/$program" "$one/$program" 2>&1; done)
is "two builds are the same bytes" "$different" ""

holds "clang has nothing to warn of" build B="$TMP/clang" WERROR=1 CC=clang all

skeletons() { for source in bpf/*.bpf.c; do echo "$1/skel/$(basename "$source" .bpf.c).skel.h"; done; }
if [ -r /sys/kernel/btf/vmlinux ]; then
	# shellcheck disable=SC2046 # a list
	holds "the kernel side builds against the running kernel's own types" \
		build VMLINUX=full B="$TMP/full" $(skeletons "$TMP/full")
else
	skip "the kernel side builds against the running kernel's own types" "this kernel has no BTF"
fi

# Every header stands alone.
lonely=$(find user include -name '*.h' | sort | while read -r header; do
	gcc -std=gnu17 -D_GNU_SOURCE -Iuser -Iinclude -fsyntax-only -Wall -Werror -x c -include "$header" /dev/null 2>&1 |
		head -n 3
done)
is "every header compiles without another before it" "$lonely" ""

holds "make install" build B="$one" WERROR=1 CC=gcc DESTDIR="$TMP/root" PREFIX=/usr install
is "make install installs the three programs" \
	"$(cd "$TMP/root" && find . -type f -path '*bin/*' -perm 0755 | LC_ALL=C sort | tr '\n' ' ')" \
	"./usr/bin/ctnet ./usr/bin/ctnet-top ./usr/sbin/ctnetd "
holds "make uninstall" build B="$one" DESTDIR="$TMP/root" PREFIX=/usr uninstall
is "make uninstall leaves nothing" "$(find "$TMP/root" -type f)" ""

# Each `make TARGET` that the help names is one that make knows.
named=$(build help | grep -oE '^make [a-z-]+' | cut -d' ' -f2 | sort -u)
like "make help names the two commands" "$(tr '\n' ' ' <<<"$named")" 'check .*run '
unknown=$(for target in $named; do
	[ "$target" = check- ] || build -n "$target" >/dev/null 2>&1 || echo "$target"
done)
is "make knows every target of the help" "$unknown" ""
