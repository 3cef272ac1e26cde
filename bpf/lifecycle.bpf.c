// SPDX-License-Identifier: GPL-2.0-only
/*
 * Life and death of network namespaces and of their interfaces. One program for each place in the kernel that is passed exactly
 * once for what it counts; which function that is differs between kernels and stands in user/observe/kernel/probe_table.c. Every
 * program may be missing: what the others count stays right.
 *
 * Totals are atomic adds into shared memory, done before anything that can fail. Events are for people: they may be lost, and
 * then are counted as lost.
 */
#include "vmlinux.h"

#include <bpf/bpf_helpers.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

#include "lifecycle.bpf.h"

#define CTNET_CLONE_NEWNET 0x40000000 /* uapi/linux/sched.h */
#define CTNET_IFF_LOOPBACK 0x8        /* uapi/linux/if.h */

/* ---------------------------------------------------------------- namespaces */

SEC("kprobe")
int BPF_KPROBE(ctnet_setup_begin, struct net *net)
{
	ctnet_u32 tid = (ctnet_u32)bpf_get_current_pid_tgid();
	struct ctnet_setup setup = { .net = (ctnet_u64)net, .begin_ns = bpf_ktime_get_boot_ns() };

	bpf_map_update_elem(&ctnet_setups, &tid, &setup, BPF_ANY);
	return 0;
}

static __always_inline void ctnet_created(void)
{
	ctnet_u32 tid = (ctnet_u32)bpf_get_current_pid_tgid();
	struct ctnet_setup *setup = bpf_map_lookup_elem(&ctnet_setups, &tid);
	struct ctnet_live live = { .birth_ns = bpf_ktime_get_boot_ns() };
	struct ctnet_lifecycle_event *event;
	ctnet_u64 net = 0, duration = 0;

	if (setup) {
		net = setup->net;
		duration = ctnet_since(setup->begin_ns, live.birth_ns);
		ctnet_observe(&ctnet_totals.setup, duration);
		bpf_map_delete_elem(&ctnet_setups, &tid);
	}
	if (!net || bpf_map_update_elem(&ctnet_live, &net, &live, BPF_ANY))
		ctnet_add(&ctnet_totals.untimed, 1);
	event = ctnet_event(CTNET_CREATED);
	if (!event)
		return;
	event->time_ns = live.birth_ns;
	event->birth_ns = live.birth_ns;
	event->duration_ns = duration;
	ctnet_fill_net(event, (struct net *)net);
	ctnet_fill_task(event);
	bpf_ringbuf_submit(event, 0);
}

/* What create_new_namespaces() calls next in the same thread when there is a new namespace, and only then. */
SEC("kprobe")
int BPF_KPROBE(ctnet_created_next, unsigned long flags)
{
	if (flags & CTNET_CLONE_NEWNET)
		ctnet_created();
	return 0;
}

SEC("kretprobe")
int BPF_KRETPROBE(ctnet_created_return, int error)
{
	if (!error)
		ctnet_created();
	return 0;
}

/*
 * The last reference is gone: once for each namespace, whichever of the three places sees it first. It runs wherever the
 * reference was dropped, in a softirq as well: who is current says nothing.
 */
static __always_inline void ctnet_dying(struct net *net)
{
	struct ctnet_live fresh = { .dying_ns = bpf_ktime_get_boot_ns() };
	ctnet_u64 key = (ctnet_u64)net;
	struct ctnet_live *live = bpf_map_lookup_elem(&ctnet_live, &key);
	struct ctnet_lifecycle_event *event;

	if (live && live->dying_ns)
		return;
	if (live)
		live->dying_ns = fresh.dying_ns;
	else
		bpf_map_update_elem(&ctnet_live, &key, &fresh, BPF_ANY);
	event = ctnet_event(CTNET_DYING);
	if (!event)
		return;
	event->time_ns = fresh.dying_ns;
	event->birth_ns = live ? live->birth_ns : 0;
	event->duration_ns = ctnet_since(event->birth_ns, fresh.dying_ns);
	ctnet_fill_net(event, net);
	bpf_ringbuf_submit(event, 0);
}

SEC("kprobe")
int BPF_KPROBE(ctnet_last_put, struct net *net)
{
	ctnet_dying(net);
	return 0;
}

/* One reference less, by a descriptor or a mount. The count is read before it goes down: at 1 this is the last. */
SEC("kprobe")
int BPF_KPROBE(ctnet_handle_put, struct ns_common *ns)
{
	if (ctnet_ns_references(ns) == 1)
		ctnet_dying(container_of(ns, struct net, ns));
	return 0;
}

/* The worker begins with a namespace; or a setup that failed is undone, which is no death. */
SEC("kprobe")
int BPF_KPROBE(ctnet_cleanup_begin, struct net *net)
{
	ctnet_u32 tid = (ctnet_u32)bpf_get_current_pid_tgid();

	if (!bpf_map_lookup_elem(&ctnet_setups, &tid))
		ctnet_dying(net);
	return 0;
}

/* A setup that failed is undone by its own thread, by way of the same exit functions. */
static __always_inline bool ctnet_setup_failed(struct net *net)
{
	ctnet_u32 tid = (ctnet_u32)bpf_get_current_pid_tgid();
	struct ctnet_setup *setup = bpf_map_lookup_elem(&ctnet_setups, &tid);

	if (!setup || setup->net != (ctnet_u64)net)
		return false;
	bpf_map_delete_elem(&ctnet_setups, &tid);
	ctnet_add(&ctnet_totals.failed, 1);
	return true;
}

static __always_inline void ctnet_observe_end(const struct ctnet_live *live, ctnet_u64 now)
{
	if (!live || !live->dying_ns) {
		ctnet_add(&ctnet_totals.untimed, 1);
		return;
	}
	ctnet_observe(&ctnet_totals.teardown, ctnet_since(live->dying_ns, now));
	if (live->birth_ns)
		ctnet_observe(&ctnet_totals.lifetime, ctnet_since(live->birth_ns, live->dying_ns));
}

/* The worker takes namespaces apart in batches, but calls each exit function once for each namespace. */
SEC("kprobe")
int BPF_KPROBE(ctnet_destroyed, struct net *net)
{
	ctnet_u64 key = (ctnet_u64)net, now = bpf_ktime_get_boot_ns();
	struct ctnet_lifecycle_event *event;
	struct ctnet_live *live;

	if (ctnet_setup_failed(net))
		return 0;
	live = bpf_map_lookup_elem(&ctnet_live, &key);
	ctnet_observe_end(live, now);
	event = ctnet_event(CTNET_DESTROYED);
	if (event) {
		event->time_ns = now;
		event->birth_ns = live ? live->birth_ns : 0;
		event->duration_ns = live ? ctnet_since(live->dying_ns, now) : 0;
		ctnet_fill_net(event, net);
		bpf_ringbuf_submit(event, 0);
	}
	bpf_map_delete_elem(&ctnet_live, &key);
	return 0;
}

/* ---------------------------------------------------------------- interfaces */

/* Every namespace has a loopback and nobody asks about it. */
static __always_inline bool ctnet_is_loopback(struct net_device *dev)
{
	return BPF_CORE_READ(dev, flags) & CTNET_IFF_LOOPBACK;
}

static __always_inline void ctnet_read_name(char *name, struct net_device *dev)
{
	BPF_CORE_READ_INTO((char(*)[CTNET_NAME_SIZE])name, dev, name);
}

static __always_inline bool ctnet_same_text(const char *a, const char *b, ctnet_u32 size)
{
	ctnet_u32 i;

	for (i = 0; i < size; i++) {
		if (a[i] != b[i])
			return false;
		if (!a[i])
			return true;
	}
	return true;
}

/* Reserves and fills an event of @dev; NULL where it is lost. */
static __always_inline struct ctnet_lifecycle_event *ctnet_dev_event(enum ctnet_event_kind kind, struct net_device *dev)
{
	struct ctnet_lifecycle_event *event = ctnet_event(kind);
	struct net *net;
	struct ctnet_live *live;

	if (!event)
		return NULL;
	net = BPF_CORE_READ(dev, nd_net.net);
	live = bpf_map_lookup_elem(&ctnet_live, &net);
	event->time_ns = bpf_ktime_get_boot_ns();
	event->birth_ns = live ? live->birth_ns : 0;
	event->ifindex = BPF_CORE_READ(dev, ifindex);
	ctnet_read_name(event->name, dev);
	ctnet_fill_net(event, net);
	ctnet_fill_task(event);
	return event;
}

static __always_inline void ctnet_remember(enum ctnet_change change, struct net_device *dev, struct net_device *upper)
{
	ctnet_u32 key = change;
	struct ctnet_before *before = bpf_map_lookup_elem(&ctnet_before, &key);

	if (!before)
		return;
	before->dev = (ctnet_u64)dev;
	before->upper = (ctnet_u64)upper;
	before->tid = (ctnet_u32)bpf_get_current_pid_tgid();
	before->ifindex = BPF_CORE_READ(dev, ifindex);
	ctnet_read_name(before->name, dev);
}

/* What this thread remembered for @change, once; NULL where there is nothing. */
static __always_inline struct ctnet_before *ctnet_recall(enum ctnet_change change)
{
	ctnet_u32 key = change;
	struct ctnet_before *before = bpf_map_lookup_elem(&ctnet_before, &key);

	if (!before || before->tid != (ctnet_u32)bpf_get_current_pid_tgid())
		return NULL;
	before->tid = 0;
	return before;
}

SEC("kprobe")
int BPF_KPROBE(ctnet_registered, struct net_device *dev)
{
	struct ctnet_lifecycle_event *event;

	if (ctnet_is_loopback(dev))
		return 0;
	event = ctnet_dev_event(CTNET_REGISTERED, dev);
	if (event)
		bpf_ringbuf_submit(event, 0);
	return 0;
}

SEC("kprobe")
int BPF_KPROBE(ctnet_unregistered, struct net_device *dev)
{
	struct ctnet_lifecycle_event *event;

	if (ctnet_is_loopback(dev))
		return 0;
	event = ctnet_dev_event(CTNET_UNREGISTERED, dev);
	if (event)
		bpf_ringbuf_submit(event, 0);
	return 0;
}

SEC("kprobe")
int BPF_KPROBE(ctnet_move_begin, struct net_device *dev)
{
	ctnet_remember(CTNET_MOVE, dev, NULL);
	return 0;
}

/* Called once for each move, when the interface has its new namespace, index and name. */
SEC("kprobe")
int BPF_KPROBE(ctnet_moved, struct net_device *dev, struct net *from)
{
	struct ctnet_before *before = ctnet_recall(CTNET_MOVE);
	struct ctnet_lifecycle_event *event = ctnet_dev_event(CTNET_MOVED, dev);

	if (!event)
		return 0;
	event->other_inode = BPF_CORE_READ(from, ns.inum);
	if (before && before->dev == (ctnet_u64)dev) {
		event->other_ifindex = before->ifindex;
		__builtin_memcpy(event->other_name, before->name, CTNET_NAME_SIZE);
	}
	bpf_ringbuf_submit(event, 0);
	return 0;
}

SEC("kprobe")
int BPF_KPROBE(ctnet_rename_begin, struct net_device *dev)
{
	ctnet_remember(CTNET_RENAME, dev, NULL);
	return 0;
}

SEC("kretprobe")
int BPF_KRETPROBE(ctnet_renamed, int error)
{
	struct ctnet_before *before = ctnet_recall(CTNET_RENAME);
	struct ctnet_lifecycle_event *event;
	char name[CTNET_NAME_SIZE] = {};
	struct net_device *dev;

	if (!before || error)
		return 0;
	dev = (struct net_device *)before->dev;
	ctnet_read_name(name, dev);
	if (ctnet_same_text(name, before->name, sizeof(name))) /* success as well, and nothing changed */
		return 0;
	event = ctnet_dev_event(CTNET_RENAMED, dev);
	if (!event)
		return 0;
	__builtin_memcpy(event->other_name, before->name, CTNET_NAME_SIZE);
	bpf_ringbuf_submit(event, 0);
	return 0;
}

/* Bonds and VRFs are masters too; only bridges are asked for. */
static __always_inline bool ctnet_is_bridge(struct net_device *dev)
{
	char kind[8] = {};
	const char *text = BPF_CORE_READ(dev, rtnl_link_ops, kind);

	bpf_probe_read_kernel_str(kind, sizeof(kind), text);
	return ctnet_same_text(kind, "bridge", sizeof(kind) - 1);
}

static __always_inline void ctnet_port_event(enum ctnet_event_kind kind, struct net_device *dev,
                                             struct net_device *bridge)
{
	struct ctnet_lifecycle_event *event = ctnet_dev_event(kind, dev);

	if (!event)
		return;
	event->other_ifindex = BPF_CORE_READ(bridge, ifindex);
	ctnet_read_name(event->other_name, bridge);
	bpf_ringbuf_submit(event, 0);
}

SEC("kprobe")
int BPF_KPROBE(ctnet_join_begin, struct net_device *dev, struct net_device *upper)
{
	if (ctnet_is_bridge(upper))
		ctnet_remember(CTNET_JOIN, dev, upper);
	return 0;
}

SEC("kretprobe")
int BPF_KRETPROBE(ctnet_joined, int error)
{
	struct ctnet_before *before = ctnet_recall(CTNET_JOIN);

	if (before && !error)
		ctnet_port_event(CTNET_JOINED, (struct net_device *)before->dev, (struct net_device *)before->upper);
	return 0;
}

SEC("kprobe")
int BPF_KPROBE(ctnet_left, struct net_device *dev, struct net_device *upper)
{
	if (ctnet_is_bridge(upper))
		ctnet_port_event(CTNET_LEFT, dev, upper);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
