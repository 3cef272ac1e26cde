/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

struct agreement;
struct buf;

/** "eth0 of box: receive +30 packets +43260 bytes", or "bridge docker0: …"; nothing where nothing differs. A lack of memory marks @out. */
void agreement_put(struct buf *out, const struct agreement *agreement);
