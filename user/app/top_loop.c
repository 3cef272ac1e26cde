/* SPDX-License-Identifier: GPL-2.0-only */
#include "app/top_loop.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <time.h>

#include "base/cleanup.h"
#include "observe/collector.h"

#define NS_PER_SECOND 1000000000ULL

enum watched { SIGNALS, CLOCK, COLLECTOR, INPUT, OUTPUT, WATCHED };

struct top_loop {
	struct pollfd fds[WATCHED];
	struct collector *collector;
	bool events_wanted;
	bool ended; /* TOP_END was seen: it is told again and again */
};

static const struct {
	int signal;
	enum top_event event;
} signals[] = {
	{ SIGINT, TOP_END },  { SIGTERM, TOP_END },     { SIGHUP, TOP_END },
	{ SIGQUIT, TOP_END }, { SIGWINCH, TOP_RESIZE }, { SIGTSTP, TOP_SUSPEND },
};

int top_loop_open(bool screen, struct top_loop **ret, struct fault *fault)
{
	_cleanup_top_loop_ struct top_loop *loop = calloc(1, sizeof(*loop));
	sigset_t set;

	if (!loop)
		return fault_set(fault, -ENOMEM, EXIT_CODE_RUNTIME, "no memory");
	for (size_t i = 0; i < WATCHED; i++)
		loop->fds[i] = (struct pollfd){ .fd = -1, .events = i == OUTPUT ? 0 : POLLIN };
	(void)sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
		if (signals[i].event == TOP_END || screen)
			(void)sigaddset(&set, signals[i].signal);
	}
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return fault_set(fault, -errno, EXIT_CODE_RUNTIME, "cannot block signals: %s", strerror(errno));
	loop->fds[SIGNALS].fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	loop->fds[CLOCK].fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (loop->fds[SIGNALS].fd < 0 || loop->fds[CLOCK].fd < 0)
		return fault_set(fault, -errno, EXIT_CODE_RUNTIME, "cannot make signalfd and timerfd: %s",
		                 strerror(errno));
	*ret = TAKE_PTR(loop);
	return 0;
}

void top_loop_watch(struct top_loop *loop, struct collector *collector, int input, int output)
{
	loop->collector = collector;
	loop->fds[COLLECTOR].fd = collector ? collector_fd(collector) : -1;
	loop->fds[INPUT].fd = input;
	loop->fds[OUTPUT].fd = output;
}

void top_loop_watch_events(struct top_loop *loop, bool wanted)
{
	loop->events_wanted = wanted;
}

static struct timespec timespec_of(uint64_t ns)
{
	return (struct timespec){ (time_t)(ns / NS_PER_SECOND), (long)(ns % NS_PER_SECOND) };
}

void top_loop_arm(struct top_loop *loop, uint64_t first_ns, uint64_t interval_ns)
{
	struct itimerspec timer = { .it_value = timespec_of(first_ns), .it_interval = timespec_of(interval_ns) };

	(void)timerfd_settime(loop->fds[CLOCK].fd, 0, &timer, NULL);
}

static unsigned read_signals(int fd)
{
	struct signalfd_siginfo info;
	unsigned events = 0;

	while (read(fd, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
			if (signals[i].signal == (int)info.ssi_signo)
				events |= signals[i].event;
		}
	}
	return events;
}

static unsigned read_clock(int fd)
{
	uint64_t times;

	return read(fd, &times, sizeof(times)) == (ssize_t)sizeof(times) ? TOP_TICK : 0;
}

/* Readable but without a byte is the end of the file: a terminal that was hung up reads so for ever. */
static unsigned look_at_input(const struct pollfd *input)
{
	int waiting = 0;

	if (input->revents & (POLLHUP | POLLERR | POLLNVAL))
		return TOP_END;
	if (ioctl(input->fd, FIONREAD, &waiting) == 0 && waiting == 0)
		return TOP_END;
	return TOP_INPUT;
}

/* What poll() has just said of all descriptors. */
static unsigned gather(struct top_loop *loop)
{
	unsigned events = 0;

	if (loop->fds[SIGNALS].revents)
		events |= read_signals(loop->fds[SIGNALS].fd);
	if (loop->fds[CLOCK].revents)
		events |= read_clock(loop->fds[CLOCK].fd);
	if (loop->fds[INPUT].revents)
		events |= look_at_input(&loop->fds[INPUT]);
	/* attaching to many takes its time: a key does not wait behind it */
	if (loop->fds[COLLECTOR].revents && !(events & TOP_INPUT)) {
		collector_dispatch(loop->collector);
		events |= loop->events_wanted ? TOP_HAPPENED : 0;
	}
	if (loop->fds[OUTPUT].revents & (POLLERR | POLLHUP | POLLNVAL))
		events |= TOP_END;
	return events;
}

unsigned top_loop_wait(struct top_loop *loop)
{
	unsigned events = loop->ended ? TOP_END : 0;

	while (events == 0) {
		int r = poll(loop->fds, WATCHED, -1);

		if (r < 0 && errno != EINTR)
			events |= TOP_END;
		if (r > 0)
			events |= gather(loop);
	}
	loop->ended = events & TOP_END;
	return events;
}

bool top_loop_writable(struct top_loop *loop, int fd)
{
	struct pollfd fds[] = {
		{ .fd = fd, .events = POLLOUT },
		{ .fd = loop->fds[SIGNALS].fd, .events = POLLIN },
	};

	while (!loop->ended) {
		int r = poll(fds, ARRAY_SIZE(fds), -1);

		if (r < 0 && errno != EINTR)
			return true; /* let the write say what is wrong */
		if (r > 0 && fds[1].revents)
			loop->ended = read_signals(fds[1].fd) & TOP_END;
		if (r > 0 && fds[0].revents && !loop->ended)
			return true;
	}
	return false;
}

void top_loop_free(struct top_loop *loop)
{
	if (!loop)
		return;
	cleanup_close(&loop->fds[SIGNALS].fd);
	cleanup_close(&loop->fds[CLOCK].fd);
	free(loop);
}

void top_loop_freep(struct top_loop **loop)
{
	top_loop_free(*loop);
}
