/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/owners/storage_parse.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "observe/owners/cmdline_parse.h"
#include "observe/owners/json_text.h"

#define HEX_DIGITS "0123456789abcdef"

bool storage_is_id(const char *name)
{
	return strspn(name, HEX_DIGITS) == STORAGE_ID_LEN && name[STORAGE_ID_LEN] == '\0';
}

static int tell(const json_t *one, storage_container_fn each, void *context)
{
	const char *metadata_text = json_string_value(json_object_get(one, "metadata"));
	_cleanup_json_ json_t *metadata =
		metadata_text ? json_parse_object(metadata_text, strlen(metadata_text), 0) : NULL;
	const char *pod = json_string_value(json_object_get(metadata, "pod-id"));
	const struct storage_container container = {
		.id = json_string_value(json_object_get(one, "id")),
		.name = json_string_value(json_array_get(json_object_get(one, "names"), 0)),
		.image = json_string_value(json_object_get(metadata, "image-name")),
		.is_crio = pod && *pod,
	};

	if (!container.id || !storage_is_id(container.id))
		return 0;
	return each(context, &container);
}

int storage_parse_containers(const char *text, size_t len, storage_container_fn each, void *context)
{
	json_error_t error;
	_cleanup_json_ json_t *root = json_loadb(text, len, 0, &error);
	int r = 0;

	if (!json_is_array(root))
		return -EBADMSG;
	for (size_t i = 0; i < json_array_size(root) && r == 0; i++)
		r = tell(json_array_get(root, i), each, context);
	return r;
}

enum { SLOT_BUNDLE, SLOT_PIDFILE };

/* Of the options of conmon that take a value, those that are wanted, and the one whose values look like options. */
static const struct cmdline_option options[] = {
	{ "--bundle", SLOT_BUNDLE },
	{ "-b", SLOT_BUNDLE },
	{ "--container-pidfile", SLOT_PIDFILE },
	{ "-p", SLOT_PIDFILE },
	{ "--exit-command-arg", CMDLINE_IGNORED },
	{ "--runtime-arg", CMDLINE_IGNORED },
	{ "--runtime-opt", CMDLINE_IGNORED },
	{ "--conmon-pidfile", CMDLINE_IGNORED },
	{ "--persist-dir", CMDLINE_IGNORED },
};

/* Cuts "/ID@tail" off; returns whether it was there behind an absolute path. */
static bool cut(char *path, const char *tail)
{
	size_t len = strlen(path), tail_len = strlen(tail);
	size_t cut_len = tail_len + STORAGE_ID_LEN + 1;

	if (path[0] != '/' || len <= cut_len || strcmp(path + len - tail_len, tail) != 0)
		return false;
	len -= cut_len;
	path[len + cut_len - tail_len] = '\0';
	if (path[len] != '/' || !storage_is_id(path + len + 1))
		return false;
	path[len] = '\0';
	return true;
}

int conmon_parse_cmdline(const char *text, size_t len, struct conmon_place *ret)
{
	_cleanup_(cmdline_free) struct cmdline cmdline = { { NULL } };
	int r = cmdline_parse(text, len, options, ARRAY_SIZE(options), CMDLINE_TO_END, &cmdline);
	char *bundle, *pidfile;

	if (r < 0)
		return r;
	bundle = cmdline.values[SLOT_BUNDLE];
	pidfile = cmdline.values[SLOT_PIDFILE];
	if (!bundle || !pidfile || !cut(bundle, "/userdata") || !cut(pidfile, "/userdata/pidfile"))
		return -EINVAL;
	ret->bundle = TAKE_PTR(cmdline.values[SLOT_BUNDLE]);
	ret->pidfile = TAKE_PTR(cmdline.values[SLOT_PIDFILE]);
	return 0;
}

void conmon_place_free(struct conmon_place *place)
{
	free(place->bundle);
	free(place->pidfile);
	*place = (struct conmon_place){ NULL, NULL };
}

bool podman_pod_of_cgroup(const char *cgroup, const char *id, char *ret)
{
	while (*cgroup) {
		size_t digits = strspn(cgroup, HEX_DIGITS);

		if (digits == STORAGE_ID_LEN && strncmp(cgroup, id, STORAGE_ID_LEN) != 0) {
			memcpy(ret, cgroup, STORAGE_ID_LEN);
			ret[STORAGE_ID_LEN] = '\0';
			return true;
		}
		cgroup += digits ? digits : 1;
	}
	return false;
}

/* The name in a pod's JSON object that begins here; none where it is cut off. */
static int name_at(const char *at, size_t len, char **ret)
{
	_cleanup_json_ json_t *json = json_parse_object(at, len, JSON_DISABLE_EOF_CHECK);
	const char *id = json_string_value(json_object_get(json, "id"));

	if (!id || !storage_is_id(id))
		return 0;
	return json_copy_text(json_object_get(json, "name"), ret);
}

int podman_find_pod_name(const char *text, size_t len, const char *pod, char **ret)
{
	static const char head[] = "{\"id\":\"";
	/* a pod's object is some hundred bytes, and there are two or three old copies of it at most */
	const size_t object_max = 64 * 1024;
	int tries = 16;
	char begin[sizeof(head) + STORAGE_ID_LEN];
	const char *at = text, *end = text + len;
	size_t pod_len = strlen(pod);
	char *name = NULL;

	if (pod_len < STORAGE_SHORT_ID || pod_len > STORAGE_ID_LEN)
		return 0;
	(void)snprintf(begin, sizeof(begin), "%s%s", head, pod);
	while (!name && tries-- > 0 && (at = memmem(at, (size_t)(end - at), begin, sizeof(head) - 1 + pod_len))) {
		size_t left = (size_t)(end - at);

		if (name_at(at, left < object_max ? left : object_max, &name) < 0)
			return -ENOMEM;
		at++;
	}
	if (name)
		*ret = name;
	return 0;
}
