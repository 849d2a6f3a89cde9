import type { WalletOpened } from '@florin/contracts';
import type { ApplyBatch } from '@florin/messaging';
import { projectOpenedWallets } from '../db/project-opened-wallets.js';
import type { ProjectionAnnouncer } from '../ingress/projection-announcer.js';
import { walletResource } from '../read-models/wallet.js';

export function onWalletOpened(announcer: ProjectionAnnouncer): ApplyBatch<WalletOpened> {
  return async (unit, messages) => {
    const rows = await projectOpenedWallets(
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
