/* SPDX-License-Identifier: GPL-2.0-only */
#include "render/recording.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "render/json_tree.h"

#define HEADER_KEY  "ctnet_recording"
#define VERSION     1
#define FIRST_CAP   ((size_t)256)
#define MOST_LENGTH ((uint64_t)16 * 1024 * 1024) /* as json_parse_snapshot() takes */

enum recording_line recording_line_kind(const char *line, size_t len)
{
	/* no longer than RECORDING_PREFIX; an event begins with its time, a snapshot with its version */
	static const struct {
		const char *begin;
		enum recording_line kind;
	} kinds[] = {
		{ "{\"" HEADER_KEY, RECORDING_HEADER },
		{ "{\"version\":", RECORDING_SNAPSHOT },
		{ "{\"time\":", RECORDING_EVENT },
	};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		size_t wanted = strnlen(kinds[i].begin, RECORDING_PREFIX);

		if (len >= wanted && memcmp(line, kinds[i].begin, wanted) == 0)
			return kinds[i].kind;
	}
	return RECORDING_FOREIGN;
}

int recording_render_header(const char *host, struct buf *ret)
{
	json_auto_t *object = json_object();
	int r = tree_set(object, HEADER_KEY, tree_number(VERSION));

	r |= tree_set(object, "host", tree_text(host));
	return r ? -ENOMEM : tree_write(object, JSON_COMPACT, ret);
}

int recording_parse_header(const char *line, size_t len, char ret_host[RECORDING_HOST_SIZE], char *ret_error,
                           size_t error_size)
{
	json_error_t error;
	json_auto_t *object = json_loadb(line, len, JSON_REJECT_DUPLICATES, &error);
	const json_t *version = json_object_get(object, HEADER_KEY);
	const json_t *host = json_object_get(object, "host");

	if (!object && json_error_code(&error) == json_error_out_of_memory)
		return -ENOMEM;
	if (!json_is_integer(version)) {
		(void)snprintf(ret_error, error_size, "not the first line of a recording");
		return -EINVAL;
	}
	if (json_integer_value(version) != VERSION) {
		(void)snprintf(ret_error, error_size,
		               "a recording of version %" JSON_INTEGER_FORMAT ", only version %d is known here",
		               json_integer_value(version), VERSION);
		return -EINVAL;
	}
	(void)text_clean(host ? json_string_value(host) : "", host ? json_string_length(host) : 0, ret_host,
	                 RECORDING_HOST_SIZE);
	return 0;
}

static int add_place(struct recording_index *index, struct recording_place place)
{
	if (index->count == index->cap) {
		size_t cap = index->cap ? index->cap * 2 : FIRST_CAP;
		struct recording_place *places = reallocarray(index->places, cap, sizeof(*places));

		if (!places)
			return -ENOMEM;
		index->places = places;
		index->cap = cap;
	}
	index->places[index->count++] = place;
	return 0;
}

/* A line without its newline has been seen whole. */
static int take_line(struct recording_index *index, char *ret_error, size_t error_size)
{
	uint64_t length = index->at - index->begin;

	switch (recording_line_kind(index->prefix, index->prefix_len)) {
	case RECORDING_HEADER:
		if (index->number > 0)
			break;
		index->header_length = length;
		index->events = index->at + 1;
		return 0;
	case RECORDING_EVENT:
		return 0;
	case RECORDING_SNAPSHOT:
		if (index->count == RECORDING_MOST) {
			(void)snprintf(ret_error, error_size, "more than %zu snapshots", RECORDING_MOST);
			return -EFBIG;
		}
		if (add_place(index, (struct recording_place){ index->events, index->begin, (uint32_t)length,
		                                               (uint32_t)index->number + 1 }) < 0)
			return -ENOMEM;
		index->events = index->at + 1;
		return 0;
	case RECORDING_FOREIGN:
		break;
	}
	(void)snprintf(ret_error, error_size, "line %" PRIu64 ": neither a snapshot nor an event of ctnet-top",
	               index->number + 1);
	return -EINVAL;
}

int recording_index_feed(struct recording_index *index, const char *data, size_t len, char *ret_error,
                         size_t error_size)
{
	const char *end = data + len;

	while (data < end) {
		const char *newline = memchr(data, '\n', (size_t)(end - data));
		size_t piece = (size_t)((newline ? newline : end) - data);
		size_t more = RECORDING_PREFIX - index->prefix_len;
		int r;

		more = more < piece ? more : piece;
		memcpy(index->prefix + index->prefix_len, data, more);
		index->prefix_len += more;
		index->at += piece;
		if (index->at - index->begin > MOST_LENGTH || index->number >= UINT32_MAX) {
			(void)snprintf(ret_error, error_size, "line %" PRIu64 ": longer than %" PRIu64 " bytes",
			               index->number + 1, MOST_LENGTH);
			return -EFBIG;
		}
		if (!newline)
			return 0;
		r = take_line(index, ret_error, error_size);
		if (r < 0)
			return r;
		index->at++;
		index->begin = index->at;
		index->prefix_len = 0;
		index->number++;
		data = newline + 1;
	}
	return 0;
}

bool recording_index_is_cut(const struct recording_index *index)
{
	return index->at > index->begin;
}

void recording_index_free(struct recording_index *index)
{
	free(index->places);
	*index = (struct recording_index){ .places = NULL };
}
