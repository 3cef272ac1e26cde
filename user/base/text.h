/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/**
 * Other people's text (container names, image names, comms) made fit to be stored and shown: valid UTF-8, no control characters
 * (C0, DEL, C1), no bidirectional overrides or zero-width marks; each offending byte or character becomes '?' (U+FFFD is not in
 * every font). Never splits a character.
 *
 * @in, @in_len: any bytes
 * @out, @size: always terminated; at most @size - 1 bytes are written
 *
 * Returns the bytes written without the NUL.
 */
size_t text_clean(const char *in, size_t in_len, char *out, size_t size);

/** Returns whether all @len bytes are well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms). */
bool text_is_utf8(const char *text, size_t len);

/** Returns the terminal columns of @text (UTF-8, cleaned); combining marks take none, wide characters two. */
size_t text_columns(const char *text);

/** Returns how many bytes of @text fit in @columns columns, never splitting a character. */
size_t text_fit(const char *text, size_t columns);
