/* SPDX-License-Identifier: GPL-2.0-only */
/* What a recording is, how it is written and read: render/recording.h, app/recorder.h, app/tape.h. */
#include "unit.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "app/recorder.h"
#include "app/tape.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "render/json.h"
#include "render/recording.h"
#include "render_fixture.h"
#include "tree.h"

#define HEADER "{\"ctnet_recording\":1,\"host\":\"node-7\"}\n"

static struct tree dir;

static int setup(void **state)
{
	tree_make(&dir);
	return 0;
}

static int teardown(void **state)
{
	tree_remove(&dir, "");
	return 0;
}

/* A snapshot as a line, in static memory. */
static const char *snapshot_line(void)
{
	static char line[65536];
	_cleanup_buf_ struct buf text = BUF_INIT;

	assert_int_equal(json_render(fixture_node(), false, &text), 0);
	assert_true(text.len < sizeof(line));
	memcpy(line, text.data, text.len + 1);
	return line;
}

static void a_line_is_known_by_its_beginning(void **state)
{
	static const struct {
		const char *line;
		enum recording_line kind;
	} cases[] = {
		{ HEADER, RECORDING_HEADER },
		{ "{\"version\":1,", RECORDING_SNAPSHOT },
		{ "{\"time\":1.5,", RECORDING_EVENT },
		{ "", RECORDING_FOREIGN },
		{ "{", RECORDING_FOREIGN },
		{ "{\"version\"", RECORDING_FOREIGN },
		{ " {\"version\":1,", RECORDING_FOREIGN },
		{ "OWNER KIND", RECORDING_FOREIGN },
		{ "\x7f"
		  "ELF",
		  RECORDING_FOREIGN },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(recording_line_kind(cases[i].line, strlen(cases[i].line)), cases[i].kind);
}

/* The index of a text that comes in pieces of @piece bytes. */
static int index_in_pieces(const char *text, size_t piece, struct recording_index *index, char error[64])
{
	size_t len = strlen(text);
	int r = 0;

	*index = (struct recording_index){ .count = 0 };
	for (size_t at = 0; at < len && r == 0; at += piece)
		r = recording_index_feed(index, text + at, len - at < piece ? len - at : piece, error, 64);
	return r;
}

static void snapshots_are_found_whatever_the_pieces(void **state)
{
	static const char text[] = HEADER "{\"time\":1}\n{\"version\":1}\n{\"version\":1}\n{\"time\":2}\n{\"time\":3}\n"
					  "{\"version\":1,\"x\":2}\n{\"vers";
	char error[64];

	for (size_t piece = 1; piece < sizeof(text); piece++) {
		struct recording_index index;

		assert_int_equal(index_in_pieces(text, piece, &index, error), 0);
		assert_int_equal(index.count, 3);
		assert_int_equal(index.header_length, strlen(HEADER) - 1);
		assert_int_equal(index.places[0].events, strlen(HEADER));
		assert_int_equal(index.places[0].line, 3);
		assert_int_equal(index.places[1].events, index.places[1].snapshot);
		assert_int_equal(index.places[2].snapshot - index.places[2].events, 22);
		assert_int_equal(index.places[2].length, 19);
		assert_true(recording_index_is_cut(&index));
		recording_index_free(&index);
	}
}

static void foreign_lines_are_refused_by_number(void **state)
{
	static const struct {
		const char *text, *error;
	} cases[] = {
		{ "hello\n", "line 1: neither a snapshot nor an event of ctnet-top" },
		{ "{\"version\":1}\n\n", "line 2: neither a snapshot nor an event of ctnet-top" },
		{ "{\"version\":1}\n" HEADER, "line 2: neither a snapshot nor an event of ctnet-top" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct recording_index index;
		char error[64] = "";

		assert_int_equal(index_in_pieces(cases[i].text, 3, &index, error), -EINVAL);
		assert_string_equal(error, cases[i].error);
		recording_index_free(&index);
	}
}

static void endless_line_is_refused(void **state)
{
	struct recording_index index = { .count = 0 };
	char error[64] = "";
	char piece[65536];
	int r = 0;

	memset(piece, ' ', sizeof(piece));
	for (int i = 0; i < 1000 && r == 0; i++)
		r = recording_index_feed(&index, piece, sizeof(piece), error, sizeof(error));
	assert_int_equal(r, -EFBIG);
	assert_string_equal(error, "line 1: longer than 16777216 bytes");
	recording_index_free(&index);
}

static void what_is_no_recording_is_told_clearly(void **state)
{
	static const struct {
		const char *text, *error;
	} cases[] = {
		{ "", "no recording: it holds no snapshot" },
		{ HEADER, "no recording: it holds no snapshot" },
		{ "{\"ctnet_recording\":2}\n{\"version\":1}\n",
		  "a recording of version 2, only version 1 is known here" },
		{ "{\"ctnet_recording\":\"x\"}\n{\"version\":1}\n", "not the first line of a recording" },
		{ "{\"ctnet_recording\n{\"version\":1}\n", "not the first line of a recording" },
		{ "root:x:0:0\n", "line 1: neither a snapshot nor an event of ctnet-top" },
	};
	struct fault fault;
	struct tape *tape;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		tree_text(&dir, "rec", cases[i].text);
		assert_int_equal(tape_open(tree_path(&dir, "rec"), &tape, &fault), -EINVAL);
		assert_int_equal(fault.code, EXIT_CODE_RUNTIME);
		assert_non_null(strstr(fault.text, cases[i].error));
		assert_non_null(strstr(fault.text, "/rec: "));
	}
	assert_int_equal(tape_open(tree_path(&dir, "none"), &tape, &fault), -ENOENT);
	assert_non_null(strstr(fault.text, "No such file"));
	assert_int_equal(tape_open(dir.path, &tape, &fault), -EINVAL);
	assert_int_equal(mkfifo(tree_path(&dir, "fifo"), 0600), 0); /* must not be waited for */
	assert_int_equal(tape_open(tree_path(&dir, "fifo"), &tape, &fault), -EINVAL);
	assert_non_null(strstr(fault.text, "not a regular file"));
}

static void broken_snapshot_is_told_by_line_and_key(void **state)
{
	struct event_log *events;
	struct snapshot *snap;
	struct fault fault;
	struct tape *tape;

	tree_text(&dir, "rec", HEADER "{\"version\":1,\"time\":5}\n{\"version\":9}\n{\"version\":1\n");
	assert_int_equal(event_log_new(4, &events), 0);
	assert_int_equal(tape_open(tree_path(&dir, "rec"), &tape, &fault), 0);
	assert_int_equal(tape_count(tape), 3);
	assert_int_equal(tape_read(tape, 0, events, &snap, &fault), -EINVAL);
	assert_non_null(strstr(fault.text, "/rec: line 2: has no \"observing_netns\""));
	assert_int_equal(tape_read(tape, 1, events, &snap, &fault), -EINVAL);
	assert_non_null(strstr(fault.text, "line 3: version 9 is not known here"));
	assert_int_equal(tape_read(tape, 2, events, &snap, &fault), -EINVAL);
	assert_non_null(strstr(fault.text, "line 4: line 1 column"));
	tape_close(tape);
	event_log_free(events);
}

static struct event birth(uint64_t inode)
{
	return (struct event){ .time = 1764000000, .exact = true, .what = { .kind = CTNET_CREATED, .inode = inode } };
}

/* Two snapshots with one and two events ahead of them. */
static void record_two(const char *path)
{
	struct recorder *recorder = NULL;
	struct event_log *events;
	struct fault fault;

	assert_int_equal(event_log_new(8, &events), 0);
	assert_int_equal(recorder_open(path, "node-7", &recorder, &fault), 0);
	for (uint64_t inode = 1; inode <= 3; inode++) {
		struct event event = birth(inode);

		event_log_add(events, &event);
		if (inode != 2)
			assert_int_equal(recorder_write(recorder, fixture_node(), events, &fault), 0);
	}
	assert_true(recorder_goes_on(recorder));
	recorder_close(recorder);
	event_log_free(events);
}

static void what_is_recorded_is_played(void **state)
{
	_cleanup_snapshot_ struct snapshot *snap = NULL;
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct event_log *events;
	struct fault fault;
	struct tape *tape;
	struct stat info;

	record_two(tree_path(&dir, "rec"));
	assert_int_equal(stat(tree_path(&dir, "rec"), &info), 0);
	assert_int_equal(info.st_mode & 0777, 0600);
	assert_int_equal(tape_open(tree_path(&dir, "rec"), &tape, &fault), 0);
	assert_string_equal(tape_host(tape), "node-7");
	assert_int_equal(tape_count(tape), 2);
	assert_false(tape_is_cut(tape));
	assert_int_equal(event_log_new(8, &events), 0);
	assert_int_equal(tape_read(tape, 1, events, &snap, &fault), 0);
	assert_int_equal(event_log_end(events), 2);
	assert_int_equal(event_log_at(events, 0)->event.what.inode, 2);
	assert_int_equal(event_log_at(events, 1)->event.what.inode, 3);
	assert_int_equal(json_render(snap, false, &text), 0);
	assert_string_equal(text.data, snapshot_line());
	tape_close(tape);
	event_log_free(events);
}

static void lines_of_json_alone_are_a_recording(void **state)
{
	_cleanup_snapshot_ struct snapshot *snap = NULL;
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct event_log *events;
	struct fault fault;
	struct tape *tape;

	assert_int_equal(buf_puts(&text, snapshot_line()), 0);
	assert_int_equal(buf_puts(&text, "{\"version\":1,\"time"), 0); /* killed while it wrote */
	tree_text(&dir, "rec", text.data);
	assert_int_equal(tape_open(tree_path(&dir, "rec"), &tape, &fault), 0);
	assert_string_equal(tape_host(tape), "");
	assert_int_equal(tape_count(tape), 1);
	assert_true(tape_is_cut(tape));
	assert_int_equal(event_log_new(8, &events), 0);
	assert_int_equal(tape_read(tape, 0, events, &snap, &fault), 0);
	assert_int_equal(snap->namespace_count, fixture_node()->namespace_count);
	tape_close(tape);
	event_log_free(events);
}

static void recording_writes_over_nothing(void **state)
{
	struct recorder *recorder;
	struct fault fault;

	tree_text(&dir, "rec", "dear to somebody");
	assert_int_equal(recorder_open(tree_path(&dir, "rec"), "", &recorder, &fault), -EEXIST);
	assert_int_equal(fault.code, EXIT_CODE_USAGE);
	assert_non_null(strstr(fault.text, "is there already"));
	assert_int_equal(recorder_open(tree_path(&dir, "no/rec"), "", &recorder, &fault), -ENOENT);
}

/* As on a full disk: writing fails in the middle of a line. */
static void what_does_not_fit_is_taken_out_whole(void **state)
{
	struct rlimit before, small;
	struct recorder *recorder;
	struct event_log *events;
	struct fault fault;
	struct tape *tape;

	assert_int_equal(event_log_new(8, &events), 0);
	assert_int_equal(recorder_open(tree_path(&dir, "rec"), "node-7", &recorder, &fault), 0);
	assert_int_equal(recorder_write(recorder, fixture_node(), events, &fault), 0);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small = before;
	small.rlim_cur = strlen(HEADER) + strlen(snapshot_line()) * 3 / 2;
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	assert_int_equal(recorder_write(recorder, fixture_node(), events, &fault), -EFBIG);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_non_null(strstr(fault.text, "recording ended: File too large"));
	assert_false(recorder_goes_on(recorder));
	assert_true(recorder_write(recorder, fixture_node(), events, &fault) < 0); /* it stays so */
	recorder_close(recorder);
	assert_int_equal(tape_open(tree_path(&dir, "rec"), &tape, &fault), 0);
	assert_int_equal(tape_count(tape), 1);
	assert_false(tape_is_cut(tape));
	tape_close(tape);
	event_log_free(events);
}

#define in_tree(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_is_known_by_its_beginning),
		cmocka_unit_test(snapshots_are_found_whatever_the_pieces),
		cmocka_unit_test(foreign_lines_are_refused_by_number),
		cmocka_unit_test(endless_line_is_refused),
		in_tree(what_is_no_recording_is_told_clearly),
		in_tree(broken_snapshot_is_told_by_line_and_key),
		in_tree(what_is_recorded_is_played),
		in_tree(lines_of_json_alone_are_a_recording),
		in_tree(recording_writes_over_nothing),
		in_tree(what_does_not_fit_is_taken_out_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
