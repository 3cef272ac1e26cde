#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2119 # what takes options needs none here
# Containers of a real LXD and a real Incus, whichever are here: unprivileged ones, one in a project of its own. What the engine says of them
# (lxc query), /proc and ip are the authority.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../agent.sh"
. "$(dirname "$0")/lxd-lab.sh"
. "$(dirname "$0")/compare.sh"

need_root
need_programs
lab_make
lab_bridge lab0 10.97.0.254/24
# names are in the cgroups too, beside those of others
BACK=back$$ SIDE=side$$ PROJECT=shop
declare -A project=([$SIDE]=$PROJECT)
state() { lxd_state "$1" "${project[$1]-}"; }
pid_of() { state "$1" | jq .pid; }
stop_all() {
	"$ENGINE_CLIENT" delete -f "$BACK"
	"$ENGINE_CLIENT" delete -f "$SIDE" --project "$PROJECT"
	remove_cgroups "lxc.payload.$BACK"
	remove_cgroups "lxc.payload.${PROJECT}_$SIDE"
}
there() { [ -n "$(metric "$TEXTFILE" ctnet_netns_info "$@")" ]; }
gone() { ! there "$@"; }

# check: everything that is asserted of the engine in use.
check() {
	local name=$BACK exec
	lxd_run "$BACK" || return
	lab_lxc project create "$PROJECT" -c features.images=false -c features.profiles=false -c features.storage.volumes=false
	lxd_run "$SIDE" --project "$PROJECT" || return
	inside "$BACK" ip addr add 10.97.0.1/24 dev eth0
	inside "$SIDE" ip addr add 10.97.0.2/24 dev eth0
	inside "$BACK" ping -q -c 3 -i 0.01 10.97.0.2 >/dev/null || not_ok "$ENGINE: $BACK pings $SIDE"
	# what an operator runs inside is of the same container
	"$ENGINE_CLIENT" exec "$BACK" -- sleep 1000 </dev/null >/dev/null 2>&1 &
	exec=$!
	at_exit end_process "$exec"
	list
	is "$ENGINE: ctnet ls --json: nothing on stderr" "$(cat "$TMP/ls.err")" ""
	is "$ENGINE: lxc is a source that is up" "$(jq -r .sources.lxc "$TMP/ls.json")" ok
	is "$ENGINE: a container: kind, name and pid as the engine has them, one owner" "$(of "$BACK" '[.kind, .name, (.owners | map(.pid))]')" \
		"[\"lxc\",\"$BACK\",[$(pid_of "$BACK")]]"
	is "$ENGINE: one of a project has the name that the engine gives it in LXC" "$(of "$SIDE" '[.kind, .name, (.owners | map(.pid))]')" \
		"[\"lxc\",\"${PROJECT}_$SIDE\",[$(pid_of "$SIDE")]]"
	for name in "$BACK" "$SIDE"; do
		is "$ENGINE: $name: MAC, MTU, addresses and host end as the engine has them" \
			"$(of "$name" '.interfaces | map([.name, .mac, .mtu, (.addresses | sort), .peer.name])')" \
			"$(state "$name" | jq -cS '[.network | to_entries[] | select(.key != "lo") | [.key, .value.hwaddr, .value.mtu,
				(.value.addresses | map("\(.address)/\(.netmask)") | sort), .value.host_name]]')"
		same_network "$name"
		same_counters "$name"
	done
	same_ports

	agent_start
	holds "$ENGINE: a container is told" there "owner=$BACK" kind=lxc
	lab_lxc stop -f "$BACK"
	holds "$ENGINE: a stopped container is gone" wait_for 20 gone "owner=$BACK"
	holds "$ENGINE: the other is not" there "owner=${PROJECT}_$SIDE" kind=lxc
	lab_lxc start "$BACK"
	holds "$ENGINE: a started one is back" wait_for 20 there "owner=$BACK" kind=lxc "netns=$(netns_of "$BACK")"
	agent_stop TERM
	is "$ENGINE: the agent ends well" "$agent_status" 0
}

engines=0
for engine in lxd incus; do
	lxd_use "$engine" || continue
	engines=$((engines + 1))
	if ! lxd_start; then
		skip "$engine" "it does not run here: $(tail -n 1 "$TMP/$engine.log")"
		continue
	fi
	daemon=$bg
	at_exit stop_all
	check
	stop_all >/dev/null 2>&1
	end_process "$daemon"
done
[ "$engines" -gt 0 ] || skip_all "needs lxd or incus"
