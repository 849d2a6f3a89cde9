import { type DefineWalletType, WalletTypeDefined } from '@florin/contracts';
import { PermanentError, type Received, type UnitOfWork } from '@florin/messaging';
import type { WalletContext } from '../context.js';
import { insertSystemAccounts } from '../db/insert-system-accounts.js';
import { upsertWalletType } from '../db/upsert-wallet-type.js';

/** One at a time, unlike the hot path: types are few, and a batch may define the same one twice. */
export async function defineWalletTypes(
  context: WalletContext,
  unit: UnitOfWork,
  messages: readonly Received<DefineWalletType>[],
): Promise<void> {
  const now = new Date(context.clock.now());
  for (const message of messages) {
    const { meta: _, ...type } = message.value;
    const version = await upsertWalletType(unit.tx, type, now);
    if (version === undefined) {
      throw new PermanentError(
        'wallet-type-currency-changed',
        `wallet type ${type.code} exists in another currency than ${type.currency}`,
      );
    }
    await insertSystemAccounts(unit.tx, type.currency, now);
    unit.send(WalletTypeDefined, type.code, type, { cause: message, aggregateVersion: version });
  }
}
