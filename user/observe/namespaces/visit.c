/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/namespaces/visit.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stddef.h>

struct errand {
	int netns_fd;
	int (*work)(void *context);
	void *context;
	int result;
};

static void *run(void *data)
{
	struct errand *errand = data;

	errand->result = setns(errand->netns_fd, CLONE_NEWNET) < 0 ? -errno : errand->work(errand->context);
	return NULL;
}

int visit_netns(int netns_fd, int (*work)(void *context), void *context)
{
	struct errand errand = { netns_fd, work, context, 0 };
	pthread_t thread;
	int r = pthread_create(&thread, NULL, run, &errand);

	if (r)
		return -r;
	(void)pthread_join(thread, NULL);
	return errand.result;
}
