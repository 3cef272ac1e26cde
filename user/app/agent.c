/* SPDX-License-Identifier: GPL-2.0-only */
#include "app/agent.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "app/feed.h"
#include "app/http.h"
#include "app/privileges.h"
#include "app/process_price.h"
#include "app/say_accuracy.h"
#include "app/say_lifecycle.h"
#include "app/service.h"
#include "app/syscall_filter.h"
#include "app/textfile.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/log.h"
#include "model/event.h"
#include "model/price.h"
#include "observe/kernel/kernel_price.h"
#include "render/event.h"

/* The steps that can fail again and again: each is said when it begins to fail and when it works again. */
enum step { STEP_COLLECT, STEP_WRITE, STEPS };

struct agent {
	const struct settings *line;         /* the command line: what a reload goes by */
	const struct agent_options *started; /* what cannot be changed is as it was then */
	const struct agent_options *options; /* in force: as started, or as last reloaded */
	struct agent_options reloaded;
	struct collector *collector;
	struct textfile textfile;
	struct kernel_price kernel_price;
	struct price price;
	struct feed *feed; /* NULL with --once */
	struct http *http; /* NULL: nobody is to be answered */
	struct buf event_line;
	bool failing[STEPS];
	bool told_lifecycle; /* what cannot be seen of it is said once */
	bool differs;        /* from the kernel's counters, as was said last */
	int signals;
	int timer;
};

static void note_step(struct agent *agent, enum step step, int r, const struct fault *fault)
{
	if (agent->options->once) /* said at the end, as the reason for it */
		return;
	if (r < 0 && !agent->failing[step])
		log_warning("%s; counting goes on, trying again every %.3g s", fault->text,
		            (double)agent->options->interval_ns / 1e9);
	if (r == 0 && agent->failing[step])
		log_info("%s works again", step == STEP_WRITE ? "writing the textfile" : "collecting");
	agent->failing[step] = r < 0;
}

/* What cannot be told is left out; without memory that is all of the kernel's. */
static void read_price(struct agent *agent)
{
	struct kernel_price *kernel = &agent->kernel_price;

	process_price_read(&agent->price);
	if (collector_price(agent->collector, kernel) < 0)
		kernel_price_clear(kernel);
	agent->price.maps = kernel->maps.data;
	agent->price.map_count = kernel->maps.count;
	agent->price.programs = kernel->programs.data;
	agent->price.program_count = kernel->programs.count;
	agent->textfile.own.price = &agent->price;
}

static int tick(struct agent *agent, struct fault *fault)
{
	const struct snapshot *snap;
	int r;

	if (agent->feed)
		agent->textfile.own.event_lines = feed_lost(agent->feed);
	r = collector_snapshot(agent->collector, &snap, NULL, fault);
	note_step(agent, STEP_COLLECT, r, fault);
	if (agent->http)
		http_set_healthy(agent->http, r == 0);
	if (r < 0)
		return r;
	if (!agent->options->once && !agent->told_lifecycle)
		say_lifecycle(snap);
	agent->told_lifecycle = true;
	say_accuracy(snap, &agent->differs);
	read_price(agent);
	r = textfile_render(&agent->textfile, snap, fault);
	if (r == 0 && agent->http)
		http_publish(agent->http, agent->textfile.text.data, agent->textfile.text.len);
	if (r == 0)
		r = textfile_store(&agent->textfile, fault);
	note_step(agent, STEP_WRITE, r, fault);
	return r;
}

static void on_event(void *context, const struct event *event)
{
	struct agent *agent = context;

	buf_reset(&agent->event_line);
	if (agent->feed && event_render_json(event, &agent->event_line) == 0)
		feed_publish(agent->feed, agent->event_line.data, agent->event_line.len);
}

static const char *textfile_dir(const struct agent_options *options)
{
	return strcmp(options->textfile_dir, AGENT_OFF) == 0 ? NULL : options->textfile_dir;
}

static struct prom_how how_to_tell(const struct agent_options *options)
{
	return (struct prom_how){
		.max_series = options->max_series,
		.choice = &options->choice,
		.labels = options->labels,
	};
}

/* What became of the counters of the agent before, once they were taken over. */
static void say_story(const struct agent *agent)
{
	_cleanup_buf_ struct buf story = BUF_INIT;
	char *rest = NULL;

	if (collector_story(agent->collector, &story) < 0 || !story.data)
		return;
	for (const char *line = strtok_r(story.data, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		log_info("%s", line);
}

static int open_collector(struct agent *agent, struct fault *fault)
{
	struct collector_options how = agent->options->node.collector;

	how.choice = &agent->options->choice;
	how.lasting = !agent->options->once;
	how.along = agent->options->once;
	how.event = on_event;
	how.event_context = agent;
	return collector_open(&how, &agent->collector, fault);
}

static int open_signals(struct agent *agent, struct fault *fault)
{
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGHUP);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return fault_set(fault, -errno, EXIT_CODE_RUNTIME, "cannot block signals: %s", strerror(errno));
	agent->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (agent->signals < 0)
		return fault_set(fault, -errno, EXIT_CODE_RUNTIME, "cannot wait for signals: %s", strerror(errno));
	return 0;
}

static int set_timer(const struct agent *agent, const struct agent_options *options, struct fault *fault)
{
	uint64_t ns = options->interval_ns;
	struct timespec every = { .tv_sec = (time_t)(ns / 1000000000ULL), .tv_nsec = (long)(ns % 1000000000ULL) };
	struct itimerspec spec = { .it_interval = every, .it_value = every };

	if (timerfd_settime(agent->timer, 0, &spec, NULL) < 0)
		return fault_set(fault, -errno, EXIT_CODE_RUNTIME, "cannot set the interval: %s", strerror(errno));
	return 0;
}

static int open_timer(struct agent *agent, struct fault *fault)
{
	agent->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (agent->timer < 0)
		return fault_set(fault, -errno, EXIT_CODE_RUNTIME, "cannot make a timer: %s", strerror(errno));
	return set_timer(agent, agent->options, fault);
}

/* What was rendered last is there for whoever asks at once. */
static int open_http(struct agent *agent, const struct agent_options *options, struct fault *fault)
{
	int r;

	if (options->listen.len == 0)
		return 0;
	r = http_open(&options->listen, &agent->http, fault);
	if (r == 0 && agent->textfile.text.len > 0) {
		http_publish(agent->http, agent->textfile.text.data, agent->textfile.text.len);
		http_set_healthy(agent->http, !agent->failing[STEP_COLLECT]);
	}
	return r;
}

/* ---- settings read again */

/* Returns how many settings are other than they were; those that cannot be changed now are said. */
static size_t count_changes(const struct agent *agent, const struct agent_options *next)
{
	size_t changes = 0;

	for (const struct app_option *option = agent_option_table; option->name; option++) {
		const struct agent_options *now = option->fixed ? agent->started : agent->options;

		if (option->command || settings_agree(&now->in_force, &next->in_force, option))
			continue;
		changes += !option->fixed;
		if (option->fixed)
			log_warning("%s cannot be changed while ctnetd runs; start it anew", option->name);
	}
	return changes;
}

/* From here on nothing points to what was in force before. */
static void put_in_force(struct agent *agent, struct agent_options *next)
{
	struct agent_options before = agent->reloaded;

	agent->reloaded = *next;
	*next = (struct agent_options){ .once = false };
	agent->options = &agent->reloaded;
	agent->textfile.dir = textfile_dir(agent->options);
	agent->textfile.how = how_to_tell(agent->options);
	collector_choose(agent->collector, &agent->options->choice);
	agent_options_free(&before);
}

static void restore_http(struct agent *agent)
{
	http_free(TAKE_PTR(agent->http));
	(void)open_http(agent, agent->options, NULL);
}

static int take_up(struct agent *agent, struct agent_options *next, struct fault *fault)
{
	bool moves = strcmp(next->listen.text, agent->options->listen.text) != 0;
	int r = 0;

	if (moves) { /* one after the other: the new address may hold the old one */
		http_free(TAKE_PTR(agent->http));
		r = open_http(agent, next, fault);
	}
	if (r == 0)
		r = textfile_move(&agent->textfile, textfile_dir(next), agent->options->keep, fault);
	if (r < 0 && moves)
		restore_http(agent);
	if (r < 0)
		return r;
	if (next->interval_ns != agent->options->interval_ns)
		r = set_timer(agent, next, fault);
	log_set_level(next->verbose ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO);
	put_in_force(agent, next);
	return r;
}

static void reload(struct agent *agent)
{
	_cleanup_agent_options_ struct agent_options next = { .once = false };
	struct fault fault = { 0 };
	size_t changes;

	if (agent_options_read(agent->line, &next, &fault) < 0) {
		log_warning("%s; the settings stay as they were", fault.text);
		return;
	}
	changes = count_changes(agent, &next);
	if (take_up(agent, &next, &fault) < 0) {
		log_warning("%s; the settings stay as they were", fault.text);
		return;
	}
	log_info("settings read again, %zu changed", changes);
	if (changes > 0)
		(void)tick(agent, &fault);
}

/* Returns whether to go on. */
static bool take_signal(struct agent *agent)
{
	struct signalfd_siginfo info;

	if (read(agent->signals, &info, sizeof(info)) != sizeof(info))
		return true;
	if (info.ssi_signo != SIGHUP)
		return false;
	service_reloading();
	reload(agent);
	service_ready();
	return true;
}

static int loop(struct agent *agent, struct fault *fault)
{
	struct pollfd fds[] = {
		{ .fd = agent->signals, .events = POLLIN },
		{ .fd = agent->timer, .events = POLLIN },
		{ .fd = collector_fd(agent->collector), .events = POLLIN },
		{ .fd = feed_fd(agent->feed), .events = POLLIN },
		{ .fd = -1, .events = POLLIN }, /* HTTP: a reload may change it */
	};
	uint64_t expirations;

	for (;;) {
		service_alive();
		fds[4].fd = http_fd(agent->http);
		if (poll(fds, ARRAY_SIZE(fds), service_wait_ms(http_wait_ms(agent->http))) < 0) {
			if (errno == EINTR)
				continue;
			return fault_set(fault, -errno, EXIT_CODE_RUNTIME, "cannot wait for events: %s",
			                 strerror(errno));
		}
		if (fds[0].revents && !take_signal(agent))
			return 0;
		if (fds[2].revents)
			collector_dispatch(agent->collector);
		if (fds[3].revents)
			feed_dispatch(agent->feed);
		http_dispatch(agent->http); /* also where nothing came: it has times of its own */
		if (fds[1].revents && read(agent->timer, &expirations, sizeof(expirations)) > 0)
			(void)tick(agent, fault); /* said and counted; the next one comes */
	}
}

static void say_running(const struct agent_options *o)
{
	double seconds = (double)o->interval_ns / 1e9;

	if (o->listen.len > 0)
		log_info("serving /metrics on %s", o->listen.text);
	if (textfile_dir(o))
		log_info("running, %s/ctnet.prom every %.3g s", o->textfile_dir, seconds);
	else
		log_info("running, collecting every %.3g s", seconds);
}

static double wall_clock(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int run(struct agent *agent, struct fault *fault)
{
	const struct agent_options *o = agent->options;
	const struct prom_how how = how_to_tell(o);
	int r;

	r = open_signals(agent, fault);
	if (r < 0)
		return r;
	if (!o->once) {
		r = feed_open(&agent->feed, fault);
		if (r < 0)
			return r;
	}
	r = kernel_price_open(o->measure, &agent->kernel_price, fault);
	if (r < 0)
		return r;
	r = open_collector(agent, fault); /* first of what can be refused: privileges matter most */
	if (r < 0)
		return r;
	r = textfile_open(&agent->textfile, textfile_dir(o), &how, fault);
	if (r < 0)
		return r;
	agent->textfile.own.start = wall_clock();
	if (!o->once)
		r = open_http(agent, o, fault);
	if (r == 0)
		r = open_timer(agent, fault);
	if (r < 0)
		return r;
	r = tick(agent, fault);
	if (o->once)
		return r;
	say_story(agent);
	privileges_drop(textfile_dir(o));
	syscall_filter_install();
	say_running(o);
	service_ready();
	r = loop(agent, fault);
	service_stopping();
	return r;
}

int agent_run(const struct settings *line, const struct agent_options *options, struct fault *fault)
{
	struct agent agent = {
		.line = line,
		.started = options,
		.options = options,
		.kernel_price = { .run_time = -1 },
		.signals = -1,
		.timer = -1,
	};
	int r = run(&agent, fault);

	if (agent.options->keep_attached)
		collector_leave(agent.collector);
	collector_free(agent.collector);
	kernel_price_close(&agent.kernel_price);
	feed_free(agent.feed);
	http_free(agent.http);
	buf_free(&agent.event_line);
	textfile_close(&agent.textfile, agent.options->keep || options->once);
	cleanup_close(&agent.signals);
	cleanup_close(&agent.timer);
	agent_options_free(&agent.reloaded);
	return r;
}
