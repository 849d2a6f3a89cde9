import { createHmac, randomUUID } from 'node:crypto';
import type { Database, Transaction } from '@florin/database';
import { actorOf, type KeyedCall, type Once, Problem, type RouteReply } from '@florin/http';
import type { Messaging, UnitOfWork } from '@florin/messaging';
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

/** What of a context keys need. */
export interface OnceTools {
  readonly keepAnswer: KeepAnswer;
  readonly database: Database;
  readonly messaging: Messaging;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Says inside a transaction what the call is going to answer, so that the answer is stored with the effect: a process that
 * dies after the commit then loses nothing. The last transaction of a handler does it, or none; without an
 * Idempotency-Key it does nothing.
 * @param customerId whom the answer is about; it is erased with that customer
 */
export type KeepAnswer = (tx: Transaction, reply: RouteReply, customerId?: string) => void;

/** A handler that runs under a claim. */
interface Run extends KeyedCallId {
  readonly runId: string;
  /** True when the answer has committed with the effect. */
  isAnswered: boolean;
}

/**
 * Idempotency-Keys of calls that are answered at once: registration, login, API keys, operations.
 *
 * The claim is committed before the handler runs. Each transaction of the handler that has changed something marks the claim
 * as its last statement, so that after a crash it is known whether there was an effect. Without one the call may run
 * again. With one, repeats get the answer if the handler has kept it (`keepAnswer`); otherwise it is lost for good and
 * they are told so. A run that was taken for dead and is not cannot commit: the mark misses.
 *
 * Callers of public routes have no identity: their keys are in one namespace for each route, and to hear an answer one has to
 * know the key and the whole request, password or token included.
 */
export function oncePerKey<Context extends OnceTools>(
  context: Context,
  options: { readonly sealer: Sealer; readonly hashKey: Buffer },
): Once<Context> {
  const { database, clock, logger } = context;
  const { sealer, hashKey } = options;

  function runOf({ request, route, key }: KeyedCall): Run {
    const caller = request.caller ? actorOf(request.caller) : 'public';
    const keyHash = createHmac('sha256', hashKey).update(key).digest();
    return { caller, route, keyHash, runId: randomUUID(), isAnswered: false };
  }

  async function answerOf(
    run: Run,
    traceId: string,
    handler: () => Promise<RouteReply> | RouteReply,
  ): Promise<RouteReply> {
    let reply: RouteReply;
    try {
      reply = await handler();
    } catch (error) {
      await giveUp(run, error, traceId).catch((failure: Error) => {
        // The claim is an orphan now, which is resolved when its time is up.
        logger.warn({ err: failure, route: run.route }, 'an Idempotency-Key could not be given back');
      });
      throw error;
    }
    const answer = textOf(reply);
    try {
      if (!run.isAnswered) await store(run, answer);
    } catch (error) {
      // Whoever waits gets the answer all the same: nobody else will ever have it.
      logger.error({ err: error, route: run.route }, 'an answer could not be stored for its repeats');
    }
    return answer;
  }

  function sealed(run: Run, answer: RouteReply): Buffer {
    return sealer.seal(JSON.stringify(answer), placeOf(run));
  }

  function store(run: Run, answer: RouteReply): Promise<void> {
    return answerKeyedCall(database, run, { runId: run.runId, answer: sealed(run, answer) });
  }

  async function giveUp(run: Run, error: unknown, traceId: string): Promise<void> {
    if (!(error instanceof Problem) || error.status >= 500) {
      return abandonKeyedCall(database, run, { runId: run.runId, now: clock.now() });
    }
    if (await releaseKeyedCall(database, run, run.runId)) return;
    // It was refused and has changed something: this refusal is its answer, for repeats as well.
    await store(run, refusalOf(error, traceId));
  }

  /** The context of a handler whose transactions commit only while `run` holds its claim. */
  function fenced(context: Context, run: Run): Context {
    const kept = new WeakMap<Transaction, { reply: RouteReply; customerId: string | undefined }>();
    const mark = async (tx: Transaction, sends: boolean): Promise<boolean> => {
      const { reply, customerId } = kept.get(tx) ?? {};
      const answer = reply && sealed(run, textOf(reply));
      const marked = { runId: run.runId, sends, answer, customerId };
      if (!(await markKeyedCall(tx, run, marked))) throw keyInFlight();
      return answer !== undefined;
    };
    const database: Database = {
      ...context.database,
      async transaction(work, limits) {
        const [result, answered] = await context.database.transaction(
          async (tx, pending) => [await work(tx, pending), await mark(tx, false)] as const,
          limits,
        );
        run.isAnswered ||= answered;
        return result;
      },
    };
    const messaging: Messaging = {
      ...context.messaging,
      async transaction(work, options) {
        const [result, answered] = await context.messaging.transaction(async (unit) => {
          let sends = false;
          const watched: UnitOfWork = {
            tx: unit.tx,
            expectsNew: unit.expectsNew,
            pending: (statement) => unit.pending(statement),
            afterCommit: (callback) => unit.afterCommit(callback),
            send(...message) {
              sends = true;
              return unit.send(...message);
            },
          };
          return [await work(watched), await mark(unit.tx, sends)] as const;
        }, options);
        run.isAnswered ||= answered;
        return result;
      },
    };
    const keepAnswer: KeepAnswer = (tx, reply, customerId) => {
      kept.set(tx, { reply, customerId });
    };
    return { ...context, database, messaging, keepAnswer };
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
        return answerOf(run, call.request.traceId, () => handler(fenced(context, run)));
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

/** What the caller hears of a refusal, as an answer to keep. */
function refusalOf(problem: Problem, traceId: string): RouteReply {
  return {
    status: problem.status,
    headers: { ...problem.headers, 'Content-Type': 'application/problem+json; charset=utf-8' },
    body: JSON.stringify(problem.toDocument(traceId)),
  };
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
