/* SPDX-License-Identifier: GPL-2.0-only */
#include "app/say_accuracy.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/log.h"
#include "model/accuracy.h"
#include "model/snapshot.h"
#include "render/agreement.h"

void say_accuracy(const struct snapshot *snap, bool *differs)
{
	const struct agreement agreement = snapshot_agreement(snap);
	_cleanup_buf_ struct buf where = BUF_INIT;
	bool now = agreement.interface || agreement.bridge;

	if (now && !*differs) {
		agreement_put(&where, &agreement);
		log_warning("counted otherwise than the kernel's device counters: %s; see Limits in the README",
		            where.failed ? "" : where.data);
	} else if (!now && *differs && agreement.compared > 0) {
		log_info("counted as the kernel's device counters again");
	} else {
		return;
	}
	*differs = now;
}
