#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# The Debian package: lintian has nothing to say, it installs, runs and goes without a trace. Installed in a copy of this machine's file
# system (an overlay in a mount namespace of the test's own), so that the machine keeps what it has.
. "$(dirname "$0")/../lib.sh"
need_root
for tool in dpkg-buildpackage dh lintian scdoc; do
	command -v "$tool" >/dev/null || skip_all "$tool is not installed (tools/install-deps test)"
done

holds "make deb, and lintian has nothing to say" make -C "$TOP" --no-print-directory B="$TMP/build" deb
package=$(find "$TMP/build/deb" -name 'ctnet_*.deb')
[ -n "$package" ] || exit 1
is "the package has the version of the programs" "$(dpkg-deb -f "$package" Version)" "$("$BUILD/ctnetd" --version | awk '{ print $2 }')"

lab_make
mkdir "$TMP/overlay"
cat >"$TMP/install" <<'END'
set -e
mount -t tmpfs tmpfs "$1/overlay"
mkdir "$1"/overlay/{up,work,root}
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/overlay/up,workdir=$1/overlay/work" "$1/overlay/root"
for tree in proc sys dev run; do mount --rbind "/$tree" "$1/overlay/root/$tree"; done
mkdir -p "$1/overlay/root/tmp"
cp "$2" "$1/overlay/root/tmp/ctnet.deb"
printf '#!/bin/sh\nexit 101\n' >"$1/overlay/root/usr/sbin/policy-rc.d" # no service is started in here
chmod +x "$1/overlay/root/usr/sbin/policy-rc.d"
chroot "$1/overlay/root" sh -c '
	dpkg -i /tmp/ctnet.deb && echo installed
	for program in ctnet ctnet-top ctnetd; do command -v $program; done
	ctnetd --once --textfile-dir /tmp && grep -c "^ctnet_build_info" /tmp/ctnet.prom
	test -e /etc/systemd/system/multi-user.target.wants/ctnetd.service && echo enabled
	man ctnetd >/dev/null && echo manual
	dpkg --purge ctnet && echo removed'
# what this file system has now that it did not have, but for what dpkg and the caches keep of any package
left=$(cd "$1/overlay/up" && find . ! -type d ! -type c ! -path './tmp/*' ! -path './var/log/*' ! -path './var/cache/*' ! -path './var/lib/dpkg/*' \
	! -path './usr/sbin/policy-rc.d')
[ -z "$left" ] && echo "nothing left" || echo "$left"
END
out=$(in_lab unshare --mount --propagation private bash "$TMP/install" "$TMP" "$package" 2>&1)
for fact in installed /usr/bin/ctnet /usr/bin/ctnet-top /usr/sbin/ctnetd enabled manual removed "nothing left"; do
	if grep -qxF "$fact" <<<"$out"; then ok "the package: $fact"; else not_ok "the package: $fact" "$out"; fi
done
is "the agent that it brings runs" "$(grep -cx 1 <<<"$out")" 1
is "this machine was left alone" "$(dpkg -s ctnet 2>/dev/null | head -n 1)" ""
