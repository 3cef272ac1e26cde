/* SPDX-License-Identifier: GPL-2.0-only */
#include "render/heading.h"

#include <inttypes.h>

#include "base/buf.h"
#include "model/snapshot.h"

#define SHORT_ID 12

void heading_kind(struct buf *out, const struct owner *owner)
{
	(void)buf_puts(out, owner_kind_name(owner->kind));
	if (owner->id[0])
		(void)buf_printf(out, " %.*s", SHORT_ID, owner->id);
}

static void put_owner(struct buf *out, const char *mark, const struct owner *owner)
{
	(void)buf_printf(out, "%s%s  ", mark, owner->name);
	heading_kind(out, owner);
	if (owner->image[0])
		(void)buf_printf(out, "  image %s", owner->image);
	if (owner->pid)
		(void)buf_printf(out, "  pid %d", owner->pid);
}

void heading_netns(struct buf *out, const struct netns *ns)
{
	if (ns->owner_count > 0)
		put_owner(out, "", &ns->owners[0]);
	else
		(void)buf_puts(out, "nobody known");
	if (ns->inode)
		(void)buf_printf(out, "  netns %" PRIu64, ns->inode);
}

void heading_sharers(struct buf *out, const struct netns *ns)
{
	for (size_t i = 1; i < ns->owner_count; i++) {
		put_owner(out, " +", &ns->owners[i]);
		(void)buf_puts(out, "  (shares it)\n");
	}
}

void heading_name(struct buf *out, const struct netns *ns)
{
	if (ns->name[0])
		(void)buf_puts(out, ns->name);
	else if (ns->inode)
		(void)buf_printf(out, "netns %" PRIu64, ns->inode);
	else
		(void)buf_puts(out, "a namespace that nobody found");
}
