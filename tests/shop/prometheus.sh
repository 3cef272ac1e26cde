# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# A real node_exporter and a real Prometheus in the lab, reading the agent's textfile once a second. Source it after agent.sh.

EXPORTER_PORT=9137
PROMETHEUS_PORT=9190

# prometheus_start: returns when Prometheus has a sample of the agent.
prometheus_start() {
	local program
	for program in prometheus prometheus-node-exporter promtool curl; do
		command -v "$program" >/dev/null || skip_all "$program is not installed (tools/install-deps test)"
	done
	start_in_lab "$TMP/exporter.log" prometheus-node-exporter --collector.disable-defaults --collector.textfile \
		--collector.textfile.directory "$TEXTFILE_DIR" --web.listen-address "127.0.0.1:$EXPORTER_PORT"
	cat >"$TMP/prometheus.yaml" <<-END
		global: { scrape_interval: 1s, evaluation_interval: 1s }
		rule_files: [ "$TOP/tools/prometheus/ctnet.rules.yaml" ]
		scrape_configs: [ { job_name: node, static_configs: [ { targets: [ "127.0.0.1:$EXPORTER_PORT" ] } ] } ]
	END
	start_in_lab "$TMP/prometheus.log" prometheus --config.file "$TMP/prometheus.yaml" --storage.tsdb.path "$TMP/tsdb" \
		--web.listen-address "127.0.0.1:$PROMETHEUS_PORT" --log.level warn
	wait_for 60 has_data ctnet_build_info && return
	not_ok "Prometheus scrapes the agent" "$(tail -n 5 "$TMP/prometheus.log" "$TMP/exporter.log")"
	exit 1
}

# ask QUERY [TIME]: what Prometheus answers, as of now or of that time (seconds since the epoch), as JSON: an array of { metric, value }. Fails,
# with the reason, where it refuses the query.
ask() {
	local answer
	answer=$(in_lab curl -sG --data-urlencode "query=$1" ${2:+--data-urlencode "time=$2"} "http://127.0.0.1:$PROMETHEUS_PORT/api/v1/query") || return 1
	jq -ce 'if .status == "success" then .data.result else error(.error) end' <<<"$answer"
}

# has_data QUERY: at least one series with a number in it. (jq -e is content with no input at all.)
has_data() {
	local answer
	answer=$(ask "$1") && jq -e 'any(.[]; .value[1] != "NaN")' <<<"$answer"
}
