/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/netlink/socket.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "model/link.h"
#include "observe/netlink/attr.h"

#define DUMP_ATTEMPTS 3
#define ANSWER_WAIT   10 /* seconds; the kernel answers at once, unless it had no memory for the answer */
#define REQUEST_SIZE  1024
#define ANSWER_SIZE   65536 /* the kernel fills at most 32 kB at a time (netlink_recvmsg(): max_recvmsg_len) */

struct rtnl {
	struct mnl_socket *socket;
	uint32_t sequence;
	char reason[128];
	_Alignas(struct nlmsghdr) char request[REQUEST_SIZE];
	_Alignas(struct nlmsghdr) char answer[ANSWER_SIZE];
};

/* One question on its way. */
struct exchange {
	struct rtnl *rtnl;
	rtnl_take_fn take;
	void *context;
	bool dump;
	bool done;
	bool complete;
	int error; /* first one; the answer is read to its end all the same, or the next dump would get -EBUSY */
};

static const struct attr_rule reason_rules[] = {
	[NLMSGERR_ATTR_MSG] = { 1, UINT16_MAX },
};

int rtnl_fd(const struct rtnl *rtnl)
{
	return mnl_socket_get_fd(rtnl->socket);
}

const char *rtnl_reason(const struct rtnl *rtnl)
{
	return rtnl->reason;
}

void rtnl_free(struct rtnl *rtnl)
{
	if (!rtnl)
		return;
	if (rtnl->socket)
		(void)mnl_socket_close(rtnl->socket);
	free(rtnl);
}

void rtnl_freep(struct rtnl **rtnl)
{
	rtnl_free(*rtnl);
}

/* What the socket cannot do without; the others only make its refusals clearer. */
static int set_options(struct rtnl *rtnl, struct fault *fault)
{
	struct timeval wait = { .tv_sec = ANSWER_WAIT };
	int on = 1;

	(void)mnl_socket_setsockopt(rtnl->socket, NETLINK_EXT_ACK, &on, sizeof(on));
	(void)mnl_socket_setsockopt(rtnl->socket, NETLINK_CAP_ACK, &on, sizeof(on));
	if (setsockopt(rtnl_fd(rtnl), SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)) < 0)
		return fault_set(fault, -errno, EXIT_CODE_RUNTIME, "cannot set a timeout on an rtnetlink socket: %s",
		                 strerror(errno));
	if (mnl_socket_setsockopt(rtnl->socket, NETLINK_GET_STRICT_CHK, &on, sizeof(on)) < 0)
		return fault_set(fault, -errno, EXIT_CODE_KERNEL_LACKS,
		                 "this kernel cannot check rtnetlink requests strictly "
		                 "(NETLINK_GET_STRICT_CHK, Linux 4.20): %s",
		                 strerror(errno));
	return 0;
}

int rtnl_open(struct rtnl **ret, struct fault *fault)
{
	_cleanup_rtnl_ struct rtnl *rtnl = calloc(1, sizeof(*rtnl));
	int r;

	if (!rtnl)
		return fault_set(fault, -ENOMEM, EXIT_CODE_RUNTIME, "out of memory");
	rtnl->socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	if (!rtnl->socket)
		return fault_set(fault, -errno, EXIT_CODE_RUNTIME, "cannot open an rtnetlink socket: %s",
		                 strerror(errno));
	r = set_options(rtnl, fault);
	if (r < 0)
		return r;
	if (mnl_socket_bind(rtnl->socket, 0, MNL_SOCKET_AUTOPID) < 0)
		return fault_set(fault, -errno, EXIT_CODE_RUNTIME, "cannot bind an rtnetlink socket: %s",
		                 strerror(errno));
	*ret = TAKE_PTR(rtnl);
	return 0;
}

static int32_t nsid_of_datagram(struct msghdr *message)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
		int32_t nsid;

		if (c->cmsg_level != SOL_NETLINK || c->cmsg_type != NETLINK_LISTEN_ALL_NSID ||
		    c->cmsg_len != CMSG_LEN(sizeof(nsid)))
			continue;
		memcpy(&nsid, CMSG_DATA(c), sizeof(nsid));
		return nsid < 0 ? NSID_HERE : nsid;
	}
	return NSID_HERE;
}

ssize_t netlink_receive(int fd, void *buffer, size_t size, int flags, int32_t *ret_nsid)
{
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int32_t)) * 2];
	struct iovec iov = { .iov_base = buffer, .iov_len = size };
	struct sockaddr_nl from;
	struct msghdr message;
	ssize_t len;

	do {
		message = (struct msghdr){ .msg_name = &from,
			                   .msg_namelen = sizeof(from),
			                   .msg_iov = &iov,
			                   .msg_iovlen = 1,
			                   .msg_control = control,
			                   .msg_controllen = sizeof(control) };
		len = recvmsg(fd, &message, flags);
		if (len < 0 && errno != EINTR)
			return -errno;
	} while (len < 0 || from.nl_pid != 0);
	if (message.msg_flags & MSG_TRUNC)
		return -EMSGSIZE;
	if (ret_nsid)
		*ret_nsid = nsid_of_datagram(&message);
	return len;
}

struct nlmsghdr *rtnl_request(struct rtnl *rtnl, uint16_t type, uint16_t flags)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(rtnl->request);

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	return nlh;
}

/* The kernel's own words follow the error, and the request it is about unless that was capped. */
static void read_reason(struct rtnl *rtnl, const struct nlmsghdr *nlh)
{
	const struct nlmsgerr *told = message_header(nlh, sizeof(*told));
	struct attr attrs[ARRAY_SIZE(reason_rules)];
	size_t skip = sizeof(int);

	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	if (nlh->nlmsg_type == NLMSG_ERROR) {
		if (!told)
			return;
		skip = sizeof(*told);
		if (!(nlh->nlmsg_flags & NLM_F_CAPPED))
			skip += MNL_ALIGN((size_t)told->msg.nlmsg_len) - sizeof(told->msg);
	}
	if (attrs_of_message(nlh, skip, reason_rules, ARRAY_SIZE(reason_rules), attrs) < 0)
		return;
	if (attr_there(attrs[NLMSGERR_ATTR_MSG]))
		(void)text_clean(attrs[NLMSGERR_ATTR_MSG].data,
		                 strnlen(attrs[NLMSGERR_ATTR_MSG].data, attrs[NLMSGERR_ATTR_MSG].len), rtnl->reason,
		                 sizeof(rtnl->reason));
}

/* NLMSG_ERROR, or NLMSG_DONE, which may carry an error as well (a dump that was refused; libmnl 1.0.4 passes over it). */
static void take_end(struct exchange *exchange, const struct nlmsghdr *nlh)
{
	const int *error = message_header(nlh, sizeof(*error));

	exchange->done = true;
	if (error && *error < 0) {
		read_reason(exchange->rtnl, nlh);
		if (!exchange->error)
			exchange->error = *error;
	} else if (nlh->nlmsg_type == NLMSG_ERROR && exchange->take && !exchange->error) {
		exchange->error = -EBADMSG; /* an acknowledgement nobody asked for */
	}
}

static void take_message(struct exchange *exchange, const struct nlmsghdr *nlh)
{
	int r;

	if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
		exchange->complete = false;
	if (nlh->nlmsg_type == NLMSG_ERROR || nlh->nlmsg_type == NLMSG_DONE) {
		take_end(exchange, nlh);
		return;
	}
	if (!exchange->dump)
		exchange->done = true;
	if (nlh->nlmsg_type < NLMSG_MIN_TYPE || exchange->error || !exchange->take)
		return;
	r = exchange->take(exchange->context, nlh);
	if (exchange->dump && (r == -ENOMSG || r == -EBADMSG)) {
		exchange->complete = exchange->complete && r != -EBADMSG;
		return;
	}
	exchange->error = r;
}

static int receive_some(struct exchange *exchange)
{
	struct rtnl *rtnl = exchange->rtnl;
	const struct nlmsghdr *nlh = (const void *)rtnl->answer;
	ssize_t len = netlink_receive(rtnl_fd(rtnl), rtnl->answer, sizeof(rtnl->answer), 0, NULL);
	int left = (int)len;

	if (len == -EMSGSIZE) { /* one link with more attributes than any we know; the rest can be had */
		exchange->complete = false;
		return exchange->dump ? 0 : -EMSGSIZE;
	}
	if (len < 0)
		return len == -EAGAIN ? -ETIMEDOUT : (int)len;
	for (; mnl_nlmsg_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left))
		if (mnl_nlmsg_seq_ok(nlh, rtnl->sequence) &&
		    mnl_nlmsg_portid_ok(nlh, mnl_socket_get_portid(rtnl->socket)))
			take_message(exchange, nlh);
	return 0;
}

static int run(struct exchange *exchange, struct nlmsghdr *request)
{
	struct rtnl *rtnl = exchange->rtnl;
	int r;

	rtnl->reason[0] = '\0';
	rtnl->sequence = rtnl->sequence == UINT32_MAX ? 1 : rtnl->sequence + 1; /* 0 matches any */
	request->nlmsg_seq = rtnl->sequence;
	if (mnl_socket_sendto(rtnl->socket, request, request->nlmsg_len) < 0)
		return -errno;
	while (!exchange->done) {
		r = receive_some(exchange);
		if (r < 0)
			return r;
	}
	return exchange->error;
}

int rtnl_ask(struct rtnl *rtnl, struct nlmsghdr *request, rtnl_take_fn take, void *context)
{
	struct exchange exchange = { .rtnl = rtnl, .take = take, .context = context };

	return run(&exchange, request);
}

int rtnl_tell(struct rtnl *rtnl, struct nlmsghdr *request)
{
	struct exchange exchange = { .rtnl = rtnl };

	request->nlmsg_flags |= NLM_F_ACK;
	return run(&exchange, request);
}

int rtnl_dump(struct rtnl *rtnl, struct nlmsghdr *request, const struct rtnl_sink *sink, bool *ret_complete)
{
	bool complete = false;

	for (int attempt = 0; attempt < DUMP_ATTEMPTS && !complete; attempt++) {
		struct exchange exchange = {
			.rtnl = rtnl, .take = sink->take, .context = sink->context, .dump = true, .complete = true
		};
		int r;

		sink->begin(sink->context);
		r = run(&exchange, request);
		if (r < 0)
			return r;
		complete = exchange.complete;
	}
	*ret_complete = complete;
	return 0;
}
