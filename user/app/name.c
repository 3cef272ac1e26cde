/* SPDX-License-Identifier: GPL-2.0-only */
#include "app/name.h"

#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/number.h"
#include "model/query.h"

/* The namespaces of a fault's list; more are only counted. */
#define CANDIDATES_SHOWN 4

/* As a PID of a process that is no owner: by the inode of its namespace, in decimal digits. */
static int resolve_pid(const struct snapshot *snap, const char *name, const struct netns ***ret, size_t *ret_count)
{
	char path[64];
	char inode[24];
	struct stat st;
	uint64_t pid;

	if (parse_u64(name, 1, INT32_MAX, &pid) < 0)
		return 0;
	(void)snprintf(path, sizeof(path), "/proc/%" PRIu64 "/ns/net", pid);
	if (stat(path, &st) < 0)
		return 0;
	(void)snprintf(inode, sizeof(inode), "%" PRIu64, (uint64_t)st.st_ino);
	return query_resolve(snap, inode, ret, ret_count);
}

static int ambiguous(const char *name, const struct netns *const *found, size_t count, struct fault *fault)
{
	_cleanup_buf_ struct buf list = BUF_INIT;

	for (size_t i = 0; i < count && i < CANDIDATES_SHOWN; i++)
		(void)buf_printf(&list, "%s%s (%" PRIu64 ")", i ? ", " : "", found[i]->name, found[i]->inode);
	return fault_set(fault, -ENOENT, EXIT_CODE_NO_SUCH_NAME, "\"%s\" is %zu namespaces: %s%s; say which", name,
	                 count, list.data ? list.data : "", count > CANDIDATES_SHOWN ? ", …" : "");
}

int name_resolve(const struct snapshot *snap, const char *name, const struct netns **ret, struct fault *fault)
{
	_cleanup_free_ const struct netns **found = NULL;
	size_t count = 0;
	int r = query_resolve(snap, name, &found, &count);

	if (r == 0 && count == 0)
		r = resolve_pid(snap, name, &found, &count);
	if (r < 0)
		return fault_set(fault, r, EXIT_CODE_RUNTIME, "out of memory");
	if (count == 0)
		return fault_set(fault, -ENOENT, EXIT_CODE_NO_SUCH_NAME,
		                 "%s: no such container, namespace, interface, address or process here (see ctnet ls)",
		                 name);
	if (count > 1)
		return ambiguous(name, found, count, fault);
	*ret = found[0];
	return 0;
}
