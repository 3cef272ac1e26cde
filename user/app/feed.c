/* SPDX-License-Identifier: GPL-2.0-only */
#include "app/feed.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"

#define SOCKET_NAME "ctnet-agent"

/* What one reader may lag behind. A line is some 200 bytes: more than all the recent ones. */
#define CLIENT_BYTES ((size_t)512 * 1024)

struct client {
	int fd; /* -1: free place */
	struct buf waiting;
	uint64_t lost; /* lines since the last one it got */
};

struct feed {
	int listener;
	int epoll;
	uint64_t lost;
	struct client clients[FEED_CLIENTS];
	char *recent[FEED_RECENT]; /* a ring; next is the oldest once it is full */
	size_t next;
};

static socklen_t address(struct sockaddr_un *name)
{
	*name = (struct sockaddr_un){ .sun_family = AF_UNIX };
	/* a leading NUL: the abstract namespace, one for each network namespace (unix(7)) */
	memcpy(name->sun_path + 1, SOCKET_NAME, strlen(SOCKET_NAME));
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(SOCKET_NAME));
}

static int watch(const struct feed *feed, int operation, int fd, uint32_t events, uint64_t place)
{
	struct epoll_event event = { .events = events, .data.u64 = place };

	return epoll_ctl(feed->epoll, operation, fd, &event) < 0 ? -errno : 0;
}

static int listen_for_readers(struct feed *feed, struct fault *fault)
{
	struct sockaddr_un name;
	socklen_t len = address(&name);
	int r;

	feed->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (feed->listener < 0)
		return fault_set(fault, -errno, EXIT_CODE_RUNTIME, "cannot make a socket: %s", strerror(errno));
	r = bind(feed->listener, (struct sockaddr *)&name, len);
	if (r < 0 && errno == EADDRINUSE)
		return fault_set(fault, -EADDRINUSE, EXIT_CODE_RUNTIME,
		                 "another ctnetd is running in this network namespace; stop it first");
	if (r < 0 || listen(feed->listener, FEED_CLIENTS) < 0)
		return fault_set(fault, -errno, EXIT_CODE_RUNTIME, "cannot listen on @" SOCKET_NAME ": %s",
		                 strerror(errno));
	return 0;
}

static void feed_freep(struct feed **feed)
{
	feed_free(*feed);
}

int feed_open(struct feed **ret, struct fault *fault)
{
	_cleanup_(feed_freep) struct feed *feed = calloc(1, sizeof(*feed));
	int r;

	if (!feed)
		return fault_set(fault, -ENOMEM, EXIT_CODE_RUNTIME, "no memory");
	feed->listener = -1;
	for (size_t i = 0; i < FEED_CLIENTS; i++)
		feed->clients[i].fd = -1;
	feed->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (feed->epoll < 0)
		return fault_set(fault, -errno, EXIT_CODE_RUNTIME, "cannot make an event loop: %s", strerror(errno));
	r = listen_for_readers(feed, fault);
	if (r < 0)
		return r;
	r = watch(feed, EPOLL_CTL_ADD, feed->listener, EPOLLIN, FEED_CLIENTS);
	if (r < 0)
		return fault_set(fault, r, EXIT_CODE_RUNTIME, "cannot watch @" SOCKET_NAME ": %s", strerror(-r));
	*ret = TAKE_PTR(feed);
	return 0;
}

int feed_fd(const struct feed *feed)
{
	return feed->epoll;
}

/* ---- one reader */

static void drop_client(struct client *client)
{
	cleanup_close(&client->fd); /* leaves the epoll set by itself */
	client->fd = -1;
	client->lost = 0;
	buf_free(&client->waiting);
}

static void enqueue(struct feed *feed, struct client *client, const char *line, size_t len)
{
	if (client->waiting.len + len > CLIENT_BYTES || buf_append(&client->waiting, line, len) < 0) {
		client->waiting.failed = false; /* what waits already is whole */
		client->lost++;
		feed->lost++;
	}
}

/* Sends what waits; asks to be told when there is room again. */
static void flush_client(struct feed *feed, struct client *client)
{
	struct buf *waiting = &client->waiting;
	ssize_t put = 0;

	if (waiting->len > 0)
		put = send(client->fd, waiting->data, waiting->len, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (put < 0 && errno != EAGAIN && errno != EINTR) {
		drop_client(client);
		return;
	}
	if (put > 0) {
		memmove(waiting->data, waiting->data + put, waiting->len - (size_t)put);
		waiting->len -= (size_t)put;
	}
	if (client->lost > 0 && waiting->len < CLIENT_BYTES / 2) {
		if (buf_printf(waiting, "{\"lost\": %llu}\n", (unsigned long long)client->lost) == 0)
			client->lost = 0;
	}
	(void)watch(feed, EPOLL_CTL_MOD, client->fd, waiting->len ? EPOLLIN | EPOLLOUT : EPOLLIN,
	            (uint64_t)(client - feed->clients));
}

static bool is_allowed(int fd)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) < 0)
		return false;
	return peer.uid == 0 || peer.uid == geteuid();
}

static void tell_recent(struct feed *feed, struct client *client)
{
	for (size_t i = 0; i < FEED_RECENT; i++) {
		const char *line = feed->recent[(feed->next + i) % FEED_RECENT];

		if (line)
			enqueue(feed, client, line, strlen(line));
	}
}

static void let_in(struct feed *feed)
{
	_cleanup_close_ int fd = accept4(feed->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd < 0 || !is_allowed(fd))
		return;
	for (size_t i = 0; i < FEED_CLIENTS; i++) {
		struct client *client = &feed->clients[i];

		if (client->fd >= 0)
			continue;
		if (watch(feed, EPOLL_CTL_ADD, fd, EPOLLIN, i) < 0)
			return;
		client->fd = TAKE_FD(fd);
		tell_recent(feed, client);
		flush_client(feed, client);
		return;
	}
}

/* A reader has nothing to say: what can be read is its end. */
static void serve(struct feed *feed, struct client *client)
{
	char ignored[64];
	ssize_t got = recv(client->fd, ignored, sizeof(ignored), MSG_DONTWAIT);

	if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))
		drop_client(client);
	else
		flush_client(feed, client);
}

void feed_dispatch(struct feed *feed)
{
	struct epoll_event events[FEED_CLIENTS + 1];
	int count = epoll_wait(feed->epoll, events, (int)ARRAY_SIZE(events), 0);

	for (int i = 0; i < count; i++) {
		uint64_t place = events[i].data.u64;

		if (place == FEED_CLIENTS)
			let_in(feed);
		else if (feed->clients[place].fd >= 0)
			serve(feed, &feed->clients[place]);
	}
}

void feed_publish(struct feed *feed, const char *line, size_t len)
{
	char *copy = strndup(line, len);

	if (copy) {
		free(feed->recent[feed->next]);
		feed->recent[feed->next] = copy;
		feed->next = (feed->next + 1) % FEED_RECENT;
	} else {
		feed->lost++;
	}
	for (size_t i = 0; i < FEED_CLIENTS; i++) {
		struct client *client = &feed->clients[i];

		if (client->fd < 0)
			continue;
		enqueue(feed, client, line, len);
		flush_client(feed, client);
	}
}

uint64_t feed_lost(const struct feed *feed)
{
	return feed->lost;
}

void feed_free(struct feed *feed)
{
	if (!feed)
		return;
	for (size_t i = 0; i < FEED_CLIENTS; i++)
		drop_client(&feed->clients[i]);
	for (size_t i = 0; i < FEED_RECENT; i++)
		free(feed->recent[i]);
	cleanup_close(&feed->listener);
	cleanup_close(&feed->epoll);
	free(feed);
}

int feed_connect(void)
{
	_cleanup_close_ int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un name;
	socklen_t len = address(&name);

	if (fd < 0 || connect(fd, (struct sockaddr *)&name, len) < 0)
		return -errno;
	return TAKE_FD(fd);
}
