#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Containers that live shortly, many of them: each sends 10 datagrams of a size of its own and is gone. What every version of the
# textfile told together: as long as the agent can look at each once, each under its name with all its packets and bytes; and never, however
# short the lives, one's packets under another's name. What it could not see is counted as lost.
# Alone: a thousand namespaces that come and go are too much for the tests beside it, and who else uses the CPUs makes a short life too short.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../agent.sh"
. "$(dirname "$0")/../lives.sh"

need_root
need_programs
lives=${CTNET_LIVES:-1000}
few=$((lives / 10))
lives_lab
agent_start --interval 500ms

# all_accounted NAME GROUP...: after keeper_stop. A loss of events is more than can be counted.
all_accounted() {
	local name=$1 own short foreign host_end untold lost overruns
	shift
	read -r _ own _ short _ foreign _ host_end _ untold <<<"$(judge "$@")"
	lost=$(metric "$TEXTFILE" ctnet_lost_total what=last_counters)
	overruns=$(metric "$TEXTFILE" ctnet_lost_total what=netlink_events)
	is "$name: nobody has another's packets" "$foreign" 0
	if [ "$overruns" -gt 0 ] || [ $((short + untold)) -le "$lost" ]; then
		ok "$name: what was not seen in full is counted as lost"
	else
		not_ok "$name: what was not seen in full is counted as lost" "$(judge "$@")" "lost $lost"
	fi
	echo "# measured: $name: $own under their names, $host_end under their host ends, $short in part, $untold not;" \
		"lost in all $lost, overruns $overruns"
}

keeper_start
live seen 1 "$lives" 100 2000
lives_over
keeper_stop
is "$lives lives of 2 s, $((lives * 10)) packets: each under its own name, and nobody's under another" "$(judge seen)" \
	"own $lives short 0 foreign 0 host_end 0 untold 0"
is "no version of the textfile was missed" "$(missed_versions)" 0

# As fast as it goes, three at a time: over before anybody can look.
keeper_start
makers=()
for i in 2 3 4; do
	live "fast$i" "${i}0001" "$few" 0 0 &
	makers+=("$!")
done
wait "${makers[@]}"
lives_over
keeper_stop
all_accounted "lives of no length" fast2 fast3 fast4

# A halted agent has nobody to ask afterwards: what it cannot know it does not guess.
keeper_start
live before 50001 10 0 2000
kill -STOP "$agent"
makers=()
for i in 6 7; do
	live "halted$i" "${i}0001" "$few" 0 20 &
	makers+=("$!")
done
wait "${makers[@]}"
kill -CONT "$agent"
agent_next
live after 80001 10 0 2000
lives_over
keeper_stop
all_accounted "an agent that was halted" before halted6 halted7 after
is "an agent that was halted knows those before and after" "$(judge before after)" "own 20 short 0 foreign 0 host_end 0 untold 0"

holds "the agent is alive" kill -0 "$agent"
agent_stop TERM
is "the agent ends well" "$agent_status" 0
is "nothing of ours stays attached" "$(our_filters)" ""
