/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/nsids.h"

#include <errno.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/cleanup.h"

/* How often the nsids are asked for at most where they change hands meanwhile. */
#define ROUNDS 3

struct known {
	uint64_t inode;
	uint64_t birth;
	int32_t nsid; /* NSID_HERE: none when last asked */
	bool fresh;   /* asked for after the last events were taken */
};

struct nsids {
	struct known *items; /* sorted by inode */
	struct known *spare; /* for the next round */
	size_t count, cap;
	struct array given; /* of int32_t, sorted: the nsids of items; filled when asked for */
	bool filling;       /* what is given now we give */
	bool ask_again;     /* an nsid was given since the last round: those without one may have one */
};

int nsids_new(struct nsids **ret)
{
	struct nsids *nsids = calloc(1, sizeof(*nsids));

	if (!nsids)
		return -ENOMEM;
	nsids->given = ARRAY_OF(int32_t);
	*ret = nsids;
	return 0;
}

/* The machine's own, where that is not ours, is nobody's container: it is not asked about more than it tells by itself. */
static int32_t ask(struct wiring *wiring, const struct namespaces *namespaces, const struct ns_seen *seen)
{
	_cleanup_close_ int fd = namespaces_open_fd(namespaces, seen);
	int32_t nsid;
	int r;

	if (fd < 0)
		return NSID_HERE;
	if (seen->inode == namespaces_machine(namespaces))
		r = wiring_nsid_of_fd(wiring, fd, &nsid);
	else
		r = wiring_give_nsid(wiring, fd, &nsid);
	return r < 0 ? NSID_HERE : nsid;
}

static int make_room(struct nsids *nsids, size_t count)
{
	struct known *items;

	if (count <= nsids->cap)
		return 0;
	items = reallocarray(nsids->items, count, sizeof(*items));
	if (!items)
		return -ENOMEM;
	nsids->items = items;
	items = reallocarray(nsids->spare, count, sizeof(*items));
	if (!items)
		return -ENOMEM;
	nsids->spare = items;
	nsids->cap = count;
	return 0;
}

int nsids_fill(struct nsids *nsids, struct wiring *wiring, const struct namespaces *namespaces, struct ns_seen *seen,
               size_t count)
{
	struct known *old;
	size_t o = 0;

	if (make_room(nsids, count) < 0)
		return -ENOMEM;
	nsids->filling = true;
	for (size_t i = 0; i < count; i++) {
		const struct known *was;
		bool known;

		while (o < nsids->count && nsids->items[o].inode < seen[i].inode)
			o++;
		was = &nsids->items[o];
		known = o < nsids->count && was->inode == seen[i].inode && was->birth == seen[i].birth;
		if (seen[i].inode == namespaces_observing(namespaces))
			seen[i].nsid = NSID_HERE;
		else if (known && (was->nsid != NSID_HERE || !nsids->ask_again))
			seen[i].nsid = was->nsid;
		else
			seen[i].nsid = ask(wiring, namespaces, &seen[i]);
		nsids->spare[i] = (struct known){
			.inode = seen[i].inode,
			.birth = seen[i].birth,
			.nsid = seen[i].nsid,
			.fresh = !known || was->nsid != seen[i].nsid,
		};
	}
	old = nsids->items;
	nsids->items = nsids->spare;
	nsids->spare = old;
	nsids->count = count;
	nsids->ask_again = false;
	nsids->filling = false;
	return 0;
}

int nsids_settle(struct nsids *nsids, struct wiring *wiring, const struct namespaces *namespaces, struct ns_seen *seen,
                 size_t count)
{
	int first = 0;

	for (int i = 0; i < ROUNDS; i++) {
		int filled = nsids_fill(nsids, wiring, namespaces, seen, count);
		int taken = wiring_dispatch(wiring);

		first = first ? first : filled ? filled : taken;
		if (nsids_confirm(nsids, seen, count))
			break;
	}
	return first;
}

bool nsids_changed(struct nsids *nsids, struct namespaces *namespaces, int32_t nsid, bool gone)
{
	if (!gone) {
		if (nsids->filling || nsids_inode(nsids, nsid) != 0)
			return false;
		nsids->ask_again = true;
		return true;
	}
	for (size_t i = 0; i < nsids->count; i++) {
		if (nsids->items[i].nsid != nsid)
			continue;
		/* one that was just asked for may have got what the event takes from another */
		if (nsids->items[i].fresh) {
			nsids->ask_again = true;
		} else {
			namespaces_forget(namespaces, nsids->items[i].inode);
			nsids->items[i].birth = 0; /* never again the same */
		}
		nsids->items[i].nsid = NSID_HERE;
	}
	return true;
}

bool nsids_confirm(struct nsids *nsids, struct ns_seen *seen, size_t count)
{
	bool all = true;

	for (size_t i = 0; i < nsids->count; i++) {
		struct known *known = &nsids->items[i];

		all = all && !(known->fresh && known->nsid == NSID_HERE && nsids->ask_again);
		known->fresh = false;
		if (i < count && seen[i].inode == known->inode)
			seen[i].nsid = known->nsid;
	}
	return all;
}

static int compare_nsid(const void *a, const void *b)
{
	int32_t x = *(const int32_t *)a;
	int32_t y = *(const int32_t *)b;

	return (x > y) - (x < y);
}

bool nsids_have_stranger(struct nsids *nsids, const struct wiring *wiring)
{
	size_t count;
	const struct ns_links *here = wiring_links(wiring, &count);

	nsids->given.count = 0;
	for (size_t i = 0; i < nsids->count; i++) {
		if (array_append(&nsids->given, &nsids->items[i].nsid) < 0)
			return false;
	}
	array_sort(&nsids->given, compare_nsid);
	for (size_t i = 0; count > 0 && i < here->link_count; i++) {
		const struct link *link = &here->links[i];
		size_t at;

		if (link->peer_elsewhere && !array_find(&nsids->given, &link->peer_nsid, compare_nsid, &at))
			return true;
	}
	return false;
}

uint64_t nsids_inode(const struct nsids *nsids, int32_t nsid)
{
	for (size_t i = 0; i < nsids->count && nsid != NSID_HERE; i++) {
		if (nsids->items[i].nsid == nsid)
			return nsids->items[i].inode;
	}
	return 0;
}

void nsids_free(struct nsids *nsids)
{
	if (!nsids)
		return;
	free(nsids->items);
	free(nsids->spare);
	array_free(&nsids->given);
	free(nsids);
}
