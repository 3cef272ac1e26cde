/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where the kernel is watched, and how kernels differ. A place is good if it is passed exactly once for each thing counted, only
 * when it happened, and if it is a plain function entry: a return probe borrows one of a few instances (at least 10, or twice the
 * CPUs) for as long as the function runs, and setup_net() sleeps, so that a burst of parallel unshare() runs out of them and
 * returns are missed. Under the RTNL mutex only one such function runs at a time; there return probes are used.
 *
 * Checked on 6.1.192 and 6.12.117 (Debian), names also on 6.18.
 */
#include "observe/kernel/probe_table.h"

const struct probe probe_table[PROBES] = {
	/*
	 * put_net() is inline and calls __put_net() when the count reaches 0, for a namespace that was set up and never for one
	 * that was not. But within net_namespace.c gcc 12 has __put_net() inline too (seen in the code of 6.12.117: in netns_put(),
	 * netns_install(), peernet2id_alloc() and the nsid requests of rtnetlink), so that it sees the end of processes and
	 * sockets only. netns_put() is what a closed descriptor or a removed mount calls, through a pointer. What is left are
	 * references held for the length of one netlink request, and two last references dropped in the same instant: those
	 * the worker finds, and the time begins with its first step.
	 */
	[PROBE_LAST_PUT] = { "dying", { { "__put_net", "ctnet_last_put", false } } },
	[PROBE_HANDLE_PUT] = { "dying-handle", { { "netns_put", "ctnet_handle_put", false } } },
	[PROBE_CLEANUP] = { "dying-worker", { { "ipv4_frags_pre_exit_net", "ctnet_cleanup_begin", false } } },

	/*
	 * Exit functions of struct pernet_operations: reached through a pointer, so never inlined, and called once for each
	 * namespace of the worker's batch; net_free() is no place, being inlined or called more than once. net_ns_net_exit()
	 * is the last of all and gives the inode number back. It is gone in 6.18 (the number is given back after
	 * the exit functions there); netdev_exit() then is late and per namespace.
	 */
	[PROBE_DESTROYED] = { "destroyed",
	                      { { "net_ns_net_exit", "ctnet_destroyed", false },
	                        { "netdev_exit", "ctnet_destroyed", false } } },

	/* Takes (net, user_ns) on 6.1, (net) alone on 6.12.117: the first argument is the same. */
	[PROBE_SETUP] = { "setup", { { "setup_net", "ctnet_setup_begin", false } } },

	/*
	 * create_new_namespaces() calls copy_time_ns() right after copy_net_ns(), for whatever flags, if that succeeded (5.6,
	 * commit 769071ac9f20): an entry that says that setup_net() returned 0. Without CONFIG_TIME_NS it is inline and the
	 * return of setup_net() has to do.
	 */
	[PROBE_CREATED] = { "created",
	                    { { "copy_time_ns", "ctnet_created_next", false },
	                      { "setup_net", "ctnet_created_return", true } } },

	/* register_netdevice() calls it after the last step that can fail without unregistering again; name and index are set. */
	[PROBE_REGISTERED] = { "registered", { { "dev_init_scheduler", "ctnet_registered", false } } },

	/* Of the unregistering alone: a move between namespaces does not pass here. */
	[PROBE_UNREGISTERED] = { "unregistered", { { "netdev_unregister_kobject", "ctnet_unregistered", false } } },

	/*
	 * Only for the name and index before. Since 5.13 __dev_change_net_namespace() (commit 0854fa82c96c); renamed to
	 * netif_change_net_namespace() and back on the way to 6.18.
	 */
	[PROBE_MOVE] = { "move",
	                 { { "__dev_change_net_namespace", "ctnet_move_begin", false },
	                   { "netif_change_net_namespace", "ctnet_move_begin", false },
	                   { "dev_change_net_namespace", "ctnet_move_begin", false } } },

	/* Called in the middle of a move when it can no more fail (5.7, commit e6dee9f3893c). */
	[PROBE_MOVED] = { "moved", { { "netdev_change_owner", "ctnet_moved", false } } },

	/*
	 * On 6.18 dev_change_name() is a wrapper that takes a lock, and rtnetlink calls netif_change_name() below it; on 6.12 there is
	 * only dev_change_name().
	 */
	[PROBE_RENAME] = { "rename",
	                   { { "netif_change_name", "ctnet_rename_begin", false },
	                     { "dev_change_name", "ctnet_rename_begin", false } } },
	[PROBE_RENAMED] = { "renamed",
	                    { { "netif_change_name", "ctnet_renamed", true },
	                      { "dev_change_name", "ctnet_renamed", true } } },

	/*
	 * What br_add_if() and del_nbp() call, in the kernel proper: there whether or not the bridge module is loaded. The
	 * program looks whether the upper interface is a bridge.
	 */
	[PROBE_JOIN] = { "join", { { "netdev_master_upper_dev_link", "ctnet_join_begin", false } } },
	[PROBE_JOINED] = { "joined", { { "netdev_master_upper_dev_link", "ctnet_joined", true } } },
	[PROBE_LEFT] = { "left", { { "netdev_upper_dev_unlink", "ctnet_left", false } } },
};
