// SPDX-License-Identifier: GPL-2.0-only
/*
 * The processes of foreign network namespaces, by a task iterator (5.8, commit eaaacd23910f): what would else be one readlink(2) of
 * /proc/PID/ns/net for each process of the machine.
 */
#include "vmlinux.h"

#include <bpf/bpf_helpers.h>

#include "ctnet_tasks.h"

/* Inodes of the namespaces that are of no interest; set before the load. */
const volatile ctnet_u32 ctnet_home[CTNET_TASK_HOMES] = {};

#define TRIES 3 /* a task changes its namespaces once, then works in them */

/*
 * Inode of a task's network namespace; 0 where it has none any more (a zombie). Nobody keeps the set of namespaces for us, but it is the
 * task's as long as it stands there, and is not written to: with the same one before and after, what was read between is true.
 */
static __always_inline ctnet_u32 netns_of(struct task_struct *task)
{
	for (int i = 0; i < TRIES; i++) {
		struct nsproxy *set = task->nsproxy;
		ctnet_u32 inode;

		if (!set)
			return 0;
		inode = set->net_ns->ns.inum;
		barrier();
		if (task->nsproxy == set)
			return inode;
	}
	return 0;
}

SEC("iter/task")
int ctnet_tasks(struct bpf_iter__task *context)
{
	struct task_struct *task = context->task;
	struct ctnet_task record = {};

	if (!task || task->pid != task->tgid)
		return 0;
	record.netns = netns_of(task);
	if (record.netns == 0 || record.netns == ctnet_home[0] || record.netns == ctnet_home[1])
		return 0;
	record.pid = task->tgid;
	record.start_ns = task->start_boottime;
	bpf_probe_read_kernel(record.comm, sizeof(record.comm), task->comm);
	bpf_seq_write(context->meta->seq, &record, sizeof(record));
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
