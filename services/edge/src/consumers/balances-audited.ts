import type { BalancesAudited } from '@florin/contracts';
import type { ApplyBatch } from '@florin/messaging';
import type { Clock } from '@florin/observability';
import { insertAwaitedBalances } from '../db/awaited-balances.js';
import { type ComparedBalance, compareBalances } from '../db/compare-balances.js';
import type { NewFinding } from '../db/insert-ledger-findings.js';
import { reportFindings } from './report-findings.js';

/** Events of one wallet come over several partitions and retry topics: an entry may be late without being lost. */
const patienceMs = 120_000;

/** Compares the copies of the edge with what the ledger has just audited. */
export function onBalancesAudited({ clock }: { readonly clock: Clock }): ApplyBatch<BalancesAudited> {
  return async (unit, messages) => {
    const now = clock.now();
    const compared = await compareBalances(
      unit.tx,
      messages.flatMap(({ value: { auditId, balances } }) =>
        balances.map((balance) => ({ ...balance, auditId })),
      ),
    );
    const different = compared.filter(({ verdict }) => verdict === 'different');
    await reportFindings(unit, different.map(findingOf), new Date(now));
    const missing = compared.filter(({ verdict }) => verdict === 'missing');
    await insertAwaitedBalances(unit.tx, missing, new Date(now + patienceMs));
  };
}

/** What is told about a copy that does not agree with the ledger. */
export function findingOf({
  auditId,
  walletId,
  sequence,
  posted,
  held,
  verdict,
}: ComparedBalance): NewFinding {
  const what = verdict === 'missing' ? 'are not all here' : 'lead to another balance here';
  const detail = `the ledger says posted ${posted}, held ${held} after entry ${sequence}; the entries up to it ${what}`;
  return { auditId, check: 'read-model-differs', walletId, sequence, entryId: null, currency: null, detail };
}
