/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/array.h"

/** One living namespace whose birth a probe told. */
struct birth {
	uint64_t inode;
	uint64_t time; /* CLOCK_BOOTTIME ns */
};

/** The living, sorted by inode; at any time an inode belongs to one namespace. */
struct births {
	struct array items; /* of struct birth */
};

void births_init(struct births *births);

/** Takes note of a birth; one of the same inode before it was of a namespace that is dead. Returns 0 or -ENOMEM. */
int births_add(struct births *births, uint64_t inode, uint64_t time);

/** Takes a birth away; another one of the same inode stays. */
void births_remove(struct births *births, uint64_t inode, uint64_t time);

/** When the namespace of that inode was born; 0: no probe told. */
uint64_t births_of(const struct births *births, uint64_t inode);

void births_free(struct births *births);
