import { type Caller, notFound } from '@florin/http';
import type { EdgeContext } from '../../context.js';
import { walletResource } from '../../read-models/wallet.js';
import { maySee } from '../replies.js';

/**
 * A wallet with its balances, from the cache if it is there. Nothing is to be decided by it.
 * @throws Problem 404 when there is no such wallet or it belongs to another customer
 */
export async function readWallet({ readCache }: Pick<EdgeContext, 'readCache'>, caller: Caller, id: string) {
  const found = await readCache.find({ kind: 'wallet', id }, caller, async (prisma) => {
    const wallet = await prisma.wallet.findUnique({ where: { id } });
    return wallet ? { viewers: [wallet.ownerId], resource: walletResource(wallet) } : undefined;
  });
  if (!found || !maySee(caller, found.viewers)) throw notFound('wallet');
  return found.resource;
}
