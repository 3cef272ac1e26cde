/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <jansson.h>

struct json_reader;
struct snapshot;

/**
 * Reads the namespaces and the bridges, with all that is in them, and puts them in the order a snapshot has.
 *
 * @snap: partly filled on failure
 * Returns 0, -EINVAL or -ENOMEM.
 */
int json_read_tables(struct json_reader *reader, json_t *root, struct snapshot *snap);
