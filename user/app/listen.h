/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/fault.h"

/** Where to listen. */
struct listen_address {
	const char *text; /* as given */
	union {
		struct sockaddr any;
		struct sockaddr_storage ip;
		struct sockaddr_un local;
	};
	socklen_t len; /* 0: nowhere */
};

/**
 * Reads "ADDR:PORT", "[ADDR]:PORT", "PORT" or ":PORT" (of this machine alone: 127.0.0.1), "unix:/PATH", or "off". No name is looked up.
 *
 * @value: kept, not copied
 * @ret: untouched on failure
 * Returns 0, or -EINVAL with @why filled, without the value.
 */
int listen_parse(const char *value, struct listen_address *ret, struct fault *why);

/** A socket that listens, and the file of a local one. */
struct listener {
	int fd;
	char path[sizeof(((struct sockaddr_un *)0)->sun_path)]; /* "": none */
};

#define LISTENER_INIT                                                                                                  \
	{                                                                                                              \
		.fd = -1                                                                                               \
	}

/**
 * Listens. Beside the file of a local socket a mark is kept, PATH.ctnetd, that says which file it is: so a socket that a killed agent left
 * behind is known and replaced, and nobody else's ever is. The socket may be written to by everybody, as the textfile may be read.
 *
 * @ret: listener_close() it; untouched on failure
 * Returns 0; or -errno with @fault filled: address and remedy.
 */
int listener_open(const struct listen_address *where, struct listener *ret, struct fault *fault);

/** Closes it, and takes its file away, unless that is another's by now. Accepts LISTENER_INIT. */
void listener_close(struct listener *listener);
