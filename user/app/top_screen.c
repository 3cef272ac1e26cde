/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdlib.h>
#include <unistd.h>

#include "app/top_loop.h"
#include "app/top_run.h"
#include "app/top_state.h"
#include "app/tui.h"
#include "base/cleanup.h"

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

static void settle(struct top_state *state, struct frame *frame)
{
	struct screen screen = top_state_screen(state);
	struct screen_lines lines = screen_measure(&screen, frame);

	switch (state->view.screen) {
	case VIEW_TABLE:
		view_settle_rows(&state->view, screen.rows, screen.row_count, lines.room);
		break;
	case VIEW_BRIDGES:
		view_settle_ports(&state->view, screen.ports, screen.port_count, lines.room);
		break;
	case VIEW_DETAIL:
	case VIEW_HELP:
	case VIEW_SCREENS:
		view_settle_text(&state->view, lines.lines, lines.room);
		break;
	}
}

static void draw(struct session *session)
{
	struct screen screen;
	size_t lines, columns;

	tui_size(session->tui, &lines, &columns);
	if (frame_resize(&session->frame, lines, columns) < 0)
		return; /* what is on the screen stays; the next draw tries again */
	settle(session->state, &session->frame);
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

static int take_keys(struct session *session, struct fault *fault)
{
	struct view *view = &session->state->view;
	int key;
	int r = 0;

	while (r == 0 && !session->ended && (key = tui_key(session->tui)) != VIEW_KEY_NONE) {
		bool was_paused = view->paused;

		switch (view_key(view, key)) {
		case VIEW_SELECT:
			r = top_state_select(session->state, fault);
			break;
		case VIEW_TIMER:
			set_clock(session, was_paused);
			break;
		case VIEW_REPAINT:
			tui_repaint(session->tui);
			break;
		case VIEW_QUIT:
			session->ended = true;
			break;
		case VIEW_NOTHING:
		case VIEW_DRAW:
			break;
		}
		/* the next key may be about what this one showed */
		settle(session->state, &session->frame);
	}
	return r;
}

static int tick(struct session *session, struct fault *fault)
{
	session->ticks++;
	if (session->iterations > 0 && session->ticks >= session->iterations)
		session->ended = true;
	return top_state_look(session->state, fault);
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
