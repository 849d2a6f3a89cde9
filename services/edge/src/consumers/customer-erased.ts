import type { CustomerErased } from '@florin/contracts';
import type { ApplyBatch } from '@florin/messaging';
import type { Logger } from '@florin/observability';
import { customerRevocation, type SessionRevocations } from '../auth/session-revocations.js';
import { eraseReadModels } from '../db/erase-read-models.js';

/**
 * Erases what the read models hold of a customer. It also announces the end of the sessions once more: the process
 * that erased the customer may have died before it could.
 */
export function onCustomerErased(options: {
  revocations: SessionRevocations;
  logger: Logger;
}): ApplyBatch<CustomerErased> {
  return async (unit, messages) => {
    const customerIds = messages.map(({ value }) => value.customerId);
    await eraseReadModels(unit.tx, customerIds);
    unit.afterCommit(() => {
      options.revocations
        .announce(customerIds.map(customerRevocation))
        .catch((error) => options.logger.warn({ err: error }, 'an erasure was not announced'));
    });
  };
}
