/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/netlink/peers.h"

#include <string.h>

#include "observe/netlink/link_parse.h"
#include "observe/netlink/look.h"
#include "observe/netlink/nsid.h"
#include "observe/netlink/space.h"

/* An nsid that is in no table may be the one for ourselves, which the kernel makes at the first look into another namespace. */
bool peers_is_self(struct peers *peers, int32_t nsid)
{
	if (peers->self == NSID_HERE && !table_view(peers->table, nsid))
		(void)nsid_of_self(peers->rtnl, &peers->self);
	return nsid == peers->self;
}

int peers_know(struct peers *peers, int32_t nsid)
{
	if (nsid == NSID_HERE || peers_is_self(peers, nsid))
		return 0;
	return table_add_nsid(peers->table, nsid);
}

/* The namespace that a link's peer is in; false where it is not known. */
static bool peer_place(int32_t nsid, const struct link *link, int32_t *ret)
{
	*ret = link->peer_elsewhere ? link->peer_nsid : nsid;
	return link->peer_index != 0 && !(nsid == NSID_HERE && link->peer_elsewhere && *ret == NSID_HERE);
}

static bool points_to(int32_t nsid, const struct link *link, int32_t peer_nsid, uint32_t peer_index)
{
	int32_t place;

	return link_is_paired(link) && peer_place(nsid, link, &place) && place == peer_nsid &&
	       link->peer_index == peer_index;
}

int peers_settle(struct peers *peers, struct link *link)
{
	if (link->peer_elsewhere && peers_is_self(peers, link->peer_nsid))
		link->peer_nsid = NSID_HERE;
	return peers_know(peers, link->peer_nsid);
}

static int look_at_link(struct peers *peers, int32_t nsid, uint32_t index, struct link *ret)
{
	int r;

	r = look_link(peers->rtnl, nsid, index, ret);
	return r < 0 ? r : peers_settle(peers, ret);
}

/* What was asked for may have been made anew meanwhile: only the peer is taken from the answer, and only where it is the same link. */
static int adopt_peer(struct peers *peers, int32_t nsid, const struct link *known, const struct link *answer)
{
	struct link next = *known;

	next.peer_index = answer->peer_index;
	next.peer_elsewhere = answer->peer_elsewhere;
	next.peer_nsid = answer->peer_nsid;
	if (space_replaced(known, answer) || memcmp(known->mac, answer->mac, sizeof(known->mac)) != 0) {
		table_mark_incomplete(peers->table, nsid, true);
		return 0;
	}
	return table_put_link(peers->table, nsid, &next, known->birth);
}

int peers_mend_moved(struct peers *peers, int32_t nsid, const struct link *link)
{
	const struct link *known;
	struct link answer;
	int32_t place;
	int r;

	if (!link_is_paired(link) || !peer_place(nsid, link, &place) ||
	    !table_find(peers->table, place, link->peer_index))
		return 0;
	r = look_at_link(peers, place, link->peer_index, &answer);
	if (r < 0)
		return r;
	known = table_find(peers->table, place, link->peer_index); /* again: settling may move the tables */
	return adopt_peer(peers, place, known, &answer);
}

int peers_mend(struct peers *peers, int32_t nsid, const struct link *link)
{
	const struct link *peer;
	int32_t place;

	if (!link_is_paired(link) || !peer_place(nsid, link, &place))
		return 0;
	peer = table_find(peers->table, place, link->peer_index);
	if (!peer || points_to(place, peer, nsid, link->index))
		return 0;
	return peers_mend_moved(peers, nsid, link);
}

int peers_translate(struct peers *peers, int32_t nsid, struct link *link)
{
	const struct link *host = table_find(peers->table, NSID_HERE, link->peer_index);
	struct link answer;
	int r;

	if (!link->peer_elsewhere || link->peer_nsid == NSID_HERE)
		return 0;
	link->peer_nsid = NSID_HERE;
	if (host && points_to(NSID_HERE, host, nsid, link->index))
		return 0;
	r = look_at_link(peers, nsid, link->index, &answer);
	if (r < 0)
		return r;
	if (answer.peer_elsewhere && answer.peer_index == link->peer_index)
		link->peer_nsid = answer.peer_nsid;
	return 0;
}
