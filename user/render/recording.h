/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

/*
 * A recording of ctnet-top is lines of JSON, each one thing, and the first key says what it is: first one that says what file this is and of which
 * host; then snapshots as json_render() writes them, each with the events since the one before (event_render_json()) ahead of it. What
 * `ctnet-top --json` wrote is one as well: it lacks the first line and the events.
 */

enum recording_line {
	RECORDING_HEADER,
	RECORDING_SNAPSHOT,
	RECORDING_EVENT,
	RECORDING_FOREIGN, /* no line of a recording */
};

/** Bytes of a line that recording_line_kind() needs to see at most. */
#define RECORDING_PREFIX 16

/** What a line is, by its beginning. */
enum recording_line recording_line_kind(const char *line, size_t len);

/** Room for the name of a host. */
#define RECORDING_HOST_SIZE 256

/** The first line, with its newline. Returns 0 or -ENOMEM. */
int recording_render_header(const char *host, struct buf *ret);

/**
 * Reads the first line.
 *
 * @ret_host: cleaned; untouched on failure
 * @ret_error: one line of clean text on -EINVAL
 * Returns 0; -EINVAL where it is none, or of a version that is not known here; or -ENOMEM.
 */
int recording_parse_header(const char *line, size_t len, char ret_host[RECORDING_HOST_SIZE], char *ret_error,
                           size_t error_size);

/** Most snapshots of a recording: at one a second eleven days. */
#define RECORDING_MOST ((size_t)1000000)

/** Where a snapshot and the events ahead of it are in a recording. */
struct recording_place {
	uint64_t events;   /* offset of the first line behind the snapshot before */
	uint64_t snapshot; /* of its own line */
	uint32_t length;   /* of that, without the newline */
	uint32_t line;     /* its number, from 1 */
};

/** Finds the snapshots of a recording that is read piece by piece. Zero-initialize, recording_index_free(). */
struct recording_index {
	struct recording_place *places;
	size_t count, cap;
	uint64_t header_length; /* of the first line, where it is a header; 0: it is none */
	/* of the line that is being read */
	uint64_t begin, at; /* where it begins, and what was seen up to */
	uint64_t events;    /* as struct recording_place */
	uint64_t number;    /* from 0 */
	char prefix[RECORDING_PREFIX];
	size_t prefix_len;
};

/**
 * Takes the next piece.
 *
 * @ret_error: on -EINVAL and -EFBIG: what is wrong, clean text
 * Returns 0; -EINVAL: a line is none of a recording; -EFBIG: more, or longer ones, than are read; -ENOMEM.
 */
int recording_index_feed(struct recording_index *index, const char *data, size_t len, char *ret_error,
                         size_t error_size);

/** Whether the last line has no end: whoever wrote it was cut short, and it is left out. */
bool recording_index_is_cut(const struct recording_index *index);

void recording_index_free(struct recording_index *index);
