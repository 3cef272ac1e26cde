/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/netlink/peers.h"

#include "observe/netlink/link_parse.h"
#include "observe/netlink/look.h"
#include "observe/netlink/nsid.h"

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
	return link->peer_index != 0 &&
	       !(nsid == NSID_HERE && link->peer_elsewhere && *ret == NSID_HERE);
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

int peers_mend_moved(struct peers *peers, int32_t nsid, const struct link *link)
{
	const struct link *known;
	struct link peer;
	uint64_t birth;
	int32_t place;
	int r;

	if (!link_is_paired(link) || !peer_place(nsid, link, &place))
		return 0;
	known = table_find(peers->table, place, link->peer_index);
	if (!known)
		return 0;
	birth = known->birth;
	r = look_at_link(peers, place, link->peer_index, &peer);
	return r < 0 ? r : table_put_link(peers->table, place, &peer, birth);
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

	if (!link->peer_elsewhere || link->peer_nsid == NSID_HERE)
		return 0;
	if (host && points_to(NSID_HERE, host, nsid, link->index)) {
		link->peer_nsid = NSID_HERE;
		return 0;
	}
	return look_at_link(peers, nsid, link->index, link);
}
