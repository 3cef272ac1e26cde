/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* A directory of a test's own, to build trees of files in. Paths are relative to it. */

#include <assert.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TREE_PATH_MAX (2 * PATH_MAX)

struct tree {
	char path[PATH_MAX / 4];
};

static inline void tree_make(struct tree *tree)
{
	const char *tmp = getenv("TMPDIR");
	char resolved[PATH_MAX];

	(void)snprintf(tree->path, sizeof(tree->path), "%s/ctnet-test.XXXXXX", tmp ? tmp : "/tmp");
	assert(mkdtemp(tree->path));
	assert(realpath(tree->path, resolved) && strlen(resolved) < sizeof(tree->path));
	(void)strcpy(tree->path, resolved);
}

static inline int tree_remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	return remove(path);
}

static inline void tree_remove(const struct tree *tree, const char *name)
{
	char path[TREE_PATH_MAX];

	(void)snprintf(path, sizeof(path), "%s/%s", tree->path, name);
	(void)nftw(path, tree_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* The path of a name in the tree; valid until the fourth call after it. */
static inline const char *tree_path(const struct tree *tree, const char *name)
{
	static char paths[4][TREE_PATH_MAX];
	static unsigned int next;
	char *path = paths[next++ % 4];

	(void)snprintf(path, TREE_PATH_MAX, "%s/%s", tree->path, name);
	return path;
}

/* Makes the directories that lead to a name. */
static inline void tree_parents(const struct tree *tree, const char *name)
{
	char path[TREE_PATH_MAX];

	(void)snprintf(path, sizeof(path), "%s/%s", tree->path, name);
	for (char *slash = path + strlen(tree->path) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		(void)mkdir(path, 0755);
		*slash = '/';
	}
}

/* Writes a file as Docker does: a new one, renamed into place. */
static inline void tree_write(const struct tree *tree, const char *name, const void *data, size_t len)
{
	char temporary[TREE_PATH_MAX];
	FILE *file;

	tree_parents(tree, name);
	(void)snprintf(temporary, sizeof(temporary), "%s/.new", tree->path);
	file = fopen(temporary, "w");
	assert(file && fwrite(data, 1, len, file) == len && fclose(file) == 0);
	assert(rename(temporary, tree_path(tree, name)) == 0);
}

static inline void tree_text(const struct tree *tree, const char *name, const char *text)
{
	tree_write(tree, name, text, strlen(text));
}

static inline void tree_link(const struct tree *tree, const char *name, const char *target)
{
	tree_parents(tree, name);
	(void)unlink(tree_path(tree, name));
	assert(symlink(target, tree_path(tree, name)) == 0);
}

/* All of a file of the repository; free() it. Tests run in its top directory. */
static inline char *fixture_read(const char *path, size_t *ret_len)
{
	FILE *file = fopen(path, "r");
	char *data = NULL;
	size_t cap = 0;
	ssize_t len;

	assert(file);
	len = getdelim(&data, &cap, EOF, file); /* -1 where it is empty */
	assert(fclose(file) == 0);
	*ret_len = len > 0 ? (size_t)len : 0;
	return data;
}
