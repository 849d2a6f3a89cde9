import { eventually } from '../story/eventually.js';
import { call, expectStatus } from '../story/http.js';
import type { KeyedCalls, Made, Request } from './keyed-calls.js';

/** Soon enough for a test; a call that takes longer is refused because its time is over, and made again for a later one. */
const soonMs = 1_500;

interface Occurrence {
  readonly status: string;
  readonly transactionId: string | null;
}

/** Schedules a transfer for in a moment, and returns the transaction that has come of it. */
export async function scheduledTransfer(
  calls: KeyedCalls,
  edgeUrl: string,
  { token, body }: Omit<Request, 'path'>,
): Promise<Made> {
  const { id } = await schedule(calls, { token, body });
  const transactionId = await eventually(`the transfer of schedule ${id}`, async () => {
    const url = `${edgeUrl}/v1/scheduled-transfers/${id}/occurrences`;
    const { data } = expectStatus(await call<{ data: Occurrence[] }>('GET', url, { token }), 200);
    const made = data.find(({ status }) => status !== 'pending');
    return made?.transactionId ?? undefined;
  });
  return expectStatus(await call<Made>('GET', `${edgeUrl}/v1/transactions/${transactionId}`, { token }), 200);
}

async function schedule(calls: KeyedCalls, { token, body }: Omit<Request, 'path'>): Promise<Made> {
  for (let aheadMs = soonMs; ; aheadMs *= 2) {
    const runAt = new Date(Date.now() + aheadMs).toISOString();
    const request = { path: '/v1/scheduled-transfers', token, body: { ...body, runAt } };
    const made = await calls.sendUnless('/runAt', request);
    if (made) return made;
  }
}
