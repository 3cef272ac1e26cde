#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# The alert and recording rules: valid, each alert fires on what it is for, and no metric in them is one that ctnetd does not have.
. "$(dirname "$0")/../lib.sh"

command -v promtool >/dev/null || skip_all "promtool is not installed (tools/install-deps test)"
rules=$TOP/tools/prometheus/ctnet.rules.yaml

holds "promtool check rules has nothing to say" promtool check rules --lint-fatal "$rules"
holds "promtool test rules: every alert fires, and only then" promtool test rules "${rules%.yaml}_test.yaml"
is "each alert has a test of its own" \
	"$(sed -n 's/.*- alert: //p' "$rules" | sort -u | comm -23 - <(grep -o 'alertname: *[A-Za-z]*' "${rules%.yaml}_test.yaml" | sed 's/.*: *//' | sort -u))" ""

# metrics_in FILE: names of ctnet's own in it, without what a histogram and a rule add.
metrics_in() { grep -oE '\<ctnet_[a-z0-9_]+' "$1" | grep -vE '^ctnet_(recording|agent|namespaces)$' | sed -E 's/_bucket$//' | sort -u; }
known() { "$BUILD/ctnetd" --list-metrics | awk '{ print $1 }' | sort -u; }
recorded() { sed -n 's/.*- record: [a-z_]*:\([a-z0-9_]*\):.*/\1/p' "$rules"; }
is "the rules ask for no metric that ctnetd does not have" \
	"$(metrics_in "$rules" | comm -23 - <({ known; recorded; } | sort -u))" ""
is "nor does the dashboard" "$(metrics_in "$TOP/tools/grafana/ctnet.json" | comm -23 - <(known))" ""
