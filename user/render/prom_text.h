/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct buf;

/*
 * The Prometheus text format (exposition format 0.0.4) line by line. Numbers are written digit by digit, so that the
 * locale has no say, and are never NaN. A failure to find memory sticks in the buffer.
 */

/** "# HELP" and "# TYPE" of a family. */
void prom_head(struct buf *out, const char *name, const char *type, const char *help);

/**
 * Appends `name="value"` to a list of labels, after a comma unless the list is empty. The value is escaped; bytes that are not
 * UTF-8 become '?', since one such byte loses the whole file.
 *
 * @value: at most 1023 bytes of it are taken
 */
void prom_label(struct buf *labels, const char *name, const char *value);

/** A piece of a line that is written many times: its length is found once. */
struct prom_piece {
	const char *text;
	size_t len;
};

struct prom_piece prom_piece(const char *text);

/**
 * One sample of a row, for the lines that are many: pieces are copied, nothing is measured or escaped.
 *
 * @labels: as prom_label() wrote them, not empty
 * @more: labels that follow them, likewise; of length 0 for none
 */
void prom_row_sample(struct buf *out, struct prom_piece name, struct prom_piece labels, struct prom_piece more,
                     uint64_t value);

/**
 * One sample.
 *
 * @suffix: of the name: "_bucket", …; "" for none
 * @labels: as prom_label() wrote them; "" for none
 */
void prom_sample(struct buf *out, const char *name, const char *suffix, const char *labels, uint64_t value);

/** As prom_sample(); the value is text that is a number. */
void prom_sample_text(struct buf *out, const char *name, const char *suffix, const char *labels, const char *value);

/** One line with one label; its value is any text. */
void prom_sample_labelled(struct buf *out, const char *name, const char *label, const char *label_value,
                          uint64_t value);
void prom_sample_text_labelled(struct buf *out, const char *name, const char *label, const char *label_value,
                               const char *value);

/** Room for any number of prom_fraction(). */
#define PROM_NUMBER_SIZE 32

/** @value / 10^@digits, exactly, without trailing zeros: 1500 with 3 digits is "1.5". */
void prom_fraction(uint64_t value, unsigned int digits, char out[PROM_NUMBER_SIZE]);
