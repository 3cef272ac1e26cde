# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# How the shell tests let many short lives pass (tests/netns/lives.c) and judge what the agent told of them. Source it after agent.sh.

# lives_lab: the lab with its bridge lab0, no packets but ours.
lives_lab() {
	lab_make
	in_lab sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1 2>/dev/null
	lab_bridge lab0
	at_exit remove_names
}
remove_names() {
	local path
	for path in "/run/netns/$LAB-l"*; do
		[ ! -e "$path" ] || ip netns del "${path##*/}"
	done
}

# live GROUP FIRST COUNT PER_SECOND LIFE_MS: so many lives with a veth; what they were is in $TMP/lives.GROUP.
live() {
	in_lab "$BUILD/tests/netns/lives" veth "$LAB-l" "$2" "$3" "$4" "$5" lab0 >"$TMP/lives.$1" 2>"$TMP/err.lives" ||
		not_ok "lives $*" "$(cat "$TMP/err.lives")"
}

# lives_over: until the kernel has taken the last one down and the agent has told of it.
lives_over() {
	wait_for 60 no_host_ends || not_ok "the kernel takes all of them down"
	agent_next
	agent_next
}
no_host_ends() { ! in_lab ip -o link show type veth | grep -q .; }

# keeper_start [METRIC...], keeper_stop: between the two every version of the textfile is read (tests/netns/keeper.c), $kept has the highest
# value of each series; packets and bytes sent, unless told.
keeper_start() {
	[ $# -gt 0 ] || set -- ctnet_transmit_packets_total ctnet_transmit_bytes_total
	kept=$TMP/kept.prom
	start_bg "$kept" "$BUILD/tests/netns/keeper" "$TEXTFILE_DIR" "${TEXTFILE##*/}" "$@"
	keeper=${bg:?}
	wait_for 10 grep -q ready "$kept" || not_ok "the keeper is ready" "$(cat "$kept")"
}
keeper_stop() { end_process "$keeper"; }
missed_versions() { sed -n 's/^versions [0-9]* missed //p' "$kept"; }

# judge [GROUP...]: how the lives of these groups (all unless told) were told, each once: "own N": under its own name with its 10
# packets and all their bytes; "short N": under its name with less; "foreign N": a series of its name that is neither; "host_end N": complete,
# but only under its host end; "untold N".
judge() {
	local files=("$TMP"/lives.*) group
	if [ $# -gt 0 ]; then
		files=()
		for group; do files+=("$TMP/lives.$group"); done
	fi
	awk -v lab="$LAB-l" '
		FILENAME == ARGV[1] {
			if (!match($1, /^ctnet_transmit_(packets|bytes)_total/))
				next
			split($1, label, "\"") # netns, owner, interface
			what = $1 ~ /packets_total/ ? "packets" : "bytes"
			who = index(label[4], lab) == 1 ? label[4] : lab substr(label[6], 2)
			place = label[4] != "" ? "name" : "host_end"
			if (!((who, place, label[2]) in known)) {
				known[who, place, label[2]] = 1
				series[who, place]++
			}
			told[who, place, what] = $2
			next
		}
		{
			size = 64 + substr($1, length(lab) + 1) % 1400
			packets = told[$1, "name", "packets"] + 0
			bytes = told[$1, "name", "bytes"] + 0
			if (series[$1, "name"] > 1 || packets > 10 || bytes != packets * size)
				foreign++
			else if (packets == 10)
				own++
			else if (told[$1, "host_end", "packets"] == 10 && told[$1, "host_end", "bytes"] == 10 * size)
				host_end++
			else if (series[$1, "name"] || series[$1, "host_end"])
				short++
			else
				untold++
		}
		END { print "own", own + 0, "short", short + 0, "foreign", foreign + 0, "host_end", host_end + 0, "untold", untold + 0 }
	' "$kept" "${files[@]}"
}

# churn_over: of host ends there are only va and vb.
churn_over() { [ "$(in_lab ip -o link show type veth | wc -l)" = 2 ]; }
