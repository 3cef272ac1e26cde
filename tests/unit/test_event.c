/* SPDX-License-Identifier: GPL-2.0-only */
/* One event as a line for people, and as a line of JSON there and back. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "unit.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "model/event.h"
#include "render/event.h"

#define AT 1764000000.123 /* 2025-11-24 16:00:00.123 UTC */

/* Every kind with all it can tell, and with nothing. */
static const struct row {
	struct event event;
	const char *text;
	const char *json;
} rows[] = {
	{ { .time = AT,
	    .exact = true,
	    .owner = "box",
	    .what = { .kind = CTNET_CREATED,
	              .inode = 4026532396,
	              .cookie = 9,
	              .birth = 5,
	              .time = 7,
	              .duration = 1900000,
	              .pid = 812,
	              .cgroup = 44,
	              .comm = "dockerd" } },
	  " 16:00:00.123  created      4026532396  box  setup 1.9 ms  by dockerd (pid 812)\n",
	  "{\"time\":1764000000.123,\"event\":\"created\",\"exact\":true,\"netns\":4026532396,\"owner\":\"box\","
	  "\"duration_ns\":1900000,\"pid\":812,\"comm\":\"dockerd\",\"cgroup\":44,\"cookie\":9,\"birth_ns\":5,\"boot_ns\":7}\n" },
	{ { .time = AT, .what = { .kind = CTNET_CREATED } },
	  "~16:00:00.123  created      0           -\n",
	  "{\"time\":1764000000.123,\"event\":\"created\",\"exact\":false}\n" },
	{ { .time = AT,
	    .exact = true,
	    .owner = "shop/web-0",
	    .what = { .kind = CTNET_DYING, .inode = 7, .duration = 3600000000000 } },
	  " 16:00:00.123  dying        7           shop/web-0  after 3600.0 s\n",
	  "{\"time\":1764000000.123,\"event\":\"dying\",\"exact\":true,\"netns\":7,\"owner\":\"shop/web-0\",\"duration_ns\":3600000000000}\n" },
	{ { .time = AT, .exact = true, .what = { .kind = CTNET_DESTROYED, .inode = 7, .duration = 250000 } },
	  " 16:00:00.123  destroyed    7           -  teardown 250 us\n",
	  "{\"time\":1764000000.123,\"event\":\"destroyed\",\"exact\":true,\"netns\":7,\"duration_ns\":250000}\n" },
	{ { .time = AT, .what = { .kind = CTNET_REGISTERED, .inode = 7, .name = "eth0", .ifindex = 3 } },
	  "~16:00:00.123  registered   7           -  eth0 (3)\n",
	  "{\"time\":1764000000.123,\"event\":\"registered\",\"exact\":false,\"netns\":7,\"interface\":\"eth0\",\"index\":3}\n" },
	{ { .time = AT, .what = { .kind = CTNET_REGISTERED, .inode = 7, .pid = 1 } },
	  "~16:00:00.123  registered   7           -  ?  by ? (pid 1)\n",
	  "{\"time\":1764000000.123,\"event\":\"registered\",\"exact\":false,\"netns\":7,\"pid\":1}\n" },
	{ { .time = AT, .what = { .kind = CTNET_UNREGISTERED, .inode = 7, .name = "eth0", .ifindex = UINT32_MAX } },
	  "~16:00:00.123  unregistered 7           -  eth0 (4294967295)\n",
	  "{\"time\":1764000000.123,\"event\":\"unregistered\",\"exact\":false,\"netns\":7,\"interface\":\"eth0\",\"index\":4294967295}\n" },
	{ { .time = AT,
	    .exact = true,
	    .what = { .kind = CTNET_MOVED,
	              .inode = 7,
	              .name = "eth0",
	              .ifindex = 3,
	              .other_name = "veth1",
	              .other_ifindex = 9,
	              .other_inode = 4026531840 } },
	  " 16:00:00.123  moved        7           -  eth0 (3) from 4026531840\n",
	  "{\"time\":1764000000.123,\"event\":\"moved\",\"exact\":true,\"netns\":7,\"interface\":\"eth0\",\"index\":3,"
	  "\"other_name\":\"veth1\",\"other_index\":9,\"from_netns\":4026531840}\n" },
	{ { .time = AT, .what = { .kind = CTNET_MOVED, .inode = 7, .name = "eth0" } },
	  "~16:00:00.123  moved        7           -  eth0\n",
	  "{\"time\":1764000000.123,\"event\":\"moved\",\"exact\":false,\"netns\":7,\"interface\":\"eth0\"}\n" },
	{ { .time = AT, .what = { .kind = CTNET_RENAMED, .inode = 7, .name = "eth0", .other_name = "veth1" } },
	  "~16:00:00.123  renamed      7           -  eth0 was veth1\n",
	  "{\"time\":1764000000.123,\"event\":\"renamed\",\"exact\":false,\"netns\":7,\"interface\":\"eth0\",\"other_name\":\"veth1\"}\n" },
	{ { .time = AT,
	    .what = { .kind = CTNET_JOINED,
	              .inode = 7,
	              .name = "veth1",
	              .other_name = "docker0",
	              .other_ifindex = 2 } },
	  "~16:00:00.123  joined       7           -  veth1 to docker0\n",
	  "{\"time\":1764000000.123,\"event\":\"joined\",\"exact\":false,\"netns\":7,\"interface\":\"veth1\",\"other_name\":\"docker0\",\"other_index\":2}\n" },
	{ { .time = AT, .what = { .kind = CTNET_LEFT, .inode = 7, .name = "veth1" } },
	  "~16:00:00.123  left         7           -  veth1 from ?\n",
	  "{\"time\":1764000000.123,\"event\":\"left\",\"exact\":false,\"netns\":7,\"interface\":\"veth1\"}\n" },
};

static void every_kind_reads_as_a_line(void **state)
{
	bool seen[CTNET_EVENT_KINDS] = { false };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_buf_ struct buf line = BUF_INIT;

		assert_int_equal(event_render_text(&rows[i].event, &line), 0);
		assert_string_equal(line.data, rows[i].text);
		seen[rows[i].event.what.kind] = true;
	}
	for (size_t kind = 0; kind < CTNET_EVENT_KINDS; kind++)
		assert_true(seen[kind]);
}

static void every_kind_goes_into_json_and_comes_back(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct event *event = &rows[i].event;
		_cleanup_buf_ struct buf line = BUF_INIT;
		_cleanup_buf_ struct buf again = BUF_INIT;
		struct event back;

		assert_int_equal(event_render_json(event, &line), 0);
		assert_string_equal(line.data, rows[i].json);
		memset(&back, 0xaa, sizeof(back));
		assert_int_equal(event_parse_json(line.data, line.len, &back), 0);
		assert_int_equal(event_render_json(&back, &again), 0);
		assert_string_equal(again.data, line.data);
		assert_int_equal(back.what.kind, event->what.kind);
		assert_true(back.time == event->time);
		assert_int_equal(back.exact, event->exact);
		assert_string_equal(back.what.other_name, event->what.other_name);
		assert_int_equal(back.what.pid, event->what.pid);
		assert_int_equal(back.what.ifindex, event->what.ifindex);
		assert_int_equal(back.what.cookie, event->what.cookie);
	}
}

static void lines_are_put_behind_each_other(void **state)
{
	_cleanup_buf_ struct buf lines = BUF_INIT;

	assert_int_equal(event_render_json(&rows[1].event, &lines), 0);
	assert_int_equal(event_render_text(&rows[1].event, &lines), 0);
	assert_memory_equal(lines.data, rows[1].json, strlen(rows[1].json));
	assert_string_equal(lines.data + strlen(rows[1].json), rows[1].text);
}

static void durations_are_short(void **state)
{
	static const struct {
		uint64_t ns;
		const char *text;
	} durations[] = {
		{ 1, "setup 0 us" },
		{ 1499, "setup 1 us" },
		{ 999499, "setup 999 us" },
		{ 999500, "setup 1.0 ms" },
		{ 999949999, "setup 999.9 ms" },
		{ 999950000, "setup 1.0 s" },
		{ UINT64_MAX, "setup 18446744073.7 s" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(durations); i++) {
		const struct event event = { .what.duration = durations[i].ns };
		_cleanup_buf_ struct buf line = BUF_INIT;

		assert_int_equal(event_render_text(&event, &line), 0);
		assert_non_null(strstr(line.data, durations[i].text));
	}
}

static void the_clock_is_rounded_and_carries(void **state)
{
	static const struct {
		double time;
		const char *text;
	} times[] = {
		{ 1764000000.001, "~16:00:00.001 " },
		{ 1764000000.999, "~16:00:00.999 " },
		{ 1764000000.9996, "~16:00:01.000 " },
		{ 0, "~00:00:00.000 " },
		{ 1e11, "~09:46:40.000 " },
	};

	for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
		const struct event event = { .time = times[i].time };
		_cleanup_buf_ struct buf line = BUF_INIT;

		assert_int_equal(event_render_text(&event, &line), 0);
		assert_memory_equal(line.data, times[i].text, strlen(times[i].text));
	}
}

/* An interface may be named by any bytes but '/' and blanks: the event is told all the same. */
static void names_that_are_no_utf8_lose_no_event(void **state)
{
	struct event event = rows[0].event;
	_cleanup_buf_ struct buf line = BUF_INIT;
	struct event back;

	(void)strcpy(event.what.name, "\xff\xfe!");
	(void)strcpy(event.owner, "a\xc3");
	event.what.cookie = UINT64_MAX;
	assert_int_equal(event_render_json(&event, &line), 0);
	assert_int_equal(event_parse_json(line.data, line.len, &back), 0);
	assert_string_equal(back.what.name, "?\?!");
	assert_string_equal(back.owner, "a?");
	assert_int_equal(back.what.cookie, INT64_MAX);
}

#define KIND "\"time\":1,\"event\":\"created\""

static void hostile_lines_are_refused(void **state)
{
	static const char *const lines[] = {
		"",
		"\n",
		"null",
		"[]",
		"1",
		"{}",
		"{\"lost\": 3}",
		"{\"time\":1}",
		"{\"event\":\"created\"}",
		"{\"time\":1,\"event\":\"exploded\"}",
		"{\"time\":1,\"event\":\"\"}",
		"{\"time\":1,\"event\":0}",
		"{\"time\":1,\"event\":[\"created\"]}",
		"{\"time\":\"1\",\"event\":\"created\"}",
		"{\"time\":null,\"event\":\"created\"}",
		"{\"time\":-0.001,\"event\":\"created\"}",
		"{\"time\":1e12,\"event\":\"created\"}",
		"{\"time\":1e999,\"event\":\"created\"}",
		"{\"time\":NaN,\"event\":\"created\"}",
		"{" KIND,
		"{" KIND "} x",
		"{" KIND ",\"event\":\"dying\"}",
		"{" KIND ",\"netns\":-1}",
		"{" KIND ",\"netns\":1.5}",
		"{" KIND ",\"netns\":\"1\"}",
		"{" KIND ",\"netns\":9223372036854775808}",
		"{" KIND ",\"index\":4294967296}",
		"{" KIND ",\"other_index\":-3}",
		"{" KIND ",\"pid\":2147483648}",
		"{" KIND ",\"owner\":7}",
		"{" KIND ",\"comm\":null}",
		"{" KIND ",\"interface\":\"a\\u0000b\"}",
		"{" KIND ",\"interface\":\"\xff\"}",
	};

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		struct event event;
		struct event before;

		memset(&event, 0x55, sizeof(event));
		before = event;
		assert_int_equal(event_parse_json(lines[i], strlen(lines[i]), &event), -EINVAL);
		assert_memory_equal(&event, &before, sizeof(event));
	}
}

/* The length counts, not a NUL; and an absurd nesting is not followed. */
static void bytes_and_nesting_are_bounded(void **state)
{
	static const char whole[] = "{" KIND "}";
	char deep[100000];
	struct event event;

	assert_int_equal(event_parse_json(whole, sizeof(whole) - 1, &event), 0);
	assert_int_equal(event_parse_json(whole, sizeof(whole) - 2, &event), -EINVAL);
	assert_int_equal(event_parse_json(whole, sizeof(whole), &event), -EINVAL);
	memset(deep, '[', sizeof(deep));
	assert_int_equal(event_parse_json(deep, sizeof(deep), &event), -EINVAL);
}

static void text_is_cut_and_cleaned_when_read(void **state)
{
	static const char line[] = "{" KIND ",\"interface\":\"eth0123456789abcdef\",\"comm\":\"a\\u001b[2Jb\","
				   "\"other_name\":\"\\u202ex\",\"new\":{\"key\":[1]}}";
	struct event event;

	assert_int_equal(event_parse_json(line, sizeof(line) - 1, &event), 0);
	assert_string_equal(event.what.name, "eth0123456789ab");
	assert_string_equal(event.what.comm, "a?[2Jb");
	assert_string_equal(event.what.other_name, "?x");
	assert_false(event.exact);
}

/* What the fuzzer begins with: what is taken is written the same a second time. */
static void corpus_is_read_without_harm(void **state)
{
	DIR *dir = opendir("tests/fuzz/corpus/event");
	const struct dirent *entry;
	size_t taken = 0;

	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		_cleanup_buf_ struct buf text = BUF_INIT;
		_cleanup_buf_ struct buf once = BUF_INIT;
		_cleanup_buf_ struct buf again = BUF_INIT;
		struct event event;

		if (entry->d_name[0] == '.')
			continue;
		assert_int_equal(file_read_at(dirfd(dir), entry->d_name, 1 << 20, &text), 0);
		if (event_parse_json(text.data, text.len, &event) < 0)
			continue;
		assert_int_equal(event_render_json(&event, &once), 0);
		assert_int_equal(event_parse_json(once.data, once.len, &event), 0);
		assert_int_equal(event_render_json(&event, &again), 0);
		assert_string_equal(once.data, again.data);
		taken++;
	}
	(void)closedir(dir);
	assert_true(taken >= 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_reads_as_a_line),
		cmocka_unit_test(every_kind_goes_into_json_and_comes_back),
		cmocka_unit_test(lines_are_put_behind_each_other),
		cmocka_unit_test(durations_are_short),
		cmocka_unit_test(the_clock_is_rounded_and_carries),
		cmocka_unit_test(names_that_are_no_utf8_lose_no_event),
		cmocka_unit_test(hostile_lines_are_refused),
		cmocka_unit_test(bytes_and_nesting_are_bounded),
		cmocka_unit_test(text_is_cut_and_cleaned_when_read),
		cmocka_unit_test(corpus_is_read_without_harm),
	};

	(void)setenv("TZ", "UTC", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
