import { type DefineFxRate, FxRateDefined } from '@florin/contracts';
import type { Received, UnitOfWork } from '@florin/messaging';
import type { TransactionContext } from '../context.js';
import { insertFxRate } from '../db/insert-fx-rate.js';

/** One at a time: rates are few, and a batch may define a pair twice. A rate is as old as the call that set it. */
export async function defineFxRates(
  { config }: Pick<TransactionContext, 'config'>,
  unit: UnitOfWork,
  messages: readonly Received<DefineFxRate>[],
): Promise<void> {
  for (const message of messages) {
    const { meta, ...rate } = message.value;
    const definedAt = meta.occurredAt;
    const version = await insertFxRate(unit.tx, message.value, new Date(definedAt));
    if (version === undefined) continue;
    const event = { ...rate, definedAt, expiresAt: definedAt + config.FX_RATE_MAX_AGE_MS };
    unit.send(FxRateDefined, message.key, event, { cause: message, aggregateVersion: version });
  }
}
