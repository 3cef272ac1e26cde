/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/owners/containerd_parse.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "observe/owners/cmdline_parse.h"
#include "observe/owners/oci_parse.h"

enum { SLOT_TYPE, SLOT_NAME, SLOT_POD_NAME, SLOT_POD_NAMESPACE, SLOT_POD_ID, SLOT_IMAGE };

static const struct oci_annotation annotations[] = {
	{ "nerdctl/name", SLOT_NAME },
	{ "io.kubernetes.cri.container-type", SLOT_TYPE },
	{ "io.kubernetes.cri.container-name", SLOT_NAME },
	{ "io.kubernetes.cri.sandbox-name", SLOT_POD_NAME },
	{ "io.kubernetes.cri.sandbox-namespace", SLOT_POD_NAMESPACE },
	{ "io.kubernetes.cri.sandbox-id", SLOT_POD_ID },
	{ "io.kubernetes.cri.podsandbox.image-name", SLOT_IMAGE },
	{ "io.kubernetes.cri.image-name", SLOT_IMAGE },
};

int containerd_parse_task(const char *text, size_t len, const char *id, struct container *ret)
{
	_cleanup_(container_free) struct container container = { .kind = OWNER_CONTAINERD };
	_cleanup_(oci_config_free) struct oci_config config = { .cgroup = NULL };
	const char *type;
	int r = oci_parse_config(text, len, annotations, ARRAY_SIZE(annotations), &config);

	if (r < 0)
		return r;
	container.id = strdup(id);
	container.name = config.values[SLOT_NAME] ? TAKE_PTR(config.values[SLOT_NAME]) : strdup(id);
	if (!container.id || !container.name)
		return -ENOMEM;
	container.image = TAKE_PTR(config.values[SLOT_IMAGE]);
	container.cgroup = TAKE_PTR(config.cgroup);
	container.joined = config.joined;
	type = config.values[SLOT_TYPE];
	if (type) {
		container.pod_name = TAKE_PTR(config.values[SLOT_POD_NAME]);
		container.pod_namespace = TAKE_PTR(config.values[SLOT_POD_NAMESPACE]);
		container.pod_id = TAKE_PTR(config.values[SLOT_POD_ID]);
	}
	if (type && strcmp(type, "sandbox") == 0 && container_name_pod(&container) < 0)
		return -ENOMEM;
	*ret = container;
	container = (struct container){ .pid = 0 };
	return 0;
}

enum { SLOT_STATE, SLOT_CONFIG };

static const struct cmdline_option options[] = {
	{ "--state", SLOT_STATE },
	{ "--config", SLOT_CONFIG },
	{ "-c", SLOT_CONFIG },
};

int containerd_parse_cmdline(const char *text, size_t len, struct containerd_daemon *ret)
{
	_cleanup_(cmdline_free) struct cmdline cmdline = { { NULL } };
	int r = cmdline_parse(text, len, options, ARRAY_SIZE(options), CMDLINE_TO_END, &cmdline);

	if (r < 0)
		return r;
	ret->state = cmdline_take_path(&cmdline, SLOT_STATE);
	ret->config_file = cmdline_take_path(&cmdline, SLOT_CONFIG);
	return 0;
}

void containerd_daemon_free(struct containerd_daemon *daemon)
{
	free(daemon->state);
	free(daemon->config_file);
	*daemon = (struct containerd_daemon){ NULL, NULL };
}

static const char *skip_blanks(const char *at, const char *end)
{
	while (at < end && (*at == ' ' || *at == '\t'))
		at++;
	return at;
}

/* The value of a line state = "VALUE"; NULL where the line is another. */
static const char *state_of_line(const char *line, const char *end, size_t *ret_len)
{
	static const char key[] = "state";
	const size_t key_len = sizeof(key) - 1;
	const char *at = skip_blanks(line, end), *close;

	if ((size_t)(end - at) < key_len || memcmp(at, key, key_len) != 0)
		return NULL;
	at = skip_blanks(at + key_len, end);
	if (at == end || *at != '=')
		return NULL;
	at = skip_blanks(at + 1, end);
	if (at == end || (*at != '"' && *at != '\''))
		return NULL;
	close = memchr(at + 1, *at, (size_t)(end - at - 1));
	if (!close || close == at + 1 || at[1] != '/' || memchr(at, '\\', (size_t)(close - at)) ||
	    memchr(at, '\0', (size_t)(close - at)))
		return NULL;
	*ret_len = (size_t)(close - at - 1);
	return at + 1;
}

int containerd_parse_toml(const char *text, size_t len, char **ret)
{
	const char *end = text + len;
	char *copy = NULL;

	for (const char *line = text; line < end && !copy;) {
		const char *newline = memchr(line, '\n', (size_t)(end - line));
		const char *stop = newline ? newline : end;
		const char *first = skip_blanks(line, stop);
		size_t value_len = 0;
		const char *value = state_of_line(line, stop, &value_len);

		if (first < stop && *first == '[') /* keys from here on are of tables */
			break;
		if (value) {
			copy = strndup(value, value_len);
			if (!copy)
				return -ENOMEM;
		}
		line = newline ? newline + 1 : end;
	}
	*ret = copy;
	return 0;
}
