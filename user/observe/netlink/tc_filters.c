/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/netlink/tc_filters.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>

#include "base/cleanup.h"

#define RECEIVE_BYTES 32768 /* netlink_dump() fills at most this much at once */
#define MAX_ITEMS     65536 /* more is nobody's setup */
#define ATTEMPTS      5

static void close_socket(struct mnl_socket **socket)
{
	if (*socket)
		(void)mnl_socket_close(*socket);
}

static int ask(struct mnl_socket *socket, uint16_t type, uint16_t flags, const struct tcmsg *what)
{
	char space[MNL_ALIGN(sizeof(struct nlmsghdr)) + MNL_ALIGN(sizeof(*what))] __attribute__((aligned(MNL_ALIGNTO)));
	struct nlmsghdr *request = mnl_nlmsg_put_header(space);

	request->nlmsg_type = type;
	request->nlmsg_flags = NLM_F_REQUEST | flags;
	*(struct tcmsg *)mnl_nlmsg_put_extra_header(request, sizeof(*what)) = *what;
	return mnl_socket_sendto(socket, request, request->nlmsg_len) < 0 ? -errno : 0;
}

/* The room grows in powers of two, so the count tells when it is used up. */
static int append(struct tc_list *list, const struct tc_item *item)
{
	if (list->count == MAX_ITEMS)
		return -E2BIG;
	if ((list->count & (list->count - 1)) == 0) {
		size_t room = list->count ? list->count * 2 : 1;
		struct tc_item *items = reallocarray(list->items, room, sizeof(*items));

		if (!items)
			return -ENOMEM;
		list->items = items;
	}
	list->items[list->count++] = *item;
	return 0;
}

/* What makes no sense ends the question: a filter that is left out could make a qdisc look empty. */
static int take_message(const struct nlmsghdr *message, void *data)
{
	struct tc_item item;
	int r = tc_parse(message, &item);

	if (r == 0)
		r = append(data, &item);
	if (r < 0) {
		errno = -r;
		return MNL_CB_ERROR;
	}
	return MNL_CB_OK;
}

static int receive(struct mnl_socket *socket, struct tc_list *list)
{
	char buffer[RECEIVE_BYTES] __attribute__((aligned(MNL_ALIGNTO)));
	unsigned int port = mnl_socket_get_portid(socket);
	ssize_t got;
	int r;

	do {
		do
			got = mnl_socket_recvfrom(socket, buffer, sizeof(buffer));
		while (got < 0 && errno == EINTR);
		if (got < 0)
			return -errno;
		/* EINTR from here is NLM_F_DUMP_INTR */
		r = mnl_cb_run(buffer, (size_t)got, 0, port, take_message, list);
	} while (r > MNL_CB_STOP);
	return r < 0 ? -errno : 0;
}

static int question_once(uint16_t type, uint16_t flags, const struct tcmsg *what, struct tc_list *ret)
{
	_cleanup_(close_socket) struct mnl_socket *socket = NULL;
	_cleanup_(tc_list_free) struct tc_list list = { 0 };
	int r;

	socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	if (!socket || mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) < 0)
		return -errno;
	r = ask(socket, type, flags, what);
	if (r < 0)
		return r;
	r = receive(socket, &list);
	if (r < 0)
		return r;
	*ret = (struct tc_list){ TAKE_PTR(list.items), list.count };
	return 0;
}

/* A dump that the kernel's tables changed under is asked for again. */
static int question(uint16_t type, uint16_t flags, const struct tcmsg *what, struct tc_list *ret)
{
	int r = -EINTR;

	for (int i = 0; i < ATTEMPTS && r == -EINTR; i++)
		r = question_once(type, flags, what, ret);
	return r;
}

int tc_list_qdiscs(struct tc_list *ret)
{
	static const struct tcmsg all = { .tcm_family = AF_UNSPEC };
	struct tc_list list;
	size_t kept = 0;
	int r = question(RTM_GETQDISC, NLM_F_DUMP, &all, &list);

	if (r < 0)
		return r;
	for (size_t i = 0; i < list.count; i++)
		if (list.items[i].parent == TC_H_CLSACT)
			list.items[kept++] = list.items[i];
	list.count = kept;
	*ret = list;
	return 0;
}

int tc_find_qdisc(uint32_t ifindex, struct tc_item *ret)
{
	const struct tcmsg what = { .tcm_ifindex = (int)ifindex, .tcm_parent = TC_H_CLSACT };
	_cleanup_(tc_list_free) struct tc_list list = { 0 };
	int r;

	/* the answer is a notification, which comes back to who asked only with ECHO */
	r = question(RTM_GETQDISC, NLM_F_ACK | NLM_F_ECHO, &what, &list);
	if (r < 0)
		return r;
	if (list.count == 0)
		return -ENOENT;
	*ret = list.items[0];
	return 0;
}

int tc_list_filters(uint32_t ifindex, uint32_t parent, struct tc_list *ret)
{
	const struct tcmsg what = { .tcm_ifindex = (int)ifindex, .tcm_parent = parent };

	return question(RTM_GETTFILTER, NLM_F_DUMP, &what, ret);
}

void tc_list_free(struct tc_list *list)
{
	free(list->items);
	*list = (struct tc_list){ 0 };
}
