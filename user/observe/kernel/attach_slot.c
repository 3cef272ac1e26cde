/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/kernel/attach_slot.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/cleanup.h"

int attach_slot_take(unsigned int slot)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	_cleanup_close_ int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	char *name = address.sun_path + 1; /* the NUL before it makes it abstract; none is needed after it */
	int len;

	if (fd < 0)
		return -errno;
	len = snprintf(name, sizeof(address.sun_path) - 1, "ctnet-attach-%u", slot);
	if (bind(fd, (const struct sockaddr *)&address,
	         (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)len)) < 0)
		return -errno;
	return TAKE_FD(fd);
}
