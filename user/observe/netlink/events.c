/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/netlink/events.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "observe/netlink/socket.h"

/* An event takes 2 to 4 kB of the buffer: a few thousand may wait. Memory is taken only while they do. */
#define RECEIVE_BUFFER (4 * 1024 * 1024)
#define EVENT_SIZE     65536
#define TAKE_MAX       4096

struct events {
	struct mnl_socket *socket;
	_Alignas(struct nlmsghdr) char buffer[EVENT_SIZE];
};

static const int groups[] = { RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR, RTNLGRP_NSID };

int events_fd(const struct events *events)
{
	return mnl_socket_get_fd(events->socket);
}

void events_free(struct events *events)
{
	if (!events)
		return;
	if (events->socket)
		(void)mnl_socket_close(events->socket);
	free(events);
}

void events_freep(struct events **events)
{
	events_free(*events);
}

/* A smaller buffer than wished for means more overruns, which are counted and mended. */
static void enlarge_buffer(struct events *events)
{
	int size = RECEIVE_BUFFER;

	if (setsockopt(events_fd(events), SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0)
		(void)setsockopt(events_fd(events), SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
}

static int listen_to_all(struct events *events, struct fault *fault)
{
	int on = 1;

	if (mnl_socket_setsockopt(events->socket, NETLINK_LISTEN_ALL_NSID, &on, sizeof(on)) < 0)
		return fault_set(fault, -errno, errno == EPERM ? EXIT_CODE_NOT_PERMITTED : EXIT_CODE_KERNEL_LACKS,
		                 "cannot listen to the links of other namespaces (NETLINK_LISTEN_ALL_NSID): %s; %s",
		                 strerror(errno),
		                 errno == EPERM ? "run it as root or with CAP_NET_BROADCAST" : "Linux 4.2 has it");
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++) {
		int group = groups[i];

		if (mnl_socket_setsockopt(events->socket, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)) < 0)
			return fault_set(fault, -errno, EXIT_CODE_RUNTIME, "cannot join rtnetlink group %d: %s", group,
			                 strerror(errno));
	}
	return 0;
}

int events_open(struct events **ret, struct fault *fault)
{
	_cleanup_events_ struct events *events = calloc(1, sizeof(*events));
	int r;

	if (!events)
		return fault_set(fault, -ENOMEM, EXIT_CODE_RUNTIME, "out of memory");
	events->socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (!events->socket)
		return fault_set(fault, -errno, EXIT_CODE_RUNTIME, "cannot open an rtnetlink socket: %s",
		                 strerror(errno));
	if (mnl_socket_bind(events->socket, 0, MNL_SOCKET_AUTOPID) < 0)
		return fault_set(fault, -errno, EXIT_CODE_RUNTIME, "cannot bind an rtnetlink socket: %s",
		                 strerror(errno));
	enlarge_buffer(events);
	r = listen_to_all(events, fault);
	if (r < 0)
		return r;
	*ret = TAKE_PTR(events);
	return 0;
}

static int take_datagram(const struct events *events, size_t size, int32_t nsid, events_take_fn take, void *context)
{
	const struct nlmsghdr *nlh = (const void *)events->buffer;
	int left = (int)size;
	int first = 0;

	for (; mnl_nlmsg_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left)) {
		int r = take(context, nsid, nlh);

		if (r < 0 && !first)
			first = r;
	}
	return first;
}

/*
 * After an overrun the kernel delivers nothing until the queue was empty once (NETLINK_S_CONGESTED), and says so only once; so all
 * that waits is taken then, and the caller's dump comes after.
 */
int events_take(struct events *events, events_take_fn take, void *context, bool *ret_lost)
{
	bool lost = false;
	int first = 0;

	for (int taken = 0; lost || taken < TAKE_MAX; taken++) {
		int32_t nsid;
		ssize_t size;
		int r = 0;

		size = netlink_receive(events_fd(events), events->buffer, sizeof(events->buffer), 0, &nsid);
		if (size == -EAGAIN)
			break;
		if (size == -ENOBUFS || size == -EMSGSIZE)
			lost = true;
		else if (size < 0)
			return (int)size;
		else
			r = take_datagram(events, (size_t)size, nsid, take, context);
		if (r < 0 && !first)
			first = r;
	}
	*ret_lost = lost;
	return first;
}
