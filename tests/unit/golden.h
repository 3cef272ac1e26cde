/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"

/*
 * What a renderer wrote, compared byte for byte with tests/golden/NAME (from the top of the tree, where make runs the tests). On
 * a difference the diff is shown. CTNET_GOLDEN=write writes the file anew instead: read the diff before it is committed.
 */
static inline bool golden_is(const char *name, const struct buf *got)
{
	_cleanup_buf_ struct buf wanted = BUF_INIT;
	const char *mode = getenv("CTNET_GOLDEN");
	char actual[] = "/tmp/ctnet-golden-XXXXXX";
	char command[512];
	char path[256];
	int fd;

	(void)snprintf(path, sizeof(path), "tests/golden/%s", name);
	if (mode && strcmp(mode, "write") == 0)
		return file_replace("tests/golden", name, got->data, got->len, 0644) == 0;
	if (file_read_at(AT_FDCWD, path, 1 << 24, &wanted) == 0 && wanted.len == got->len &&
	    memcmp(wanted.data, got->data, got->len) == 0)
		return true;
	fd = mkstemp(actual);
	if (fd < 0)
		return false;
	if (write(fd, got->data, got->len) == (ssize_t)got->len) {
		(void)fflush(NULL);
		(void)snprintf(command, sizeof(command), "diff -u %s %s | sed 's/^/# /'", path, actual);
		(void)system(command);
	}
	(void)close(fd);
	(void)unlink(actual);
	return false;
}
