/* SPDX-License-Identifier: GPL-2.0-only */
#include "model/event_log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

/* What is noticed by looking, and first seen by looking, is the same moment within so much. */
#define LOOK_NS 100000000ULL

struct event_log {
	struct event_entry *entries; /* number n is at n % max */
	size_t max;
	uint64_t first, end;
	bool counted;  /* a snapshot has told how many were lost */
	uint64_t lost; /* by then */
};

int event_log_new(size_t max, struct event_log **ret)
{
	struct event_log *log = calloc(1, sizeof(*log));

	if (!log)
		return -ENOMEM;
	log->entries = calloc(max, sizeof(*log->entries));
	if (!log->entries) {
		free(log);
		return -ENOMEM;
	}
	log->max = max;
	*ret = log;
	return 0;
}

void event_log_free(struct event_log *log)
{
	if (!log)
		return;
	free(log->entries);
	free(log);
}

static struct event_entry *append(struct event_log *log)
{
	struct event_entry *entry = &log->entries[log->end % log->max];

	log->end++;
	if (log->end - log->first > log->max)
		log->first++;
	return entry;
}

void event_log_add(struct event_log *log, const struct event *event)
{
	*append(log) = (struct event_entry){ .event = *event };
}

/* What is lost of births, deaths and moves, among all that is. */
static uint64_t lost_events(const struct snapshot *snap)
{
	static const char *const kinds[] = { "lifecycle_events", "lifecycle_probes", "netlink_events" };
	uint64_t lost = 0;

	for (size_t i = 0; i < snap->loss_count; i++) {
		for (size_t k = 0; k < ARRAY_SIZE(kinds); k++) {
			if (strcmp(snap->losses[i].what, kinds[k]) == 0)
				lost += snap->losses[i].count;
		}
	}
	return lost;
}

void event_log_lost(struct event_log *log, const struct snapshot *snap)
{
	uint64_t lost = lost_events(snap);

	if (log->counted && lost > log->lost)
		*append(log) = (struct event_entry){ .lost = lost - log->lost };
	log->counted = true;
	log->lost = lost;
}

void event_log_clear(struct event_log *log)
{
	log->first = log->end;
	log->counted = false;
}

uint64_t event_log_first(const struct event_log *log)
{
	return log->first;
}

uint64_t event_log_end(const struct event_log *log)
{
	return log->end;
}

const struct event_entry *event_log_at(const struct event_log *log, uint64_t number)
{
	return &log->entries[number % log->max];
}

bool event_passes(const char *text, const char *filter)
{
	char words[512];
	char *rest = words;
	char *word;

	(void)snprintf(words, sizeof(words), "%s", filter);
	while ((word = strsep(&rest, " \t"))) {
		bool wanted = word[0] != '!';
		const char *equals = strchr(word, '=');
		const char *value = equals ? equals + 1 : word + (wanted ? 0 : 1);

		if (value[0] != '\0' && (strcasestr(text, value) != NULL) != wanted)
			return false;
	}
	return true;
}

static bool is_end(enum ctnet_event_kind kind)
{
	return kind == CTNET_DYING || kind == CTNET_DESTROYED;
}

/* An inode is handed out again at once: what was before the birth of this row, or ended a life that goes on, is of another one. */
static bool is_its_own(const struct lifecycle_event *what, const struct netns *ns)
{
	if (ns->inode == 0)
		return false;
	if (what->inode != ns->inode)
		return what->other_inode == ns->inode && what->time >= ns->birth; /* moved out of it */
	if (is_end(what->kind) && !ns->gone)
		return false;
	return what->birth != 0 ? what->birth == ns->birth : what->time + LOOK_NS >= ns->birth;
}

bool event_is_of(const struct event *event, const struct netns *ns)
{
	const struct lifecycle_event *what = &event->what;

	if (is_its_own(what, ns))
		return true;
	for (size_t i = 0; i < ns->interface_count; i++) {
		const struct interface *interface = &ns->interfaces[i];

		if (interface->peer.known && interface->host_birth != 0 && what->inode == interface->peer.netns &&
		    what->ifindex == interface->peer.index && what->time + LOOK_NS >= interface->host_birth)
			return true;
	}
	return false;
}
