/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/netlink/wiring.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "observe/netlink/address_parse.h"
#include "observe/netlink/events.h"
#include "observe/netlink/link_parse.h"
#include "observe/netlink/look.h"
#include "observe/netlink/nsid.h"
#include "observe/netlink/peers.h"
#include "observe/netlink/socket.h"
#include "observe/netlink/stats.h"
#include "observe/netlink/table.h"

struct wiring {
	struct events *events;
	link_end_fn end;
	void *context;
	struct peers peers; /* with the socket for questions and the table, both owned */
	bool nsids_lost;    /* events were lost: the list of nsids may be wrong */
	uint64_t overruns;
	struct array links, addresses, nsids; /* of the look under way */
	struct array stats;
};

static uint64_t now_ns(void)
{
	struct timespec now = { 0 };

	(void)clock_gettime(CLOCK_BOOTTIME, &now);
	return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

/* Those that are known and not listed are kept until a look says that they are no more. */
static int add_unlisted(struct wiring *wiring)
{
	size_t count, at;
	const struct ns_links *tables = table_links(wiring->peers.table, &count);

	for (size_t i = 0; i < count; i++) {
		if (tables[i].nsid == NSID_HERE || array_find(&wiring->nsids, &tables[i].nsid, nsid_compare, &at))
			continue;
		if (!array_insert(&wiring->nsids, at, &tables[i].nsid))
			return -ENOMEM;
		table_mark_incomplete(wiring->peers.table, tables[i].nsid, true);
	}
	return 0;
}

/*
 * 6.18 ends a list of nsids after its first message: at 134 of 1,000 on a new socket; at some 1,100 after something was received there, which
 * tells the kernel how much can be.
 */
static int sync_nsids(struct wiring *wiring)
{
	size_t at;
	int r;

	if (wiring->peers.self == NSID_HERE)
		(void)nsid_of_self(wiring->peers.rtnl, &wiring->peers.self);
	r = nsid_list(wiring->peers.rtnl, &wiring->nsids);
	if (r < 0)
		return r;
	r = add_unlisted(wiring);
	if (r < 0)
		return r;
	if (array_find(&wiring->nsids, &wiring->peers.self, nsid_compare, &at))
		array_remove(&wiring->nsids, at, 1);
	r = table_sync_nsids(wiring->peers.table, &wiring->nsids);
	if (r == 0)
		wiring->nsids_lost = false;
	return r;
}

static int link_told(struct wiring *wiring, int32_t nsid, struct link *link)
{
	int r;

	r = nsid == NSID_HERE ? peers_settle(&wiring->peers, link) : peers_translate(&wiring->peers, nsid, link);
	if (r < 0)
		return r;
	r = table_put_link(wiring->peers.table, nsid, link, now_ns());
	return r < 0 ? r : peers_mend(&wiring->peers, nsid, link);
}

static int link_gone(struct wiring *wiring, int32_t nsid, const struct link_message *told)
{
	const struct link *known = table_find(wiring->peers.table, nsid, told->link.index);
	struct link last;
	int r;

	if (!known)
		return 0;
	last = *known;
	r = table_drop_link(wiring->peers.table, nsid, last.index);
	return r < 0 || !told->moved ? r : peers_mend_moved(&wiring->peers, nsid, &last);
}

static int take_link(struct wiring *wiring, int32_t nsid, const struct nlmsghdr *nlh)
{
	struct link_message told;
	int r;

	r = link_parse(nlh, &told);
	if (r < 0)
		return r;
	if (told.port_only) /* RTM_DELLINK: left the bridge, which the link's own event tells as well */
		return told.gone || told.link.port_state == PORT_NONE
		               ? 0
		               : table_put_port(wiring->peers.table, nsid, &told.link);
	return told.gone ? link_gone(wiring, nsid, &told) : link_told(wiring, nsid, &told.link);
}

static int take_address(struct wiring *wiring, int32_t nsid, const struct nlmsghdr *nlh)
{
	struct address_message told;
	int r;

	r = address_parse(nlh, &told);
	if (r < 0)
		return r;
	return told.gone ? table_drop_address(wiring->peers.table, nsid, &told.row)
	                 : table_put_address(wiring->peers.table, nsid, &told.row);
}

static int take_nsid(struct wiring *wiring, int32_t nsid, const struct nlmsghdr *nlh)
{
	struct nsid_message told;
	int r;

	if (nsid != NSID_HERE) /* what other namespaces call each other */
		return 0;
	r = nsid_parse(nlh, &told);
	if (r < 0)
		return r;
	if (!told.gone)
		return peers_know(&wiring->peers, told.nsid);
	table_drop_nsid(wiring->peers.table, told.nsid);
	return 0;
}

static int take_one(struct wiring *wiring, int32_t nsid, const struct nlmsghdr *nlh)
{
	switch (nlh->nlmsg_type) {
	case RTM_NEWLINK:
	case RTM_DELLINK:
		return take_link(wiring, nsid, nlh);
	case RTM_NEWADDR:
	case RTM_DELADDR:
		return take_address(wiring, nsid, nlh);
	case RTM_NEWNSID:
	case RTM_DELNSID:
		return take_nsid(wiring, nsid, nlh);
	default:
		return 0;
	}
}

/* Told of every namespace, looked at or not: what lived shortly has no other last counters. One that moved lives on. */
static void take_end(const struct wiring *wiring, int32_t nsid, const struct nlmsghdr *nlh)
{
	struct link_message told;

	if (wiring->end && nlh->nlmsg_type == RTM_DELLINK && link_parse(nlh, &told) == 0 && told.has_stats &&
	    !told.moved && !told.port_only)
		wiring->end(wiring->context, nsid, &told.link, &told.stats);
}

/* A link or namespace that is gone when it is asked about, or was never known: later events tell the rest. */
static bool is_ordinary(int r)
{
	return r == -ENOMSG || r == -ENOENT || r == -ENODEV || r == -EINVAL || r == -EACCES;
}

/* What an unreadable event, or one not acted upon, would have changed is found by looking again. */
static int take_event(void *context, int32_t nsid, const struct nlmsghdr *nlh)
{
	struct wiring *wiring = context;
	int r;

	r = peers_know(&wiring->peers, nsid);
	if (nsid == wiring->peers.self)
		nsid = NSID_HERE;
	take_end(wiring, nsid, nlh);
	if (r == 0)
		r = take_one(wiring, nsid, nlh);
	if (r >= 0 || is_ordinary(r))
		return 0;
	wiring->nsids_lost = true;
	table_mark_incomplete(wiring->peers.table, nsid, true);
	return r == -EBADMSG ? 0 : r;
}

static int mend_pairs(struct wiring *wiring, int32_t nsid)
{
	for (size_t i = 0;; i++) {
		const struct ns_links *view = table_view(wiring->peers.table, nsid);
		struct link link;
		int r;

		if (!view || i >= view->link_count)
			return 0;
		link = view->links[i]; /* a copy: asking may move the views */
		r = peers_mend(&wiring->peers, nsid, &link);
		if (r < 0 && !is_ordinary(r))
			return r;
	}
}

static int ask_all(struct wiring *wiring, int32_t nsid, bool *ret_complete)
{
	bool links, addresses;
	int r;

	r = look_links(wiring->peers.rtnl, nsid, &wiring->links, &links);
	if (r < 0)
		return r;
	r = look_addresses(wiring->peers.rtnl, nsid, &wiring->addresses, &addresses);
	if (r < 0)
		return r;
	for (size_t i = 0; i < wiring->links.count; i++) {
		r = peers_settle(&wiring->peers, array_at(&wiring->links, i));
		if (r < 0)
			return r;
	}
	*ret_complete = links && addresses;
	return 0;
}

static int look_into(struct wiring *wiring, int32_t nsid)
{
	bool complete;
	int r;

	r = ask_all(wiring, nsid, &complete);
	if (r == 0)
		r = table_merge(wiring->peers.table, nsid, &wiring->links, &wiring->addresses, complete, now_ns());
	if (r == -EINVAL && nsid != NSID_HERE) { /* see look.h */
		table_drop_nsid(wiring->peers.table, nsid);
		return 0;
	}
	if (r == -EACCES && nsid != NSID_HERE) {
		table_mark_refused(wiring->peers.table, nsid);
		return 0;
	}
	if (r < 0) {
		table_mark_incomplete(wiring->peers.table, nsid, true);
		return r;
	}
	return mend_pairs(wiring, nsid);
}

int wiring_refresh(struct wiring *wiring)
{
	int32_t nsid;
	int first = 0;

	if (wiring->nsids_lost)
		first = sync_nsids(wiring);
	table_begin_round(wiring->peers.table);
	while (table_next_wanted(wiring->peers.table, &nsid)) {
		int r = look_into(wiring, nsid);

		if (r < 0 && !first)
			first = r;
	}
	return first;
}

/* The namespaces that links of ours lead to. @ret: sorted rows of int32_t */
static int list_led_to(const struct wiring *wiring, struct array *ret)
{
	const struct ns_links *here = table_view(wiring->peers.table, NSID_HERE);

	for (size_t i = 0; i < here->link_count; i++) {
		if (here->links[i].peer_elsewhere && array_append(ret, &here->links[i].peer_nsid) < 0)
			return -ENOMEM;
	}
	array_sort(ret, nsid_compare);
	return 0;
}

int wiring_refresh_apart(struct wiring *wiring)
{
	_cleanup_array_ struct array led_to = ARRAY_OF(int32_t);
	int32_t nsid;
	size_t at;
	int first = list_led_to(wiring, &led_to);

	table_begin_round(wiring->peers.table);
	while (first == 0 && table_next_wanted(wiring->peers.table, &nsid)) {
		if (nsid != NSID_HERE && !array_find(&led_to, &nsid, nsid_compare, &at))
			first = look_into(wiring, nsid);
	}
	return first;
}

int wiring_dispatch(struct wiring *wiring)
{
	bool lost = false;
	int r;

	r = events_take(wiring->events, take_event, wiring, &lost);
	if (!lost)
		return r;
	wiring->overruns++;
	wiring->nsids_lost = true;
	table_mark_all(wiring->peers.table);
	return wiring_refresh(wiring);
}

static void wiring_freep(struct wiring **wiring)
{
	wiring_free(*wiring);
}

void wiring_free(struct wiring *wiring)
{
	if (!wiring)
		return;
	events_free(wiring->events);
	rtnl_free(wiring->peers.rtnl);
	table_free(wiring->peers.table);
	array_free(&wiring->links);
	array_free(&wiring->addresses);
	array_free(&wiring->nsids);
	array_free(&wiring->stats);
	free(wiring);
}

static int first_look(struct wiring *wiring, struct fault *fault)
{
	const char *reason;
	int r;

	r = sync_nsids(wiring);
	if (r == 0)
		r = look_into(wiring, NSID_HERE);
	if (r == 0)
		return 0;
	reason = rtnl_reason(wiring->peers.rtnl);
	return fault_set(fault, r, EXIT_CODE_RUNTIME, "cannot list the links of this namespace: %s%s%s", strerror(-r),
	                 *reason ? ": " : "", reason);
}

/* Listening begins before the first look, so that nothing falls between the two. */
int wiring_open(const struct wiring_callbacks *callbacks, struct wiring **ret, struct fault *fault)
{
	_cleanup_(wiring_freep) struct wiring *wiring = calloc(1, sizeof(*wiring));
	int r;

	if (!wiring)
		return fault_set(fault, -ENOMEM, EXIT_CODE_RUNTIME, "out of memory");
	wiring->end = callbacks->end;
	wiring->context = callbacks->context;
	wiring->peers.self = NSID_HERE;
	wiring->links = ARRAY_OF(struct link);
	wiring->addresses = ARRAY_OF(struct link_address);
	wiring->nsids = ARRAY_OF(int32_t);
	wiring->stats = ARRAY_OF(struct link_stats);
	r = table_new(callbacks, &wiring->peers.table);
	if (r < 0)
		return fault_set(fault, r, EXIT_CODE_RUNTIME, "out of memory");
	r = events_open(&wiring->events, fault);
	if (r < 0)
		return r;
	r = rtnl_open(&wiring->peers.rtnl, fault);
	if (r < 0)
		return r;
	r = first_look(wiring, fault);
	if (r < 0)
		return r;
	*ret = TAKE_PTR(wiring);
	return 0;
}

int wiring_fd(const struct wiring *wiring)
{
	return events_fd(wiring->events);
}

const struct ns_links *wiring_links(const struct wiring *wiring, size_t *ret_count)
{
	return table_links(wiring->peers.table, ret_count);
}

const struct link *wiring_find(const struct wiring *wiring, int32_t nsid, uint32_t index)
{
	return table_find(wiring->peers.table, nsid, index);
}

uint64_t wiring_overruns(const struct wiring *wiring)
{
	return wiring->overruns;
}

int wiring_nsid_of_fd(struct wiring *wiring, int netns_fd, int32_t *ret_nsid)
{
	int32_t nsid;
	int r;

	r = nsid_of_fd(wiring->peers.rtnl, netns_fd, &nsid);
	if (r < 0)
		return r;
	*ret_nsid = peers_is_self(&wiring->peers, nsid) ? NSID_HERE : nsid;
	return 0;
}

int wiring_give_nsid(struct wiring *wiring, int netns_fd, int32_t *ret_nsid)
{
	struct rtnl *rtnl = wiring->peers.rtnl;
	int32_t nsid;
	int r;

	r = nsid_of_fd(rtnl, netns_fd, &nsid);
	if (r == 0 && nsid == NSID_HERE) {
		r = nsid_give(rtnl, netns_fd);
		if (r == 0)
			r = nsid_of_fd(rtnl, netns_fd, &nsid);
	} else if (r == 0 && peers_is_self(&wiring->peers, nsid)) {
		nsid = NSID_HERE;
	}
	if (r < 0)
		return r;
	*ret_nsid = nsid;
	/* it may be none of those listed, see sync_nsids() */
	return nsid == NSID_HERE ? 0 : table_add_nsid(wiring->peers.table, nsid);
}

int wiring_nsid_of_pid(struct wiring *wiring, pid_t pid, int32_t *ret_nsid)
{
	int32_t nsid;
	int r;

	r = nsid_of_pid(wiring->peers.rtnl, pid, &nsid);
	if (r < 0)
		return r;
	*ret_nsid = peers_is_self(&wiring->peers, nsid) ? NSID_HERE : nsid;
	return 0;
}

int wiring_stats(struct wiring *wiring, const struct link_stats **ret, size_t *ret_count)
{
	int r;

	r = stats_list(wiring->peers.rtnl, &wiring->stats);
	if (r < 0)
		return r;
	*ret = wiring->stats.data;
	*ret_count = wiring->stats.count;
	return 0;
}

int wiring_stats_of(struct wiring *wiring, uint32_t index, struct device_stats *ret)
{
	return stats_of(wiring->peers.rtnl, index, ret);
}

int wiring_stats_inside(struct wiring *wiring, int32_t nsid, const struct link *link, struct device_stats *ret)
{
	return look_stats(wiring->peers.rtnl, nsid, link, ret);
}
