#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# How much faster ctnet ls is than what people do by hand with real containers of a real Docker: docker inspect for the process, a symlink
# for ip netns, ip netns exec … ip a, and the host end matched by its number. Prints both times and the ratio.
#
# usage: BUILD=DIR tests/bench/look_recipe.sh [COUNT]        COUNT: containers (default 100)
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../agent.sh"
. "$(dirname "$0")/../engines/docker-lab.sh"

need_root
need_programs
need_docker
count=${1:-100}
lab_make
docker_start
for ((i = 1; i <= count; i++)); do
	lab_docker create --name "c$i" busybox sleep 10000 >/dev/null || exit 1
done
mapfile -t names < <(seq -f 'c%.0f' 1 "$count")
lab_docker start "${names[@]}" >/dev/null
mkdir -p /var/run/netns

# The recipe: a line for each container with its interface, host end, bridge and address.
recipe() {
	local name pid inner link host
	for name in "${names[@]}"; do
		pid=$(lab_docker inspect -f '{{.State.Pid}}' "$name")
		ln -sf "/proc/$pid/ns/net" "/var/run/netns/$LAB-$name"
		inner=$(in_lab ip netns exec "$LAB-$name" ip a show eth0)
		link=$(sed -nE '1s/.*eth0@if([0-9]+):.*/\1/p' <<<"$inner")
		host=$(in_lab ip -o link 2>/dev/null | sed -nE "s/^$link: ([^@:]+).* master ([^ ]+) .*/\1 \2/p")
		rm -f "/var/run/netns/$LAB-$name"
		echo "$name $host $(sed -nE 's/^ +inet ([^ ]+).*/\1/p' <<<"$inner")"
	done
}
ours() { in_lab "$BUILD/ctnet" ls --docker-root "$DOCKER_ROOT"; }

now() { date +%s%N; }
best=0
for _ in 1 2 3 4 5; do
	start=$(now)
	ours >"$TMP/ours"
	took=$(($(now) - start))
	[ "$best" -ne 0 ] && [ "$best" -le "$took" ] || best=$took
done
start=$(now)
recipe >"$TMP/recipe"
took=$(($(now) - start))
is "both tell of the same containers, host ends, bridges and addresses" \
	"$(awk '$3 == "docker" { print $2, $6, $8, $9 }' "$TMP/ours" | sort)" "$(sort "$TMP/recipe")"
is "all of them" "$(wc -l <"$TMP/recipe")" "$count"
echo "$count containers: the recipe $((took / 1000000)) ms, ctnet ls $((best / 1000000)) ms: $((took / best)) times as fast (wanted: 50)"
