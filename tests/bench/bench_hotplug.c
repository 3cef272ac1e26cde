/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From a veth pair's creation to both programs attached to its host end, with a number of interfaces there already. The kernel has the
 * pair when our request is acknowledged; from then on it is the agent's time.
 */
#include "bench/bench.h"
#include "bench/empty.h"
#include "bench/node_lab.h"

#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <poll.h>

#include "observe/collector.h"

#define PLUGS        100
#define WAIT_SECONDS 10

static const int sizes[] = { 0, 100, 1000 };

static struct mnl_socket *open_rtnl(void)
{
	struct mnl_socket *socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);

	if (!socket || mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) < 0)
		err(1, "rtnetlink");
	return socket;
}

/* One request and its acknowledgement. */
static void ask(struct mnl_socket *socket, const struct nlmsghdr *nlh)
{
	char answer[8192];
	ssize_t got;

	if (mnl_socket_sendto(socket, nlh, nlh->nlmsg_len) < 0)
		err(1, "rtnetlink");
	got = mnl_socket_recvfrom(socket, answer, sizeof(answer));
	if (got < 0 || mnl_cb_run(answer, (size_t)got, 0, 0, NULL, NULL) < 0)
		err(1, "cannot make a veth pair");
}

static void plug(struct mnl_socket *socket, const char *name, pid_t guest)
{
	char request[1024] = { 0 };
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(request);
	struct nlattr *info, *data, *peer;

	nlh->nlmsg_type = RTM_NEWLINK;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL;
	(void)mnl_nlmsg_put_extra_header(nlh, sizeof(struct ifinfomsg));
	mnl_attr_put_strz(nlh, IFLA_IFNAME, name);
	info = mnl_attr_nest_start(nlh, IFLA_LINKINFO);
	mnl_attr_put_strz(nlh, IFLA_INFO_KIND, "veth");
	data = mnl_attr_nest_start(nlh, IFLA_INFO_DATA);
	peer = mnl_attr_nest_start(nlh, VETH_INFO_PEER);
	(void)mnl_nlmsg_put_extra_header(nlh, sizeof(struct ifinfomsg));
	mnl_attr_put_u32(nlh, IFLA_NET_NS_PID, (uint32_t)guest);
	mnl_attr_nest_end(nlh, peer);
	mnl_attr_nest_end(nlh, data);
	mnl_attr_nest_end(nlh, info);
	ask(socket, nlh);
}

static bool attached(int ifindex)
{
	const int hooks[] = { EMPTY_TCX_INGRESS, EMPTY_TCX_EGRESS };

	for (size_t i = 0; i < ARRAY_SIZE(hooks); i++) {
		LIBBPF_OPTS(bpf_prog_query_opts, query);

		if (bpf_prog_query_opts(ifindex, (enum bpf_attach_type)hooks[i], &query) < 0 || query.prog_cnt == 0)
			return false;
	}
	return true;
}

static double time_plug(struct collector *collector, struct mnl_socket *socket, int number, pid_t guest)
{
	struct pollfd fd = { .fd = collector_fd(collector), .events = POLLIN };
	double created, now;
	char name[IFNAMSIZ];
	int ifindex;

	(void)snprintf(name, sizeof(name), "plug%d", number);
	plug(socket, name, guest);
	created = clock_seconds(CLOCK_MONOTONIC);
	ifindex = (int)if_nametoindex(name);
	do {
		(void)poll(&fd, 1, 1000);
		collector_dispatch(collector);
		now = clock_seconds(CLOCK_MONOTONIC);
		if (now - created > WAIT_SECONDS)
			errx(1, "%s: not attached within %d s", name, WAIT_SECONDS);
	} while (!attached(ifindex));
	return (now - created) * 1e3;
}

/* Those that were there first are attached to before the measuring begins. */
static void settle(struct collector *collector)
{
	const struct snapshot *snap;
	struct fault fault = { 0 };

	do {
		if (collector_snapshot(collector, &snap, NULL, &fault) < 0)
			errx(1, "%s", fault.text);
	} while (snapshot_source(snap, "traffic")->incomplete);
}

static void measure(int size, pid_t guest)
{
	const struct collector_options options = { .attach = true, .mode = ATTACH_TCX };
	const struct limit none = { NO_LIMIT, 0 };
	struct mnl_socket *socket = open_rtnl();
	struct collector *collector;
	struct fault fault = { 0 };
	double took[PLUGS];
	char what[64];

	if (collector_open(&options, &collector, &fault) < 0)
		errx(1, "%s", fault.text);
	settle(collector);
	for (int i = 0; i < PLUGS; i++)
		took[i] = time_plug(collector, socket, i, guest);
	collector_free(collector);
	(void)mnl_socket_close(socket);
	for (int i = 0; i < PLUGS; i++)
		(void)shell("ip link del plug%d", i);
	(void)snprintf(what, sizeof(what), "veth made to programs attached, %d interfaces", size);
	tell_rounds("hot plug", what, took, PLUGS, "ms", none);
	(void)snprintf(what, sizeof(what), "the same, 99th percentile, %d interfaces", size);
	tell("hot plug", what, quantile(took, PLUGS, 0.99), 0, took[PLUGS - 1], "ms",
	     (struct limit){ size == 1000 ? AT_MOST : NO_LIMIT, 10 });
}

int main(void)
{
	int there = 0;
	pid_t guest;

	node_enter();
	guest = guest_start();
	if (guest < 0)
		errx(1, "cannot make a namespace");
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		char text[64];

		(void)snprintf(text, sizeof(text), "hot plug beside %d interfaces", sizes[i]);
		progress(text);
		node_fill(there, sizes[i]);
		there = sizes[i];
		measure(sizes[i], guest);
	}
	guest_end(guest);
	return 0;
}
