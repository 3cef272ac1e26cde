/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stddef.h>

#include "base/fault.h"
#include "model/exposed.h"

struct buf;

/**
 * Makes a name of `ip netns` out of the name of an owner: "shop/web-0" is "shop-web-0".
 *
 * @from: AS, or an owner's name
 * Returns 0, or -EINVAL with @fault filled: empty, too long, begins with '-' or '.', has blanks or what no terminal should see.
 */
int exposed_name(const char *from, char out[EXPOSED_NAME_SIZE], struct fault *fault);

/** The text of a marker: what was exposed under a name. Returns 0 or -ENOMEM. */
int exposed_write(const struct exposed *row, struct buf *ret);

/**
 * Reads such a text. Pure.
 *
 * @ret: its name and `there` are left alone; untouched on failure
 * Returns 0, or -EINVAL.
 */
int exposed_read(const char *text, size_t len, struct exposed *ret);
