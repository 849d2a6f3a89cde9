import { shortName, TransactionCompleted } from '@florin/contracts';

/** With which the timeline of a completed transaction ends, as `hops @>` takes it. */
export const lastHop = [{ service: 'transaction', message: shortName(TransactionCompleted) }];

/** Of `transactions`: completed by `TransferPosted`, and the transaction service has not said so yet. */
export const completedAhead = `status IN ('completed', 'reversed') AND hops <> '[]' AND NOT hops @> '${JSON.stringify(lastHop)}'`;
