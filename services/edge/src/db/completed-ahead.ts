import { type Hop, shortName, TransactionCompleted } from '@florin/contracts';

/** With which the timeline of a completed transaction ends. */
const lastHop = { service: 'transaction', message: shortName(TransactionCompleted) };
const statuses = ['completed', 'reversed'];

/** A transaction that `TransferPosted` has completed, while the transaction service has not said so yet. */
export function isCompletedAhead({ status, hops }: { status: string; hops: readonly Hop[] }): boolean {
  const isLast = ({ service, message }: Hop) => service === lastHop.service && message === lastHop.message;
  return statuses.includes(status) && hops.length > 0 && !hops.some(isLast);
}

/** The same as a condition on the columns of `transactions`. */
export const completedAhead = `status IN ('${statuses.join("', '")}') AND hops <> '[]' AND NOT hops @> '${JSON.stringify([lastHop])}'`;

/** And for Prisma. */
export const whereCompletedAhead = {
  status: { in: statuses },
  NOT: [{ hops: { equals: [] } }, { hops: { array_contains: [lastHop] } }],
};
