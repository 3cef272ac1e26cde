/* SPDX-License-Identifier: GPL-2.0-only */
#include "app/recorder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "render/event.h"
#include "render/json.h"
#include "render/recording.h"

struct recorder {
	int fd;
	char *path;
	off_t written;   /* bytes, all of whole lines */
	uint64_t events; /* number of the first event not yet written */
	struct buf text; /* memory for the next lines */
	struct fault fault;
};

static void close_recorder(struct recorder **recorder)
{
	recorder_close(*recorder);
}

static int fail(struct recorder *recorder, int error, struct fault *fault)
{
	fault_set(&recorder->fault, error, EXIT_CODE_RUNTIME, "%s: recording ended: %s", recorder->path,
	          strerror(-error));
	*fault = recorder->fault;
	return error;
}

/* Appends recorder->text to the file, or nothing of it. */
static int put(struct recorder *recorder, struct fault *fault)
{
	size_t done = 0;

	if (recorder->text.failed)
		return fail(recorder, -ENOMEM, fault);
	while (done < recorder->text.len) {
		ssize_t r = write(recorder->fd, recorder->text.data + done, recorder->text.len - done);

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0) {
			r = -errno;
			(void)!ftruncate(recorder->fd, recorder->written);
			return fail(recorder, (int)r, fault);
		}
		done += (size_t)r;
	}
	recorder->written += (off_t)done;
	return 0;
}

int recorder_open(const char *path, const char *host, struct recorder **ret, struct fault *fault)
{
	_cleanup_(close_recorder) struct recorder *recorder = calloc(1, sizeof(*recorder));
	int r;

	if (!recorder)
		return fault_set(fault, -ENOMEM, EXIT_CODE_RUNTIME, "no memory");
	recorder->path = strdup(path);
	recorder->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (recorder->fd < 0 && errno == EEXIST)
		return fault_set(fault, -EEXIST, EXIT_CODE_USAGE,
		                 "--record %s: is there already (remove it, or choose another name)", path);
	if (recorder->fd < 0)
		return fault_set(fault, -errno, EXIT_CODE_RUNTIME, "--record %s: %s", path, strerror(errno));
	if (!recorder->path || recording_render_header(host, &recorder->text) < 0)
		return fault_set(fault, -ENOMEM, EXIT_CODE_RUNTIME, "no memory");
	r = put(recorder, fault);
	if (r == 0)
		*ret = TAKE_PTR(recorder);
	return r;
}

int recorder_write(struct recorder *recorder, const struct snapshot *snap, const struct event_log *events,
                   struct fault *fault)
{
	uint64_t end = event_log_end(events);
	uint64_t number = recorder->events;

	if (recorder->fault.code != EXIT_CODE_OK) {
		*fault = recorder->fault;
		return -EIO;
	}
	buf_reset(&recorder->text);
	if (number < event_log_first(events)) /* more than are kept came since the last snapshot */
		number = event_log_first(events);
	for (; number < end; number++) {
		const struct event_entry *entry = event_log_at(events, number);

		if (entry->lost == 0) /* the snapshot tells the others */
			(void)event_render_json(&entry->event, &recorder->text);
	}
	recorder->events = end;
	if (json_render(snap, false, &recorder->text) < 0)
		return fail(recorder, -ENOMEM, fault);
	return put(recorder, fault);
}

bool recorder_goes_on(const struct recorder *recorder)
{
	return recorder && recorder->fault.code == EXIT_CODE_OK;
}

void recorder_close(struct recorder *recorder)
{
	if (!recorder)
		return;
	cleanup_close(&recorder->fd);
	free(recorder->path);
	buf_free(&recorder->text);
	free(recorder);
}
