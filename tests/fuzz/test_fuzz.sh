#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Runs each fuzzer on its corpus (tests/fuzz/corpus/NAME) and on from there for $CTNET_FUZZ_SECONDS (3 unless told).
# What it finds beyond the corpus is thrown away; an input that ends it badly is printed.
. "$(dirname "$0")/../lib.sh"

seconds=${CTNET_FUZZ_SECONDS:-3}

fuzz_one() {
	local fuzzer=$1 name corpus log
	name=${fuzzer##*/}
	corpus=$TOP/tests/fuzz/corpus/${name#fuzz_}
	log=$TMP/$name.log
	mkdir -p "$TMP/$name"
	if [ ! -d "$corpus" ]; then
		not_ok "$name has a corpus" "no directory $corpus"
		return
	fi
	if "$fuzzer" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -print_final_stats=1 \
		-artifact_prefix="$TMP/$name-" "$TMP/$name" "$corpus" >"$log" 2>&1; then
		ok "$name stands $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") inputs"
	else
		not_ok "$name stands whatever it is fed" "$(grep -aE 'ERROR|SUMMARY|runtime error' "$log" | head -5)" \
			"the input, in base64: $(base64 -w0 "$TMP/$name"-* 2>/dev/null | head -c 2000)"
	fi
}

# as many at a time as there are CPUs; told in the order of their names
fuzzers=0
for source in "$TOP"/tests/fuzz/fuzz_*.c; do
	[ -e "$source" ] || continue
	name=$(basename "$source" .c)
	while [ "$(jobs -rp | wc -l)" -ge "$(nproc)" ]; do wait -n; done
	fuzz_one "$BUILD/fuzz/$name" >"$TMP/told.$name" &
	fuzzers=$((fuzzers + 1))
done
wait
cat "$TMP"/told.*
test_failures=$((test_failures + $(cat "$TMP"/told.* | grep -c '^not ok')))
without=
for parser in "$TOP"/user/*/*_parse.h "$TOP"/user/*/*/*_parse.h "$TOP"/user/*/*/*_decode.h; do
	grep -qF "\"${parser#"$TOP/user/"}\"" "$TOP"/tests/fuzz/*.[ch] || without+=" ${parser#"$TOP/"}"
done
is "every parser of outside bytes is fed by a fuzzer" "$without" ""
[ "$fuzzers" -gt 0 ] || not_ok "there are fuzzers" "none under tests/fuzz"
