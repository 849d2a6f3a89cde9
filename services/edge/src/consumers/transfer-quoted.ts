import type { TransferQuoted } from '@florin/contracts';
import type { ApplyBatch } from '@florin/messaging';
import type { ProjectionAnnouncer } from '../ingress/projection-announcer.js';

/** Hands the answer to the call that waits for it; nothing is stored. */
export function onTransferQuoted(announcer: ProjectionAnnouncer): ApplyBatch<TransferQuoted> {
  return async (unit, messages) => {
    announcer.announce(
      unit,
      messages.map(({ value: { quoteId, fee, declineReason, exchange } }) => ({
        kind: 'transfer-quote',
        id: quoteId,
        final: true,
        representation: { fee, declineReason, exchange },
      })),
    );
  };
}
