/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/forwarding.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/number.h"

#define FILE_MAX 32 /* a number and its newline */

/* Without IPv6 in the kernel its file is not there, which is not known rather than off. */
static enum forwarding read_one(const char *proc, const char *name)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	char path[PATH_MAX];
	uint64_t value;

	if ((size_t)snprintf(path, sizeof(path), "%s/sys/net/%s", proc, name) >= sizeof(path))
		return FORWARDING_UNKNOWN;
	if (file_read_at(AT_FDCWD, path, FILE_MAX, &text) < 0 || text.len == 0)
		return FORWARDING_UNKNOWN;
	text.data[strcspn(text.data, "\n")] = '\0';
	if (parse_u64(text.data, 0, INT_MAX, &value) < 0)
		return FORWARDING_UNKNOWN;
	return value ? FORWARDING_ON : FORWARDING_OFF;
}

void forwarding_read(const char *proc, enum forwarding *ret_ipv4, enum forwarding *ret_ipv6)
{
	*ret_ipv4 = read_one(proc, "ipv4/ip_forward");
	*ret_ipv6 = read_one(proc, "ipv6/conf/all/forwarding");
}
