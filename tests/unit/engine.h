/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * The finder of owners on a tree of a test's own: "proc" in it is /proc, and the places that are looked at by default are in it too
 * ("run/containerd").
 */

#include <dirent.h>
#include <errno.h>

#include "base/cleanup.h"
#include "observe/owners/owners.h"
#include "unit/tree.h"
#include "unit/unit.h"

#define ENGINE_ROWS 16

struct engine {
	struct tree tree;
	struct owners *owners;
	struct ns_seen rows[ENGINE_ROWS]; /* what the finder of namespaces saw */
	size_t row_count;
};

/* Opens the owners anew. */
static inline void engine_open(struct engine *engine, const char *docker_root)
{
	const struct owners_options options = {
		.proc = tree_path(&engine->tree, "proc"),
		.prefix = engine->tree.path,
		.roots = { .items = { { "docker", docker_root } }, .count = docker_root ? 1 : 0 },
	};
	struct fault fault;

	owners_free(engine->owners);
	assert_int_equal(owners_open(&options, &engine->owners, &fault), 0);
}

/* A new tree with an empty /proc. */
static inline struct engine *engine_make(void)
{
	struct engine *engine = calloc(1, sizeof(*engine));

	assert_non_null(engine);
	tree_make(&engine->tree);
	assert_int_equal(mkdir(tree_path(&engine->tree, "proc"), 0755), 0);
	return engine;
}

static inline int engine_tear_down(void **state)
{
	struct engine *engine = *state;

	owners_free(engine->owners);
	tree_remove(&engine->tree, "");
	free(engine);
	return 0;
}

/* Copies a file or a directory with all that is in it; symlinks stay what they are. */
static inline void engine_copy(struct engine *engine, const char *to, const char *from)
{
	char target[PATH_MAX], from_below[PATH_MAX], to_below[PATH_MAX];
	struct dirent *entry;
	struct stat st;
	DIR *dir;

	assert_int_equal(lstat(from, &st), 0);
	if (S_ISLNK(st.st_mode)) {
		ssize_t len = readlink(from, target, sizeof(target) - 1);

		assert_true(len > 0);
		target[len] = '\0';
		tree_link(&engine->tree, to, target);
	} else if (S_ISREG(st.st_mode)) {
		size_t len;
		char *text = fixture_read(from, &len);

		tree_write(&engine->tree, to, text, len);
		free(text);
	} else {
		dir = opendir(from);
		assert_non_null(dir);
		while ((entry = readdir(dir))) {
			if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
				continue;
			(void)snprintf(from_below, sizeof(from_below), "%s/%s", from, entry->d_name);
			(void)snprintf(to_below, sizeof(to_below), "%s/%s", to, entry->d_name);
			engine_copy(engine, to_below, from_below);
		}
		(void)closedir(dir);
	}
}

/* A namespace as the finder of namespaces tells of it. */
static inline void engine_row(struct engine *engine, uint64_t inode, pid_t pid)
{
	assert_true(engine->row_count < ENGINE_ROWS);
	engine->rows[engine->row_count++] = (struct ns_seen){ .inode = inode, .birth = inode, .pid = pid };
}

/* A process whose cgroup file is @cgroup. */
static inline void engine_process(struct engine *engine, int pid, int parent, const char *comm, const char *netns,
                                  const char *cgroup)
{
	char path[64], text[256];

	(void)snprintf(path, sizeof(path), "proc/%d/comm", pid);
	(void)snprintf(text, sizeof(text), "%s\n", comm);
	tree_text(&engine->tree, path, text);
	(void)snprintf(path, sizeof(path), "proc/%d/stat", pid);
	(void)snprintf(text, sizeof(text), "%d (%s) S %d 1 1 0 -1 4194560 0 0 0 0 0 0 0 0 20 0 1 0 162708 0 0\n", pid,
	               comm, parent);
	tree_text(&engine->tree, path, text);
	(void)snprintf(path, sizeof(path), "proc/%d/cgroup", pid);
	tree_text(&engine->tree, path, cgroup);
	(void)snprintf(path, sizeof(path), "proc/%d/ns/net", pid);
	tree_link(&engine->tree, path, netns);
}

/* What makes a process a daemon of this machine: its arguments, separated by NUL. */
static inline void engine_daemon(struct engine *engine, int pid, const char *comm, const char *cmdline, size_t len)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "proc/%d/comm", pid);
	tree_text(&engine->tree, path, comm);
	(void)snprintf(path, sizeof(path), "proc/%d/cmdline", pid);
	tree_write(&engine->tree, path, cmdline, len);
	(void)snprintf(path, sizeof(path), "proc/%d/root", pid);
	tree_link(&engine->tree, path, "/");
}

/* Takes a look; returns how many owners there are. */
static inline size_t engine_refresh(struct engine *engine)
{
	size_t count;

	assert_int_equal(owners_refresh(engine->owners, engine->rows, engine->row_count), 0);
	(void)owners_seen(engine->owners, &count);
	return count;
}

/* An owner by its id, or by its name where it has none; NULL where there is none. */
static inline const struct owner_seen *engine_find(struct engine *engine, const char *wanted)
{
	size_t count;
	const struct owner_seen *seen = owners_seen(engine->owners, &count);

	for (size_t i = 0; i < count; i++) {
		const struct owner *owner = &seen[i].owner;

		if (strcmp(*owner->id ? owner->id : owner->name, wanted) == 0)
			return &seen[i];
	}
	return NULL;
}

/* The source of an engine; NULL where it is not on this machine. */
static inline const struct source *engine_source(struct engine *engine, const char *name)
{
	size_t count;
	const struct source *sources = owners_sources(engine->owners, &count);

	for (size_t i = 0; i < count; i++) {
		if (strcmp(sources[i].name, name) == 0)
			return &sources[i];
	}
	return NULL;
}

/* "net:[INODE]", as readlink tells it, is where this owner lives. */
static inline void assert_lives_in(const struct owner_seen *seen, const char *netns)
{
	char text[64];

	assert_non_null(seen);
	(void)snprintf(text, sizeof(text), "net:[%llu]", (unsigned long long)seen->inode);
	assert_string_equal(text, netns);
}
