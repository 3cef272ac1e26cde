/* SPDX-License-Identifier: GPL-2.0-only */
#include "app/name.h"

#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/number.h"
#include "model/query.h"
#include "observe/namespaces/namespaces.h"

/* The namespaces of a fault's list; more are only counted. */
#define CANDIDATES_SHOWN 4

static void cannot_open(const char *name, int error, struct fault *fault)
{
	if (error == -EINVAL)
		fault_set(fault, error, EXIT_CODE_NO_SUCH_NAME, "%s: not a network namespace (see ctnet ls)", name);
	else if (error == -EACCES || error == -EPERM)
		fault_set(fault, error, EXIT_CODE_NOT_PERMITTED,
		          "%s: cannot be looked at: %s (try its inode, see ctnet ls)", name, strerror(-error));
	else
		fault_set(fault, error, EXIT_CODE_NO_SUCH_NAME, "%s: %s (see ctnet ls)", name, strerror(-error));
}

const char *name_of_path(const char *name, char inode[NAME_INODE_SIZE], struct fault *fault)
{
	uint64_t value;
	int r;

	if (name[0] != '/')
		return name;
	r = namespaces_inode_of_path(name, &value);
	if (r < 0) {
		cannot_open(name, r, fault);
		return NULL;
	}
	(void)snprintf(inode, NAME_INODE_SIZE, "%" PRIu64, value);
	return inode;
}

bool name_of_pid(const char *name, char inode[NAME_INODE_SIZE])
{
	char path[64];
	struct stat st;
	uint64_t pid;

	if (parse_u64(name, 1, INT32_MAX, &pid) < 0)
		return false;
	(void)snprintf(path, sizeof(path), "/proc/%" PRIu64 "/ns/net", pid);
	if (stat(path, &st) < 0)
		return false;
	(void)snprintf(inode, NAME_INODE_SIZE, "%" PRIu64, (uint64_t)st.st_ino);
	return true;
}

static int ambiguous(const char *name, const struct netns *const *found, size_t count, struct fault *fault)
{
	_cleanup_buf_ struct buf list = BUF_INIT;

	for (size_t i = 0; i < count && i < CANDIDATES_SHOWN; i++)
		(void)buf_printf(&list, "%s%s (%" PRIu64 ")", i ? ", " : "", found[i]->name, found[i]->inode);
	return fault_set(fault, -ENOENT, EXIT_CODE_NO_SUCH_NAME, "\"%s\" is %zu namespaces: %s%s; say which", name,
	                 count, list.data ? list.data : "", count > CANDIDATES_SHOWN ? ", …" : "");
}

int name_unknown(const char *name, struct fault *fault)
{
	return fault_set(fault, -ENOENT, EXIT_CODE_NO_SUCH_NAME,
	                 "%s: no such container, namespace, interface, address or process here (see ctnet ls)", name);
}

/* Why nothing was found: what is the host's own is there, but is no container's. */
static int not_found(const struct snapshot *snap, const char *name, const char *inode, struct fault *fault)
{
	uint64_t number;

	if (parse_u64(inode, 1, UINT64_MAX, &number) == 0 && number == snap->observing_inode)
		return fault_set(fault, -ENOENT, EXIT_CODE_NO_SUCH_NAME,
		                 "%s: this host's own network namespace, no container's (see ctnet ls)", name);
	return name_unknown(name, fault);
}

int name_resolve(const struct snapshot *snap, const char *name, const struct netns **ret, struct fault *fault)
{
	_cleanup_free_ const struct netns **found = NULL;
	char inode[NAME_INODE_SIZE];
	const char *key = name_of_path(name, inode, fault);
	size_t count = 0;
	int r;

	if (!key)
		return -ENOENT;
	r = query_resolve(snap, key, &found, &count);
	if (r == 0 && count == 0 && name_of_pid(key, inode)) {
		key = inode;
		r = query_resolve(snap, key, &found, &count);
	}
	if (r < 0)
		return fault_set(fault, r, EXIT_CODE_RUNTIME, "out of memory");
	if (count == 0)
		return not_found(snap, name, key, fault);
	if (count > 1)
		return ambiguous(name, found, count, fault);
	*ret = found[0];
	return 0;
}
