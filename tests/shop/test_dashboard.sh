#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# The Grafana dashboard: well formed, and each of its queries finds data in a real Prometheus that scrapes a real agent.
#
# shellcheck disable=SC2016 # $instance and the like are Grafana's
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../agent.sh"
. "$(dirname "$0")/prometheus.sh"

dashboard=$TOP/tools/grafana/ctnet.json
is "it is JSON, with panels, each with a name and a number of its own" \
	"$(jq -r '[.panels[] | .id, .title] | (length > 20) and ((length - (unique | length)) == 0)' "$dashboard")" true
is "no two panels lie on each other, and none is wider than the screen" "$(jq -r '
	[.panels[].gridPos] as $all | [range($all | length) as $i | range($i) as $j | $all[$i] as $a | $all[$j] as $b |
		select($a.x < $b.x + $b.w and $b.x < $a.x + $a.w and $a.y < $b.y + $b.h and $b.y < $a.y + $a.h)] +
	[$all[] | select(.x + .w > 24)] | length' "$dashboard")" 0
is "each panel asks the data source that the reader chooses" \
	"$(jq -r '.panels[] | select(.type != "row") | .datasource.uid, .targets[].datasource.uid' "$dashboard" | sort -u)" '${datasource}'

need_root
need_programs
lab_make
lab_bridge lab0 10.9.0.254/24
lab_guest a va lab0 10.9.0.1/24
lab_guest b vb lab0 10.9.0.2/24
agent_start --measure
cp "$TOP/tests/fixtures/prometheus/lifecycle-before.prom" "$TEXTFILE_DIR/lifecycle.prom"
start_in_guest a "$TMP/ping" ping -q -i 0.2 -c 600 10.9.0.2
start_in_guest b "$TMP/ping.bridge" ping -q -i 0.2 -c 600 10.9.0.254

# A kernel without kprobes tells no times of namespaces: those of another kernel's agent stand in for them.
has_times() { [ "$(metric "$TEXTFILE" ctnet_netns_setup_seconds_count)" ]; }
if has_times; then
	rm "$TEXTFILE_DIR/lifecycle.prom"
fi
prometheus_start
wait_for 30 has_data 'ctnet_netns_setup_seconds_count > 0' || not_ok "Prometheus has the times of namespaces"
has_times || cp "$TOP/tests/fixtures/prometheus/lifecycle-after.prom" "$TEXTFILE_DIR/lifecycle.prom"
for name in c d; do
	ip netns add "$LAB-$name"
	wait_for 20 grep -q "owner=\"$LAB-$name\"" "$TEXTFILE"
	ip netns del "$LAB-$name"
done

# as Grafana fills them in: all nodes, all owners, and a time that holds all of this test
filled_in() { sed -e 's/\$__rate_interval/5m/g' -e 's/\$instance/.*/g' -e 's/\$owner/.*/g' <<<"$1"; }
queries() { jq -r '.panels[] | select(.targets) | .title as $title | .targets[] | [$title, .expr] | @tsv' "$dashboard"; }
while IFS=$'\t' read -r title query; do
	query=$(filled_in "$(printf '%b' "$query")")
	if wait_for 20 has_data "$query"; then
		ok "\"$title\" finds data"
	else
		not_ok "\"$title\" finds data" "$query" "$(ask "$query" 2>&1)"
	fi
done < <(queries)

while read -r variable; do
	values=$(in_lab curl -sG --data-urlencode "match[]=$(filled_in "${variable%%, *}")" "http://127.0.0.1:$PROMETHEUS_PORT/api/v1/label/${variable##*, }/values")
	like "the variable ${variable##*, } has values" "$(jq -r '.data | map(select(. != "")) | length' <<<"$values")" '^[1-9]'
done < <(jq -r '.templating.list[] | select(.type == "query") | .definition | capture("label_values\\((?<asked>.*)\\)").asked' "$dashboard")

is "Prometheus took the rules in" "$(in_lab curl -s "http://127.0.0.1:$PROMETHEUS_PORT/api/v1/rules" |
	jq -r '[.data.groups[].rules[] | .health] | unique | join(" ")')" ok
holds "the recording rules have numbers" wait_for 10 has_data 'instance_owner:ctnet_receive_bytes:rate2m{owner!=""} > 0'
is "and no alert fires" "$(ask 'ALERTS{alertstate="firing"}')" '[]'
