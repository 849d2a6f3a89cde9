import type { WalletTypeDefined } from '@florin/contracts';
import type { ApplyBatch } from '@florin/messaging';
import { projectWalletTypes } from '../db/project-wallet-types.js';
import type { ProjectionAnnouncer } from '../ingress/projection-announcer.js';
import { walletTypeResource } from '../read-models/wallet-type.js';
import { newestBy } from './newest-by.js';

export function onWalletTypeDefined(announcer: ProjectionAnnouncer): ApplyBatch<WalletTypeDefined> {
  return async (unit, messages) => {
    const events = newestBy(
      messages.map(({ value }) => value),
      (event) => event.code,
      (event) => event.meta.aggregateVersion,
    );
    const rows = await projectWalletTypes(unit.tx, events);
    announcer.announce(
      unit,
      rows.map((row) => ({
        kind: 'wallet-type',
        id: row.code,
        final: true,
        representation: walletTypeResource(row),
      })),
    );
  };
}
