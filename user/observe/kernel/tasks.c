/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/kernel/tasks.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <tasks.skel.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "observe/kernel/kernel_price.h"
#include "observe/kernel/libbpf_log.h"

/* The kernel gives at most eight pages at a time (bpf_seq_read() in kernel/bpf/bpf_iter.c). */
#define READ_BYTES ((size_t)32 * 1024)

struct tasks {
	struct tasks_bpf *bpf;
	struct buf records; /* of the last reading; the memory stays */
};

static void free_tasks(struct tasks **tasks)
{
	tasks_free(*tasks);
}

static int load(struct tasks *tasks, const uint64_t home[CTNET_TASK_HOMES])
{
	int r;

	libbpf_log_silence();
	tasks->bpf = tasks_bpf__open();
	if (!tasks->bpf)
		return -errno;
	for (size_t i = 0; i < CTNET_TASK_HOMES; i++)
		tasks->bpf->rodata->ctnet_home[i] = (uint32_t)home[i];
	r = tasks_bpf__load(tasks->bpf);
	return r == 0 ? tasks_bpf__attach(tasks->bpf) : r;
}

int tasks_open(const uint64_t home[CTNET_TASK_HOMES], struct tasks **ret, struct fault *fault)
{
	_cleanup_(free_tasks) struct tasks *tasks = calloc(1, sizeof(*tasks));
	int r = tasks ? load(tasks, home) : -ENOMEM;

	if (r < 0)
		return fault_set(fault, r, EXIT_CODE_KERNEL_LACKS, "no task iterator here (Linux 5.8 with BTF): %s",
		                 strerror(-r));
	*ret = TAKE_PTR(tasks);
	return 0;
}

/* One reading is a stream of whole records, cut anywhere. */
static int read_stream(int fd, struct buf *to)
{
	for (;;) {
		ssize_t got;

		if (buf_reserve(to, READ_BYTES) < 0)
			return -ENOMEM;
		got = read(fd, to->data + to->len, READ_BYTES);
		if (got == 0)
			return 0;
		if (got > 0)
			to->len += (size_t)got;
		else if (errno != EINTR && errno != EAGAIN) /* EAGAIN: a million tasks were passed over in this call */
			return -errno;
	}
}

int tasks_read(struct tasks *tasks, const struct ctnet_task **ret, size_t *ret_count)
{
	_cleanup_close_ int fd = bpf_iter_create(bpf_link__fd(tasks->bpf->links.ctnet_tasks));
	int r;

	if (fd < 0)
		return -errno;
	buf_reset(&tasks->records);
	r = read_stream(fd, &tasks->records);
	if (r < 0)
		return r;
	if (tasks->records.len % sizeof(struct ctnet_task) != 0)
		return -EPROTO;
	*ret = (const void *)tasks->records.data; /* malloc() aligns for anything */
	*ret_count = tasks->records.len / sizeof(struct ctnet_task);
	return 0;
}

int tasks_price(const struct tasks *tasks, struct kernel_price *price)
{
	return tasks ? kernel_price_add(price, tasks->bpf->obj) : 0;
}

void tasks_free(struct tasks *tasks)
{
	if (!tasks)
		return;
	tasks_bpf__destroy(tasks->bpf);
	buf_free(&tasks->records);
	free(tasks);
}
