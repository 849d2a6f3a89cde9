import { ChangeWalletStatus } from '@florin/contracts';
import { notFound, Problem } from '@florin/http';
import { v7 as uuidv7 } from 'uuid';
import { insertPendingStatusChanges } from '../../db/insert-pending-status-changes.js';
import { command, pendingRow } from '../../ingress/submission.js';
import { statusChangeResourceId } from '../../read-models/status-change.js';
import { walletResource } from '../../read-models/wallet.js';
import { defineRoute } from '../../route.js';
import { idParams, reasonBody } from '../fields.js';
import { outcomeResponses } from '../replies.js';
import { walletSchema } from '../resources.js';

function walletStatusRoute(change: {
  readonly verb: 'freeze' | 'unfreeze' | 'close';
  readonly status: 'active' | 'frozen' | 'closed';
  readonly summary: string;
  readonly description: string;
}) {
  const path = `/v1/wallets/{id}/${change.verb}`;
  return defineRoute({
    method: 'post',
    path,
    operationId: `${change.verb}Wallet`,
    summary: change.summary,
    description: change.description,
    tags: ['Wallets'],
    access: { scope: 'wallets:write' },
    params: idParams,
    body: reasonBody,
    claimsKey: true,
    responses: {
      ...outcomeResponses(walletSchema),
      409: { description: '`wallet-closed`, `wallet-not-empty` or `wallet-not-open`' },
    },
    handler: (context, request) =>
      context.ingress.accept(request, { route: `POST ${path}`, keyRequired: false }, async () => {
        const wallet = await context.prisma.wallet.findUnique({ where: { id: request.params.id } });
        if (!wallet) throw notFound('wallet');
        if (wallet.status === 'pending' || wallet.status === 'refused') {
          throw new Problem(409, 'wallet-not-open', 'The wallet has not been opened.');
        }
        const row = { id: uuidv7(), subjectId: wallet.id, createdAt: new Date(context.clock.now()) };
        return {
          resource: { kind: 'wallet-status', id: statusChangeResourceId(row) },
          pending: pendingRow(insertPendingStatusChanges, row),
          // Keyed by the wallet, as its debits are: those asked for before are posted before.
          send: command(ChangeWalletStatus, wallet.id, {
            changeId: row.id,
            walletId: wallet.id,
            status: change.status,
            reason: request.body?.reason ?? null,
          }),
          representation: walletResource(wallet),
        };
      }),
  });
}

export const freezeWallet = walletStatusRoute({
  verb: 'freeze',
  status: 'frozen',
  summary: 'Freeze a wallet',
  description: 'Money may still come in, none may go out. What was promised by a hold before is still paid.',
});
export const unfreezeWallet = walletStatusRoute({
  verb: 'unfreeze',
  status: 'active',
  summary: 'Unfreeze a wallet',
  description: 'The wallet can be used again.',
});
export const closeWallet = walletStatusRoute({
  verb: 'close',
  status: 'closed',
  summary: 'Close a wallet for ever',
  description: 'Only with a balance of zero and without holds. Its cards are cancelled.',
});
