/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "app/command.h"
#include "app/feed.h"
#include "app/output.h"
#include "app/question.h"
#include "app/say_lifecycle.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/log.h"
#include "model/event.h"
#include "render/event.h"

/* A line of the agent is some hundred bytes; more than this is none of its lines. */
#define LINE_MAX_BYTES ((size_t)64 * 1024)

enum { JSON, SINCE_START };

static const struct question_form form = {
	.word = "events",
	.args_doc = "[NAME]",
	.flags = { [JSON] = { "json", "One JSON object a line", 'j' },
	           [SINCE_START] = { "since-start", "First what the running agent remembers since its start", 's' } },
	.most = 1,
	.too_many = "one NAME at most",
	.doc = "Shows the life of network namespaces and interfaces as it happens: created, dying, destroyed, registered, moved, "
	       "renamed, unregistered, joined, left. From the running agent where there is one, else from probes of its own; "
	       "where the kernel has no kprobes, what can be noticed, each line with \"~\" before it.\v"
	       "NAME is an owner's name, a namespace's inode, an interface, a bridge, or the process that did it.\n"
	       "\n"
	       "Examples:\n"
	       "  ctnet events\n"
	       "  ctnet events box\n"
	       "  ctnet events --json -s | jq 'select(.event == \"destroyed\") | .duration_ns'",
};

/* One stream of events on its way to stdout. */
struct stream {
	const struct question *question;
	double from; /* earlier ones are passed over */
	struct buf text;
	int result; /* 0, or why the output ended: -EPIPE, or -errno with the fault filled */
};

static void show(struct stream *stream, const struct event *event)
{
	const struct question *q = stream->question;

	if (event->time < stream->from || !event_matches(event, q->names[0] ? q->names[0] : ""))
		return;
	if (q->flags[JSON])
		(void)event_render_json(event, &stream->text);
	else
		(void)event_render_text(event, &stream->text);
}

static void flush(struct stream *stream)
{
	if (stream->text.len > 0 && stream->result == 0)
		stream->result = output_write(stream->text.data, stream->text.len, stream->question->node.fault);
	buf_reset(&stream->text);
}

/* ---- from the agent */

static void take_line(struct stream *stream, const char *line, size_t len)
{
	struct event event;

	if (event_parse_json(line, len, &event) == 0)
		show(stream, &event);
	else /* {"lost": N}: we read too slowly */
		log_warning("the agent could not tell everything: %.*s", (int)len, line);
}

static void take_lines(struct stream *stream, struct buf *input)
{
	size_t begin = 0;
	char *end;

	while ((end = memchr(input->data + begin, '\n', input->len - begin))) {
		size_t len = (size_t)(end - input->data) - begin;

		take_line(stream, input->data + begin, len);
		begin += len + 1;
	}
	memmove(input->data, input->data + begin, input->len - begin);
	input->len -= begin;
}

/* Returns 1, 0 at the end, or -errno. */
static int read_more(int fd, struct buf *input)
{
	ssize_t got;

	if (input->len > LINE_MAX_BYTES)
		return -EMSGSIZE;
	if (buf_reserve(input, LINE_MAX_BYTES) < 0)
		return -ENOMEM;
	got = read(fd, input->data + input->len, LINE_MAX_BYTES);
	if (got < 0)
		return errno == EINTR ? 1 : -errno;
	input->len += (size_t)got;
	return got > 0;
}

static int follow_agent(struct stream *stream, int agent, int signals, struct fault *fault)
{
	_cleanup_buf_ struct buf input = BUF_INIT;
	struct pollfd fds[] = { { .fd = signals, .events = POLLIN }, { .fd = agent, .events = POLLIN } };

	while (stream->result == 0) {
		int r;

		if (poll(fds, ARRAY_SIZE(fds), -1) < 0 && errno != EINTR)
			return fault_set(fault, -errno, EXIT_CODE_RUNTIME, "cannot wait: %s", strerror(errno));
		if (fds[0].revents)
			return 0;
		r = read_more(agent, &input);
		if (r == -ECONNRESET) /* it ended before it let us in */
			r = 0;
		if (r < 0)
			return fault_set(fault, r, EXIT_CODE_RUNTIME, "cannot read from the agent: %s", strerror(-r));
		if (r == 0) {
			log_info("the agent has ended");
			return 0;
		}
		take_lines(stream, &input);
		flush(stream);
	}
	return stream->result;
}

/* ---- from probes of our own */

static void on_event(void *context, const struct event *event)
{
	show(context, event);
}

static int follow_node(struct stream *stream, int signals, struct fault *fault)
{
	struct collector_options how = stream->question->node.collector;
	struct pollfd fds[] = { { .fd = signals, .events = POLLIN }, { .fd = -1, .events = POLLIN } };
	const struct snapshot *snap;
	struct collector *collector;
	int r;

	how.event = on_event;
	how.event_context = stream;
	r = collector_open(&how, &collector, fault);
	if (r < 0)
		return r;
	if (collector_snapshot(collector, &snap, NULL, fault) == 0)
		say_lifecycle(snap);
	fds[1].fd = collector_fd(collector);
	while (stream->result == 0) {
		if (poll(fds, ARRAY_SIZE(fds), -1) < 0 && errno != EINTR)
			break;
		if (fds[0].revents)
			break;
		collector_dispatch(collector);
		flush(stream);
	}
	collector_free(collector);
	return stream->result;
}

/* ---- the command */

static int open_signals(void)
{
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGHUP);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

static double wall_clock(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int command_events(int argc, char **argv, struct fault *fault)
{
	struct question q;
	struct stream stream = { .question = &q };
	_cleanup_close_ int signals = -1;
	_cleanup_close_ int agent = -1;
	int r;

	if (!question_parse(&form, argc, argv, fault, &q))
		return EXIT_CODE_USAGE;
	signals = open_signals();
	agent = feed_connect();
	if (agent < 0 && q.flags[SINCE_START]) {
		fault_set(fault, agent, EXIT_CODE_RUNTIME,
		          "--since-start: no ctnetd runs in this network namespace to remember events");
		return app_fail(fault);
	}
	stream.from = q.flags[SINCE_START] ? 0 : wall_clock();
	r = agent >= 0 ? follow_agent(&stream, agent, signals, fault) : follow_node(&stream, signals, fault);
	buf_free(&stream.text);
	return r < 0 && r != -EPIPE ? app_fail(fault) : EXIT_CODE_OK;
}
