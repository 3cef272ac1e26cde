/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/owners/docker_parse.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "observe/namespaces/proc_parse.h"
#include "observe/owners/cmdline_parse.h"
#include "observe/owners/json_text.h"

bool docker_is_id(const char *name)
{
	return strspn(name, "0123456789abcdef") == DOCKER_ID_LEN && name[DOCKER_ID_LEN] == '\0';
}

static int copy_texts(const json_t *root, struct docker_container *container)
{
	const json_t *config = json_object_get(root, "Config");
	const json_t *labels = json_object_get(config, "Labels");
	const json_t *name = json_object_get(root, "Name");
	const char *type = json_string_value(json_object_get(labels, "io.kubernetes.docker.type"));
	const struct {
		const json_t *from;
		char **to;
	} texts[] = {
		{ name, &container->name },
		{ json_object_get(config, "Image"), &container->image },
		{ json_object_get(json_object_get(root, "NetworkSettings"), "SandboxKey"), &container->sandbox },
		{ json_object_get(labels, "io.kubernetes.pod.name"), &container->pod_name },
		{ json_object_get(labels, "io.kubernetes.pod.namespace"), &container->pod_namespace },
		{ json_object_get(labels, "io.kubernetes.container.name"), &container->pod_container },
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		if (json_copy_text(texts[i].from, texts[i].to) < 0)
			return -ENOMEM;
	}
	/* Docker keeps the name with a slash before it */
	if (container->name && container->name[0] == '/')
		memmove(container->name, container->name + 1, strlen(container->name));
	container->pod_sandbox = type && strcmp(type, "podsandbox") == 0;
	return 0;
}

int docker_parse_container(const char *text, size_t len, const char *id, struct docker_container *ret)
{
	_cleanup_(docker_container_free) struct docker_container container = { .pid = 0 };
	_cleanup_json_ json_t *root = json_parse_object(text, len, 0);
	const json_t *state = json_object_get(root, "State");
	const char *said_id = json_string_value(json_object_get(root, "ID"));
	json_int_t pid = json_integer_value(json_object_get(state, "Pid"));

	if (!root || !json_is_object(state) || !said_id || strcmp(said_id, id) != 0)
		return -EBADMSG;
	container.running = json_is_true(json_object_get(state, "Running"));
	if (pid > 0 && pid <= PROC_PID_MAX)
		container.pid = (pid_t)pid;
	if (copy_texts(root, &container) < 0)
		return -ENOMEM;
	*ret = container;
	container = (struct docker_container){ .pid = 0 };
	return 0;
}

void docker_container_free(struct docker_container *container)
{
	free(container->name);
	free(container->image);
	free(container->sandbox);
	free(container->pod_name);
	free(container->pod_namespace);
	free(container->pod_container);
	*container = (struct docker_container){ .pid = 0 };
}

enum { SLOT_DATA_ROOT, SLOT_CONFIG_FILE };

/* Of the options of dockerd that take a value, those that are wanted. */
static const struct cmdline_option options[] = {
	{ "--data-root", SLOT_DATA_ROOT },
	{ "--graph", SLOT_DATA_ROOT },
	{ "-g", SLOT_DATA_ROOT },
	{ "--config-file", SLOT_CONFIG_FILE },
};

int docker_parse_cmdline(const char *text, size_t len, struct docker_daemon *ret)
{
	_cleanup_(cmdline_free) struct cmdline cmdline = { { NULL } };
	int r = cmdline_parse(text, len, options, ARRAY_SIZE(options), CMDLINE_TO_END, &cmdline);

	if (r < 0)
		return r;
	ret->data_root = cmdline_take_path(&cmdline, SLOT_DATA_ROOT);
	ret->config_file = cmdline_take_path(&cmdline, SLOT_CONFIG_FILE);
	return 0;
}

void docker_daemon_free(struct docker_daemon *daemon)
{
	free(daemon->data_root);
	free(daemon->config_file);
	*daemon = (struct docker_daemon){ NULL, NULL };
}

int docker_parse_daemon_json(const char *text, size_t len, char **ret)
{
	_cleanup_json_ json_t *root = json_parse_object(text, len, 0);
	const char *path;
	char *copy = NULL;

	if (!root)
		return -EBADMSG;
	path = json_string_value(json_object_get(root, "data-root"));
	if (!path)
		path = json_string_value(json_object_get(root, "graph"));
	if (path && path[0] == '/') {
		copy = strdup(path);
		if (!copy)
			return -ENOMEM;
	}
	*ret = copy;
	return 0;
}
