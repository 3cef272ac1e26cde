/* SPDX-License-Identifier: GPL-2.0-only */
/* What ctnet-top knows from one look to the next, fed by a recording of a node on which namespaces come and go. */
#include "unit.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "app/top_state.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "render/event.h"
#include "render/json.h"
#include "render/recording.h"
#include "render_fixture.h"
#include "tree.h"

#define SECOND 1000000000ULL

/* sanitizer/allocator_interface.h, which gcc does not install */
size_t __sanitizer_get_current_allocated_bytes(void);

static struct tree dir;
static struct frame frame = { .unicode = true };

static struct top_options options_of(void)
{
	return (struct top_options){ .settings = top_settings_standard(), .filter = "" };
}

/* Snapshot number @at: a second after the one before; box has received more, and each seventh something ends that nobody saw begin. */
static void put_snapshot(struct buf *text, uint64_t at)
{
	struct snapshot snap = *fixture_node();
	struct netns namespaces[6];
	struct interface links[8];
	struct event event = { .time = 1764000000, .what = { .kind = CTNET_CREATED, .inode = at + 1 } };

	memcpy(namespaces, snap.namespaces, sizeof(namespaces));
	memcpy(links, namespaces[1].interfaces, namespaces[1].interface_count * sizeof(links[0]));
	links[0].traffic.dir[RECEIVE].total.bytes += at * at * 1000;
	namespaces[1].interfaces = links;
	namespaces[5].birth += at;
	snap.namespaces = namespaces;
	snap.namespace_count = at % 7 == 0 ? 6 : 5;
	snap.time += (double)at;
	snap.now = (at + 1000) * SECOND;
	snap.lifecycle.created += at;
	assert_int_equal(event_render_json(&event, text), 0);
	assert_int_equal(json_render(&snap, false, text), 0);
}

/* A state that plays @count of them, before its first look. */
static struct top_state *play(uint64_t count, struct top_source **source)
{
	static struct top_state *state;
	_cleanup_buf_ struct buf text = BUF_INIT;
	const struct top_options options = options_of();
	struct fault fault;

	assert_int_equal(recording_render_header("node-7", &text), 0);
	for (uint64_t at = 0; at < count; at++)
		put_snapshot(&text, at);
	tree_write(&dir, "rec", text.data, text.len);
	assert_int_equal(top_source_replay(tree_path(&dir, "rec"), source, &fault), 0);
	assert_int_equal(top_state_new(&options, *source, &state, &fault), 0);
	return state;
}

static int setup(void **state)
{
	(void)setlocale(LC_CTYPE, "C.UTF-8");
	(void)setenv("TZ", "UTC", 1);
	tree_make(&dir);
	return 0;
}

static int teardown(void **state)
{
	frame_free(&frame);
	tree_remove(&dir, "");
	return 0;
}

static void draw(struct top_state *state, size_t lines, size_t columns)
{
	struct screen screen;

	assert_int_equal(frame_resize(&frame, lines, columns), 0);
	screen = top_state_screen(state);
	screen_settle(&screen, &frame, &state->view);
	screen_render(&screen, &frame);
}

/* The screen as text; free() it. */
static char *drawn(struct top_state *state)
{
	struct buf text = BUF_INIT;

	draw(state, 40, 200);
	for (size_t line = 0; line < frame.lines; line++) {
		assert_int_equal(frame_line_text(&frame, line, &text), 0);
		assert_int_equal(buf_putc(&text, '\n'), 0);
	}
	return text.data;
}

static void assert_drawn(struct top_state *state, const char *wanted)
{
	_cleanup_free_ char *got = drawn(state);

	assert_string_equal(got, wanted);
}

#define PLAYED 80

static void stepping_shows_what_was_shown(void **state)
{
	static const struct {
		int by;
		size_t at; /* from 1 */
	} steps[] = { { -1, 79 }, { -10, 69 }, { 1, 70 }, { 10, 80 }, { 10, 80 }, { -1000, 1 }, { -1, 1 }, { 3, 4 } };
	char *seen[PLAYED + 1] = { NULL };
	struct top_source *source;
	struct top_state *top = play(PLAYED, &source);
	struct fault fault;

	top->view.hidden = 1U << COLUMN_MINUTE; /* its bars begin where the playing began */
	for (size_t at = 1; at <= PLAYED; at++) {
		assert_int_equal(top_state_look(top, &fault), 0);
		seen[at] = drawn(top);
	}
	assert_int_equal(top_state_look(top, &fault), -ENODATA);
	assert_drawn(top, seen[PLAYED]);
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		assert_int_equal(top_state_step(top, steps[i].by, &fault), 0);
		assert_int_equal(top_source_played(source), steps[i].at);
		assert_drawn(top, seen[steps[i].at]);
	}
	assert_string_not_equal(seen[69], seen[79]);
	assert_non_null(strstr(seen[79], "  REPLAY 79/80 16:01:18  "));
	assert_non_null(strstr(seen[79], "~build-4711"));
	for (size_t at = 1; at <= PLAYED; at++)
		free(seen[at]);
	top_state_free(top);
	top_source_free(source);
}

static void snapshot_that_is_broken_is_told_and_passed(void **state)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	_cleanup_top_source_ struct top_source *source = NULL;
	_cleanup_top_state_ struct top_state *top = NULL;
	const struct top_options options = options_of();
	_cleanup_free_ char *seen = NULL;
	struct fault fault;

	put_snapshot(&text, 0);
	assert_int_equal(buf_puts(&text, "{\"version\":1}\n"), 0);
	put_snapshot(&text, 2);
	tree_write(&dir, "rec", text.data, text.len);
	assert_int_equal(top_source_replay(tree_path(&dir, "rec"), &source, &fault), 0);
	assert_int_equal(top_state_new(&options, source, &top, &fault), 0);
	assert_int_equal(top_state_look(top, &fault), 0);
	assert_int_equal(top_state_look(top, &fault), 0);
	seen = drawn(top);
	assert_non_null(strstr(seen, "! the last look failed, this is the one before: "));
	assert_non_null(strstr(seen, "/rec: line 3: has no \"time\""));
	assert_int_equal(top_state_look(top, &fault), 0);
	assert_int_equal(top->look_fault.code, EXIT_CODE_OK);
	assert_true(top->rates->seconds > 1.9); /* over both */
}

static void memory_is_flat_over_a_thousand_refreshes(void **state)
{
	struct top_source *source;
	struct top_state *top = play(1120, &source);
	struct fault fault;
	size_t before = 0;

	top->view.tree = true;
	folds_turn_all(&top->view.folds);
	for (size_t at = 1; at <= 1120; at++) {
		assert_int_equal(top_state_look(top, &fault), 0);
		for (int s = 0; s < VIEW_SCREENS; s++) {
			top->view.screen = (enum view_screen)s;
			draw(top, 24, 80);
		}
		if (at == 119)
			before = __sanitizer_get_current_allocated_bytes();
	}
	/* 119 and 1120 are both multiples of 7: as much is there */
	assert_int_equal(__sanitizer_get_current_allocated_bytes(), before);
	top_state_free(top);
	top_source_free(source);
}

#define in_tree(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_tree(stepping_shows_what_was_shown),
		in_tree(snapshot_that_is_broken_is_told_and_passed),
		in_tree(memory_is_flat_over_a_thousand_refreshes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
