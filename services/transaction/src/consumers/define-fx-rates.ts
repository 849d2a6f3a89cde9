import { type DefineFxRate, FxRateDefined } from '@florin/contracts';
import type { Received, UnitOfWork } from '@florin/messaging';
import { insertFxRate } from '../db/insert-fx-rate.js';

/** One at a time: rates are few, and a batch may define a pair twice. A rate is as old as the call that set it. */
export async function defineFxRates(
  unit: UnitOfWork,
  messages: readonly Received<DefineFxRate>[],
): Promise<void> {
  for (const message of messages) {
    const { meta, ...rate } = message.value;
    const definedAt = meta.occurredAt;
    const version = await insertFxRate(unit.tx, message.value, new Date(definedAt));
    if (version === undefined) continue;
    unit.send(
      FxRateDefined,
      message.key,
      { ...rate, definedAt },
      { cause: message, aggregateVersion: version },
    );
  }
}
