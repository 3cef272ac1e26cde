/* SPDX-License-Identifier: GPL-2.0-only */
/* Recorded netlink messages and what ip said of them: tests/fixtures/netlink/record.py. Tests run in the top directory. */
#pragma once

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>
#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>

#include "base/cleanup.h"
#include "model/link.h"

struct recording {
	char *data;
	size_t len;
};

static inline void recording_free(struct recording *recording)
{
	free(recording->data);
}
#define _cleanup_recording_ _cleanup_(recording_free)

static inline struct recording recording_load(const char *name)
{
	struct recording recording = { .data = malloc(1 << 20) };
	char path[256];
	FILE *file;

	(void)snprintf(path, sizeof(path), "tests/fixtures/netlink/%s", name);
	file = fopen(path, "re");
	if (!file || !recording.data)
		fail_msg("cannot read %s", path);
	recording.len = fread(recording.data, 1, 1 << 20, file);
	(void)fclose(file);
	return recording;
}

static inline json_t *recording_json(const char *name)
{
	char path[256];
	json_t *json;

	(void)snprintf(path, sizeof(path), "tests/fixtures/netlink/%s", name);
	json = json_load_file(path, 0, NULL);
	if (!json)
		fail_msg("cannot read %s", path);
	return json;
}

/** The message at *@at, which is moved on; NULL at the end. */
static inline const struct nlmsghdr *recording_next(const struct recording *recording, size_t *at)
{
	const struct nlmsghdr *nlh = (const void *)(recording->data + *at);

	if (!mnl_nlmsg_ok(nlh, (int)(recording->len - *at)))
		return NULL;
	*at += MNL_ALIGN(nlh->nlmsg_len);
	return nlh;
}

/** A copy of the first @len bytes of a message that says it is no longer, with nothing behind it that could be read. */
static inline struct nlmsghdr *message_cut(const struct nlmsghdr *nlh, size_t len)
{
	struct nlmsghdr *copy = malloc(len);

	assert_non_null(copy);
	memcpy(copy, nlh, len);
	copy->nlmsg_len = (uint32_t)len;
	return copy;
}

/** Whether a message may end at @len: behind its header, or behind an attribute, with or without that one's padding. */
static inline bool message_may_end(const struct nlmsghdr *nlh, size_t header, size_t len)
{
	size_t at = MNL_NLMSG_HDRLEN + MNL_ALIGN(header);

	while (at < len && at < nlh->nlmsg_len) {
		const struct nlattr *attr = (const void *)((const char *)nlh + at);

		if (len >= at + attr->nla_len && len <= at + MNL_ALIGN((size_t)attr->nla_len))
			return true;
		at += MNL_ALIGN((size_t)attr->nla_len);
	}
	return at == len;
}

static inline const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static inline json_int_t number_of(const json_t *object, const char *key, json_int_t absent)
{
	const json_t *value = json_object_get(object, key);

	return value ? json_integer_value(value) : absent;
}

/** The state that ip and bridge call so; PORT_NONE where they call none so. */
static inline enum port_state port_state_named(const char *name)
{
	static const char *const names[] = { "disabled", "listening", "learning", "forwarding", "blocking" };

	for (unsigned int i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(names[i], name) == 0)
			return (enum port_state)i;
	return PORT_NONE;
}
