/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "app/listen.h"
#include "base/fault.h"

/**
 * Answers HTTP: /metrics with the last text that was published, /-/healthy, and a short page at /. Without threads: it lives in the loop
 * of its owner and never blocks it. A text is shared by all who ask for it, however slowly they read. At most HTTP_CONNECTIONS at a time; who
 * says nothing for HTTP_TIMEOUT_S seconds is sent away.
 *
 * The only file that knows libmicrohttpd is http.c.
 */
struct http;

#define HTTP_CONNECTIONS 16
#define HTTP_TIMEOUT_S   5

/**
 * @ret: freed with http_free(); untouched on failure
 * Returns 0; or -errno with @fault filled: address and remedy.
 */
int http_open(const struct listen_address *where, struct http **ret, struct fault *fault);

/** The descriptor to poll for POLLIN; -1 for NULL. Then, or after http_wait_ms(), call http_dispatch(). */
int http_fd(const struct http *http);

/** How long to wait at most until the next http_dispatch(), in milliseconds; -1: for ever. Accepts NULL. */
int http_wait_ms(const struct http *http);

/** Goes on with all connections that can. Accepts NULL. */
void http_dispatch(struct http *http);

/** What is served from now on, copied once; without memory nothing is, rather than old numbers. */
void http_publish(struct http *http, const char *text, size_t len);

/** What /-/healthy answers from now on; it begins with false. */
void http_set_healthy(struct http *http, bool healthy);

/** Ends all connections; the file of a local socket goes. Accepts NULL. */
void http_free(struct http *http);
