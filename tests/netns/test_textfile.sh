#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# The textfile in its readers' hands: promtool has nothing to say, and a real node_exporter serves what the kernel counted.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../agent.sh"

need_root
need_programs
lab_make
lab_bridge lab0
lab_guest a va lab0 10.9.0.1/24
lab_guest b vb lab0 10.9.0.2/24

agent_start --attach auto
in_guest a ping -q -c 10 -i 0.01 10.9.0.2 >/dev/null
settle

if command -v promtool >/dev/null; then
	is "promtool check metrics is clean" "$(promtool check metrics <"$SETTLED" 2>&1)" ""
else
	skip "promtool check metrics is clean" "promtool is not installed"
fi
is "every series has a HELP and a TYPE before it" \
	"$(awk '/^# HELP/ { help[$3] = 1; next } /^# TYPE/ { type[$3] = 1; next }
		{ name = $1; sub(/[{].*/, "", name); base = name; sub(/_(bucket|sum|count)$/, "", base)
		  if (!((help[name] && type[name]) || (help[base] && type[base]))) print name }' "$SETTLED" | sort -u)" ""
is "every directional metric says whose direction it is" \
	"$(grep -E '^# HELP ctnet_(protocol_)?(receive|transmit)_' "$SETTLED" | grep -vi 'container')" ""
is "no series has a timestamp of its own" "$(grep -v '^#' "$SETTLED" | sed -E 's/\{.*\}//' | awk 'NF != 2')" ""

command -v prometheus-node-exporter >/dev/null || { skip "node_exporter reads the file" "it is not installed"; exit 0; }
port=9137
start_in_lab "$TMP/exporter.log" prometheus-node-exporter --collector.disable-defaults --collector.textfile \
	--collector.textfile.directory "$TEXTFILE_DIR" --web.listen-address "127.0.0.1:$port"
scrape() { in_lab curl -sf "http://127.0.0.1:$port/metrics" >"$TMP/scraped"; }
wait_for 20 scrape || { not_ok "node_exporter answers" "$(cat "$TMP/exporter.log")"; exit 1; }

# Values of one quiet moment: the same textfile before and after the scrape, and the kernel's counters too.
for ((i = 0; i < 10; i++)); do
	settle || break
	scrape
	now=$(device_counters)
	[ "$now" != "$device" ] || break
done
is "node_exporter reads the file without an error" "$(metric "$TMP/scraped" node_textfile_scrape_error)" 0
for series in ctnet_transmit_packets_total:rx.packets ctnet_transmit_bytes_total:rx.bytes \
	ctnet_receive_packets_total:tx.packets ctnet_receive_bytes_total:tx.bytes; do
	# large numbers come back from node_exporter as 1.2e+06
	is "node_exporter serves ${series%:*} as the kernel counted it" \
		"$(printf %.0f "$(metric "$TMP/scraped" "${series%:*}" "owner=$LAB-a" interface=eth0)")" "$(device_of va "${series#*:}")"
done
# of the namespace of this test alone: others on this machine come and go between the file and the scrape
is "node_exporter has as many series of the namespace as the file" \
	"$(grep -c "^ctnet_.*owner=\"$LAB-a\"" "$TMP/scraped")" "$(grep -c "^ctnet_.*owner=\"$LAB-a\"" "$SETTLED")"
