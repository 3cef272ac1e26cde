/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stddef.h>
#include <sys/types.h>

struct buf;

/**
 * Reads a whole regular file (or /proc file) of other people.
 *
 * @dir: directory descriptor, or AT_FDCWD
 * @path: relative to @dir; a final symlink is not followed (O_NOFOLLOW); a FIFO or device is refused, not waited for
 * @max: bytes; a larger file is refused rather than cut
 * @ret: appended to; untouched on failure
 *
 * Returns 0, -EFBIG (larger than @max), -EINVAL (not a regular file), or what open(2)/read(2) said.
 */
int file_read_at(int dir, const char *path, size_t max, struct buf *ret);

/**
 * As above for a file that stands open already, with O_PATH (so that a FIFO or a device was never touched) or for reading.
 *
 * @place: descriptor; stays the caller's
 */
int file_read_place(int place, size_t max, struct buf *ret);

/**
 * Replaces a file as one step: temporary file ".NAME.PID" in the same directory, write, fsync, fchmod, rename. A reader sees the
 * old bytes or the new ones. On failure nothing is left behind and the old file stands.
 *
 * @dir_path: the directory
 * @name: file name within it
 * Returns 0 or -errno of the step that failed.
 */
int file_replace(const char *dir_path, const char *name, const void *data, size_t len, mode_t mode);
