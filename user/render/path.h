/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "model/path.h"

struct buf;

/** What `ctnet path` answers: all paths of a namespace, or the way between two. */
struct path_answer {
	const struct snapshot *snap;
	const struct host_facts *facts;
	const struct netns *ns;
	const struct netns *to; /* NULL: to the uplinks */
	struct path_list list;  /* where @to is NULL */
	const struct way *way;  /* where it is not */
};

/** One path as lines of text, from the inner end on, as both `ctnet show` and `ctnet path` draw it. */
void path_draw(const struct snapshot *snap, const struct host_facts *facts, const struct path *path, struct buf *out);

/**
 * For people: whose namespace it is and each path, or how the two are joined and the way. ASCII but for other people's names.
 *
 * @ret: appended to; untouched on failure but for its mark `failed`
 * Returns 0 or -ENOMEM.
 */
int path_render_text(const struct path_answer *answer, struct buf *ret);

/**
 * One JSON object, indented, with a final newline. "from" of a hop is the number of the one it hangs on; null stands for what there is none
 * of, or is not known. "rx" and "tx" are the device's own point of view, as `ip -s link` has them. Otherwise as above.
 */
int path_render_json(const struct path_answer *answer, struct buf *ret);

/** A graph for Graphviz (dot), left to right; a device that several paths share is one node. Otherwise as above. */
int path_render_dot(const struct path_answer *answer, struct buf *ret);

/** "on", "off", or "IPv4 on, IPv6 off" where the two differ. */
void path_put_forwarding(struct buf *out, const struct host_facts *facts);

/** Why nobody knows where a path leads on from that hop. */
const char *path_nowhere(const struct hop *before);
