/* SPDX-License-Identifier: GPL-2.0-only */
#include "app/say_along.h"

#include <errno.h>
#include <string.h>

#include "app/feed.h"
#include "base/cleanup.h"
#include "base/log.h"
#include "observe/collector.h"

void say_along(const struct collector *collector)
{
	int why = collector_not_along(collector);
	_cleanup_close_ int agent = -1;

	if (why == 0)
		return;
	if (why == -ESTALE) {
		log_warning(
			"the running ctnetd is of another version, which keeps its counters in another way: they are not read");
		return;
	}
	/* where nothing may be looked into, nothing need be there: its socket says whether an agent runs */
	agent = feed_connect();
	if (agent >= 0)
		log_warning("the counters of the running ctnetd are not read: %s%s", strerror(-why),
		            why == -EACCES || why == -EPERM ? " (run as root)" : "");
}
