import { type Caller, notFound } from '@florin/http';
import type { EdgeContext } from '../../context.js';
import { maySee } from '../replies.js';

/** @throws Problem 404 when there is no such wallet or it belongs to another customer */
export async function findVisibleWallet({ prisma }: Pick<EdgeContext, 'prisma'>, caller: Caller, id: string) {
  const wallet = await prisma.wallet.findUnique({ where: { id } });
  if (!wallet || !maySee(caller, [wallet.ownerId])) throw notFound('wallet');
  return wallet;
}
