/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/**
 * A growing run of bytes, always followed by a NUL that is not counted. The first append that finds no memory sets
 * `failed`; from then on appends do nothing, so a writer checks once, at the end.
 */
struct buf {
	char *data; /* NULL while empty; owned */
	size_t len;
	size_t cap;
	bool failed;
};

#define BUF_INIT                                                                                                       \
	{                                                                                                              \
		NULL, 0, 0, false                                                                                      \
	}
#define _cleanup_buf_ __attribute__((cleanup(buf_free)))

/** buf_reserve() where there is no room yet. */
int buf_grow(struct buf *buf, size_t more);

/** Makes room for @more bytes. Returns 0 or -ENOMEM (and sets failed). */
static inline int buf_reserve(struct buf *buf, size_t more)
{
	return !buf->failed && more < buf->cap - buf->len ? 0 : buf_grow(buf, more);
}

/** Appends @len bytes. Returns 0 or -ENOMEM; a buffer that failed before stays failed. */
int buf_append(struct buf *buf, const void *data, size_t len);

/** Appends a string without its NUL. */
int buf_puts(struct buf *buf, const char *text);

/** Appends one byte. */
int buf_putc(struct buf *buf, char c);

/** Appends formatted text. */
int buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** Empties the buffer and clears `failed`; keeps the memory for the next round. */
void buf_reset(struct buf *buf);

/** Gives the memory back. Accepts an empty buffer; it can be used again. */
void buf_free(struct buf *buf);
