#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Rates and joins of a real Prometheus behind a real node_exporter, against the kernel's own counters.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../agent.sh"
. "$(dirname "$0")/prometheus.sh"

need_root
need_programs
lab_make
lab_bridge lab0
lab_guest a va lab0 10.9.0.1/24
lab_guest b vb lab0 10.9.0.2/24
agent_start
prometheus_start

series="{owner=\"$LAB-a\",interface=\"eth0\"}"
value() { ask "$1" | jq -r '[.[].value[1]] | join(" ")'; }
has_value() { [ "$(value "$1")" = "$2" ]; }

# What Prometheus had twice before the traffic, it had from before the window that is asked for.
settle
before=$(device_of va tx.bytes)
holds "Prometheus has what the kernel counted" wait_for 30 has_value "ctnet_receive_bytes_total$series" "$before"
wait_for 30 has_value "count_over_time(ctnet_receive_bytes_total${series}[1m]) > bool 2" 1
since=$(date +%s)
wait_for 30 has_value "timestamp(ctnet_receive_bytes_total$series) > bool $((since + 1))" 1
in_guest a ping -q -s 1000 -c 200 -i 0.002 10.9.0.2 >/dev/null
settle
after=$(device_of va tx.bytes)
holds "and after the traffic again" wait_for 30 has_value "ctnet_receive_bytes_total$series" "$after"

# Asked for one and the same time. rate() is the increase between the first and the last sample of its window, prolonged to the window's ends
# where they are near, divided by the window: never less than the increase, nor more than as if all of the window was like its middle.
at=$(($(date +%s) + 1))
wait_for 30 has_value "timestamp(ctnet_receive_bytes_total$series) > bool $at" 1
window=$((at - since))
samples=$(ask "ctnet_receive_bytes_total${series}[${window}s]" "$at" | jq -c '.[0].values')
is "its window begins before the traffic and ends behind it" "$(jq -r '"\(.[0][1]) \(.[-1][1])"' <<<"$samples")" "$before $after"
rate=$(ask "rate(ctnet_receive_bytes_total${series}[${window}s])" "$at" | jq -r '.[0].value[1]')
like "rate() of the received bytes is the kernel's increase in that time" \
	"$(jq -r --argjson rate "${rate:-0}" --argjson bytes $((after - before)) --argjson window "$window" \
		'(.[-1][0] - .[0][0]) as $seconds | $rate * $window / $bytes |
			if . > 0.999 and . < $window / $seconds * 1.001 then "right" else "times \(.)" end' \
		<<<"$samples")" right

is "a join with ctnet_interface_info tells the wiring, with the kernel's bytes" "$(ask \
	"ctnet_receive_bytes_total$series * on (netns, owner, interface) group_left (host_interface, bridge) ctnet_interface_info" |
	jq -r '.[] | "\(.metric.host_interface) \(.metric.bridge) \(.value[1])"')" "va lab0 $after"
is "a join with ctnet_netns_info tells the kind of owner" "$(ask \
	"ctnet_receive_bytes_total$series * on (netns, owner) group_left (kind) ctnet_netns_info" | jq -r '.[] | "\(.metric.kind) \(.value[1])"')" "netns $after"
is "no label of ours is renamed by a scrape" "$(ask "{__name__=~\"ctnet_.*\"}" | grep -o exported_ | head -n 1)" ""

ip netns del "$LAB-b"
has_ended() { [ -z "$(value "ctnet_transmit_packets_total{owner=\"$LAB-b\"}")" ]; }
holds "the series of a namespace that is gone end" wait_for 30 has_ended
agent_stop TERM
has_stopped() { [ -z "$(value ctnet_build_info)" ]; }
holds "an agent that was stopped leaves no frozen series" wait_for 30 has_stopped
