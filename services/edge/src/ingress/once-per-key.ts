import { createHmac, randomUUID } from 'node:crypto';
import type { Database, Transaction } from '@florin/database';
import { actorOf, type KeyedCall, type Once, Problem, type RouteReply } from '@florin/http';
import type { Messaging } from '@florin/messaging';
import type { Clock, Logger } from '@florin/observability';
import type { Sealer } from '@florin/sealed-secrets';
import { abandonKeyedCall } from '../db/abandon-keyed-call.js';
import { answerKeyedCall } from '../db/answer-keyed-call.js';
import { claimKeyedCall, type KeyedCallId } from '../db/claim-keyed-call.js';
import { markKeyedCall } from '../db/mark-keyed-call.js';
import { releaseKeyedCall } from '../db/release-keyed-call.js';
import { hashRequest } from './idempotency-claim.js';
import { answerLost, keyInFlight, keyReused } from './key-problems.js';

/** Longer than any request is served: from then on, a claim without an answer belongs to a process that died. */
const answerDueMs = 60_000;

interface Tools {
  readonly database: Database;
  readonly messaging: Messaging;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A handler that runs under a claim. */
interface Run extends KeyedCallId {
  readonly runId: string;
}

/**
 * Idempotency-Keys of calls that are answered at once: registration, login, API keys, operations.
 *
 * The claim is committed before the handler runs. Each transaction of the handler marks the claim as its first statement,
 * so that after a crash it is known whether there was an effect: without one the call may run again, with one its
 * answer is lost and repeats are told so. A run that was taken for dead and is not cannot commit: the mark misses.
 *
 * Callers of public routes have no identity: their keys are in one namespace for each route, and to hear an answer one has to
 * know the key and the whole request, password or token included.
 */
export function oncePerKey<Context extends Tools>(
  context: Context,
  options: { readonly sealer: Sealer; readonly hashKey: Buffer },
): Once<Context> {
  const { database, clock, logger } = context;
  const { sealer, hashKey } = options;

  function runOf({ request, route, key }: KeyedCall): Run {
    const caller = request.caller ? actorOf(request.caller) : 'public';
    const keyHash = createHmac('sha256', hashKey).update(key).digest();
    return { caller, route, keyHash, runId: randomUUID() };
  }

  async function answerOf(run: Run, handler: () => Promise<RouteReply> | RouteReply): Promise<RouteReply> {
    let reply: RouteReply;
    try {
      reply = await handler();
    } catch (error) {
      await giveUp(run, error).catch((failure: Error) => {
        // The claim is an orphan now, which is resolved when its time is up.
        logger.warn({ err: failure, route: run.route }, 'an Idempotency-Key could not be given back');
      });
      throw error;
    }
    const answer = textOf(reply);
    try {
      const sealed = sealer.seal(JSON.stringify(answer), placeOf(run));
      await answerKeyedCall(database, run, { runId: run.runId, answer: sealed });
    } catch (error) {
      // Whoever waits gets the answer all the same: nobody else will ever have it.
      logger.error({ err: error, route: run.route }, 'an answer could not be stored for its repeats');
    }
    return answer;
  }

  function giveUp(run: Run, error: unknown): Promise<void> {
    const refused = error instanceof Problem && error.status < 500;
    return refused
      ? releaseKeyedCall(database, run, run.runId)
      : abandonKeyedCall(database, run, { runId: run.runId, now: clock.now() });
  }

  return async (call, handler) => {
    const run = runOf(call);
    const now = clock.now();
    const requestHash = hashRequest(call.request, hashKey);
    const verdict = await claimKeyedCall(database, {
      ...run,
      requestHash,
      now,
      answerDueAt: now + answerDueMs,
    });
    switch (verdict.kind) {
      case 'claimed':
        return answerOf(run, () => handler(fenced(context, run)));
      case 'answered':
        return repeated(JSON.parse(sealer.open(verdict.answer, placeOf(run))) as RouteReply);
      case 'reused':
        throw keyReused();
      case 'in-flight':
        throw keyInFlight();
      case 'lost':
        throw answerLost();
    }
  };
}

/** The context of a handler whose transactions commit only while `run` holds its claim. */
function fenced<Context extends Tools>(context: Context, run: Run): Context {
  const mark = async (tx: Transaction): Promise<void> => {
    if (!(await markKeyedCall(tx, run, run.runId))) throw keyInFlight();
  };
  const database: Database = {
    ...context.database,
    transaction: (work, limits) =>
      context.database.transaction(async (tx) => {
        await mark(tx);
        return work(tx);
      }, limits),
  };
  const messaging: Messaging = {
    ...context.messaging,
    transaction: (work) =>
      context.messaging.transaction(async (unit) => {
        await mark(unit.tx);
        return work(unit);
      }),
  };
  return { ...context, database, messaging };
}

/** The bytes that are sent are those that are stored. */
function textOf(reply: RouteReply): RouteReply {
  if (reply.body === undefined || typeof reply.body === 'string') return reply;
  if (Buffer.isBuffer(reply.body))
    throw new TypeError('the answer to a call with an Idempotency-Key is text');
  return { ...reply, body: JSON.stringify(reply.body) };
}

function repeated(reply: RouteReply): RouteReply {
  return { ...reply, headers: { ...reply.headers, 'Idempotency-Replayed': 'true' } };
}

function placeOf({ caller, route, keyHash }: KeyedCallId): string {
  return `${caller}\n${route}\n${keyHash.toString('hex')}`;
}
