/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/owners/docker_roots.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "observe/owners/daemons.h"
#include "observe/owners/docker_parse.h"

#define DEFAULT_ROOT   "/var/lib/docker"
#define DEFAULT_CONFIG "/etc/docker/daemon.json"
#define CONFIG_MAX     ((size_t)1024 * 1024)

/* Takes over @path, or frees it where it is known already. */
static void add_root(struct docker_roots *roots, char *path)
{
	for (size_t i = 0; i < roots->count; i++) {
		if (strcmp(roots->paths[i], path) == 0) {
			free(path);
			return;
		}
	}
	if (roots->count == DOCKER_ROOTS_MAX)
		free(path);
	else
		roots->paths[roots->count++] = path;
}

/* The root that a configuration file names; NULL where it names none or cannot be read: Docker takes its default then. */
static char *root_of_config(const char *path)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	char *root = NULL;

	if (file_read_at(AT_FDCWD, path, CONFIG_MAX, &text) == 0)
		(void)docker_parse_daemon_json(text.data, text.len, &root);
	return root;
}

static char *prefixed(const char *prefix, const char *path)
{
	char *whole;

	return asprintf(&whole, "%s%s", prefix, path) < 0 ? NULL : whole;
}

static int add_root_of(struct docker_roots *roots, struct docker_daemon *daemon, const char *prefix)
{
	_cleanup_free_ char *config = TAKE_PTR(daemon->config_file);
	char *root = TAKE_PTR(daemon->data_root);

	if (!config)
		config = prefixed(prefix, DEFAULT_CONFIG);
	if (!root && config)
		root = root_of_config(config);
	if (!root)
		root = prefixed(prefix, DEFAULT_ROOT);
	if (!root)
		return -ENOMEM;
	add_root(roots, root);
	return 0;
}

static int add_daemon(struct docker_roots *roots, int proc, const struct daemon *daemon, const char *prefix)
{
	_cleanup_(docker_daemon_free) struct docker_daemon told = { NULL, NULL };
	_cleanup_buf_ struct buf cmdline = BUF_INIT;
	int r = daemon_read_cmdline(proc, daemon, &cmdline);

	if (r == -ENOMEM)
		return r;
	if (r < 0)
		return 0; /* it is ending */
	if (docker_parse_cmdline(cmdline.data, cmdline.len, &told) < 0)
		return -ENOMEM;
	return add_root_of(roots, &told, prefix);
}

static int add_daemons(struct docker_roots *roots, const struct daemons *daemons, int proc, const char *prefix)
{
	for (size_t i = 0; i < daemons->items.count; i++) {
		const struct daemon *daemon = array_at(&daemons->items, i);

		if (daemon->kind != DAEMON_DOCKERD || daemon->uid != geteuid())
			continue;
		if (add_daemon(roots, proc, daemon, prefix) < 0)
			return -ENOMEM;
	}
	return 0;
}

int docker_roots_add(struct docker_roots *roots, const char *path)
{
	char *copy = strdup(path);

	if (!copy)
		return -ENOMEM;
	add_root(roots, copy);
	return 0;
}

int docker_roots_refresh(struct docker_roots *roots, const struct daemons *daemons, int proc, const char *prefix)
{
	struct docker_roots found = { .generation = daemons->generation };
	int r;

	if (roots->count > 0 && roots->generation == daemons->generation)
		return 0;
	r = add_daemons(&found, daemons, proc, prefix);
	if (r == 0 && found.count == 0 && roots->count > 0) {
		/* a daemon that is being restarted leaves its containers running, in the root they had */
		roots->generation = found.generation;
		return 0;
	}
	if (r == 0 && found.count == 0)
		r = add_root_of(&found, &(struct docker_daemon){ NULL, NULL }, prefix);
	if (r < 0) {
		docker_roots_free(&found);
		return r;
	}
	docker_roots_free(roots);
	*roots = found;
	return 0;
}

void docker_roots_free(struct docker_roots *roots)
{
	for (size_t i = 0; i < roots->count; i++)
		free(roots->paths[i]);
	*roots = (struct docker_roots){ .count = 0 };
}
