import { type Exchange, QuoteTransfer } from '@florin/contracts';
import type { RouteReply } from '@florin/http';
import { v7 as uuidv7 } from 'uuid';
import type { EdgeContext } from '../../context.js';
import type { WalletFacts } from '../../db/find-wallet-facts.js';
import { declineOfBalance } from '../../domain/balance-check.js';
import { command } from '../../ingress/submission.js';
import { toNumber, toNumberOrNull } from '../../read-models/minor-units.js';
import type { TransferQuestion } from './transfer-body.js';

/** What a dry run says about a transfer. */
export async function quoteTransfer(
  { ingress, prisma, customerZones }: EdgeContext,
  request: Parameters<EdgeContext['ingress']['ask']>[0],
  transfer: TransferQuestion,
  { source, destination }: { readonly source: WalletFacts; readonly destination: WalletFacts },
): Promise<RouteReply> {
  const quoteId = uuidv7();
  const { type, amount, currency } = transfer;
  const sourceTimeZone = await customerZones.find(source.ownerId);
  const answer = await ingress.ask(request, {
    resource: { kind: 'transfer-quote', id: quoteId },
    send: command(QuoteTransfer, source.id, {
      quoteId,
      type,
      sourceWalletType: source.walletType,
      sourceOwnerId: source.ownerId,
      sourceTimeZone,
      destinationWalletType: destination.walletType,
      amount,
      currency,
      fxQuoteId: transfer.quoteId ?? null,
      destinationCurrency: destination.currency,
    }),
  });
  const fee = answer.fee as number;
  const exchange = answer.exchange as Exchange | null;
  const total = amount + fee;
  const ids = [source.id, destination.id];
  const [wallets, payeeType] = await Promise.all([
    prisma.wallet.findMany({ where: { id: { in: ids } } }),
    prisma.walletType.findUnique({ where: { code: destination.walletType } }),
  ]);
  const [payer, payee] = ids.map((id) => wallets.find((wallet) => wallet.id === id));
  // A wallet keeps the bound that its type had when it was opened, and no call changes a type.
  const maxBalance = toNumberOrNull(payeeType?.maxBalance ?? null);
  const refusal =
    (answer.declineReason as string | null) ??
    declineOfBalance(
      { amount, fee, arriving: exchange?.amount ?? amount },
      {
        payer: payer && { status: payer.status, available: toNumber(payer.available) },
        payee: payee && { status: payee.status, posted: toNumber(payee.posted), maxBalance },
      },
    );
  return {
    status: 200,
    body: {
      dryRun: true,
      type,
      status: refusal === null ? 'completed' : 'declined',
      ...(refusal === null ? {} : { declineReason: refusal }),
      amount,
      fee,
      total,
      currency,
      ...(refusal === null && exchange !== null ? { exchange } : {}),
      sourceWalletId: source.id,
      destinationWalletId: destination.id,
    },
  };
}
