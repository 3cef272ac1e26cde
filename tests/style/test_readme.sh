#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# What the README says of the programs is what they do.
. "$(dirname "$0")/../lib.sh"
cd "$TOP" || exit 1

[ -f README.md ] || { not_ok "there is a README"; exit 1; }
[ -x "$BUILD/ctnetd" ] || skip_all "ctnetd is not built"

# Names as the README writes them, one or several in one word: `ctnet_{receive,transmit}_packets_total{netns}` is two. Braces
# after an underscore are alternatives, after a letter labels.
readme_metrics() {
	# shellcheck disable=SC2016 # backquotes of Markdown
	grep -oE '`ctnet_[a-z_{},]+`?' README.md | tr -d '`' | sed -E 's/([a-z])\{[^}]*\}?/\1/g' | while read -r name; do
		# letters, braces and commas alone, by the pattern above
		eval "printf '%s\n' $name"
	done | grep -v '_$' | sort -u
}
program_metrics() { "$BUILD/ctnetd" --list-metrics | grep -oE '^ctnet_[a-z_]+' | sort -u; }

like "ctnetd lists its metrics" "$(program_metrics)" ctnet_receive_packets_total
is "the README names exactly the metrics that there are" "$(comm -3 <(readme_metrics) <(program_metrics))" ""
