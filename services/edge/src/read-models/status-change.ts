import type { Refusal } from '../ingress/waiters.js';

/** A request to freeze, unfreeze, close or cancel a wallet or a card. */
export interface StatusChangeRow {
  readonly id: string;
  readonly subjectId: string;
  readonly createdAt: Date;
}

/** Names subject and request: the call waits for this request, and its answer leads to the subject. */
export function statusChangeResourceId(change: Pick<StatusChangeRow, 'id' | 'subjectId'>): string {
  return `${change.subjectId}:${change.id}`;
}

export function parseStatusChangeResourceId(resourceId: string): { subjectId: string; id: string } {
  const [subjectId = '', id = ''] = resourceId.split(':');
  return { subjectId, id };
}

const refusals: Readonly<Record<string, Refusal>> = {
  'wallet-not-found': { status: 404, code: 'not-found', detail: 'There is no such wallet.' },
  'wallet-closed': { status: 409, code: 'wallet-closed', detail: 'The wallet is closed for ever.' },
  'wallet-not-empty': {
    status: 409,
    code: 'wallet-not-empty',
    detail: 'Only a wallet with a balance of zero and without holds can be closed.',
  },
  'card-not-found': { status: 404, code: 'not-found', detail: 'There is no such card.' },
  'card-cancelled': { status: 409, code: 'card-cancelled', detail: 'The card is cancelled for ever.' },
  'card-frozen-by-issuer': {
    status: 409,
    code: 'card-frozen-by-issuer',
    detail: 'The issuer has frozen the card, and only the issuer can unfreeze it.',
  },
};

/** What the caller is told when the wallet service refuses; a reason that is not known here is passed on. */
export function statusRefusal(reason: string): Refusal {
  return refusals[reason] ?? { status: 409, code: reason, detail: 'The status cannot be changed.' };
}
