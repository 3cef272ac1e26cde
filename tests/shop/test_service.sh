#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# The systemd unit: its exposure is bounded, and under a real systemd the agent becomes ready, reloads, is started anew when it hangs, and
# leaves nothing when it is stopped. That systemd runs in a container of systemd-nspawn, on a copy of this machine's file system (an overlay
# in a mount namespace of the test's own).
[ "${CTNET_OWN_MOUNTS-}" = 1 ] || [ "$(id -u)" != 0 ] || exec env CTNET_OWN_MOUNTS=1 unshare --mount --propagation private "$0" "$@"
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../agent.sh"

need_root
need_programs
command -v systemd-analyze >/dev/null || skip_all "systemd-analyze is not installed"
unit=$TMP/ctnetd.service
sed "s|@SBINDIR@|/usr/sbin|" "$TOP/tools/systemd/ctnetd.service.in" >"$unit"

exposure=$(systemd-analyze security --offline=true "$unit" 2>"$TMP/err" | sed -n 's/.*Overall exposure level.*: \([0-9.]*\) .*/\1/p')
is "systemd-analyze security gives at most 3.0" "$(awk -v got="$exposure" 'BEGIN { print (got > 0 && got <= 3.0) ? "yes" : got }')" yes
echo "# measured: exposure $exposure"

command -v systemd-nspawn >/dev/null || skip_all "systemd-nspawn is not installed (tools/install-deps test)"
[ -x /lib/systemd/systemd ] || skip_all "systemd is not installed"

# The container: this file system, with the agent and its unit, and a target that starts nothing else.
root=$TMP/overlay/root
mkdir "$TMP/overlay"
mount -t tmpfs tmpfs "$TMP/overlay" && mkdir "$TMP"/overlay/{up,work,root} || exit 1
at_exit umount -l "$TMP/overlay"
mount -t overlay overlay -o "lowerdir=/,upperdir=$TMP/overlay/up,workdir=$TMP/overlay/work" "$root" || skip_all "cannot mount an overlay"
at_exit umount -l "$root"
cp "$BUILD/ctnetd" "$root/usr/sbin/ctnetd"
rm -rf "$root"/etc/systemd/system/*.wants "$root/var/lib/prometheus/node-exporter"
cp "$unit" "$root/etc/systemd/system/"
mkdir "$root/etc/systemd/system/ctnetd.service.d" "$root/etc/ctnet"
printf '[Service]\nWatchdogSec=2s\n' >"$root/etc/systemd/system/ctnetd.service.d/watchdog.conf" # 60 s are long in a test
printf '[Unit]\nRequires=basic.target\nAfter=basic.target\n' >"$root/etc/systemd/system/ctnet-test.target"
echo 'interval = 200ms' >"$root/etc/ctnet/ctnetd.conf"
: >"$root/etc/machine-id"

lab_make
lab_bridge lab0
start_in_lab "$TMP/boot.log" env SYSTEMD_NSPAWN_API_VFS_WRITABLE=yes SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 systemd-nspawn -D "$root" --boot \
	--keep-unit --register=no --capability=all --system-call-filter="bpf perf_event_open pidfd_getfd" --console=pipe --kill-signal=SIGRTMIN+3 \
	systemd.unit=ctnet-test.target systemd.log_target=console
nspawn=$bg
inside() { nsenter -t "$(leader_of "$nspawn")" -m -p -n -u -i -C "$@"; }
property() { inside systemctl show -P "$1" ctnetd; }
has() { [ "$(property "$1")" = "$2" ]; }
file=$root/var/lib/prometheus/node-exporter/ctnet.prom
wait_for 60 inside systemctl is-active ctnet-test.target || skip_all "no systemd in a container here: $(tail -n 3 "$TMP/boot.log")"

# a container has no bpffs of its own
inside sh -c 'mkdir -p /sys/fs/bpf && mount -t bpf bpf /sys/fs/bpf' || skip_all "no bpffs in a container here"
holds "systemctl start returns when the agent is ready" inside systemctl start ctnetd
is "it runs, and has written its file" "$(property ActiveState) $(grep -c '^ctnet_bridge_.*bridge="lab0"' "$file")" "active 4"
is "it is attached to the bridge" "$(is_counted lab0 && echo counted)" counted
is "with what it was left of capabilities and nothing else" \
	"$(inside grep -h CapBnd "/proc/$(property MainPID)/status" | awk '{ print $2 }')" 000000c000281804
journal_tells() { inside journalctl -u ctnetd --no-pager | grep -qE "$1"; }
holds "its words are in the journal" wait_for 20 journal_tells ': running,'
is "the unit keeps it from giving up nothing by itself" "$(journal_tells 'going on with' && echo kept)" ""
pid=$(property MainPID)
echo 'exclude = bridge=lab0' >>"$root/etc/ctnet/ctnetd.conf"
holds "systemctl reload" inside systemctl reload ctnetd
untold() { [ -s "$file" ] && ! grep -q 'bridge="lab0"' "$file"; }
holds "takes the settings up" wait_for 10 untold
is "in the same process" "$(property ActiveState) $(property MainPID)" "active $pid"

inside kill -STOP "$pid"
holds "an agent that hangs is started anew" wait_for 30 has NRestarts 1
holds "and runs again" wait_for 30 has ActiveState active
echo 'interval = 200ms' >"$root/etc/ctnet/ctnetd.conf"
holds "the bridge again" inside systemctl reload ctnetd
wait_for 20 is_counted lab0
holds "systemctl stop" inside systemctl stop ctnetd
is "it ended well" "$(property Result) $(property ExecMainStatus)" "success 0"
is "its file is gone, its programs count on" "$(ls "$file" 2>/dev/null)$(is_counted lab0 && echo counted)" counted
holds "ctnetd --detach" inside ctnetd --detach
is "takes them away" "$(our_filters)$(inside ls -d /sys/fs/bpf/ctnet 2>/dev/null)" ""
