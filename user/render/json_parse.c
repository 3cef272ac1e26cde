/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <string.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "model/snapshot.h"
#include "render/json.h"
#include "render/json_fields.h"
#include "render/json_read.h"
#include "render/json_tables.h"

/*
 * 10,000 namespaces take some 11 MB of text. Measured: jansson takes up to 78 times the text (an array of empty objects), so this bounds
 * the memory as well.
 */
#define MOST_BYTES   ((size_t)16 * 1024 * 1024)
#define LATEST_TIME  1e11 /* seconds: the year 5138; milliseconds of it are exact in a double */
#define LONGEST_LOOK 1e6

static int read_bucket(struct json_reader *reader, json_t *value, void *item)
{
	return json_read_number(reader, value, INT64_MAX, item);
}

static int read_histogram(struct json_reader *reader, json_t *histograms, const char *key, struct histogram *times)
{
	struct json_items buckets = { .size = sizeof(uint64_t), .most = HISTOGRAM_BUCKETS, .read = read_bucket };
	json_t *value;
	size_t mark;
	int r = json_member(reader, histograms, key, JSON_OBJECT, false, &value);

	if (r < 0)
		return r;
	mark = json_enter_key(reader, key);
	r = json_read_counter(reader, value, "count", &times->count);
	if (r == 0)
		r = json_read_counter(reader, value, "sum_ns", &times->sum_ns);
	if (r == 0)
		r = json_read_items(reader, value, "buckets", false, &buckets);
	if (r == 0 && buckets.count != HISTOGRAM_BUCKETS)
		r = json_wrong(reader, "not %d buckets", HISTOGRAM_BUCKETS);
	if (r == 0)
		memcpy(times->bucket, buckets.items, sizeof(times->bucket));
	json_leave(reader, mark);
	return r;
}

static int read_histograms(struct json_reader *reader, json_t *lifecycle, struct lifecycle *ret)
{
	json_t *histograms;
	size_t mark;
	int r = json_member(reader, lifecycle, "histograms", JSON_OBJECT, true, &histograms);

	if (r < 0 || !histograms)
		return r;
	mark = json_enter_key(reader, "histograms");
	r = read_histogram(reader, histograms, "setup", &ret->setup);
	if (r == 0)
		r = read_histogram(reader, histograms, "teardown", &ret->teardown);
	if (r == 0)
		r = read_histogram(reader, histograms, "lifetime", &ret->lifetime);
	json_leave(reader, mark);
	return r;
}

static int read_lifecycle(struct json_reader *reader, json_t *root, struct snapshot *snap)
{
	json_t *lifecycle;
	size_t mark;
	int r = json_member(reader, root, "lifecycle", JSON_OBJECT, false, &lifecycle);

	if (r < 0)
		return r;
	mark = json_enter_key(reader, "lifecycle");
	r = json_read_shape(reader, lifecycle, &json_lifecycle_shape, &snap->lifecycle);
	if (r == 0)
		r = json_read_counter(reader, lifecycle, "alive", &snap->alive);
	if (r == 0 && json_object_get(lifecycle, "held"))
		r = json_read_counter(reader, lifecycle, "held", &snap->held);
	if (r == 0)
		r = read_histograms(reader, lifecycle, &snap->lifecycle);
	json_leave(reader, mark);
	return r;
}

/* What is told of a source beyond its state. A text without that key goes by the state alone. */
static int read_source_detail(struct json_reader *reader, json_t *details, struct source *source)
{
	json_t *detail;
	json_t *up;
	json_t *incomplete;
	json_t *text;
	int r;

	source->detail = "";
	source->up = strcmp(source->state, "absent") != 0 && strcmp(source->state, "failed") != 0;
	if (!details)
		return 0;
	r = json_member(reader, details, source->name, JSON_OBJECT, true, &detail);
	if (r < 0 || !detail)
		return r;
	r = json_member(reader, detail, "up", JSON_TRUE, false, &up);
	if (r == 0)
		r = json_member(reader, detail, "incomplete", JSON_TRUE, false, &incomplete);
	if (r == 0)
		r = json_member(reader, detail, "detail", JSON_STRING, false, &text);
	if (r < 0)
		return r;
	source->up = json_is_true(up);
	source->incomplete = json_is_true(incomplete);
	return json_read_text(reader, text, &source->detail);
}

static int read_sources(struct json_reader *reader, json_t *sources, json_t *details, struct snapshot *snap)
{
	struct source *source = arena_array(reader->arena, json_object_size(sources), sizeof(*source));
	const char *name;
	json_t *state;

	if (!source)
		return -ENOMEM;
	snap->sources = source;
	json_object_foreach(sources, name, state)
	{
		int r = json_read_key(reader, name, &source->name);

		if (r == 0)
			r = json_read_text(reader, state, &source->state);
		if (r == 0)
			r = read_source_detail(reader, details, source);
		if (r < 0)
			return r;
		source++;
		snap->source_count++;
	}
	return 0;
}

static int read_losses(struct json_reader *reader, json_t *losses, struct snapshot *snap)
{
	struct loss *loss = arena_array(reader->arena, json_object_size(losses), sizeof(*loss));
	const char *what;
	json_t *count;

	if (!loss)
		return -ENOMEM;
	snap->losses = loss;
	json_object_foreach(losses, what, count)
	{
		int r = json_read_key(reader, what, &loss->what);

		if (r == 0)
			r = json_read_number(reader, count, INT64_MAX, &loss->count);
		if (r < 0)
			return r;
		loss++;
		snap->loss_count++;
	}
	return 0;
}

/* The two sections that are objects with names of their own. */
static int read_named(struct json_reader *reader, json_t *root, struct snapshot *snap)
{
	json_t *sources;
	json_t *details;
	json_t *losses;
	size_t mark;
	int r = json_member(reader, root, "sources", JSON_OBJECT, false, &sources);

	if (r == 0)
		r = json_member(reader, root, "source_details", JSON_OBJECT, true, &details);
	if (r == 0)
		r = json_member(reader, root, "losses", JSON_OBJECT, true, &losses);
	if (r < 0)
		return r;
	mark = json_enter_key(reader, "sources");
	r = read_sources(reader, sources, details, snap);
	json_leave(reader, mark);
	if (r < 0 || !losses)
		return r;
	mark = json_enter_key(reader, "losses");
	r = read_losses(reader, losses, snap);
	json_leave(reader, mark);
	return r;
}

static int read_time(struct json_reader *reader, json_t *root, const char *key, double max, double *ret)
{
	json_t *value;
	size_t mark;
	int r = json_member(reader, root, key, JSON_REAL, false, &value);

	if (r < 0)
		return r;
	mark = json_enter_key(reader, key);
	r = json_read_seconds(reader, value, max, ret);
	json_leave(reader, mark);
	return r;
}

static int read_header(struct json_reader *reader, json_t *root, struct snapshot *snap)
{
	uint64_t version = 0;
	int r = json_read_counter(reader, root, "version", &version);

	if (r == 0 && version != 1)
		r = json_wrong(reader, "version %" PRIu64 " is not known here, only version 1", version);
	if (r == 0)
		r = read_time(reader, root, "time", LATEST_TIME, &snap->time);
	if (r == 0 && json_object_get(root, "duration"))
		r = read_time(reader, root, "duration", LONGEST_LOOK, &snap->duration);
	if (r == 0 && json_object_get(root, "boottime_ns"))
		r = json_read_counter(reader, root, "boottime_ns", &snap->now);
	if (r == 0)
		r = json_read_counter(reader, root, "observing_netns", &snap->observing_inode);
	return r;
}

static int read_snapshot(struct json_reader *reader, json_t *root, struct snapshot *snap)
{
	int r = read_header(reader, root, snap);

	if (r == 0)
		r = read_named(reader, root, snap);
	if (r == 0)
		r = json_read_tables(reader, root, snap);
	if (r == 0)
		r = read_lifecycle(reader, root, snap);
	return r;
}

int json_parse_snapshot(const char *text, size_t len, struct snapshot **ret, char *ret_error, size_t error_size)
{
	struct json_reader reader = { .error = ret_error, .error_size = error_size };
	json_auto_t *root = NULL;
	_cleanup_snapshot_ struct snapshot *snap = NULL;
	json_error_t error;
	int r;

	if (len > MOST_BYTES)
		return json_wrong(&reader, "larger than %zu bytes", MOST_BYTES);
	root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
	if (!root && json_error_code(&error) == json_error_out_of_memory)
		return -ENOMEM;
	if (!root)
		return json_wrong(&reader, "line %d column %d: %s", error.line, error.column, error.text);
	r = snapshot_new(&snap);
	if (r < 0)
		return r;
	reader.arena = snap->arena;
	r = read_snapshot(&reader, root, snap);
	if (r == 0)
		*ret = TAKE_PTR(snap);
	return r;
}
