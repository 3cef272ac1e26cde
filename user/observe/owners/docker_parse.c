/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/owners/docker_parse.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "observe/namespaces/proc_parse.h"

static void cleanup_json(json_t **json)
{
	json_decref(*json);
}
#define _cleanup_json_ _cleanup_(cleanup_json)

bool docker_is_id(const char *name)
{
	return strspn(name, "0123456789abcdef") == DOCKER_ID_LEN && name[DOCKER_ID_LEN] == '\0';
}

/* Refuses invalid UTF-8, embedded NULs, and nesting beyond jansson's own limit (2048), all of them by its defaults. */
static json_t *parse_object(const char *text, size_t len)
{
	json_error_t error;
	json_t *json = json_loadb(text, len, 0, &error);

	if (json && !json_is_object(json)) {
		json_decref(json);
		return NULL;
	}
	return json;
}

/* Copies a string, where it is one and not empty. */
static int copy_text(const json_t *value, char **ret)
{
	const char *text = json_string_value(value);

	if (!text || !*text)
		return 0;
	*ret = strdup(text);
	return *ret ? 0 : -ENOMEM;
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
		if (copy_text(texts[i].from, texts[i].to) < 0)
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
	_cleanup_json_ json_t *root = parse_object(text, len);
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

/* Options of dockerd that take a path, as the pflag library reads them: "--name value", "--name=value", "-gvalue". */
static const struct path_option {
	const char *name;
	size_t offset; /* in struct docker_daemon */
} path_options[] = {
	{ "--data-root", offsetof(struct docker_daemon, data_root) },
	{ "--graph", offsetof(struct docker_daemon, data_root) },
	{ "-g", offsetof(struct docker_daemon, data_root) },
	{ "--config-file", offsetof(struct docker_daemon, config_file) },
};

/* The value that @argument gives to @option, @next being the argument behind it; NULL where it gives none. */
static const char *option_value(const char *argument, const char *next, const char *option)
{
	size_t len = strlen(option);

	if (strncmp(argument, option, len) != 0)
		return NULL;
	if (argument[len] == '\0')
		return next;
	if (argument[len] == '=')
		return argument + len + 1;
	return option[1] != '-' ? argument + len : NULL;
}

static int take_argument(const char *argument, const char *next, struct docker_daemon *daemon)
{
	for (size_t i = 0; i < ARRAY_SIZE(path_options); i++) {
		const char *value = option_value(argument, next, path_options[i].name);
		char **to = (char **)(void *)((char *)daemon + path_options[i].offset);

		if (!value || value[0] != '/') /* relative to a directory that is not ours */
			continue;
		free(*to);
		*to = strdup(value);
		if (!*to)
			return -ENOMEM;
	}
	return 0;
}

int docker_parse_cmdline(const char *text, size_t len, struct docker_daemon *ret)
{
	_cleanup_(docker_daemon_free) struct docker_daemon daemon = { NULL, NULL };
	_cleanup_free_ char *copy = malloc(len + 1);
	const char *end;

	if (!copy)
		return -ENOMEM;
	memcpy(copy, text, len);
	copy[len] = '\0';
	end = copy + len;
	for (const char *argument = copy; argument < end; argument += strlen(argument) + 1) {
		const char *next = argument + strlen(argument) + 1;

		if (take_argument(argument, next < end ? next : NULL, &daemon) < 0)
			return -ENOMEM;
	}
	*ret = daemon;
	daemon = (struct docker_daemon){ NULL, NULL };
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
	_cleanup_json_ json_t *root = parse_object(text, len);
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
