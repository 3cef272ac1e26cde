/* SPDX-License-Identifier: GPL-2.0-only */
#include "app/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/number.h"

#define BACKLOG     16
#define LOOPBACK    "127.0.0.1"
#define LOCAL       "unix:"
#define MARK_SUFFIX ".ctnetd"
#define MARK_MAX    128

/* ---- the address */

static int parse_local(const char *path, struct listen_address *ret, struct fault *why)
{
	struct listen_address found = { .local = { .sun_family = AF_UNIX } };
	size_t len = strlen(path);

	if (path[0] != '/' || path[len - 1] == '/')
		return fault_set(why, -EINVAL, EXIT_CODE_USAGE,
		                 "the path of a socket must be absolute (try unix:/run/ctnet.sock)");
	if (len >= sizeof(found.local.sun_path))
		return fault_set(why, -EINVAL, EXIT_CODE_USAGE, "the path of a socket has at most %zu bytes",
		                 sizeof(found.local.sun_path) - 1);
	memcpy(found.local.sun_path, path, len);
	found.len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len + 1);
	*ret = found;
	return 0;
}

/* The address before the port, without brackets; "": none is given. Returns whether it fits. */
static bool take_host(const char *value, const char *colon, char host[INET6_ADDRSTRLEN])
{
	size_t len = colon ? (size_t)(colon - value) : 0;

	if (len >= 2 && value[0] == '[' && value[len - 1] == ']') {
		value++;
		len -= 2;
	} else if (memchr(value, ':', len)) {
		return false; /* IPv6 without brackets: where does its port begin? */
	}
	if (len >= INET6_ADDRSTRLEN)
		return false;
	memcpy(host, value, len);
	host[len] = '\0';
	return true;
}

int listen_parse(const char *value, struct listen_address *ret, struct fault *why)
{
	struct listen_address found = { .len = 0 };
	struct sockaddr_in *ip4 = (struct sockaddr_in *)&found.ip;
	struct sockaddr_in6 *ip6 = (struct sockaddr_in6 *)&found.ip;
	const char *colon = strrchr(value, ':');
	char host[INET6_ADDRSTRLEN];
	uint64_t port;
	int r = 0;

	if (strncmp(value, LOCAL, strlen(LOCAL)) == 0)
		r = parse_local(value + strlen(LOCAL), &found, why);
	if (r < 0)
		return r;
	if (found.len == 0 && strcmp(value, "off") != 0) {
		if (parse_u64(colon ? colon + 1 : value, 1, UINT16_MAX, &port) < 0 || !take_host(value, colon, host))
			return fault_set(
				why, -EINVAL, EXIT_CODE_USAGE,
				"not an address and a port (try 127.0.0.1:9477, [::1]:9477, unix:/run/ctnet.sock or off)");
		if (inet_pton(AF_INET, host[0] ? host : LOOPBACK, &ip4->sin_addr) == 1) {
			ip4->sin_family = AF_INET;
			ip4->sin_port = htons((uint16_t)port);
			found.len = sizeof(*ip4);
		} else if (inet_pton(AF_INET6, host, &ip6->sin6_addr) == 1) {
			ip6->sin6_family = AF_INET6;
			ip6->sin6_port = htons((uint16_t)port);
			found.len = sizeof(*ip6);
		} else {
			return fault_set(why, -EINVAL, EXIT_CODE_USAGE,
			                 "%s is not an IP address (names are not looked up; try 127.0.0.1:9477)", host);
		}
	}
	found.text = value;
	*ret = found;
	return 0;
}

/* ---- the file of a local socket */

/* What tells a socket's file from any other that may stand under its name later. */
static int identity(const char *path, char mark[MARK_MAX])
{
	struct stat st;

	if (lstat(path, &st) < 0)
		return -errno;
	if (!S_ISSOCK(st.st_mode))
		return -ENOTSOCK;
	(void)snprintf(mark, MARK_MAX, "%ju %ju %jd.%09ld\n", (uintmax_t)st.st_dev, (uintmax_t)st.st_ino,
	               (intmax_t)st.st_ctim.tv_sec, st.st_ctim.tv_nsec);
	return 0;
}

static void mark_path(const char *path, char out[PATH_MAX])
{
	(void)snprintf(out, PATH_MAX, "%s" MARK_SUFFIX, path);
}

static int set_mark(const char *path)
{
	const char *name = strrchr(path, '/') + 1;
	char dir[PATH_MAX], file[PATH_MAX], mark[MARK_MAX];
	int r = identity(path, mark);

	if (r < 0)
		return r;
	(void)snprintf(dir, sizeof(dir), "%.*s", (int)(name - path), path);
	mark_path(name, file);
	return file_replace(dir, file, mark, strlen(mark), 0644);
}

static bool is_marked(const char *path)
{
	_cleanup_buf_ struct buf told = BUF_INIT;
	char file[PATH_MAX], mark[MARK_MAX];

	mark_path(path, file);
	return identity(path, mark) == 0 && file_read_at(AT_FDCWD, file, MARK_MAX, &told) == 0 && told.data &&
	       strcmp(told.data, mark) == 0;
}

static bool is_answered(const struct listen_address *where)
{
	_cleanup_close_ int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	return fd < 0 || connect(fd, &where->any, where->len) == 0 || errno != ECONNREFUSED;
}

/* Something stands there already. Returns 0 where it was what an agent left behind, and is gone. */
static int reclaim(const struct listen_address *where, struct fault *fault)
{
	const char *path = where->local.sun_path;
	char mark[MARK_MAX];

	if (identity(path, mark) < 0)
		return fault_set(fault, -EEXIST, EXIT_CODE_RUNTIME,
		                 "cannot listen on %s: a file that is no socket is there; name another with --listen",
		                 where->text);
	if (is_answered(where))
		return fault_set(fault, -EADDRINUSE, EXIT_CODE_RUNTIME,
		                 "cannot listen on %s: another program does; stop it, or name another with --listen",
		                 where->text);
	if (!is_marked(path))
		return fault_set(fault, -EEXIST, EXIT_CODE_RUNTIME,
		                 "cannot listen on %s: a socket is there that ctnetd did not make; remove it if nobody "
		                 "needs it, or name another with --listen",
		                 where->text);
	return unlink(path) < 0 && errno != ENOENT
	               ? fault_set(fault, -errno, EXIT_CODE_RUNTIME, "cannot remove the socket %s, which is ours: %s",
	                           path, strerror(errno))
	               : 0;
}

/* ---- listening */

static int bind_to(int fd, const struct listen_address *where)
{
	mode_t before = umask(0111);
	int r = bind(fd, &where->any, where->len) < 0 ? -errno : 0;

	(void)umask(before);
	return r;
}

static int cannot_listen(const struct listen_address *where, int error, struct fault *fault)
{
	const char *remedy = "name another with --listen";

	if (error == -EADDRINUSE)
		remedy = "another program does; name another port with --listen";
	else if (error == -EADDRNOTAVAIL)
		remedy = "name an address of this machine with --listen";
	else if (error == -EACCES)
		remedy = "name a port from 1024 on, or a directory that can be written to, with --listen";
	return fault_set(fault, error, EXIT_CODE_RUNTIME, "cannot listen on %s: %s; %s", where->text, strerror(-error),
	                 remedy);
}

int listener_open(const struct listen_address *where, struct listener *ret, struct fault *fault)
{
	bool local = where->any.sa_family == AF_UNIX;
	_cleanup_close_ int fd = socket(where->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	const int yes = 1;
	int r = fd < 0 ? -errno : 0;

	/* connections of an agent before us may still be closing */
	if (r == 0 && !local && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) < 0)
		r = -errno;
	if (r == 0 && where->any.sa_family == AF_INET6 &&
	    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof(yes)) < 0)
		r = -errno;
	if (r == 0)
		r = bind_to(fd, where);
	if (r == -EADDRINUSE && local) {
		r = reclaim(where, fault);
		if (r < 0)
			return r;
		r = bind_to(fd, where);
	}
	if (r == 0 && local)
		r = set_mark(where->local.sun_path);
	if (r == 0 && listen(fd, BACKLOG) < 0)
		r = -errno;
	if (r < 0)
		return cannot_listen(where, r, fault);
	*ret = (struct listener)LISTENER_INIT;
	ret->fd = TAKE_FD(fd);
	if (local)
		memcpy(ret->path, where->local.sun_path, sizeof(ret->path));
	return 0;
}

void listener_close(struct listener *listener)
{
	char mark[PATH_MAX];

	if (listener->path[0] != '\0' && is_marked(listener->path)) {
		mark_path(listener->path, mark);
		(void)unlink(listener->path);
		(void)unlink(mark);
	}
	cleanup_close(&listener->fd);
	*listener = (struct listener)LISTENER_INIT;
}
