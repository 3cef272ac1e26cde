/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/array.h"
#include "observe/kernel/attach.h"
#include "observe/kernel/inner_programs.h"
#include "observe/kernel/note.h"
#include "observe/kernel/pins.h"
#include "observe/kernel/rows.h"
#include "observe/kernel/traffic.h"

/*
 * What the parts of traffic share, for user/observe/kernel/traffic*.c alone: traffic_open.c loads, opens and closes, traffic_adopt.c takes over
 * what an agent before us left, traffic_along.c reads what one counts that runs, traffic.c attaches and reads.
 */

struct traffic_bpf;

/* How one interface is attached. */
struct attached {
	union {
		struct tcx_links links;
		struct clsact_filters filters;
	};
	uint32_t ifindex;    /* 0: the row is nobody's, or not claimed yet */
	uint32_t netns;      /* inode of the namespace it is inside of; 0: ours, where the index of rows leads to it */
	uint32_t generation; /* of the row */
};

/* What became of what the agent before us left. */
struct adoption {
	uint32_t unclaimed; /* rows that nobody asked for yet */
	uint32_t adopted;
	uint32_t anew;  /* attached in a way that we do not, or not as it was left */
	uint32_t ended; /* their device is gone */
	bool cleared;   /* the maps were not as ours are */
};

struct traffic_programs {
	struct traffic_bpf *bpf; /* NULL: we read along */
	enum attach_mode mode;   /* never ATTACH_AUTO */
	struct clsact *clsact;   /* NULL with TCX */
	int prog_fd[CTNET_HOOKS];
	struct inner_programs *inner; /* NULL: this kernel does not let them be loaded, or attached */
	uint32_t cpus;
	struct rows *rows;
	int lost_fd;               /* the map */
	struct attached *attached; /* by row */
	size_t attached_room;
	struct pins *pins; /* NULL: nothing is pinned */
	char no_pins[384]; /* why not, for people; "": it is not wanted */
	struct adoption adoption;
	struct array orphans; /* of struct traffic_orphan */
	bool leave;
	ctnet_entry *index;     /* mapped; reading along */
	int inner_fd;           /* the map; reading along; -1: there is none */
	unsigned long identity; /* of the pins; reading along */
};

/** Makes room in @programs->attached. Returns 0 or -ENOMEM. */
int traffic_make_room(struct traffic_programs *programs, uint32_t row);

/** Pins the links of a row. Returns 0 or -errno; then none of them is pinned. */
int traffic_pin_links(const struct traffic_programs *programs, uint32_t row, const struct tcx_links *links);

/** Takes their names away. */
void traffic_unpin_links(const struct traffic_programs *programs, uint32_t row);

/** Notes what a filter is known by. */
void traffic_note_filters(const struct traffic_programs *programs, const struct clsact_filters *filters,
                          struct ctnet_note *note);

/** What stands there was opened: the rows that an agent before us left, and the filters that nobody knows of. */
void traffic_inherit(struct traffic_programs *programs);

/**
 * Takes a row over that was not claimed yet. @netns_fd: of the namespace it is inside of; -1: ours
 *
 * Returns 0; or -ENODEV or -errno: the row is given back, with its last counters among the orphans where its device is gone.
 */
int traffic_adopt(struct traffic_programs *programs, uint32_t row, int netns_fd);

/** The row of an interface of a running agent, claimed; -EAGAIN: it has none yet. */
int traffic_claim_along(struct traffic_programs *programs, uint32_t ifindex, uint32_t netns, uint32_t *ret_row);

/** Unmaps and closes what reading along took; nothing where we do not. */
void traffic_end_along(struct traffic_programs *programs);

/** Detaches all, or leaves all where that is wanted. */
void traffic_detach_all(struct traffic_programs *programs);
