#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# The metrics by HTTP: the same text as the file's, for many at once, whoever of them is slow.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../agent.sh"

need_root
need_programs
command -v curl >/dev/null || skip_all "curl is not installed (tools/install-deps test)"
lab_make
lab_bridge lab0
lab_guest a va lab0 10.9.0.1/24

url=http://127.0.0.1:9477
get() { in_lab curl -s --max-time 20 "$@"; }
# status_of [OPTION...] PATH
status_of() { get -o /dev/null -w '%{http_code}' "${@:1:$#-1}" "$url${*: -1}"; }
start() {
	start_in_lab "$TMP/agent.err" "$BUILD/ctnetd" --interval 200ms "$@"
	agent=$bg
}
serves() { get -f "$@" >"$TMP/metrics"; }

start --textfile-dir off --listen 9477
holds "without a textfile the metrics are served" wait_for 20 serves "$url/metrics"
like "with the type that Prometheus asks for" "$(get -D - -o /dev/null "$url/metrics" | tr -d '\r')" 'Content-Type: text/plain; version=0.0.4; charset=utf-8'
is "promtool finds nothing wrong" "$(promtool check metrics <"$TMP/metrics" 2>&1)" ""
like "the text is whole" "$(tail -n 1 "$TMP/metrics")" '^ctnet_build_info'
in_guest a ping -q -c 3 -i 0.01 -W 0.1 10.9.0.77 >/dev/null
agrees() {
	serves "$url/metrics" || return 1
	[ "$(metric "$TMP/metrics" ctnet_transmit_bytes_total "owner=$LAB-a")" = "$(in_lab ip -s -j link show va | jq '.[0].stats64.rx.bytes')" ]
}
holds "and says what the kernel counted" wait_for 20 agrees
is "what there is and what there is not" "$(status_of /) $(status_of /-/healthy) $(status_of /other) $(status_of -X POST -d x=y /metrics) $(status_of -I /metrics)" \
	"200 200 404 405 200"
is "nobody from outside can ask" "$(in_lab ss -Hltn 'sport = 9477' | awk '{ print $4 }')" "127.0.0.1:9477"

agent_stop TERM

# A local socket; what a killed agent left there is replaced.
start --textfile-dir "$TEXTFILE_DIR" --listen "unix:$TMP/metrics.sock"
local_url=(--unix-socket "$TMP/metrics.sock" http://localhost/metrics)
holds "a local socket serves as well" wait_for 20 serves "${local_url[@]}"
holds "beside the textfile" wait_for 20 test -s "$TEXTFILE"
kill -KILL "$agent"
wait "$agent" 2>/dev/null
holds "kill -9 leaves the socket's file" test -S "$TMP/metrics.sock"
start --textfile-dir "$TEXTFILE_DIR" --listen "unix:$TMP/metrics.sock"
holds "the next agent serves there" wait_for 20 serves "${local_url[@]}"
agent_stop TERM
is "and takes it away at its end" "$agent_status $(find "$TMP" -name 'metrics.sock*')" "0 "

# Elsewhere while it runs; and what is no good.
echo "listen = 127.0.0.1:9477" >"$TMP/conf"
start --textfile-dir "$TEXTFILE_DIR" --config "$TMP/conf"
holds "it listens where the file says" wait_for 20 serves "$url/metrics"

# More than it takes at a time, who say nothing, or ask and do not read.
for ((i = 0; i < 24; i++)); do
	# shellcheck disable=SC2016 # for the inner shell
	start_in_lab "$TMP/idle" bash -c 'exec 3<>/dev/tcp/127.0.0.1/9477; [ $(($1 % 2)) = 0 ] || printf "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n" >&3; sleep 60' idle "$i"
done
connections() { in_lab ss -Htnp state established 'sport = 9477' | grep -c "$@"; }
full() { [ "$(connections ctnetd)" = 16 ]; }
holds "of 24 who connect it takes 16" wait_for 20 full
holds "nobody waits for them: it collects and writes" agent_next
holds "those who say nothing are sent away, and the next is served" wait_for 60 serves "$url/metrics"

echo "listen = 0.0.0.0:9477" >"$TMP/conf"
kill -HUP "$agent"
everywhere() { [ "$(in_lab ss -Hltn 'sport = 9477' | awk '{ print $4 }')" = 0.0.0.0:9477 ] && serves "$url/metrics"; }
holds "after SIGHUP where it says now" wait_for 20 everywhere
echo "listen = 192.0.2.1:9477" >"$TMP/conf"
kill -HUP "$agent"
holds "an address that cannot be had is refused" wait_for 20 grep -q '192.0.2.1:9477: .*; the settings stay as they were' "$TMP/agent.err"
holds "and it listens where it did" wait_for 20 everywhere
agent_stop TERM

refuses() {
	in_lab timeout 20 "$BUILD/ctnetd" --textfile-dir "$TEXTFILE_DIR" --listen "$2" >"$TMP/out" 2>&1
	is "$1: exit code, nothing attached" "$?$(our_filters)" "$3"
	like "$1: it says so" "$(cat "$TMP/out")" "^ctnetd: .*$2.*--listen[^"$'\n'"]*$"
}
refuses "an address of another machine" 192.0.2.1:9477 1
command -v prometheus-node-exporter >/dev/null || { skip "an address that another has" "there is no node_exporter to have it"; exit; }
start_in_lab "$TMP/exporter.log" prometheus-node-exporter --collector.disable-defaults --web.listen-address 127.0.0.1:9477
wait_for 20 serves "$url/metrics"
refuses "an address that another has" 127.0.0.1:9477 1
