/* SPDX-License-Identifier: GPL-2.0-only */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/cleanup.h"

#define READ_STEP ((size_t)16 * 1024)

static int read_all(int fd, size_t max, struct buf *text)
{
	for (;;) {
		ssize_t got;

		if (buf_reserve(text, READ_STEP) < 0)
			return -ENOMEM;
		got = read(fd, text->data + text->len, READ_STEP);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		text->len += (size_t)got;
		text->data[text->len] = '\0';
		if (text->len > max)
			return -EFBIG;
		if (got == 0)
			return 0;
	}
}

/* A regular file that stands open for reading. */
static int read_regular(int fd, size_t max, struct buf *ret)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct stat st;
	int r;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	if (st.st_size > 0 && (uintmax_t)st.st_size > max)
		return -EFBIG;
	r = read_all(fd, max, &text);
	if (r < 0)
		return r;
	return buf_append(ret, text.data, text.len);
}

int file_read_at(int dir, const char *path, size_t max, struct buf *ret)
{
	/* O_NONBLOCK: opening a FIFO must not wait for its writer */
	_cleanup_close_ int fd = openat(dir, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);

	return fd < 0 ? -errno : read_regular(fd, max, ret);
}

int file_read_place(int place, size_t max, struct buf *ret)
{
	_cleanup_close_ int fd = -1;
	struct stat st;
	char again[32];

	if (fstat(place, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	(void)snprintf(again, sizeof(again), "/proc/self/fd/%d", place);
	fd = open(again, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	return fd < 0 ? -errno : read_regular(fd, max, ret);
}

static int write_all(int fd, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t put = write(fd, data, len);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return -errno;
		data += put;
		len -= (size_t)put;
	}
	return 0;
}

/* fsync before rename: after a power cut there is the old file or the new one, not an empty one. */
static int fill(int fd, const void *data, size_t len, mode_t mode)
{
	int r = write_all(fd, data, len);

	if (r < 0)
		return r;
	if (fchmod(fd, mode) < 0 || fsync(fd) < 0)
		return -errno;
	return 0;
}

int file_replace(const char *dir_path, const char *name, const void *data, size_t len, mode_t mode)
{
	_cleanup_close_ int dir = open(dir_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_cleanup_close_ int fd = -1;
	char temporary[256];
	int r;

	if (dir < 0)
		return -errno;
	/* one writer a name (the agent holds a lock), so the process id makes it unique enough and findable */
	if ((size_t)snprintf(temporary, sizeof(temporary), ".%s.%ld", name, (long)getpid()) >= sizeof(temporary))
		return -ENAMETOOLONG;
	/* always a new file: what stands under that name may be a FIFO that blocks, or a hard link to another file */
	(void)unlinkat(dir, temporary, 0);
	fd = openat(dir, temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	r = fill(fd, data, len, mode);
	if (r == 0 && renameat(dir, temporary, dir, name) < 0)
		r = -errno;
	if (r < 0)
		(void)unlinkat(dir, temporary, 0);
	return r;
}
