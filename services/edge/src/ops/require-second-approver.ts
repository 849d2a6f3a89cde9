import type { Transaction } from '@florin/database';
import { Problem } from '@florin/http';
import { areKeysRelated } from '../db/are-keys-related.js';

/**
 * Whoever may create keys would be two operators at once if a key could approve what one of its line has done.
 * @throws Problem 403 `second-approver-required`
 */
export async function requireSecondApprover(
  tx: Transaction,
  author: string,
  approver: string,
): Promise<void> {
  if (author !== approver && !(await areKeysRelated(tx, [author, approver]))) return;
  throw new Problem(
    403,
    'second-approver-required',
    `Another operator has to approve this: neither ${author}, which is the author, nor an API key that it has made, nor one ` +
      'that it was made with. Two keys that were made with the same key are two operators.',
  );
}
