import type { WalletRefused } from '@florin/contracts';
import type { ApplyBatch } from '@florin/messaging';
import { projectRefusedWallets } from '../db/project-refused-wallets.js';
import type { ProjectionAnnouncer } from '../ingress/projection-announcer.js';
import { walletResource } from '../read-models/wallet.js';

export function onWalletRefused(announcer: ProjectionAnnouncer): ApplyBatch<WalletRefused> {
  return async (unit, messages) => {
    const rows = await projectRefusedWallets(
      unit.tx,
      messages.map(({ value }) => value),
    );
    unit.afterCommit(() =>
      announcer.announce(
        rows.map((row) => ({ kind: 'wallet', id: row.id, final: true, representation: walletResource(row) })),
      ),
    );
  };
}
