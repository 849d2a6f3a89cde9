import { DatabaseFailure, type Row } from './fake-store.js';
import { define, fingerprintOf } from './statements.js';

/** The statements of the simulated services themselves. They are texts of the simulator, interpreted by their name. */
export const lockAccounts = { name: 'sim-lock-accounts', text: 'lock accounts, in the order given' };
export const saveAccount = { name: 'sim-save-account', text: 'save one account' };
export const insertRows = { name: 'sim-insert', text: 'insert rows, under the keys given or under new ids' };
export const insertMissing = { name: 'sim-insert-missing', text: 'insert rows whose keys are not taken' };

define(lockAccounts.name, fingerprintOf(lockAccounts.text), function* ({ tx }, [accounts]) {
  const rows: Row[] = [];
  for (const account of accounts as string[]) {
    yield* tx.lock('account', account);
    rows.push(tx.get('account', account) ?? { account, seq: 0 });
  }
  return { rows, rowCount: rows.length };
});

define(saveAccount.name, fingerprintOf(saveAccount.text), function* ({ tx }, [account, seq]) {
  yield* tx.lock('account', account as string);
  tx.put('account', account as string, { account, seq });
  return { rows: [], rowCount: 1 };
});

define(insertRows.name, fingerprintOf(insertRows.text), function* ({ tx }, [table, rows, keys]) {
  for (const [i, row] of (rows as Row[]).entries()) {
    const key = (keys as string[] | undefined)?.[i] ?? String(tx.nextId(table as string));
    yield* tx.lock(table as string, key);
    if (tx.get(table as string, key)) throw new DatabaseFailure('23505', `duplicate key ${key} of ${table}`);
    tx.put(table as string, key, row);
  }
  return { rows: [], rowCount: (rows as Row[]).length };
});

define(insertMissing.name, fingerprintOf(insertMissing.text), function* ({ tx }, [table, rows, keys]) {
  for (const [i, row] of (rows as Row[]).entries()) {
    const key = (keys as string[])[i]!;
    yield* tx.lock(table as string, key);
    if (!tx.get(table as string, key)) tx.put(table as string, key, row);
  }
  return { rows: [], rowCount: (rows as Row[]).length };
});
