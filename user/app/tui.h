/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"

struct frame;
struct tui;

/**
 * Takes the terminal (stdin and stdout) over: full screen, keys as they are typed. The locale must be set (setlocale(LC_CTYPE, "")). Takes
 * care that a crash gives the terminal back. Signals are the caller's: the ones that a terminal sends should be blocked before.
 *
 * @color: false: no colours, whatever the terminal can (NO_COLOR)
 * @ret: tui_close() it
 * Returns 0; -ENOTTY with @fault filled where the terminal's type is not known; or -errno.
 */
int tui_open(bool color, struct tui **ret, struct fault *fault);

/** Gives the terminal back as it was. Accepts NULL. */
void tui_close(struct tui *tui);

/** Whether the locale can show more than ASCII. */
bool tui_unicode(const struct tui *tui);

/** The size of the terminal now; asks it, so that a SIGWINCH that came meanwhile does not matter. */
void tui_size(struct tui *tui, size_t *ret_lines, size_t *ret_columns);

/** Brings the terminal to what the frame says: only what differs from what is there is sent. */
void tui_draw(struct tui *tui, const struct frame *frame);

/** Forgets what is on the terminal, so that the next tui_draw() sends every cell. */
void tui_repaint(struct tui *tui);

/** The next key that is waiting, as view_key() takes it; VIEW_KEY_NONE where there is none. Never blocks. */
int tui_key(struct tui *tui);

/** Gives the terminal back, stops this process as Ctrl-Z does, and takes the terminal again when it is continued. */
void tui_suspend(struct tui *tui);
