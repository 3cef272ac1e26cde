/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/namespaces/places.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/text.h"
#include "observe/namespaces/mountinfo_parse.h"
#include "observe/namespaces/nsfs.h"

/* A node with 1,000 containers has about 4 MB: their overlay mounts list every layer. */
#define MOUNTINFO_MAX ((size_t)64 * 1024 * 1024)

/*
 * The kernel makes the file anew for each namespace, and keeps it for as long as it is mounted somewhere: when it was made tells
 * namespaces of one inode apart.
 */
static uint64_t stamp_of(const char *path, uint64_t inode)
{
	struct stat st;

	if (stat(path, &st) < 0 || st.st_ino != inode)
		return 0;
	return (uint64_t)st.st_ctim.tv_sec * 1000000000U + (uint64_t)st.st_ctim.tv_nsec;
}

static int add_place(struct places *places, uint64_t inode, const char *path, const char *name)
{
	char clean[NAME_MAX + 1];
	struct place place = { .inode = inode, .stamp = stamp_of(path, inode) };

	if (places->count == places->cap) {
		size_t cap = places->cap ? places->cap * 2 : 64;
		struct place *grown = reallocarray(places->items, cap, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		places->items = grown;
		places->cap = cap;
	}
	place.path = arena_strndup(&places->arena, path, PATH_MAX);
	if (name) {
		(void)text_clean(name, strlen(name), clean, sizeof(clean));
		place.name = arena_strndup(&places->arena, clean, sizeof(clean));
	}
	if (!place.path || (name && !place.name))
		return -ENOMEM;
	places->items[places->count++] = place;
	return 0;
}

/* The part of a path behind its directory @dir; NULL where it is not directly in there. */
static const char *name_in(const char *path, const char *dir)
{
	size_t len = strlen(dir);

	if (strncmp(path, dir, len) != 0 || path[len] != '/' || path[len + 1] == '\0')
		return NULL;
	return strchr(path + len + 1, '/') ? NULL : path + len + 1;
}

static int add_mounts(struct places *places, int proc, const char *netns_dir)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct netns_mount mount;
	const char *line, *end;
	int r = file_read_at(proc, "self/mountinfo", MOUNTINFO_MAX, &text);

	if (r < 0 || text.len == 0)
		return r;
	end = text.data + text.len;
	for (line = text.data; r == 0 && line < end;) {
		const char *newline = memchr(line, '\n', (size_t)(end - line));
		const char *stop = newline ? newline : end;

		/* a line that cannot be read is no reason to lose the others */
		if (mountinfo_parse_netns(line, (size_t)(stop - line), &mount) == 1)
			r = add_place(places, mount.inode, mount.path, name_in(mount.path, netns_dir));
		line = stop + 1;
	}
	return r;
}

static int add_symlink(struct places *places, const char *netns_dir, int dir, const char *name)
{
	_cleanup_close_ int fd = -1;
	char path[PATH_MAX];
	uint64_t inode;

	fd = nsfs_open(dir, name, &inode);
	if (fd < 0 || (size_t)snprintf(path, sizeof(path), "%s/%s", netns_dir, name) >= sizeof(path))
		return 0; /* it leads nowhere, or to something else */
	return add_place(places, inode, path, name);
}

static void cleanup_closedir(DIR **dir)
{
	if (*dir)
		(void)closedir(*dir);
}

static int add_symlinks(struct places *places, const char *netns_dir)
{
	_cleanup_(cleanup_closedir) DIR *dir = opendir(netns_dir);
	int r = 0;

	if (!dir)
		return 0; /* nobody has made a namespace with a name */
	for (;;) {
		struct dirent *entry = readdir(dir);

		if (!entry || r < 0)
			return r;
		/* everything mounted here is known from the mount table */
		if (entry->d_type == DT_LNK)
			r = add_symlink(places, netns_dir, dirfd(dir), entry->d_name);
	}
}

static int compare_place(const void *a, const void *b)
{
	const struct place *x = a;
	const struct place *y = b;

	if (x->inode != y->inode)
		return x->inode < y->inode ? -1 : 1;
	if (!x->name != !y->name)
		return x->name ? -1 : 1;
	return strcmp(x->path, y->path);
}

int places_read(int proc, const char *netns_dir, struct places *ret)
{
	char resolved[PATH_MAX];
	int r;

	arena_reset(&ret->arena);
	ret->count = 0;
	/* the mount table has no symlinks in its paths: /var/run is one */
	if (realpath(netns_dir, resolved))
		netns_dir = resolved;
	r = add_mounts(ret, proc, netns_dir);
	if (r == 0)
		r = add_symlinks(ret, netns_dir);
	if (r < 0) {
		ret->count = 0;
		return r;
	}
	if (ret->count > 0)
		qsort(ret->items, ret->count, sizeof(*ret->items), compare_place);
	return 0;
}

void places_free(struct places *places)
{
	arena_free(&places->arena);
	free(places->items);
	*places = (struct places)PLACES_INIT;
}
