/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The Docker engine on a copy of a recorded data root: what its tests share. */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "observe/owners/docker.h"
#include "observe/owners/docker_roots.h"
#include "unit/tree.h"

/*
 * The Docker engine on a copy of a recorded data root, beside the recorded processes of its containers. `docker inspect` and readlink are the
 * authority for who lives where: tests/fixtures/docker/inspect.tsv.
 */
#define BOX      "9bd9c50c343edd12550298e7a04ae0aa8ddf7305f102da3bd6687fd3f7f5b169"
#define SHOPPER  "30a6cfb6508bb47f52b4cdb6ec0926ac658ab8fc38c54140e409d77012b20fe4"
#define ENDED    "3f72c6104a33083478de9059e72497474bfeb2a96ca1e689e3d32b1491a16f73"
#define STRANGER "0000000000000000000000000000000000000000000000000000000000000001"
#define RUNNING  8 /* of the nine recorded */

#define LOOKS_AT_MOST 8 /* until a container whose process moved by itself is found again */

#define STATE(id) "root/containers/" id "/config.v2.json"

struct engine {
	struct tree tree;
	struct owners *owners;
};

struct recorded {
	const char *name, *id, *pid, *running, *netns;
};

/* Calls @each for every line of inspect.tsv. */
static inline void for_each_recorded(void (*each)(struct engine *, const struct recorded *), struct engine *engine)
{
	size_t len;
	char *text = fixture_read("tests/fixtures/docker/inspect.tsv", &len);
	char *rest = text, *line = strsep(&rest, "\n"); /* the heading */

	while ((line = strsep(&rest, "\n")) && *line) {
		struct recorded one;

		one.name = strsep(&line, "\t");
		one.id = strsep(&line, "\t");
		one.pid = strsep(&line, "\t");
		one.running = strsep(&line, "\t");
		(void)strsep(&line, "\t"); /* network mode */
		one.netns = strsep(&line, "\t");
		each(engine, &one);
	}
	free(text);
}

static inline void copy_container(struct engine *engine, const struct recorded *one)
{
	char from[PATH_MAX], to[PATH_MAX], top[PATH_MAX / 2];
	size_t len;
	char *text;

	(void)snprintf(from, sizeof(from), "tests/fixtures/docker/containers/%s/config.v2.json", one->id);
	(void)snprintf(to, sizeof(to), "root/containers/%s/config.v2.json", one->id);
	text = fixture_read(from, &len);
	tree_write(&engine->tree, to, text, len);
	free(text);
	if (strcmp(one->pid, "0") == 0)
		return;
	assert_non_null(getcwd(top, sizeof(top)));
	(void)snprintf(from, sizeof(from), "%s/tests/fixtures/proc/node/%s", top, one->pid);
	(void)snprintf(to, sizeof(to), "proc/%s", one->pid);
	tree_link(&engine->tree, to, from);
}

static inline void open_owners(struct engine *engine, const char *root)
{
	const struct owners_options options = { .proc = tree_path(&engine->tree, "proc"), .docker_root = root };
	struct fault fault;

	owners_free(engine->owners);
	assert_int_equal(owners_open(&options, &engine->owners, &fault), 0);
}

static inline int set_up(void **state)
{
	struct engine *engine = calloc(1, sizeof(*engine));

	assert_non_null(engine);
	tree_make(&engine->tree);
	for_each_recorded(copy_container, engine);
	open_owners(engine, tree_path(&engine->tree, "root"));
	*state = engine;
	return 0;
}

static inline int tear_down(void **state)
{
	struct engine *engine = *state;

	owners_free(engine->owners);
	tree_remove(&engine->tree, "");
	free(engine);
	return 0;
}

static inline size_t refresh(struct engine *engine)
{
	size_t count;

	assert_int_equal(owners_refresh(engine->owners), 0);
	(void)owners_seen(engine->owners, &count);
	return count;
}

static inline const struct owner_seen *find(struct engine *engine, const char *id)
{
	size_t count;
	const struct owner_seen *seen = owners_seen(engine->owners, &count);

	for (size_t i = 0; i < count; i++) {
		if (strcmp(seen[i].owner.id, id) == 0)
			return &seen[i];
	}
	return NULL;
}

static inline void has_recorded_place(struct engine *engine, const struct recorded *one)
{
	const struct owner_seen *seen = find(engine, one->id);
	char netns[64];

	if (strcmp(one->running, "true") != 0) {
		assert_null(seen);
		return;
	}
	assert_non_null(seen);
	(void)snprintf(netns, sizeof(netns), "net:[%llu]", (unsigned long long)seen->inode);
	assert_string_equal(netns, one->netns);
	assert_int_equal(seen->owner.pid, atoi(one->pid));
	if (!*seen->owner.pod_name)
		assert_string_equal(seen->owner.name, one->name + 1);
}
