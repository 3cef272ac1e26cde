/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/namespaces/enter.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/capability.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/capability.h"
#include "base/cleanup.h"
#include "observe/namespaces/namespaces.h"

#define RESOLV_CONF "/etc/resolv.conf"

/* Any directory that is sure to be there will do: it is hidden by a mount for the moment of making the copy. */
#define WORKSHOP "/sys"

/* glibc 2.36 declares open_tree(2) and move_mount(2), earlier ones do not; Linux 5.2 has them. */
#ifndef OPEN_TREE_CLONE
#define OPEN_TREE_CLONE 1
#endif
#ifndef MOVE_MOUNT_F_EMPTY_PATH
#define MOVE_MOUNT_F_EMPTY_PATH 0x4
#endif
#ifndef AT_RECURSIVE
#define AT_RECURSIVE 0x8000
#endif
#define CLONE_TREE (OPEN_TREE_CLONE | O_CLOEXEC | AT_RECURSIVE)

/* What is mounted below /sys on a usual host, and needed by tools; a new sysfs would hide it. */
static const char *const kept_places[] = {
	"/sys/fs/cgroup", "/sys/fs/bpf", "/sys/kernel/debug", "/sys/kernel/tracing", "/sys/kernel/security",
};

int enter_permitted(struct fault *fault)
{
	if (capability_held(CAP_SYS_ADMIN))
		return 0;
	return fault_set(fault, -EPERM, EXIT_CODE_NOT_PERMITTED,
	                 "needs CAP_SYS_ADMIN to enter or mount a namespace (run it with sudo)");
}

int enter_open(const struct namespaces *namespaces, const struct ns_seen *seen, struct fault *fault)
{
	int fd = namespaces_open_fd(namespaces, seen);

	switch (fd) {
	case -EPERM:
	case -EACCES:
		return fault_set(fault, fd, EXIT_CODE_NOT_PERMITTED,
		                 "netns %" PRIu64 ": needs CAP_SYS_PTRACE to open it by process %d", seen->inode,
		                 (int)seen->pid);
	case -ENOENT:
		return fault_set(fault, fd, EXIT_CODE_RUNTIME,
		                 "netns %" PRIu64 ": there is no process, mount or descriptor left by which to open it",
		                 seen->inode);
	case -ESTALE:
	case -ESRCH:
		return fault_set(fault, fd, EXIT_CODE_RUNTIME, "netns %" PRIu64 ": it ended just now", seen->inode);
	default:
		if (fd < 0)
			return fault_set(fault, fd, EXIT_CODE_RUNTIME, "netns %" PRIu64 ": cannot open it: %s",
			                 seen->inode, strerror(-fd));
		return fd;
	}
}

int enter_netns(int netns_fd, struct fault *fault)
{
	if (setns(netns_fd, CLONE_NEWNET) == 0)
		return 0;
	if (errno == EPERM)
		return fault_set(fault, -EPERM, EXIT_CODE_NOT_PERMITTED,
		                 "needs CAP_SYS_ADMIN in the user namespace that owns this network namespace");
	return fault_set(fault, -errno, EXIT_CODE_RUNTIME, "cannot enter the network namespace: %s", strerror(errno));
}

/* ---- /sys */

/*
 * A sysfs shows the interfaces of the network namespace it was mounted in. Unlike `ip netns exec`, which lets go of all that is mounted below
 * /sys, so that a daemon started with it finds no cgroups.
 */
static int mount_sysfs(struct fault *warning)
{
	int kept[ARRAY_SIZE(kept_places)];
	unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC;
	struct statvfs old;
	int r = 0;

	if (statvfs("/sys", &old) < 0)
		return 0; /* nothing that could be wrong */
	if (old.f_flag & ST_RDONLY)
		flags |= MS_RDONLY;
	for (size_t i = 0; i < ARRAY_SIZE(kept_places); i++)
		kept[i] = (int)syscall(SYS_open_tree, AT_FDCWD, kept_places[i], CLONE_TREE);
	if (mount("sysfs", "/sys", "sysfs", flags, NULL) < 0)
		r = fault_set(warning, -errno, EXIT_CODE_RUNTIME,
		              "cannot mount a sysfs: /sys/class/net shows the interfaces of this host, not of the "
		              "container: %s",
		              strerror(errno));
	for (size_t i = 0; i < ARRAY_SIZE(kept_places); i++) {
		if (kept[i] < 0)
			continue;
		if (r == 0)
			(void)syscall(SYS_move_mount, kept[i], "", AT_FDCWD, kept_places[i], MOVE_MOUNT_F_EMPTY_PATH);
		(void)close(kept[i]);
	}
	return r;
}

/* ---- /etc/resolv.conf */

static int write_copy(const struct buf *text)
{
	_cleanup_close_ int fd = open(WORKSHOP "/resolv.conf", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

	if (fd < 0)
		return -errno;
	for (size_t done = 0; done < text->len;) {
		ssize_t put = write(fd, text->data + done, text->len - done);

		if (put < 0)
			return -errno;
		done += (size_t)put;
	}
	return fchmod(fd, 0644) < 0 ? -errno : 0; /* whatever the umask */
}

/*
 * A mount needs a file that stands somewhere: one in a tmpfs that is mounted for a moment, and lives on behind the bind mount alone. A memfd
 * cannot be bind-mounted: its file system is mounted nowhere. The container's own file is not to be mounted: it is the container's to change.
 */
static int mount_resolv_conf(const struct buf *text, struct fault *warning)
{
	int r;

	if (mount("tmpfs", WORKSHOP, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "size=128k,nr_inodes=4,mode=755") < 0)
		return fault_set(warning, -errno, EXIT_CODE_RUNTIME,
		                 "cannot mount a tmpfs for the container's resolv.conf: %s", strerror(errno));
	r = write_copy(text);
	if (r == 0 && mount(WORKSHOP "/resolv.conf", RESOLV_CONF, NULL, MS_BIND, NULL) < 0)
		r = -errno;
	(void)umount2(WORKSHOP, MNT_DETACH);
	if (r < 0)
		return fault_set(warning, r, EXIT_CODE_RUNTIME,
		                 "cannot put the container's resolv.conf over this host's " RESOLV_CONF
		                 ": %s; names are "
		                 "looked up as on this host",
		                 strerror(-r));
	return 0;
}

int enter_view(const struct buf *resolv_conf, struct fault *warning, struct fault *fault)
{
	if (unshare(CLONE_NEWNS) < 0)
		return fault_set(fault, -errno, errno == EPERM ? EXIT_CODE_NOT_PERMITTED : EXIT_CODE_RUNTIME,
		                 "cannot make a private mount namespace (CAP_SYS_ADMIN): %s", strerror(errno));
	/* what is mounted on the host from now on still appears in here, nothing from here appears there */
	if (mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0)
		return fault_set(fault, -errno, EXIT_CODE_RUNTIME, "cannot make the mounts private: %s",
		                 strerror(errno));
	if (resolv_conf)
		(void)mount_resolv_conf(resolv_conf, warning);
	(void)mount_sysfs(warning);
	return 0;
}
