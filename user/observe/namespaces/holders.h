/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/array.h"

/** What can keep a network namespace alive without a process in it, in the order of how much it says. */
enum holder_kind {
	HOLDER_MOUNT,      /* a mount of it, in whatever mount namespace */
	HOLDER_DESCRIPTOR, /* a process that has it open */
	HOLDER_SOCKET,     /* a process with a socket that was made in it */
};

#define HOLDER_PATH_MAX 256

struct holder {
	uint64_t inode; /* of the network namespace */
	enum holder_kind kind;
	pid_t pid;                  /* MOUNT: some process of the mount namespace */
	int fd;                     /* DESCRIPTOR, SOCKET: the process's descriptor; else -1 */
	char comm[16];              /* of the process, cleaned text */
	char path[HOLDER_PATH_MAX]; /* MOUNT: where, raw bytes; else "" */
};

struct holders {
	struct array items; /* of struct holder, sorted by inode, kind, pid, fd */
};

/**
 * Finds everything that holds one of the given namespaces. Goes through every mount namespace and every descriptor of every process, so it
 * is for namespaces that have no process, and for a person who asks; never for a tick.
 *
 * A socket's namespace is learned from a duplicate of it (pidfd_getfd, Linux 5.6; SIOCGSKNS), closed at once; sockets are looked at only
 * while some namespace has no other holder.
 *
 * @proc: "/proc"
 * @inodes: sorted; what to look for
 * @ret: holders_free() it; untouched on failure
 * Returns 0 or -errno. What may not be read, and processes that vanish, are passed over.
 */
int holders_find(const char *proc, const uint64_t *inodes, size_t count, struct holders *ret);

/**
 * As above, but looks for everything that holds a namespace which is not among @known: so namespaces are found that nothing else tells of.
 *
 * @sockets: also ask each socket of each process
 */
int holders_find_others(const char *proc, const uint64_t *known, size_t count, bool sockets, struct holders *ret);

/** The best holder of a namespace: the first of the lowest kind, or NULL. */
const struct holder *holders_of(const struct holders *holders, uint64_t inode);

/** A path by which the namespace can be opened, while the holder holds it; "" for a socket, which has none. */
void holder_path(const struct holder *holder, char *out, size_t size);

/** "mount /run/netns/blue", "process 812 (sleep), descriptor 3", "socket 5 of process 812 (sleep)" into @out. */
void holder_format(const struct holder *holder, char *out, size_t size);

/** Accepts an empty list. */
void holders_free(struct holders *holders);
