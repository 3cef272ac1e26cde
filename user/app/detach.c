/* SPDX-License-Identifier: GPL-2.0-only */
#include "app/detach.h"

#include <string.h>

#include "app/feed.h"
#include "app/output.h"
#include "app/textfile.h"
#include "base/buf.h"
#include "base/capability.h"
#include "base/cleanup.h"
#include "observe/kernel/leftovers.h"

#include <linux/capability.h>

static void free_feed(struct feed **feed)
{
	feed_free(*feed);
}

static void say_count(struct buf *out, size_t count, const char *what)
{
	if (count > 0)
		(void)buf_printf(out, "removed %zu %s%s\n", count, what, count > 1 ? "s" : "");
}

static int say(const struct leftovers *found, bool textfile, const struct agent_options *options, struct fault *fault)
{
	_cleanup_buf_ struct buf text = BUF_INIT;

	say_count(&text, found->links, "TCX link");
	say_count(&text, found->filters, "tc filter");
	say_count(&text, found->maps, "map");
	if (textfile)
		(void)buf_printf(&text, "removed %s/ctnet.prom\n", options->textfile_dir);
	if (text.len == 0)
		(void)buf_puts(&text, "nothing to remove\n");
	if (found->running > 0)
		(void)buf_printf(&text, "left alone: %zu agent%s running in other network namespaces\n", found->running,
		                 found->running > 1 ? "s" : "");
	return output_write(text.data, text.len, fault);
}

int detach_run(const struct agent_options *options, struct fault *fault)
{
	_cleanup_(free_feed) struct feed *feed = NULL;
	const char *bpffs = options->node.collector.bpffs;
	struct leftovers found;
	int r;

	if (!capability_held(CAP_NET_ADMIN))
		return fault_set(fault, -EPERM, EXIT_CODE_NOT_PERMITTED,
		                 "cannot detach without CAP_NET_ADMIN: run as root");
	/* an agent has this name as long as it runs, and none starts while we have it */
	r = feed_open(&feed, fault);
	if (r < 0)
		return r;
	r = leftovers_remove(bpffs ? bpffs : NODE_BPFFS, &found);
	if (r < 0)
		return fault_set(fault, r, EXIT_CODE_RUNTIME, "cannot remove what is pinned below %s: %s",
		                 bpffs ? bpffs : NODE_BPFFS, strerror(-r));
	return say(&found, textfile_remove(options->textfile_dir), options, fault);
}
