/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/fault.h"
#include "render/prom.h"

struct snapshot;

/** The file that node_exporter reads: DIR/ctnet.prom. */
struct textfile {
	const char *dir; /* NULL: no file is kept */
	struct prom_how how;
	struct prom_own own; /* counts what could not be written */
	bool written;        /* there is a file of ours */
	struct buf text;     /* reused from tick to tick */
};

/**
 * Checks that the directory can be written to, and takes away temporary files that a killed agent left there.
 *
 * @path: of the directory; NULL: no file is kept, texts are only rendered; must outlive the textfile, as must what @how points to
 * Returns 0 or -errno with @fault filled.
 */
int textfile_open(struct textfile *textfile, const char *path, const struct prom_how *how, struct fault *fault);

/**
 * Renders a snapshot and replaces the file in one step: readable by everybody (node_exporter is another user), never partial.
 *
 * Returns 0; or -errno with @fault filled, the file that stood there stands, and the failure is counted.
 */
int textfile_write(struct textfile *textfile, const struct snapshot *snap, struct fault *fault);

/**
 * Goes on in another directory, which is checked as by textfile_open(); the file in the old one goes unless @keep.
 *
 * @path: as for textfile_open()
 * Returns 0; or -errno with @fault filled, and all is as it was.
 */
int textfile_move(struct textfile *textfile, const char *path, bool keep, struct fault *fault);

/** The two steps of textfile_write(), for whoever shows the text to others too. What textfile_render() made is in @textfile->text. */
int textfile_render(struct textfile *textfile, const struct snapshot *snap, struct fault *fault);
int textfile_store(struct textfile *textfile, struct fault *fault);

/** Takes away the file that an agent left which was killed, and its temporary ones. Returns whether there was one. */
bool textfile_remove(const char *dir);

/** Takes the file away unless @keep, and gives the memory back. */
void textfile_close(struct textfile *textfile, bool keep);
