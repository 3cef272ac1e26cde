/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a ctnetd leaves under bpffs beside the maps of bpf/traffic.bpf.c: a note for each row. Written by the agent alone, read by the next one
 * and by those that read along. Fixed-width types only. A change of any layout here, or of the names in user/observe/kernel/pins.h, raises
 * CTNET_PINS_LAYOUT.
 */
#pragma once

#include "ctnet_traffic.h"

#define CTNET_PINS_LAYOUT 1

#define CTNET_TEXT_SIZE 16 /* of names, with their NUL */

/* What was taken from the kernel at the attach, and what was told already: totals go no lower. */
struct ctnet_kept {
	struct ctnet_count base[CTNET_HOOKS];
	struct ctnet_count told[CTNET_HOOKS];
	ctnet_u32 set[CTNET_HOOKS];     /* there is a base */
	ctnet_u32 settled[CTNET_HOOKS]; /* it is exact */
};

enum ctnet_attachment {
	CTNET_BY_NOTHING,
	CTNET_BY_TCX,    /* links, pinned under the number of the row */
	CTNET_BY_CLSACT, /* filters of this handle and these priorities */
};

/* Which interface a row is of, and how it is attached. */
struct ctnet_note {
	ctnet_u32 generation; /* raised each time the row is taken */
	ctnet_u32 ifindex;    /* 0: the row is nobody's */
	ctnet_u32 netns;      /* inode of the namespace it is inside of; 0: the observing one */
	ctnet_u32 attachment; /* enum ctnet_attachment */
	ctnet_u32 handle;
	ctnet_u32 priority[CTNET_HOOKS];
	ctnet_u32 program[CTNET_HOOKS]
			 [2]; /* clsact: ids of the program that stands there and of the one that takes its place */
	ctnet_u32 kept_count; /* raised when kept[kept_count & 1] is whole */
	char name[CTNET_TEXT_SIZE]; /* of the interface, any bytes */
	char kind[CTNET_TEXT_SIZE]; /* as rtnetlink names it */
	struct ctnet_kept kept[2];
	ctnet_u32 reserved[4];
};

#ifndef __bpf__
static_assert(sizeof(struct ctnet_kept) == 80, "layout 1");
static_assert(offsetof(struct ctnet_note, kept) == 80, "layout 1");
static_assert(sizeof(struct ctnet_note) == 256, "layout 1: four lines of 64 bytes");
#endif
