/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "top_node.h"
#include "unit.h"

#include "base/buf.h"
#include "golden.h"
#include "render/frame.h"

/* What is drawn of top_node.h, as text: compared with a golden screen, or looked into. */

#define FRAME_UTF8                                                                                                     \
	{                                                                                                              \
		.unicode = true                                                                                        \
	}
#define _cleanup_frame_ __attribute__((cleanup(frame_free)))

static inline int setup(void **state)
{
	(void)setenv("TZ", "UTC", 1);
	*state = top_node_open();
	return 0;
}

static inline int teardown(void **state)
{
	top_node_close(*state);
	return 0;
}

static inline void dump(const struct frame *frame, struct buf *text)
{
	for (size_t line = 0; line < frame->lines; line++) {
		assert_int_equal(frame_line_text(frame, line, text), 0);
		assert_int_equal(buf_putc(text, '\n'), 0);
	}
}

static inline void assert_golden(struct top_node *n, struct frame *frame, size_t lines, size_t columns,
                                 const char *name)
{
	_cleanup_buf_ struct buf text = BUF_INIT;

	top_draw(n, frame, lines, columns);
	dump(frame, &text);
	assert_true(golden_is(name, &text));
}

/* All of the screen as one text, to look for words in. */
static inline char *drawn(struct top_node *n, size_t lines, size_t columns)
{
	_cleanup_frame_ struct frame frame = FRAME_UTF8;
	struct buf text = BUF_INIT;

	top_draw(n, &frame, lines, columns);
	dump(&frame, &text);
	return text.data;
}

static inline void assert_shows(struct top_node *n, const char *words)
{
	_cleanup_free_ char *text = drawn(n, 40, 120);

	if (!strstr(text, words))
		fail_msg("no \"%s\" in:\n%s", words, text);
}

static inline void assert_hides(struct top_node *n, const char *words)
{
	_cleanup_free_ char *text = drawn(n, 40, 120);

	if (strstr(text, words))
		fail_msg("\"%s\" in:\n%s", words, text);
}

static inline void press(struct top_node *n, const char *keys)
{
	view_settle_lines(&n->view, n->screen.lines, n->screen.line_count, 20);
	for (; *keys; keys++) {
		if (view_key(&n->view, *keys) == VIEW_SELECT)
			top_select(n);
		view_settle_lines(&n->view, n->screen.lines, n->screen.line_count, 20);
	}
}
