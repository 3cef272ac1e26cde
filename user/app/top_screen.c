/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/top_loop.h"
#include "app/top_run.h"
#include "app/top_settings_file.h"
#include "app/top_state.h"
#include "app/tui.h"
#include "base/cleanup.h"
#include "base/text.h"

/* The first rates are there after so long, however long the interval is. */
#define FIRST_LOOK_NS 500000000ULL

struct session {
	struct top_state *state;
	struct top_loop *loop;
	struct tui *tui;
	struct frame frame;
	uint64_t ticks, iterations;
	bool ended;
};

static void settle(struct session *session)
{
	struct screen screen = top_state_screen(session->state);

	screen_settle(&screen, &session->frame, &session->state->view);
}

static void draw(struct session *session)
{
	struct screen screen;
	size_t lines, columns;

	tui_size(session->tui, &lines, &columns);
	if (frame_resize(&session->frame, lines, columns) < 0)
		return; /* what is on the screen stays; the next draw tries again */
	settle(session);
	screen = top_state_screen(session->state);
	screen_render(&screen, &session->frame);
	tui_draw(session->tui, &session->frame);
}

static void arm(struct session *session, uint64_t first_ns)
{
	const struct view *view = &session->state->view;

	if (view->paused)
		top_loop_arm(session->loop, 0, 0);
	else
		top_loop_arm(session->loop, first_ns, view->interval_ns);
}

/* Pause and interval: going on after a pause begins with a look at once. */
static void set_clock(struct session *session, bool was_paused)
{
	const struct view *view = &session->state->view;

	arm(session, was_paused && !view->paused ? 1 : view->interval_ns);
}

static void say(struct session *session, const char *what)
{
	(void)text_clean(what, strlen(what), session->state->notice, sizeof(session->state->notice));
}

static void save(struct session *session)
{
	struct top_settings settings = top_settings_of_view(&session->state->view);
	char path[TOP_SETTINGS_PATH_SIZE];
	char text[TOP_SETTINGS_PATH_SIZE + 16];
	struct fault fault;

	if (top_settings_save(&settings, path, &fault) < 0) {
		say(session, fault.text);
		return;
	}
	(void)snprintf(text, sizeof(text), "saved in %s", path);
	say(session, text);
}

/* Stepping is looking at one moment: time does not go on by itself. */
static int step(struct session *session, struct fault *fault)
{
	struct view *view = &session->state->view;

	if (top_source_count(session->state->source) == 0) {
		say(session, "only a recording (--replay FILE) can be stepped through");
		return 0;
	}
	view->paused = true;
	arm(session, 0);
	return top_state_step(session->state, view->step, fault);
}

static int act(struct session *session, enum view_action action, struct fault *fault)
{
	switch (action) {
	case VIEW_SELECT:
		return top_state_select(session->state, fault);
	case VIEW_STEP:
		return step(session, fault);
	case VIEW_SAVE:
		save(session);
		break;
	case VIEW_REPAINT:
		tui_repaint(session->tui);
		break;
	case VIEW_QUIT:
		session->ended = true;
		break;
	case VIEW_TIMER:
	case VIEW_NOTHING:
	case VIEW_DRAW:
		break;
	}
	return 0;
}

static int take_keys(struct session *session, struct fault *fault)
{
	struct view *view = &session->state->view;
	int key;
	int r = 0;

	while (r == 0 && !session->ended && (key = tui_key(session->tui)) != VIEW_KEY_NONE) {
		enum view_screen screen = view->screen;
		bool was_paused = view->paused;
		enum view_action action = view_key(view, key);

		session->state->notice[0] = '\0';
		r = act(session, action, fault);
		if (action == VIEW_TIMER)
			set_clock(session, was_paused);
		if (view->screen != screen)
			top_state_refresh_facts(session->state);
		/* the next key may be about what this one showed */
		if (r == 0)
			settle(session);
	}
	top_loop_watch_events(session->loop, view->screen == VIEW_EVENTS);
	return r;
}

static int tick(struct session *session, struct fault *fault)
{
	struct view *view = &session->state->view;
	int r;

	session->ticks++;
	if (session->iterations > 0 && session->ticks >= session->iterations)
		session->ended = true;
	r = top_state_look(session->state, fault);
	if (r != -ENODATA)
		return r;
	/* the end of a recording stays to be looked at */
	view->paused = true;
	arm(session, 0);
	say(session, "end of the recording: [ steps back");
	return 0;
}

static int run(struct session *session, struct fault *fault)
{
	uint64_t interval = session->state->view.interval_ns;
	int r = top_state_look(session->state, fault);

	arm(session, interval < FIRST_LOOK_NS ? interval : FIRST_LOOK_NS);
	while (r == 0 && !session->ended) {
		unsigned events;

		draw(session);
		events = top_loop_wait(session->loop);
		if (events & TOP_END)
			session->ended = true;
		else if (events & TOP_SUSPEND)
			tui_suspend(session->tui);
		if (r == 0 && (events & TOP_INPUT))
			r = take_keys(session, fault);
		if (r == 0 && !session->ended && (events & TOP_TICK))
			r = tick(session, fault);
	}
	return r;
}

int top_screen_run(struct top_state *state, struct top_loop *loop, uint64_t iterations, struct fault *fault)
{
	const char *no_color = getenv("NO_COLOR"); /* no-color.org: set to anything but nothing */
	struct session session = { .state = state, .loop = loop, .iterations = iterations };
	int r;

	r = tui_open(!no_color || !no_color[0], &session.tui, fault);
	if (r < 0)
		return r;
	session.frame.unicode = tui_unicode(session.tui);
	r = run(&session, fault);
	tui_close(session.tui);
	frame_free(&session.frame);
	return r;
}
