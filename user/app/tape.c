/* SPDX-License-Identifier: GPL-2.0-only */
#include "app/tape.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "render/event.h"
#include "render/json.h"
#include "render/recording.h"

#define PIECE ((size_t)256 * 1024)
/* Events between two snapshots that are read: more than the log keeps, at some 300 bytes each. */
#define EVENTS_MOST ((uint64_t)4 * 1024 * 1024)

#define LATEST_TIME 1e10 /* seconds: in nanoseconds still a number of 64 bits */

struct tape {
	int fd;
	char name[256]; /* the path as it is told: clean text */
	char host[RECORDING_HOST_SIZE];
	struct recording_index index;
	bool cut;
	struct buf text; /* memory for the next line */
};

static void close_tape(struct tape **tape)
{
	tape_close(*tape);
}

static int refuse(const struct tape *tape, int error, const char *why, struct fault *fault)
{
	if (error == -ENOMEM)
		return fault_set(fault, error, EXIT_CODE_RUNTIME, "no memory");
	return fault_set(fault, error, EXIT_CODE_RUNTIME, "%s: %s", tape->name, why);
}

/* Reads exactly so much of the file into tape->text. A file that became shorter meanwhile is -EIO. */
static int read_text(struct tape *tape, uint64_t offset, size_t len)
{
	buf_reset(&tape->text);
	if (buf_reserve(&tape->text, len) < 0)
		return -ENOMEM;
	while (tape->text.len < len) {
		ssize_t got = pread(tape->fd, tape->text.data + tape->text.len, len - tape->text.len,
		                    (off_t)(offset + tape->text.len));

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got < 0 ? -errno : -EIO;
		tape->text.len += (size_t)got;
	}
	tape->text.data[len] = '\0';
	return 0;
}

static int find_snapshots(struct tape *tape, struct fault *fault)
{
	_cleanup_free_ char *piece = malloc(PIECE);
	char why[160] = "";
	ssize_t got;
	int r = 0;

	if (!piece)
		return refuse(tape, -ENOMEM, "", fault);
	while (r == 0 && (got = read(tape->fd, piece, PIECE)) != 0) {
		if (got < 0 && errno != EINTR)
			return refuse(tape, -errno, strerror(errno), fault);
		if (got > 0)
			r = recording_index_feed(&tape->index, piece, (size_t)got, why, sizeof(why));
	}
	if (r < 0)
		return refuse(tape, r, why, fault);
	if (tape->index.count == 0)
		return refuse(tape, -EINVAL, "no recording: it holds no snapshot (record with --record FILE)", fault);
	tape->cut = recording_index_is_cut(&tape->index);
	return 0;
}

static int read_header(struct tape *tape, struct fault *fault)
{
	char why[160] = "";
	int r;

	if (tape->index.header_length == 0)
		return 0;
	r = read_text(tape, 0, (size_t)tape->index.header_length);
	if (r < 0)
		return refuse(tape, r, strerror(-r), fault);
	r = recording_parse_header(tape->text.data, tape->text.len, tape->host, why, sizeof(why));
	return r < 0 ? refuse(tape, r, why, fault) : 0;
}

int tape_open(const char *path, struct tape **ret, struct fault *fault)
{
	_cleanup_(close_tape) struct tape *tape = calloc(1, sizeof(*tape));
	struct stat info;
	int r;

	if (!tape)
		return fault_set(fault, -ENOMEM, EXIT_CODE_RUNTIME, "no memory");
	(void)text_clean(path, strlen(path), tape->name, sizeof(tape->name));
	/* O_NONBLOCK: a FIFO must not be waited for */
	tape->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (tape->fd < 0 || fstat(tape->fd, &info) < 0)
		return refuse(tape, -errno, strerror(errno), fault);
	if (!S_ISREG(info.st_mode)) /* stepping back needs to seek */
		return refuse(tape, -EINVAL, "not a regular file", fault);
	r = find_snapshots(tape, fault);
	if (r == 0)
		r = read_header(tape, fault);
	if (r == 0)
		*ret = TAKE_PTR(tape);
	return r;
}

void tape_close(struct tape *tape)
{
	if (!tape)
		return;
	cleanup_close(&tape->fd);
	recording_index_free(&tape->index);
	buf_free(&tape->text);
	free(tape);
}

const char *tape_host(const struct tape *tape)
{
	return tape->host;
}

size_t tape_count(const struct tape *tape)
{
	return tape->index.count;
}

bool tape_is_cut(const struct tape *tape)
{
	return tape->cut;
}

/* Lines that are no events tell nothing: they are not why somebody looks at a recording. */
static int tell_events(struct tape *tape, const struct recording_place *place, struct event_log *events)
{
	uint64_t len = place->snapshot - place->events;
	uint64_t from = len > EVENTS_MOST ? place->snapshot - EVENTS_MOST : place->events;
	struct event event;
	const char *line;
	const char *end;
	int r = read_text(tape, from, (size_t)(place->snapshot - from));

	for (line = tape->text.data; r == 0 && line && (end = strchr(line, '\n')); line = end + 1) {
		if (event_parse_json(line, (size_t)(end - line), &event) == 0)
			event_log_add(events, &event);
	}
	return r;
}

/* What an older or another writer left out: without it there are no rates. */
static void mend_clock(struct snapshot *snap)
{
	if (snap->now == 0)
		snap->now = snap->time < LATEST_TIME ? (uint64_t)(snap->time * 1e9) : 0;
}

int tape_read(struct tape *tape, size_t number, struct event_log *events, struct snapshot **ret, struct fault *fault)
{
	const struct recording_place *place = &tape->index.places[number];
	char why[256] = "";
	int r = tell_events(tape, place, events);

	if (r == 0)
		r = read_text(tape, place->snapshot, place->length);
	if (r < 0)
		return refuse(tape, r, strerror(-r), fault);
	r = json_parse_snapshot(tape->text.data, tape->text.len, ret, why, sizeof(why));
	if (r == -EINVAL)
		return fault_set(fault, r, EXIT_CODE_RUNTIME, "%s: line %u: %s", tape->name, place->line, why);
	if (r < 0)
		return refuse(tape, r, why, fault);
	mend_clock(*ret);
	return 0;
}
