/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "model/columns.h"
#include "model/view.h"
#include "render/frame.h"
#include "render/screen.h"
#include "render/spark.h"

/* What the screens are put together from. Only render/screen*.c include this. */

/** A piece of a line; what does not fit is left out, largest rank first. */
struct segment {
	char text[160];
	enum frame_style style;
	int rank; /* 0: stays as long as the line has room for anything */
};

/** Puts @count segments on a line, two blanks between them. */
void put_segments(struct frame *frame, size_t line, const struct segment *segments, size_t count);

/** Writes a line of a text that is scrolled: where it goes, and how many lines there were. */
struct pen {
	struct frame *frame;
	size_t first, room; /* lines of the frame the text has; room 0: only count */
	size_t skip;        /* lines scrolled away */
	size_t count;       /* lines written so far */
};

/** The frame's line for the next line of text; past the end of the frame where it is not to be seen. */
size_t pen_next(struct pen *pen);

/** One line of text in one style, from the first column. */
void pen_text(struct pen *pen, enum frame_style style, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The bodies: @first and @room are the lines of the frame they have. */
void table_draw(const struct screen *screen, struct frame *frame, size_t first, size_t room);
void events_draw(const struct screen *screen, struct frame *frame, size_t first, size_t room);
void chooser_draw(const struct screen *screen, struct frame *frame, size_t first, size_t room);
void bridges_draw(const struct screen *screen, struct frame *frame, size_t first, size_t room);
void detail_draw(const struct screen *screen, struct pen *pen);
void help_draw(const struct screen *screen, struct pen *pen);

/** How many columns of the table a frame so wide does not show. @hidden: not wanted: a bit for each */
size_t table_hidden_columns(size_t columns, uint32_t hidden);

/** Whether a frame so wide shows a column that is wanted. */
bool table_shows_column(size_t columns, uint32_t hidden, enum table_column column);

/* Numbers as people read them; @out is always terminated, RATE_TEXT bytes hold any of them. */
#define RATE_TEXT 24
void rate_text(double bytes_per_second, enum view_units units, char *out, size_t size); /* "812 Mb/s", "0" */
void amount_text(double value, char *out, size_t size);                                 /* "71 k" */
void age_text(double seconds, char *out, size_t size);   /* "4s", "12m", "3h12m", "5d3h" */
void interval_text(uint64_t ns, char *out, size_t size); /* "500ms", "2s", "5min" */

/** The name a row is known by: of its owner, else its inode, else the host end it is behind. OWNER_TEXT_MAX bytes hold it. */
void netns_title(const struct netns *ns, char *out, size_t size);

/** Whether anybody counts any of its interfaces. */
bool netns_counted(const struct netns *ns);

/** Room for the longest row of bars. */
#define HISTORY_BARS (HISTORY_SECONDS * SPARK_BYTES + 1)

/** The last minute of a row as bars, @width of them (at most HISTORY_SECONDS). */
void history_bars(const struct history *history, struct row_key id, enum history_what what, size_t width, bool unicode,
                  char out[HISTORY_BARS]);

/** "tcp4", "udp6", "arp", "other", …: family and protocol in one short word. */
const char *class_text(enum ctnet_class c);

/** How many entries of the log are to be seen. */
size_t events_count(const struct screen *screen);

/** The latest events of a namespace, one a line, under a heading; nothing where there are none. */
void draw_recent(const struct screen *screen, struct pen *pen, const struct netns *ns);

/** The graph of a row, one line a direction with its highest value: two lines of text. */
void draw_graphs(struct pen *pen, const struct history *history, struct row_key key, enum view_units units);
