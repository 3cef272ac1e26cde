/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct snapshot;
struct buf;

/**
 * Renders a snapshot as one JSON object, keys as the contract in the README has them. Pure.
 *
 * Numbers are whole (above INT64_MAX: INT64_MAX), "time" and "duration" are seconds, to the milli- and the microsecond, "…_ns" nanoseconds, of
 * CLOCK_BOOTTIME where they are a moment. Text is cleaned and cut where it must be for json_parse_snapshot() to take it. What there is none of is null: "peer", "bridge", "mac", "port_state"; and "receive" and "transmit" of an interface that
 * nobody counts. "segments", "wire_bytes" and "protocols" (those seen) are there only where a program is attached.
 *
 * @pretty: indented; else one line without a blank (one object a tick); both with a final newline
 * @ret: appended to; untouched on failure but for its mark `failed`
 * Returns 0 or -ENOMEM.
 */
int json_render(const struct snapshot *snap, bool pretty, struct buf *ret);

/**
 * Reads what json_render() wrote: for fixtures and replay. Written again it gives the same bytes. Keys of the design are wanted, those added to
 * it may be missing, others are passed over. The input is other people's bytes: wrong types, missing keys, absurd sizes, control characters in
 * text are refused with the line and column, or the key, in @ret_error. Rows are put in order.
 *
 * @ret: snapshot_free() it; untouched on failure
 * @ret_error: one line of clean text on -EINVAL, else untouched
 * Returns 0, -EINVAL or -ENOMEM.
 */
int json_parse_snapshot(const char *text, size_t len, struct snapshot **ret, char *ret_error, size_t error_size);
