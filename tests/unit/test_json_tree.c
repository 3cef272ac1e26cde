/* SPDX-License-Identifier: GPL-2.0-only */
/* What the writers of JSON share: numbers, times and text as they come out, and what happens where there is no memory. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "model/event.h"
#include "render/event.h"
#include "render/json.h"
#include "render/json_tree.h"
#include "render_fixture.h"

/* A value as it is written: in an array, without its brackets and the newline. */
static const char *written(json_t *value)
{
	static char text[4 * TREE_TEXT_MAX];
	_cleanup_buf_ struct buf out = BUF_INIT;
	json_auto_t *array = json_array();

	assert_int_equal(json_array_append_new(array, value), 0);
	assert_int_equal(tree_write(array, JSON_COMPACT, &out), 0);
	assert_true(out.len > 3 && out.len < sizeof(text));
	memcpy(text, out.data + 1, out.len - 3);
	text[out.len - 3] = '\0';
	assert_memory_equal(out.data + out.len - 2, "]\n", 2);
	return text;
}

static void times_come_out_to_the_millisecond(void **state)
{
	static const struct {
		double value;
		const char *text;
	} times[] = {
		{ 1764000000.123, "1764000000.123" },
		{ 1764000000.001, "1764000000.001" },
		{ 1764000000.999, "1764000000.999" },
		{ 1764000000, "1764000000.0" },
		{ 1764000000.1, "1764000000.1" },
		{ 1764000000.1234567, "1764000000.123" },
		{ 1764000000.9996, "1764000001.0" },
		{ 99999999999.999, "99999999999.999" }, /* the year 5138 */
		{ 0, "0.0" },
		{ -1, "0.0" },
		{ 1e300, "0.0" },
		{ __builtin_nan(""), "0.0" },
		{ __builtin_inf(), "0.0" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(times); i++)
		assert_string_equal(written(tree_seconds(times[i].value, TREE_MILLISECONDS)), times[i].text);
	assert_string_equal(written(tree_seconds(0.0031204, TREE_MICROSECONDS)), "0.00312");
	assert_string_equal(written(tree_seconds(1234.5678916, TREE_MICROSECONDS)), "1234.567892");
}

/* Every millisecond of a second comes out as the digits a person would write, and is read as the same number. */
static void every_millisecond_is_written_as_it_is_said(void **state)
{
	for (unsigned int ms = 1; ms < 1000; ms++) {
		char said[32];
		size_t len = (size_t)snprintf(said, sizeof(said), "1764000000.%03u", ms);

		while (said[len - 1] == '0')
			said[--len] = '\0';
		assert_string_equal(written(tree_seconds(strtod(said, NULL), TREE_MILLISECONDS)), said);
	}
}

static void numbers_stop_at_the_largest_jansson_takes(void **state)
{
	assert_string_equal(written(tree_number(0)), "0");
	assert_string_equal(written(tree_number(9007199254740993)), "9007199254740993");
	assert_string_equal(written(tree_number(INT64_MAX)), "9223372036854775807");
	assert_string_equal(written(tree_number((uint64_t)INT64_MAX + 1)), "9223372036854775807");
	assert_string_equal(written(tree_number(UINT64_MAX)), "9223372036854775807");
}

static void text_is_cleaned_and_bounded(void **state)
{
	char longest[3 * TREE_TEXT_MAX];

	assert_string_equal(written(tree_text("caf\xc3\xa9 \"x\" \\")), "\"caf\xc3\xa9 \\\"x\\\" \\\\\"");
	assert_string_equal(written(tree_text("\xff\xc3(\x1b[2J\n")), "\"?\?(?[2J?\"");
	assert_string_equal(written(tree_text("")), "\"\"");
	assert_string_equal(written(tree_text_or_null("")), "null");
	assert_string_equal(written(tree_text_or_null(NULL)), "null");
	assert_string_equal(written(tree_text_or_null("x")), "\"x\"");
	memset(longest, 'x', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	assert_int_equal(strlen(written(tree_text(longest))), TREE_TEXT_MAX - 1 + 2);
}

/* Other people's bytes wherever a snapshot has text: the document is still written, and read. */
static void invalid_utf8_loses_no_document(void **state)
{
	static const char bad[] = "\xc3(\xed\xa0\x80\xf8\x01";
	static char longest[5000];
	struct source source = { .name = bad, .state = bad, .detail = longest };
	struct owner owner = fixture_owner(OWNER_DOCKER, bad, bad, longest);
	struct netns ns = fixture_netns(7, &owner, 1);
	struct interface link = fixture_veth("\xff", 1, "\xfe", 2);
	struct bridge bridge = { .name = "\xc0\x80", .index = 1 };
	const char *ports[] = { bad };
	struct loss loss = { bad, 1 };
	struct snapshot snap = *fixture_empty();
	_cleanup_snapshot_ struct snapshot *read = NULL;
	_cleanup_buf_ struct buf text = BUF_INIT;
	char error[256];

	memset(longest, 0x80, sizeof(longest) - 1);
	ns.held_by = longest;
	fixture_links(&ns, &link, 1);
	fixture_on_bridge(&link, "\xff\xff");
	bridge.ports = ports;
	bridge.port_count = 1;
	snap.sources = &source;
	snap.source_count = 1;
	snap.namespaces = &ns;
	snap.namespace_count = 1;
	snap.bridges = &bridge;
	snap.bridge_count = 1;
	snap.losses = &loss;
	snap.loss_count = 1;
	assert_int_equal(json_render(&snap, false, &text), 0);
	assert_int_equal(json_parse_snapshot(text.data, text.len, &read, error, sizeof(error)), 0);
	assert_string_equal(read->namespaces[0].owners[0].name, "?(?????");
	assert_string_equal(read->namespaces[0].interfaces[0].bridge, "??");
	assert_int_equal(strlen(read->namespaces[0].held_by), TREE_TEXT_MAX - 1);
}

/* ---- no memory */

static size_t allocations; /* of jansson so far */
static size_t fails_at;    /* that one finds no memory */

static void *scarce_malloc(size_t size)
{
	return allocations++ == fails_at ? NULL : malloc(size);
}

static void output_is_as_before(const struct buf *out)
{
	assert_int_equal(out->len, 6);
	assert_string_equal(out->data, "before");
}

/* Fails the first, the second, … allocation alone, until none is left. ASan sees what is not given back. Returns how many there were. */
static size_t fail_each_allocation(int (*render)(const void *what, struct buf *ret), const void *what)
{
	int r = -ENOMEM;

	json_set_alloc_funcs(scarce_malloc, free);
	for (fails_at = 0; r != 0; fails_at++) {
		_cleanup_buf_ struct buf out = BUF_INIT;

		assert_true(fails_at < 100000);
		assert_int_equal(buf_puts(&out, "before"), 0);
		allocations = 0;
		r = render(what, &out);
		if (r == 0) { /* nothing was missing */
			assert_true(allocations <= fails_at);
			continue;
		}
		assert_int_equal(r, -ENOMEM);
		output_is_as_before(&out);
	}
	json_set_alloc_funcs(malloc, free);
	return allocations;
}

static int render_snapshot(const void *what, struct buf *ret)
{
	return json_render(what, true, ret);
}

static int render_event(const void *what, struct buf *ret)
{
	return event_render_json(what, ret);
}

static void without_memory_nothing_is_written(void **state)
{
	struct snapshot snap = *fixture_node();
	const struct event event = { .time = 1, .owner = "box", .what = { .inode = 7, .pid = 3 } };

	snap.namespaces++; /* the box alone has all that there is */
	snap.namespace_count = 1;
	assert_true(fail_each_allocation(render_snapshot, &snap) > 300);
	assert_true(fail_each_allocation(render_event, &event) > 10);
}

static void a_buffer_that_failed_stays_as_it_was(void **state)
{
	_cleanup_buf_ struct buf out = BUF_INIT;
	const struct event event = { .time = 1 };

	assert_int_equal(buf_puts(&out, "before"), 0);
	out.failed = true;
	assert_int_equal(json_render(fixture_node(), false, &out), -ENOMEM);
	output_is_as_before(&out);
	assert_int_equal(event_render_json(&event, &out), -ENOMEM);
	output_is_as_before(&out);
	assert_int_equal(tree_write(NULL, JSON_COMPACT, &out), -ENOMEM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_come_out_to_the_millisecond),
		cmocka_unit_test(every_millisecond_is_written_as_it_is_said),
		cmocka_unit_test(numbers_stop_at_the_largest_jansson_takes),
		cmocka_unit_test(text_is_cleaned_and_bounded),
		cmocka_unit_test(invalid_utf8_loses_no_document),
		cmocka_unit_test(without_memory_nothing_is_written),
		cmocka_unit_test(a_buffer_that_failed_stays_as_it_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
