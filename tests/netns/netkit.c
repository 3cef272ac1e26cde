/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Makes a netkit pair in this network namespace, which iproute2 can from 6.7 on only: netkit l2|l3 NAME PEER. Says the kernel's reason
 * where it refuses.
 */
#include <err.h>
#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* linux/if_link.h of 6.7, commit 35dfaad7188c */
enum { NETKIT_PEER_INFO = 1, NETKIT_MODE = 5 };

struct request {
	_Alignas(struct nlmsghdr) char bytes[512];
};

static struct nlmsghdr *head_of(struct request *request)
{
	return (struct nlmsghdr *)(void *)request->bytes;
}

/* Adds an attribute of @len bytes, or begins a nest where @len is 0. Returns where its header is. */
static struct rtattr *put(struct request *request, unsigned short type, const void *data, size_t len)
{
	struct nlmsghdr *head = head_of(request);
	struct rtattr *attr = (struct rtattr *)(void *)(request->bytes + NLMSG_ALIGN(head->nlmsg_len));

	attr->rta_type = type;
	attr->rta_len = (unsigned short)RTA_LENGTH(len);
	if (len > 0)
		memcpy(RTA_DATA(attr), data, len);
	head->nlmsg_len = NLMSG_ALIGN(head->nlmsg_len) + RTA_ALIGN(attr->rta_len);
	return attr;
}

static void end_nest(struct request *request, struct rtattr *nest)
{
	nest->rta_len = (unsigned short)(request->bytes + head_of(request)->nlmsg_len - (char *)nest);
}

static void put_netkit(struct request *request, uint32_t mode, const char *peer)
{
	const struct ifinfomsg any = { .ifi_family = AF_UNSPEC };
	struct rtattr *info = put(request, IFLA_LINKINFO, NULL, 0), *data, *other;

	put(request, IFLA_INFO_KIND, "netkit", sizeof("netkit"));
	data = put(request, IFLA_INFO_DATA, NULL, 0);
	put(request, NETKIT_MODE, &mode, sizeof(mode));
	other = put(request, NETKIT_PEER_INFO, &any, sizeof(any));
	put(request, IFLA_IFNAME, peer, strlen(peer) + 1);
	end_nest(request, other);
	end_nest(request, data);
	end_nest(request, info);
}

int main(int argc, char **argv)
{
	struct request request = { { 0 } };
	struct nlmsghdr *head = head_of(&request);
	_Alignas(struct nlmsghdr) char answer[1024];
	const struct nlmsgerr *verdict = NLMSG_DATA((struct nlmsghdr *)(void *)answer);
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

	if (argc != 4 || (strcmp(argv[1], "l2") && strcmp(argv[1], "l3")) || strlen(argv[2]) >= 16 ||
	    strlen(argv[3]) >= 16)
		errx(2, "usage: netkit l2|l3 NAME PEER");
	*head = (struct nlmsghdr){ .nlmsg_len = NLMSG_LENGTH(sizeof(struct ifinfomsg)),
		                   .nlmsg_type = RTM_NEWLINK,
		                   .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL };
	put(&request, IFLA_IFNAME, argv[2], strlen(argv[2]) + 1);
	put_netkit(&request, strcmp(argv[1], "l3") == 0, argv[3]);
	if (fd < 0 || send(fd, request.bytes, head->nlmsg_len, 0) < 0 ||
	    recv(fd, answer, sizeof(answer), 0) < (ssize_t)NLMSG_LENGTH(sizeof(*verdict)))
		err(1, "netlink");
	(void)close(fd);
	if (verdict->error)
		errx(1, "netkit %s: %s", argv[1], strerror(-verdict->error));
	return EXIT_SUCCESS;
}
