/* SPDX-License-Identifier: GPL-2.0-only */
#include "app/tui.h"

#include <curses.h>
#include <errno.h>
#include <langinfo.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "app/terminal_guard.h"
#include "base/cleanup.h"
#include "model/view.h"
#include "render/frame.h"

/* A lone Escape is one after so many milliseconds; longer sequences come at once, over slow lines as well. */
#define ESCAPE_MS 25

struct tui {
	SCREEN *screen;
	bool color;
	bool unicode;
};

/* How a meaning looks. Colour is the second thing that says it: the first is a word or a glyph in the frame. */
static const struct look {
	attr_t attributes;
	short color; /* -1: the terminal's own */
} looks[STYLES] = {
	[STYLE_PLAIN] = { A_NORMAL, -1 },
	[STYLE_TITLE] = { A_BOLD, -1 },
	[STYLE_HEADING] = { A_REVERSE, -1 },
	[STYLE_QUIET] = { A_DIM, -1 },
	[STYLE_GOOD] = { A_NORMAL, COLOR_GREEN },
	[STYLE_WARN] = { A_BOLD, COLOR_YELLOW },
	[STYLE_BAD] = { A_BOLD, COLOR_RED },
	[STYLE_GRAPH] = { A_NORMAL, COLOR_CYAN },
	[STYLE_KEYS] = { A_DIM, -1 },
};

static void append_capability(const char *name, char *out, size_t *len)
{
	const char *text = tigetstr(name); /* (char *)-1: not a string, NULL: not there */

	if (!text || (intptr_t)text == -1)
		return;
	for (size_t i = 0; text[i] && *len < TERMINAL_RESET_MAX; i++) {
		if (text[i] == '$' && text[i + 1] == '<') { /* padding: terminfo(5) */
			const char *end = strchr(text + i, '>');

			if (!end)
				return;
			i = (size_t)(end - text);
			continue;
		}
		out[(*len)++] = text[i];
	}
}

/* The bytes that leave the full screen: attributes off, cursor on, keypad as it was, the other screen back. */
static void arm_guard(const struct termios *modes)
{
	static const char *const names[] = { "sgr0", "op", "cnorm", "rmkx", "rmcup" };
	char reset[TERMINAL_RESET_MAX];
	size_t len = 0;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		append_capability(names[i], reset, &len);
	terminal_guard_arm(STDIN_FILENO, modes, reset, len);
}

static void start_colors(struct tui *tui, bool color)
{
	tui->color = color && has_colors() && start_color() == OK;
	if (!tui->color)
		return;
	(void)use_default_colors();
	for (int i = 0; i < STYLES; i++)
		(void)init_pair((short)(i + 1), looks[i].color, -1);
}

static void set_modes(void)
{
	(void)cbreak();
	(void)noecho();
	(void)nonl();
	(void)nodelay(stdscr, TRUE);
	(void)keypad(stdscr, TRUE);
	(void)set_escdelay(ESCAPE_MS);
	(void)curs_set(0);
}

int tui_open(bool color, struct tui **ret, struct fault *fault)
{
	_cleanup_free_ struct tui *tui = calloc(1, sizeof(*tui));
	const char *type = getenv("TERM");
	struct termios modes;

	if (!tui)
		return fault_set(fault, -ENOMEM, EXIT_CODE_RUNTIME, "no memory");
	if (tcgetattr(STDIN_FILENO, &modes) < 0) /* newterm() changes them at once */
		return fault_set(fault, -errno, EXIT_CODE_RUNTIME, "the terminal: %s", strerror(errno));
	tui->screen = newterm(NULL, stdout, stdin);
	if (!tui->screen)
		return fault_set(fault, -ENOTTY, EXIT_CODE_RUNTIME,
		                 "TERM=%s: cannot keep a screen on such a terminal (try TERM=xterm, or -b)",
		                 type ? type : "");
	arm_guard(&modes);
	set_modes();
	start_colors(tui, color);
	tui->unicode = strcasecmp(nl_langinfo(CODESET), "UTF-8") == 0;
	*ret = TAKE_PTR(tui);
	return 0;
}

void tui_close(struct tui *tui)
{
	if (!tui)
		return;
	(void)endwin();
	terminal_guard_disarm();
	delscreen(tui->screen);
	free(tui);
}

bool tui_unicode(const struct tui *tui)
{
	return tui->unicode;
}

void tui_size(struct tui *tui, size_t *ret_lines, size_t *ret_columns)
{
	struct winsize size = { 0 };
	int lines = LINES;
	int columns = COLS;

	(void)tui;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0) {
		lines = size.ws_row < FRAME_MAX ? size.ws_row : FRAME_MAX;
		columns = size.ws_col < FRAME_MAX ? size.ws_col : FRAME_MAX;
	}
	if (lines != LINES || columns != COLS)
		(void)resizeterm(lines, columns);
	*ret_lines = (size_t)lines;
	*ret_columns = (size_t)columns;
}

static void set_look(const struct tui *tui, const struct frame_cell *cell)
{
	const struct look *look = &looks[cell->style];
	attr_t attributes = look->attributes;

	if (cell->selected)
		attributes = (attributes & ~A_DIM) | A_REVERSE;
	(void)attr_set(attributes, tui->color ? (short)(cell->style + 1) : 0, NULL);
}

static bool looks_alike(const struct frame_cell *a, const struct frame_cell *b)
{
	return a->style == b->style && a->selected == b->selected;
}

static void draw_line(struct tui *tui, const struct frame *frame, size_t line)
{
	char run[FRAME_MAX * sizeof(((struct frame_cell *)NULL)->text)];
	size_t column = 0;

	while (column < frame->columns) {
		const struct frame_cell *first = frame_cell(frame, line, column);
		size_t begin = column;
		size_t len = 0;

		for (; column < frame->columns; column++) {
			const struct frame_cell *cell = frame_cell(frame, line, column);
			size_t bytes = strlen(cell->text);

			if (!looks_alike(first, cell))
				break;
			memcpy(run + len, cell->text, bytes);
			len += bytes;
		}
		set_look(tui, first);
		(void)mvaddnstr((int)line, (int)begin, run, (int)len);
	}
}

void tui_draw(struct tui *tui, const struct frame *frame)
{
	(void)erase();
	for (size_t line = 0; line < frame->lines; line++)
		draw_line(tui, frame, line);
	(void)refresh();
}

void tui_repaint(struct tui *tui)
{
	(void)tui;
	(void)clearok(stdscr, TRUE);
}

static int special_key(wint_t key)
{
	static const struct {
		int curses, view;
	} keys[] = {
		{ KEY_UP, VIEW_KEY_UP },
		{ KEY_DOWN, VIEW_KEY_DOWN },
		{ KEY_LEFT, VIEW_KEY_LEFT },
		{ KEY_RIGHT, VIEW_KEY_RIGHT },
		{ KEY_PPAGE, VIEW_KEY_PAGE_UP },
		{ KEY_NPAGE, VIEW_KEY_PAGE_DOWN },
		{ KEY_HOME, VIEW_KEY_HOME },
		{ KEY_END, VIEW_KEY_END },
		{ KEY_F(1), VIEW_KEY_F1 },
		{ KEY_ENTER, VIEW_KEY_ENTER },
		{ KEY_BACKSPACE, VIEW_KEY_BACKSPACE },
	};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		if (keys[i].curses == (int)key)
			return keys[i].view;
	}
	return VIEW_KEY_NONE;
}

int tui_key(struct tui *tui)
{
	wint_t key;
	int r;

	(void)tui;
	do { /* a special key that means nothing here must not hide the keys behind it */
		r = get_wch(&key);
		if (r == KEY_CODE_YES && special_key(key) != VIEW_KEY_NONE)
			return special_key(key);
	} while (r == KEY_CODE_YES);
	if (r != OK)
		return VIEW_KEY_NONE;
	return key == '\r' ? VIEW_KEY_ENTER : (int)key; /* nonl(): Enter comes as it is typed */
}

void tui_suspend(struct tui *tui)
{
	struct sigaction standard = { .sa_handler = SIG_DFL };
	struct sigaction before;
	sigset_t stop;

	(void)endwin();
	(void)sigemptyset(&stop);
	(void)sigaddset(&stop, SIGTSTP);
	(void)sigaction(SIGTSTP, &standard, &before);
	(void)raise(SIGTSTP);
	(void)sigprocmask(SIG_UNBLOCK, &stop, NULL); /* stops here */
	(void)sigprocmask(SIG_BLOCK, &stop, NULL);
	(void)sigaction(SIGTSTP, &before, NULL);
	tui_repaint(tui);
	(void)refresh();
}
