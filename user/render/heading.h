/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

struct buf;
struct netns;
struct owner;

/** "docker 0c3ff02115a4", or the kind alone where there is no id: what stands behind a name. */
void heading_kind(struct buf *out, const struct owner *owner);

/** "box  docker 0c3ff02115a4  image busybox  pid 11384", or "nobody known", and "  netns 4026532396"; no newline. */
void heading_netns(struct buf *out, const struct netns *ns);

/** One line for each further owner, or nothing. */
void heading_sharers(struct buf *out, const struct netns *ns);

/** The short name of a namespace in a sentence: "box", or "netns 4026532396" where nobody has a name. */
void heading_name(struct buf *out, const struct netns *ns);
