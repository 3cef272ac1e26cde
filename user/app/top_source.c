/* SPDX-License-Identifier: GPL-2.0-only */
#include "app/top_source.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/host.h"
#include "app/tape.h"
#include "base/cleanup.h"
#include "base/text.h"

#define EVENTS_KEPT 1024

struct top_source {
	struct collector_options options;
	struct collector *collector; /* or */
	struct tape *tape;
	struct event_log *events;
	char host_name[256];
	struct host host;
	/* of the recording */
	size_t at; /* the next snapshot */
	struct snapshot *latest, *before;
};

static int new_source(struct top_source **ret, struct fault *fault)
{
	struct top_source *source = calloc(1, sizeof(*source));

	if (!source || event_log_new(EVENTS_KEPT, &source->events) < 0) {
		free(source);
		return fault_set(fault, -ENOMEM, EXIT_CODE_RUNTIME, "no memory");
	}
	*ret = source;
	return 0;
}

static void take_event(void *context, const struct event *event)
{
	event_log_add(context, event);
}

int top_source_live(const struct collector_options *options, struct top_source **ret, struct fault *fault)
{
	_cleanup_top_source_ struct top_source *source = NULL;
	char name[HOST_NAME_MAX + 1] = "";
	int r = new_source(&source, fault);

	if (r < 0)
		return r;
	if (gethostname(name, sizeof(name) - 1) < 0)
		name[0] = '\0';
	(void)text_clean(name, strlen(name), source->host_name, sizeof(source->host_name));
	source->options = *options;
	source->options.event = take_event;
	source->options.event_context = source->events;
	r = collector_open(&source->options, &source->collector, fault);
	if (r < 0)
		return r;
	*ret = TAKE_PTR(source);
	return 0;
}

int top_source_replay(const char *path, struct top_source **ret, struct fault *fault)
{
	_cleanup_top_source_ struct top_source *source = NULL;
	int r = new_source(&source, fault);

	if (r < 0)
		return r;
	r = tape_open(path, &source->tape, fault);
	if (r < 0)
		return r;
	*ret = TAKE_PTR(source);
	return 0;
}

void top_source_free(struct top_source *source)
{
	if (!source)
		return;
	collector_free(source->collector);
	tape_close(source->tape);
	snapshot_free(source->latest);
	snapshot_free(source->before);
	event_log_free(source->events);
	host_free(&source->host);
	free(source);
}

void top_source_freep(struct top_source **source)
{
	top_source_free(*source);
}

static int play(struct top_source *source, const struct snapshot **ret, const struct snapshot **ret_before,
                struct fault *fault)
{
	struct snapshot *snap = NULL;
	int r;

	if (source->at >= tape_count(source->tape))
		return -ENODATA;
	/* one that cannot be read is passed over by the next call */
	r = tape_read(source->tape, source->at++, source->events, &snap, fault);
	if (r < 0)
		return r;
	snapshot_free(source->before);
	source->before = source->latest;
	source->latest = snap;
	*ret = source->latest;
	*ret_before = source->before;
	return 0;
}

int top_source_next(struct top_source *source, const struct snapshot **ret, const struct snapshot **ret_before,
                    struct fault *fault)
{
	int r;

	if (source->tape)
		r = play(source, ret, ret_before, fault);
	else
		r = collector_snapshot(source->collector, ret, ret_before, fault);
	if (r == 0)
		event_log_lost(source->events, *ret);
	return r;
}

void top_source_seek(struct top_source *source, size_t at)
{
	snapshot_free(source->latest);
	snapshot_free(source->before);
	source->latest = source->before = NULL;
	event_log_clear(source->events);
	source->at = at;
}

size_t top_source_count(const struct top_source *source)
{
	return source->tape ? tape_count(source->tape) : 0;
}

size_t top_source_played(const struct top_source *source)
{
	return source->at;
}

struct collector *top_source_collector(const struct top_source *source)
{
	return source->collector;
}

struct event_log *top_source_events(const struct top_source *source)
{
	return source->events;
}

const char *top_source_host(const struct top_source *source)
{
	return source->tape ? tape_host(source->tape) : source->host_name;
}

const char *top_source_notice(const struct top_source *source)
{
	if (source->tape && tape_is_cut(source->tape))
		return "the recording was cut off: what is behind its last whole line is left out";
	return "";
}

const struct host_facts *top_source_facts(struct top_source *source)
{
	if (source->tape)
		return NULL;
	host_free(&source->host);
	memset(&source->host, 0, sizeof(source->host));
	return host_read(&source->options, &source->host, NULL) < 0 ? NULL : &source->host.facts;
}
