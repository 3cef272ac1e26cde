/* SPDX-License-Identifier: GPL-2.0-only */
#include "render/event.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "model/event.h"
#include "render/json_tree.h"

#define LATEST_TIME 1e11 /* seconds: the year 5138 */

/* ---- for people */

static void put_duration(struct buf *out, const char *what, uint64_t ns)
{
	if (ns == 0)
		return;
	/* the bounds are those of what is shown: never "1000 us" */
	if (ns < 999500)
		(void)buf_printf(out, "  %s %.0f us", what, (double)ns / 1e3);
	else if (ns < 999950000)
		(void)buf_printf(out, "  %s %.1f ms", what, (double)ns / 1e6);
	else
		(void)buf_printf(out, "  %s %.1f s", what, (double)ns / 1e9);
}

static const char *or_unknown(const char *name)
{
	return name[0] ? name : "?";
}

static void put_interface(struct buf *out, const struct lifecycle_event *what)
{
	(void)buf_printf(out, "  %s", or_unknown(what->name));
	if (what->ifindex)
		(void)buf_printf(out, " (%" PRIu32 ")", what->ifindex);
}

static void put_details(struct buf *out, const struct lifecycle_event *what)
{
	switch (what->kind) {
	case CTNET_CREATED:
		put_duration(out, "setup", what->duration);
		break;
	case CTNET_DYING:
		put_duration(out, "after", what->duration);
		break;
	case CTNET_DESTROYED:
		put_duration(out, "teardown", what->duration);
		break;
	case CTNET_REGISTERED:
	case CTNET_UNREGISTERED:
		put_interface(out, what);
		break;
	case CTNET_MOVED:
		put_interface(out, what);
		if (what->other_inode)
			(void)buf_printf(out, " from %" PRIu64, what->other_inode);
		break;
	case CTNET_RENAMED:
		put_interface(out, what);
		(void)buf_printf(out, " was %s", or_unknown(what->other_name));
		break;
	case CTNET_JOINED:
	case CTNET_LEFT:
		put_interface(out, what);
		(void)buf_printf(out, " %s %s", what->kind == CTNET_JOINED ? "to" : "from",
		                 or_unknown(what->other_name));
		break;
	case CTNET_EVENT_KINDS:
		break;
	}
}

/* Local time to the millisecond, rounded: the .123 of a time in seconds is .1229999 as a double. */
static void put_clock(struct buf *out, double time)
{
	long long ms = llround(time * 1e3);
	time_t seconds = (time_t)(ms / 1000);
	char clock[16] = "--:--:--";
	struct tm local;

	if (localtime_r(&seconds, &local))
		(void)strftime(clock, sizeof(clock), "%H:%M:%S", &local);
	(void)buf_printf(out, "%s.%03d", clock, (int)(ms % 1000));
}

int event_render_text(const struct event *event, struct buf *ret)
{
	const struct lifecycle_event *what = &event->what;
	_cleanup_buf_ struct buf line = BUF_INIT;

	(void)buf_putc(&line, event->exact ? ' ' : '~');
	put_clock(&line, event->time);
	(void)buf_printf(&line, "  %-12s %-10" PRIu64 "  %s", lifecycle_kind_name(what->kind), what->inode,
	                 event->owner[0] ? event->owner : "-");
	put_details(&line, what);
	if (what->pid)
		(void)buf_printf(&line, "  by %s (pid %d)", or_unknown(what->comm), what->pid);
	(void)buf_putc(&line, '\n');
	return line.failed ? -ENOMEM : buf_append(ret, line.data, line.len);
}

/* ---- for programs: one table for both ways */

enum field_type { FIELD_NUMBER64, FIELD_NUMBER32, FIELD_PID, FIELD_TEXT };

static const struct field {
	const char *key;
	enum field_type type;
	size_t offset;
	size_t size; /* FIELD_TEXT: with the NUL */
} fields[] = {
#define FIELD(key, type, member)                                                                                       \
	{                                                                                                              \
		key, type, offsetof(struct event, member), sizeof(((struct event *)0)->member)                         \
	}
	FIELD("netns", FIELD_NUMBER64, what.inode),
	FIELD("owner", FIELD_TEXT, owner),
	FIELD("interface", FIELD_TEXT, what.name),
	FIELD("index", FIELD_NUMBER32, what.ifindex),
	FIELD("other_name", FIELD_TEXT, what.other_name),
	FIELD("other_index", FIELD_NUMBER32, what.other_ifindex),
	FIELD("from_netns", FIELD_NUMBER64, what.other_inode),
	FIELD("duration_ns", FIELD_NUMBER64, what.duration),
	FIELD("pid", FIELD_PID, what.pid),
	FIELD("comm", FIELD_TEXT, what.comm),
	FIELD("cgroup", FIELD_NUMBER64, what.cgroup),
	FIELD("cookie", FIELD_NUMBER64, what.cookie),
	FIELD("birth_ns", FIELD_NUMBER64, what.birth),
	FIELD("boot_ns", FIELD_NUMBER64, what.time),
#undef FIELD
};

static uint64_t get_number(const struct event *event, const struct field *field)
{
	const char *at = (const char *)event + field->offset;
	uint64_t wide;
	uint32_t narrow;

	if (field->type == FIELD_NUMBER64) {
		memcpy(&wide, at, sizeof(wide));
		return wide;
	}
	memcpy(&narrow, at, sizeof(narrow));
	return narrow;
}

static void put_number(struct event *event, const struct field *field, uint64_t value)
{
	char *at = (char *)event + field->offset;
	uint32_t narrow = (uint32_t)value;

	if (field->type == FIELD_NUMBER64)
		memcpy(at, &value, sizeof(value));
	else
		memcpy(at, &narrow, sizeof(narrow));
}

static json_t *field_value(const struct event *event, const struct field *field)
{
	if (field->type == FIELD_TEXT)
		return tree_text((const char *)event + field->offset);
	return tree_number(get_number(event, field));
}

/* 0 and "" stand for what is not known. */
static bool is_known(const struct event *event, const struct field *field)
{
	if (field->type == FIELD_TEXT)
		return ((const char *)event + field->offset)[0] != '\0';
	return get_number(event, field) != 0;
}

static json_t *event_value(const struct event *event)
{
	json_auto_t *object = json_object();
	int r = tree_set(object, "time", tree_seconds(event->time, TREE_MILLISECONDS));

	r |= tree_set(object, "event", tree_text(lifecycle_kind_name(event->what.kind)));
	r |= tree_set(object, "exact", json_boolean(event->exact));
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		if (is_known(event, &fields[i]))
			r |= tree_set(object, fields[i].key, field_value(event, &fields[i]));
	}
	return r ? NULL : TAKE_PTR(object);
}

int event_render_json(const struct event *event, struct buf *ret)
{
	json_auto_t *object = event_value(event);

	return tree_write(object, JSON_COMPACT, ret);
}

static int read_kind(const json_t *object, enum ctnet_event_kind *ret)
{
	const char *name = json_string_value(json_object_get(object, "event"));

	for (enum ctnet_event_kind kind = 0; kind < CTNET_EVENT_KINDS; kind++) {
		if (name && strcmp(name, lifecycle_kind_name(kind)) == 0) {
			*ret = kind;
			return 0;
		}
	}
	return -EINVAL;
}

static int read_time(const json_t *object, double *ret)
{
	const json_t *value = json_object_get(object, "time");
	double time = json_number_value(value);

	if (!json_is_number(value) || time < 0 || time > LATEST_TIME)
		return -EINVAL;
	*ret = time;
	return 0;
}

/* The largest number that a member takes. */
static json_int_t most(enum field_type type)
{
	if (type == FIELD_PID)
		return INT32_MAX;
	return type == FIELD_NUMBER32 ? UINT32_MAX : INT64_MAX;
}

static int read_field(const json_t *object, const struct field *field, struct event *event)
{
	const json_t *value = json_object_get(object, field->key);

	if (!value)
		return 0;
	if (field->type == FIELD_TEXT) {
		if (!json_is_string(value))
			return -EINVAL;
		(void)text_clean(json_string_value(value), json_string_length(value), (char *)event + field->offset,
		                 field->size);
		return 0;
	}
	if (!json_is_integer(value) || json_integer_value(value) < 0 || json_integer_value(value) > most(field->type))
		return -EINVAL;
	put_number(event, field, (uint64_t)json_integer_value(value));
	return 0;
}

static int read_event(const json_t *object, struct event *event)
{
	int r = read_kind(object, &event->what.kind);

	if (r == 0)
		r = read_time(object, &event->time);
	event->exact = json_is_true(json_object_get(object, "exact"));
	for (size_t i = 0; i < ARRAY_SIZE(fields) && r == 0; i++)
		r = read_field(object, &fields[i], event);
	return r;
}

int event_parse_json(const char *line, size_t len, struct event *ret)
{
	json_error_t error;
	json_auto_t *object = json_loadb(line, len, JSON_REJECT_DUPLICATES, &error);
	struct event event = { 0 };
	int r;

	if (!object && json_error_code(&error) == json_error_out_of_memory)
		return -ENOMEM;
	r = read_event(object, &event);
	if (r == 0)
		*ret = event;
	return r;
}
