#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# ctnet expose and unexpose: names for ip netns, and nobody else's name is touched.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../agent.sh"

need_root
need_programs
lab_make
lab_bridge lab0 10.9.0.254/24
lab_guest a va lab0 10.9.0.1/24
lab_guest b vb lab0 10.9.0.2/24
STATE=/run/ctnet/exposed
expose() { in_lab "$BUILD/ctnet" expose "$@" >"$TMP/out" 2>"$TMP/err"; }
unexpose() { in_lab "$BUILD/ctnet" unexpose "$@" >"$TMP/out" 2>"$TMP/err"; }
inode_of() { stat -L -c %i "/run/netns/$1" 2>/dev/null; }
ours() { { awk '{ print $5 }' /proc/self/mountinfo; ls /run/netns $STATE; } 2>/dev/null | grep -F "$LAB" | sort; }
ours >"$TMP/before"
at_exit sh -c "for n in x y z; do umount /run/netns/$LAB-\$n; rm -f /run/netns/$LAB-\$n $STATE/$LAB-\$n; done; rmdir $STATE /run/ctnet"

start_in_guest a "$TMP/box.log" unshare --net sleep 1000
box=$bg
box_runs() { [ "$(cat "/proc/$box/comm")" = sleep ]; }
holds "the container runs" wait_for 10 box_runs
box_inode=$(stat -L -c %i "/proc/$box/ns/net")

# ---- a name is given

expose "$box" "$LAB-x"
is "expose: exit code" "$?" 0
is "expose: what is where" "$(cat "$TMP/out")" "sleep is /run/netns/$LAB-x"
like "expose: that it keeps the namespace alive" "$(cat "$TMP/err")" "keeps the namespace alive.*ctnet unexpose $LAB-x"
is "the name leads to the namespace" "$(inode_of "$LAB-x")" "$box_inode"
is "ip netns exec works" "$(ip netns exec "$LAB-x" readlink /proc/self/ns/net)" "net:[$box_inode]"
holds "ip netns lists it" sh -c "ip netns list | grep -q '^$LAB-x'"
form() { awk -v path="/run/netns/$1" '$5 == path { $1 = $2 = $4 = $5 = ""; sub(/shared:[0-9]+/, "shared"); print }' /proc/self/mountinfo; }
is "it is mounted as ip netns mounts" "$(form "$LAB-x")" "$(form "$LAB-a")"
is "ctnet finds it by that name" "$(in_lab "$BUILD/ctnet" show "$LAB-x" --json 2>/dev/null | jq .namespaces[0].netns)" "$box_inode"
is "the state is root's alone" "$(stat -c '%u %a' $STATE "$STATE/$LAB-x" | tr '\n' ' ')" "0 700 0 600 "

expose "$box" "$LAB-x"
is "again: exit code" "$?" 0
like "again: it is said" "$(cat "$TMP/out")" "already is /run/netns/$LAB-x\$"
expose "$LAB-a"
is "a name that ip netns made for that very namespace is there already" "$? $(cat "$TMP/out")" "0 $LAB-a already is /run/netns/$LAB-a"
expose "$box" "$LAB-b"
is "a name that is another's: exit code" "$?" 1
like "a name that is another's: the remedy" "$(cat "$TMP/err")" "/run/netns/$LAB-b is taken .*AS"
is "a name that is another's stays" "$(inode_of "$LAB-b")" "$(in_guest b stat -L -c %i /proc/self/ns/net)"
holds "and has no mark of ours" test ! -e "$STATE/$LAB-b"
touch "/run/netns/$LAB-y"
expose "$box" "$LAB-y"
is "a plain file is not mounted on: exit code" "$?" 1
rm "/run/netns/$LAB-y"

is "without NAME: what is exposed" "$(in_lab "$BUILD/ctnet" expose | grep "$LAB" | tr -s ' ')" "$LAB-x $box_inode sleep /run/netns/$LAB-x"
is "as JSON" "$(in_lab "$BUILD/ctnet" expose --json | jq -c --arg name "$LAB-x" '[.version, .done, (.exposed[] | select(.name == $name))]')" \
	"[1,\"listed\",{\"name\":\"$LAB-x\",\"netns\":$box_inode,\"path\":\"/run/netns/$LAB-x\",\"owner\":\"sleep\",\"there\":true}]"

# ---- the container ends, the name stays until it is taken away

end_process "$box" KILL
is "the namespace lives on" "$(ip netns exec "$LAB-x" readlink /proc/self/ns/net)" "net:[$box_inode]"
unexpose "$LAB-x"
is "unexpose: exit code" "$?" 0
is "unexpose: it is said" "$(cat "$TMP/out" "$TMP/err")" "$LAB-x is no longer exposed"
is "nothing of it is left" "$(ours)" "$(cat "$TMP/before")"
unexpose "$LAB-x"
is "twice: 5" "$?" 5
like "twice: it is said" "$(cat "$TMP/err")" "$LAB-x: nothing is exposed under that name"

# ---- what is not ours is left alone

unexpose "$LAB-b"
is "a name of ip netns: exit code" "$?" 1
like "a name of ip netns: the remedy" "$(cat "$TMP/err")" "ip netns del $LAB-b"
holds "a name of ip netns stays" ip netns exec "$LAB-b" true
expose "$LAB-a" "$LAB-y"
ip netns del "$LAB-y"
like "taken away by somebody else: the list says so" "$(in_lab "$BUILD/ctnet" expose)" "$LAB-y .*no longer there"
unexpose "$LAB-y"
is "taken away by somebody else: that is said" "$? $(cat "$TMP/out")" "0 $LAB-y was gone already"
expose "$LAB-a" "$LAB-y"
ip netns del "$LAB-y"
ip netns add "$LAB-y"
unexpose "$LAB-y"
is "another namespace under the name by now: exit code" "$?" 1
holds "another namespace under the name by now: it stays" ip netns exec "$LAB-y" true
ip netns del "$LAB-y"
for text in "" "netns" "netns 1 1" "$(head -c 3000 /dev/zero | tr '\0' x)" "netns 99999999999999999999
changed 1 1
owner x"; do
	install -d -m 700 /run/ctnet $STATE
	echo "$text" >"$STATE/$LAB-b"
	unexpose "$LAB-b"
	is "a damaged mark (${text:0:8}) takes nothing away" "$? $(inode_of "$LAB-b")" "1 $(in_guest b stat -L -c %i /proc/self/ns/net)"
	rm -f "$STATE/$LAB-b"
done
rmdir $STATE /run/ctnet 2>/dev/null

# ---- names

for name in "a b" -x . .. .x a/b "$(printf 'x%.0s' {1..300})" $'a\nb' $'a\033[31m' $'a\u202eb' ""; do
	expose -- "$LAB-a" "$name"
	status=$?
	is "no name: $(printf %q "${name:0:12}")" "$status" 2
done
is "nothing was made" "$(ours)" "$(cat "$TMP/before")"

# ---- several at once

for i in 1 2 3 4; do
	in_lab "$BUILD/ctnet" expose "$LAB-a" "$LAB-z" >"$TMP/at-once.$i" 2>/dev/null &
	jobs[i]=$!
done
for i in 1 2 3 4; do wait "${jobs[i]}" || not_ok "one of several at once ($i)"; done
is "of several at once one exposes" "$(cat "$TMP"/at-once.* | sort | uniq -c | awk '{ $1 = $1; print }')" "3 $LAB-a already is /run/netns/$LAB-z
1 $LAB-a is /run/netns/$LAB-z"
unexpose "$LAB-z" --json
is "unexpose --json" "$(jq -c '[.done, .exposed[].name, .exposed[].there]' "$TMP/out")" "[\"unexposed\",\"$LAB-z\",true]"

# ---- a host on which nobody made a name before

# shellcheck disable=SC2016 # for that shell
first() {
	in_lab unshare --mount --propagation private sh -ec 'mount -t tmpfs none /run; "$1" expose "$2" first >&2
		awk "\$5 == \"/run\" { told = \"\" } \$5 ~ \"^/run/netns\" { told = told \$5 \" \" (\$7 ~ /^shared/) \" \" \$(NF - 2) \"\n\" }
			END { printf \"%s\", told }" /proc/self/mountinfo
		"$1" unexpose first >&2; ls -A /run /run/netns' - "$BUILD/ctnet" "$(pgrep -P $$ -x sleep | head -n 1)" 2>"$TMP/err"
}
start_in_guest a "$TMP/sleep.log" sleep 1000
wait_for 10 pgrep -P $$ -x sleep
is "the first name: /run/netns is shared as by ip netns, and stays" "$(first)" "/run/netns 1 tmpfs
/run/netns/first 1 nsfs
/run:
netns

/run/netns:"

expose nobody-of-that-name
is "no such name: 5" "$?" 5
expose a b c
is "too much: 2" "$?" 2
unexpose
is "too little: 2" "$?" 2
cp "$BUILD/ctnet" "$TMP/"
for command in "expose $LAB-a $LAB-x" "unexpose $LAB-x"; do
	# shellcheck disable=SC2086 # words
	in_lab setpriv --reuid=65534 --regid=65534 --clear-groups "$TMP/ctnet" $command 2>"$TMP/err"
	is "not root (${command%% *}): 3" "$?" 3
	like "not root (${command%% *}): the capability" "$(cat "$TMP/err")" CAP_SYS_ADMIN
done
is "nothing is left" "$(ours)" "$(cat "$TMP/before")"
