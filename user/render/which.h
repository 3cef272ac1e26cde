/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "model/host_facts.h"
#include "model/which.h"

struct buf;

/**
 * One line in plain words: which thing it is and whose.
 *
 * @ports: of a bridge; NULL for anything else
 * @ret: appended to; untouched on failure but for its mark `failed`
 * Returns 0 or -ENOMEM.
 */
int which_render_text(const struct thing *thing, const struct snapshot *snap, const struct host_facts *facts,
                      const struct bridge_ports *ports, struct buf *ret);

/** One JSON object, indented, with a final newline; "text" is the line above. Otherwise as above. */
int which_render_json(const struct thing *thing, const struct snapshot *snap, const struct host_facts *facts,
                      const struct bridge_ports *ports, struct buf *ret);

/** The thing as it could be asked for again, and whose it is: "eth0 of box (docker 0c3ff02115a4)". For a list of candidates. */
void which_put_short(const struct thing *thing, struct buf *out);
