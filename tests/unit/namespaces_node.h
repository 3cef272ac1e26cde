/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The finder of namespaces on a tree of its own: what its tests share. */

#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "observe/namespaces/namespaces.h"
#include "unit/tree.h"

/*
 * The finder on a tree that looks like /proc: the recorded processes of a machine with Docker in a lab, where process 1 may not be looked
 * into. Network namespaces (docker inspect and readlink are the authority): see tests/fixtures/docker/inspect.tsv.
 */
#define LAB        4026532177 /* the observing one: dockerd and hostly live here */
#define MACHINE    4026531833
#define BOX        4026532255 /* 13383 box, 13599 sidecar, 15023 `docker exec` */
#define SHOPPER    4026532330
#define BLUE       4026532634 /* no process */
#define NAMESPACES 8          /* LAB, MACHINE, BOX, SHOPPER, lonely, web-0, napping, BLUE */

#define LOOKS_AT_MOST 8 /* until a process that is shown nowhere is found to have moved */

struct node {
	struct tree tree;
	struct namespaces *namespaces;
};

static inline void write_mountinfo(const struct tree *tree, const char *more)
{
	size_t len;
	char *text = fixture_read("tests/fixtures/proc/node/self/mountinfo", &len);
	char *rest = text, *line, *out = NULL;
	FILE *file = open_memstream(&out, &len);

	assert_non_null(file);
	while ((line = strsep(&rest, "\n"))) {
		char *place = strstr(line, " /run/netns/");

		if (place)
			(void)fprintf(file, "%.*s %s/netns/%s\n", (int)(place - line), line, tree->path, place + 12);
		else if (*line)
			(void)fprintf(file, "%s\n", line);
	}
	(void)fprintf(file, "%s", more);
	assert_int_equal(fclose(file), 0);
	tree_text(tree, "proc/self/mountinfo", out);
	free(out);
	free(text);
}

static inline void link_process(const struct tree *tree, const char *pid)
{
	char name[64], target[PATH_MAX], top[PATH_MAX / 2];

	assert_non_null(getcwd(top, sizeof(top)));
	(void)snprintf(name, sizeof(name), "proc/%s", pid);
	(void)snprintf(target, sizeof(target), "%s/tests/fixtures/proc/node/%s", top, pid);
	tree_link(tree, name, target);
}

/* A process of our own making. */
static inline void make_process(const struct tree *tree, int pid, uint64_t netns, uint64_t start, const char *comm)
{
	char name[64], text[256];

	(void)snprintf(name, sizeof(name), "proc/%d/ns/net", pid);
	(void)snprintf(text, sizeof(text), "net:[%llu]", (unsigned long long)netns);
	tree_link(tree, name, text);
	(void)snprintf(name, sizeof(name), "proc/%d/stat", pid);
	(void)snprintf(text, sizeof(text), "%d (%s) S 1 1 1 0 -1 4194560 0 0 0 0 0 0 0 0 20 0 1 0 %llu 0\n", pid, comm,
	               (unsigned long long)start);
	tree_text(tree, name, text);
}

static inline void open_node(struct node *node, const char *netns_dir)
{
	const struct namespaces_options options = {
		.proc = tree_path(&node->tree, "proc"),
		.netns_dir = tree_path(&node->tree, netns_dir),
	};
	struct fault fault = { .code = EXIT_CODE_OK };

	assert_int_equal(namespaces_open(&options, &node->namespaces, &fault), 0);
}

static inline int set_up(void **state)
{
	static const char *const pids[] = { "2",     "12949", "13383", "13443", "13535", "13599",
		                            "13654", "13777", "13848", "13897", "15023" };
	struct node *node = calloc(1, sizeof(*node));

	assert_non_null(node);
	tree_make(&node->tree);
	for (size_t i = 0; i < sizeof(pids) / sizeof(pids[0]); i++)
		link_process(&node->tree, pids[i]);
	tree_link(&node->tree, "proc/self/ns/net", "net:[4026532177]");
	write_mountinfo(&node->tree, "");
	tree_text(&node->tree, "proc/uptime", "1 2\n");
	tree_text(&node->tree, "netns/fresh", ""); /* `ip netns add` has not mounted on it yet */
	open_node(node, "netns");
	*state = node;
	return 0;
}

static inline int tear_down(void **state)
{
	struct node *node = *state;

	namespaces_free(node->namespaces);
	tree_remove(&node->tree, "");
	free(node);
	return 0;
}

static inline const struct ns_seen *row(struct node *node, uint64_t inode)
{
	size_t count;
	const struct ns_seen *rows = namespaces_seen(node->namespaces, &count);

	for (size_t i = 0; i < count; i++) {
		if (rows[i].inode == inode)
			return &rows[i];
	}
	return NULL;
}

static inline void refresh(struct node *node, uint64_t now)
{
	assert_int_equal(namespaces_refresh(node->namespaces, now), 0);
}
