/* SPDX-License-Identifier: GPL-2.0-only */
/* Prometheus text: the whole of it against a golden file, its rules one by one, and promtool's opinion. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "golden.h"
#include "prom_checks.h"
#include "render/prom.h"
#include "render/prom_text.h"
#include "render_fixture.h"

/* The golden text outlives a release. */
static void hide_version(struct buf *text)
{
	char *at = strstr(text->data, "version=\"" CTNET_VERSION "\"} 1\n");

	assert_non_null(at);
	text->len = (size_t)(at - text->data);
	(void)buf_puts(text, "version=\"VERSION\"} 1\n");
}

static void whole_node_is_the_golden_text(void **state)
{
	_cleanup_buf_ struct buf text = render_all(fixture_node());

	hide_version(&text);
	assert_true(golden_is("node.prom", &text));
}

static void empty_node_is_the_golden_text(void **state)
{
	struct prom_own nothing = { 0 };
	_cleanup_buf_ struct buf text = render(fixture_empty(), NO_LIMIT, &nothing);

	hide_version(&text);
	assert_true(golden_is("empty.prom", &text));
}

static void ends_with_a_newline_and_has_no_timestamps(void **state)
{
	_cleanup_buf_ struct buf text = render_all(fixture_node());
	_cleanup_free_ char *copy = strdup(text.data);
	char *rest = copy;

	assert_int_equal(text.data[text.len - 1], '\n');
	for (char *line = strsep(&rest, "\n"); line && *line; line = strsep(&rest, "\n")) {
		const char *labels = strrchr(line, '}');

		if (line[0] != '#')
			assert_null(strchr(strchr(labels ? labels : line, ' ') + 1, ' '));
	}
}

static void each_family_is_told_once_and_in_one_piece(void **state)
{
	_cleanup_buf_ struct buf text = render_all(fixture_node());
	const struct prom_family *family;
	char start[256];

	for (size_t i = 0; (family = prom_family_at(i)); i++) {
		(void)snprintf(start, sizeof(start), "# HELP %s ", family->name);
		assert_int_equal(lines(&text, start), 1);
		(void)snprintf(start, sizeof(start), "# TYPE %s %s\n", family->name, family->type);
		assert_non_null(strstr(text.data, start));
		assert_true(strlen(family->help) > 10);
	}
	assert_null(prom_family_at(1000));
	assert_false(has_duplicates(&text));
}

/* The words that design and documentation promise. */
static void directional_metrics_say_whose_direction(void **state)
{
	const struct prom_family *family;
	size_t seen = 0;

	for (size_t i = 0; (family = prom_family_at(i)); i++) {
		if (!strstr(family->name, "receive") && !strstr(family->name, "transmit"))
			continue;
		seen++;
		if (strstr(family->name, "bridge"))
			assert_non_null(strstr(family->help, "Direction is that of the bridge device"));
		else
			assert_non_null(strstr(family->help, "from the container's point of view"));
		if (strstr(family->name, "ctnet_protocol"))
			assert_non_null(strstr(family->help, "Begins when ctnet attached"));
	}
	assert_int_equal(seen, 17);
}

static void counters_are_exact_beyond_a_double(void **state)
{
	_cleanup_buf_ struct buf text = render_all(fixture_node());

	assert_true(
		has_line(&text,
	                 "ctnet_receive_packets_total{netns=\"4026532400\",owner=\"shop/web-0\",interface=\"eth0\"} "
	                 "9007199254740993"));
}

static void totals_only_where_nothing_is_attached(void **state)
{
	_cleanup_buf_ struct buf text = render_all(fixture_node());

	assert_true(has_line(&text, "ctnet_receive_bytes_total{netns=\"\",owner=\"\",interface=\"veth77\"} 800"));
	assert_int_equal(lines(&text, "ctnet_receive_segments_total{netns=\"\""), 0);
	assert_int_equal(lines(&text, "ctnet_protocol_receive_packets_total{netns=\"\""), 0);
	/* the macvlan that nobody counts */
	assert_int_equal(lines(&text, "ctnet_receive_bytes_total{netns=\"4026532500\""), 0);
	assert_int_equal(lines(&text, "ctnet_interface_up{netns=\"4026532500\""), 1);
}

static void histogram_is_cumulative_and_in_seconds(void **state)
{
	_cleanup_buf_ struct buf text = render_all(fixture_node());

	/* 11 in bucket 10: below 2^11 microseconds; 1 in the last, which has no bound */
	assert_true(has_line(&text, "ctnet_netns_setup_seconds_bucket{le=\"0.000002\"} 0"));
	assert_true(has_line(&text, "ctnet_netns_setup_seconds_bucket{le=\"0.001024\"} 0"));
	assert_true(has_line(&text, "ctnet_netns_setup_seconds_bucket{le=\"0.002048\"} 11"));
	assert_true(has_line(&text, "ctnet_netns_setup_seconds_bucket{le=\"134.217728\"} 11"));
	assert_true(has_line(&text, "ctnet_netns_setup_seconds_bucket{le=\"+Inf\"} 12"));
	assert_true(has_line(&text, "ctnet_netns_setup_seconds_count 12"));
	assert_true(has_line(&text, "ctnet_netns_setup_seconds_sum 0.016500001"));
}

static void times_are_told_only_where_they_are_exact(void **state)
{
	struct snapshot snap = *fixture_node();
	struct buf text;

	snap.lifecycle.exact = false;
	text = render_all(&snap);
	assert_null(strstr(text.data, "ctnet_netns_setup_seconds"));
	assert_true(has_line(&text, "ctnet_netns_created_total 12"));
	buf_free(&text);
}

static void absurd_times_are_numbers(void **state)
{
	struct snapshot snap = *fixture_node();
	struct buf text;

	snap.time = __builtin_nan("");
	snap.duration = -1;
	text = render_all(&snap);
	assert_true(has_line(&text, "ctnet_last_collection_timestamp_seconds 0"));
	assert_true(has_line(&text, "ctnet_collection_duration_seconds 0"));
	assert_null(strcasestr(text.data, "nan"));
	buf_free(&text);
}

static void labels_are_escaped_and_valid(void **state)
{
	_cleanup_buf_ struct buf labels = BUF_INIT;
	_cleanup_free_ char *endless = calloc(1, 5001);

	prom_label(&labels, "a", "back\\slash \"quote\" new\nline");
	prom_label(&labels, "b", "\xff\xfe ok \xc3\xa9");
	assert_string_equal(labels.data, "a=\"back\\\\slash \\\"quote\\\" new\\nline\",b=\"?? ok \xc3\xa9\"");
	buf_reset(&labels);
	memset(endless, 'x', 5000);
	prom_label(&labels, "c", endless);
	assert_int_equal(labels.len, strlen("c=\"\"") + 1023);
}

static void fractions_are_exact_and_short(void **state)
{
	char out[PROM_NUMBER_SIZE];

	prom_fraction(1764000000123, 3, out);
	assert_string_equal(out, "1764000000.123");
	prom_fraction(1500, 3, out);
	assert_string_equal(out, "1.5");
	prom_fraction(2, 6, out);
	assert_string_equal(out, "0.000002");
	prom_fraction(3000000, 6, out);
	assert_string_equal(out, "3");
	prom_fraction(0, 9, out);
	assert_string_equal(out, "0");
	prom_fraction(UINT64_MAX, 9, out);
	assert_string_equal(out, "18446744073.709551615");
}

static void promtool_has_nothing_to_say(void **state)
{
	_cleanup_buf_ struct buf text = render_all(fixture_node());
	FILE *tool;

	if (system("command -v promtool >/dev/null 2>&1") != 0) {
		print_message("# note: promtool is not installed\n");
		skip();
	}
	tool = popen("promtool check metrics", "w");
	assert_non_null(tool);
	assert_int_equal(fwrite(text.data, 1, text.len, tool), text.len);
	assert_int_equal(pclose(tool), 0);
}

/* Not a bound: a figure for the log. */
static void thousand_namespaces_are_measured(void **state)
{
	const size_t count = 1000;
	_cleanup_free_ struct netns *rows = calloc(count, sizeof(*rows));
	const struct snapshot snap = { .namespaces = rows, .namespace_count = count };
	struct timespec before, after;
	struct buf text;

	for (size_t i = 0; i < count; i++) {
		rows[i] = fixture_pod();
		rows[i].inode = 4026532000 + i;
	}
	(void)clock_gettime(CLOCK_MONOTONIC, &before);
	text = render_all(&snap);
	(void)clock_gettime(CLOCK_MONOTONIC, &after);
	assert_int_equal(lines(&text, "ctnet_receive_packets_total"), count);
	print_message("# measured: 1000 namespaces, %zu bytes of text, %.1f ms (with sanitizers)\n", text.len,
	              (double)(after.tv_sec - before.tv_sec) * 1e3 + (double)(after.tv_nsec - before.tv_nsec) / 1e6);
	buf_free(&text);
}

/* The largest of each, and when; until something is compared nobody knows. */
static void what_differs_from_the_kernel_is_told(void **state)
{
	const struct snapshot *snap = fixture_node();
	struct traffic *eth0 = (struct traffic *)&snap->namespaces[1].interfaces[0].traffic;
	struct traffic *eth1 = (struct traffic *)&snap->namespaces[1].interfaces[1].traffic;
	struct prom_own own = { 0 };
	struct buf text;

	eth0->difference[RECEIVE] = (struct difference){ -7, 3 };
	eth1->difference[TRANSMIT] = (struct difference){ 2, -500 };
	text = render(snap, NO_LIMIT, &own);
	assert_true(has_line(&text, "ctnet_accuracy_difference_packets 7"));
	assert_true(has_line(&text, "ctnet_accuracy_difference_bytes 500"));
	assert_true(has_line(&text, "ctnet_accuracy_compared_interfaces 4"));
	assert_true(has_line(&text, "ctnet_accuracy_last_comparison_timestamp_seconds 1764000000.123"));
	buf_free(&text);

	text = render(fixture_empty(), NO_LIMIT, &own);
	assert_null(strstr(text.data, "ctnet_accuracy_difference"));
	assert_true(has_line(&text, "ctnet_accuracy_compared_interfaces 0"));
	assert_true(has_line(&text, "ctnet_accuracy_last_comparison_timestamp_seconds 1764000000.123"));
	buf_free(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_node_is_the_golden_text),
		cmocka_unit_test(empty_node_is_the_golden_text),
		cmocka_unit_test(ends_with_a_newline_and_has_no_timestamps),
		cmocka_unit_test(each_family_is_told_once_and_in_one_piece),
		cmocka_unit_test(directional_metrics_say_whose_direction),
		cmocka_unit_test(counters_are_exact_beyond_a_double),
		cmocka_unit_test(totals_only_where_nothing_is_attached),
		cmocka_unit_test(histogram_is_cumulative_and_in_seconds),
		cmocka_unit_test(times_are_told_only_where_they_are_exact),
		cmocka_unit_test(absurd_times_are_numbers),
		cmocka_unit_test(labels_are_escaped_and_valid),
		cmocka_unit_test(fractions_are_exact_and_short),
		cmocka_unit_test(promtool_has_nothing_to_say),
		cmocka_unit_test(thousand_namespaces_are_measured),
		cmocka_unit_test(what_differs_from_the_kernel_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
