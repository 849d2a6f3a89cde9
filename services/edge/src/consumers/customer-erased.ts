import type { CustomerErased } from '@florin/contracts';
import type { ApplyBatch } from '@florin/messaging';
import type { Logger } from '@florin/observability';
import { customerRevocation, type SessionRevocations } from '../auth/session-revocations.js';
import { eraseReadModels } from '../db/erase-read-models.js';
import type { ReadCache } from '../read-cache/read-cache.js';

/**
 * Erases what the read models hold of a customer. It also announces the end of the sessions once more: the process
 * that erased the customer may have died before it could.
 */
export function onCustomerErased(options: {
  revocations: SessionRevocations;
  logger: Logger;
  cache: Pick<ReadCache, 'invalidate'>;
}): ApplyBatch<CustomerErased> {
  return async (unit, messages) => {
    const customerIds = messages.map(({ value }) => value.customerId);
    const walletIds = await eraseReadModels(unit.tx, customerIds);
    await options.cache.invalidate(
      unit,
      walletIds.map((id) => ({ kind: 'wallet', id })),
    );
    unit.afterCommit(() => {
      options.revocations
        .announce(customerIds.map(customerRevocation))
        .catch((error) => options.logger.warn({ err: error }, 'an erasure was not announced'));
    });
  };
}
