import { Problem, type RouteReply } from '@florin/http';
import { locationOf } from './location.js';
import type { ResourceRef, StoredAnswer } from './submission.js';
import type { Outcome } from './waiters.js';

/** What is known about a resource when its call is answered; `final` is missing before anything has happened to it. */
export type Known = Pick<Outcome, 'representation' | 'refusal'> & Partial<Pick<Outcome, 'final'>>;

/** The answer to a call, in the form in which it is stored for its repeats. */
export function answerOf(resource: ResourceRef, known: Known, traceId: string): StoredAnswer {
  if (known.refusal) {
    const { status, code, detail } = known.refusal;
    const problem = new Problem(status, code, detail).toDocument(traceId);
    return { status, location: null, body: JSON.stringify(problem) };
  }
  return {
    status: known.final ? 201 : 202,
    location: locationOf(resource),
    body: JSON.stringify(known.representation),
  };
}

export function replyOf(answer: StoredAnswer, replayed: boolean): RouteReply {
  return {
    status: answer.status,
    body: answer.body,
    headers: {
      ...(answer.location === null ? {} : { Location: answer.location }),
      ...(answer.status >= 400 ? { 'Content-Type': 'application/problem+json; charset=utf-8' } : {}),
      ...(replayed ? { 'Idempotency-Replayed': 'true' } : {}),
    },
  };
}
