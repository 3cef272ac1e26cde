/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/kernel/lifecycle_decode.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"

static_assert(CTNET_HISTOGRAM_BUCKETS == HISTOGRAM_BUCKETS, "the same buckets on both sides");
static_assert(CTNET_NAME_SIZE == IFNAMSIZ, "names fit");

static void clean(const char in[CTNET_NAME_SIZE], char out[CTNET_NAME_SIZE])
{
	(void)text_clean(in, strnlen(in, CTNET_NAME_SIZE), out, CTNET_NAME_SIZE);
}

int lifecycle_decode(const void *data, size_t size, struct lifecycle_event *ret)
{
	struct ctnet_lifecycle_event raw;
	struct lifecycle_event event = { 0 };

	if (size != sizeof(raw))
		return -EPROTO;
	memcpy(&raw, data, sizeof(raw));
	if (raw.kind >= CTNET_EVENT_KINDS)
		return -EPROTO;
	event.kind = (enum ctnet_event_kind)raw.kind;
	event.time = raw.time_ns;
	event.inode = raw.inode;
	event.cookie = raw.cookie;
	event.birth = raw.birth_ns;
	event.duration = raw.duration_ns;
	event.other_inode = raw.other_inode;
	event.cgroup = raw.cgroup;
	event.pid = (pid_t)raw.pid;
	event.tid = (pid_t)raw.tid;
	event.ifindex = raw.ifindex;
	event.other_ifindex = raw.other_ifindex;
	clean(raw.comm, event.comm);
	clean(raw.name, event.name);
	clean(raw.other_name, event.other_name);
	*ret = event;
	return 0;
}

/* The kernel side adds while we read: never half a number. */
static uint64_t whole(const ctnet_u64 *counter)
{
	return __atomic_load_n(counter, __ATOMIC_RELAXED);
}

static void decode_histogram(const struct ctnet_histogram *histogram, struct histogram *ret)
{
	for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++)
		ret->bucket[i] = whole(&histogram->bucket[i]);
	ret->count = whole(&histogram->count);
	ret->sum_ns = whole(&histogram->sum_ns);
}

void lifecycle_decode_totals(const struct ctnet_lifecycle_totals *totals, struct lifecycle *ret)
{
	ret->created = whole(&totals->seen[CTNET_CREATED]);
	ret->destroyed = whole(&totals->seen[CTNET_DESTROYED]);
	ret->lost = 0;
	for (size_t i = 0; i < CTNET_EVENT_KINDS; i++)
		ret->lost += whole(&totals->lost[i]);
	decode_histogram(&totals->setup, &ret->setup);
	decode_histogram(&totals->teardown, &ret->teardown);
	decode_histogram(&totals->lifetime, &ret->lifetime);
}
