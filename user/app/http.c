/* SPDX-License-Identifier: GPL-2.0-only */
#include "app/http.h"

#include <errno.h>
#include <limits.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

#define TEXT_TYPE  "text/plain; version=0.0.4; charset=utf-8"
#define PLAIN_TYPE "text/plain; charset=utf-8"
#define HTML_TYPE  "text/html; charset=utf-8"

/* Memory of one connection, for its headers: requests with more are refused. */
#define CONNECTION_BYTES ((size_t)16 * 1024)

struct http {
	struct listener listener;
	struct MHD_Daemon *daemon;
	struct MHD_Response *metrics; /* NULL: nothing is published */
	bool healthy;
};

/* ---- answers */

static enum MHD_Result answer(struct MHD_Connection *connection, unsigned int status, const char *type,
                              const char *text)
{
	/* constant text: it is not changed in spite of the type */
	struct MHD_Response *response =
		MHD_create_response_from_buffer(strlen(text), (void *)text, MHD_RESPMEM_PERSISTENT);
	enum MHD_Result r;

	if (!response)
		return MHD_NO;
	(void)MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
	if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
		(void)MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
	r = MHD_queue_response(connection, status, response);
	MHD_destroy_response(response);
	return r;
}

static enum MHD_Result answer_path(const struct http *http, struct MHD_Connection *connection, const char *path)
{
	if (strcmp(path, "/metrics") == 0 && http->metrics)
		return MHD_queue_response(connection, MHD_HTTP_OK, http->metrics);
	if (strcmp(path, "/metrics") == 0)
		return answer(connection, MHD_HTTP_SERVICE_UNAVAILABLE, PLAIN_TYPE, "nothing is collected yet\n");
	if (strcmp(path, "/-/healthy") == 0 && http->healthy)
		return answer(connection, MHD_HTTP_OK, PLAIN_TYPE, "collecting\n");
	if (strcmp(path, "/-/healthy") == 0)
		return answer(connection, MHD_HTTP_SERVICE_UNAVAILABLE, PLAIN_TYPE, "the last collection failed\n");
	if (strcmp(path, "/") == 0)
		return answer(connection, MHD_HTTP_OK, HTML_TYPE,
		              "<!DOCTYPE html><html lang=\"en\"><title>ctnetd</title><h1>ctnetd " CTNET_VERSION
		              "</h1><p><a href=\"/metrics\">metrics</a> of the containers of this node\n");
	return answer(connection, MHD_HTTP_NOT_FOUND, PLAIN_TYPE, "there is /metrics and /-/healthy\n");
}

/* NOLINTNEXTLINE(readability-function-size): its parameters are the library's */
static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *path,
                                  const char *method, const char *version, const char *upload, size_t *upload_size,
                                  void **state)
{
	static int seen;

	(void)version;
	(void)upload;
	if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 && strcmp(method, MHD_HTTP_METHOD_HEAD) != 0)
		return answer(connection, MHD_HTTP_METHOD_NOT_ALLOWED, PLAIN_TYPE, "only GET and HEAD\n");
	if (!*state || *upload_size > 0) { /* the headers, or a body that nobody wants */
		*state = &seen;
		*upload_size = 0;
		return MHD_YES;
	}
	return answer_path(context, connection, path);
}

/* ---- its life */

static void http_freep(struct http **http)
{
	http_free(*http);
}

int http_open(const struct listen_address *where, struct http **ret, struct fault *fault)
{
	_cleanup_(http_freep) struct http *http = calloc(1, sizeof(*http));
	int r;

	if (!http)
		return fault_set(fault, -ENOMEM, EXIT_CODE_RUNTIME, "no memory");
	http->listener = (struct listener)LISTENER_INIT;
	r = listener_open(where, &http->listener, fault);
	if (r < 0)
		return r;
	http->daemon = MHD_start_daemon(MHD_USE_EPOLL, 0, NULL, NULL, on_request, http, MHD_OPTION_LISTEN_SOCKET,
	                                http->listener.fd, MHD_OPTION_CONNECTION_LIMIT, HTTP_CONNECTIONS,
	                                MHD_OPTION_CONNECTION_TIMEOUT, HTTP_TIMEOUT_S,
	                                MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_BYTES, MHD_OPTION_END);
	if (!http->daemon)
		return fault_set(fault, -EIO, EXIT_CODE_RUNTIME, "cannot serve HTTP on %s", where->text);
	*ret = TAKE_PTR(http);
	return 0;
}

int http_fd(const struct http *http)
{
	const union MHD_DaemonInfo *info = http ? MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_EPOLL_FD) : NULL;

	return info ? info->epoll_fd : -1;
}

int http_wait_ms(const struct http *http)
{
	MHD_UNSIGNED_LONG_LONG ms;

	if (!http || MHD_get_timeout(http->daemon, &ms) != MHD_YES)
		return -1;
	return ms < INT_MAX ? (int)ms : INT_MAX;
}

void http_dispatch(struct http *http)
{
	if (http)
		(void)MHD_run(http->daemon);
}

void http_publish(struct http *http, const char *text, size_t len)
{
	/* counted: those who are reading the one before go on with it */
	if (http->metrics)
		MHD_destroy_response(http->metrics);
	http->metrics = MHD_create_response_from_buffer(len, (void *)text, MHD_RESPMEM_MUST_COPY);
	if (http->metrics)
		(void)MHD_add_response_header(http->metrics, MHD_HTTP_HEADER_CONTENT_TYPE, TEXT_TYPE);
}

void http_set_healthy(struct http *http, bool healthy)
{
	http->healthy = healthy;
}

void http_free(struct http *http)
{
	if (!http)
		return;
	if (http->daemon) {
		MHD_stop_daemon(http->daemon); /* closes the socket */
		http->listener.fd = -1;
	}
	if (http->metrics)
		MHD_destroy_response(http->metrics);
	listener_close(&http->listener);
	free(http);
}
