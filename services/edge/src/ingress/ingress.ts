import type { Database } from '@florin/database';
import { actorOf, type Caller, Problem, type RouteReply, type RouteRequest } from '@florin/http';
import type { Messaging, SendOptions, UnitOfWork } from '@florin/messaging';
import { type Clock, Counter, Histogram, type Registry } from '@florin/observability';
import { findIdempotencyKey } from '../db/find-idempotency-key.js';
import { type AnswerToStore, storeAnswers } from '../db/store-answers.js';
import type { OutcomeReader } from '../read-models/outcome-reader.js';
import { answerOf, replyOf } from './answer.js';
import { commitSubmissions } from './commit-submissions.js';
import { GateFullError, GroupCommitGate } from './group-commit-gate.js';
import { idempotencyClaim } from './idempotency-claim.js';
import { keyInFlight, keyReused } from './key-problems.js';
import { preferenceOf } from './preference.js';
import type { Accepted, IdempotencyClaim, ResourceRef, StoredAnswer, Submission } from './submission.js';
import type { PendingWait, Representation, Waiters } from './waiters.js';

const maxBatch = 500;
const maxQueue = 5_000;
/** Of calls that are worth hundreds of others: few share a commit, and few wait for one. */
const heavyLimits = { maxBatch: 4, maxQueue: 64 };
/** About as long as a batch is on its way under half of the load, and less than under a full one; decision 0064 has the figures. */
const holdMs = 50;
/** Beyond its wait, an answer may take this long to be stored before its claim counts as orphaned. */
const answerGraceMs = 5_000;
/** How long a question that changes nothing is waited for: nobody can look up its answer later. */
const askMs = 10_000;

export interface IngressOptions {
  readonly messaging: Messaging;
  readonly database: Database;
  readonly clock: Clock;
  readonly metrics: Registry;
  readonly waiters: Waiters;
  readonly readOutcome: OutcomeReader;
  /** Makes sure that the caller's next reads hold what was written. */
  readonly noteWrite: (caller: Caller) => Promise<void>;
  /** Secret that requests are remembered under. */
  readonly hashKey: Buffer;
}

/** Which call a request makes, and whether it must be safe to repeat. */
export interface IngressCall {
  /** Method and template: the scope of idempotency keys within a caller. */
  readonly route: string;
  /** True for calls that move money or issue a card. */
  readonly keyRequired: boolean;
  /** True for calls that write hundreds of rows. */
  readonly heavy?: boolean;
  /** False for long work: the answer is always 202. */
  readonly waits?: boolean;
}

/** What a valid and authorised request is going to do. */
export interface Proposal {
  readonly resource: ResourceRef;
  readonly pending?: Submission['pending'];
  readonly send: (unit: UnitOfWork, options: SendOptions) => void;
  /** The resource as a client sees it until the outcome is known. */
  readonly representation: Representation;
  /** The answer when the pending row exists already. */
  readonly conflict?: Problem;
}

type IngressRequest = Pick<
  RouteRequest,
  'headers' | 'idempotencyKey' | 'params' | 'body' | 'traceparent' | 'traceId'
> & {
  readonly caller: Caller;
};

/** The hot path of every asynchronous write: claim, commit, wait, answer. */
export class Ingress {
  private readonly submissions: GroupCommitGate<Submission, Accepted>;
  private readonly heavySubmissions: GroupCommitGate<Submission, Accepted>;
  private readonly answers: GroupCommitGate<AnswerToStore, StoredAnswer>;
  private stopping = false;

  constructor(private readonly options: IngressOptions) {
    const batchSize = new Histogram({
      name: 'florin_ingress_batch_size',
      help: 'Requests that shared one commit',
      buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500],
      registers: [options.metrics],
    });
    const held = new Counter({
      name: 'florin_ingress_held_batches_total',
      help: 'Batches of requests that waited for an outcome of the batch before them',
      registers: [options.metrics],
    });
    const limits = { maxBatch, maxQueue };
    const commit = (batch: readonly Submission[]) => {
      batchSize.observe(batch.length);
      return commitSubmissions(options.messaging, batch);
    };
    this.submissions = new GroupCommitGate(commit, { ...limits, holdMs, onHold: () => held.inc() });
    this.heavySubmissions = new GroupCommitGate(commit, heavyLimits);
    this.answers = new GroupCommitGate((batch) => storeAnswers(options.database, batch), limits);
  }

  /**
   * Accepts one request and answers it. `prepare` checks what depends on the state of the platform and makes the
   * proposal; its refusal does not burn the key.
   */
  async accept(
    request: IngressRequest,
    call: IngressCall,
    prepare: () => Promise<Proposal>,
  ): Promise<RouteReply> {
    const { clock, waiters, hashKey } = this.options;
    const claim = idempotencyClaim(request, { route: call.route, required: call.keyRequired, hashKey });
    const waits = !this.stopping && call.waits !== false;
    const preference = preferenceOf(single(request.headers.prefer));
    const waitMs = waits ? preference.waitMs : 0;
    let proposal: Proposal;
    try {
      proposal = await prepare();
    } catch (refusal) {
      // The state may have moved on since a first request was accepted: its repeat gets the first answer all the same.
      const earlier = claim && (await findIdempotencyKey(this.options.database, claim, clock.now()));
      if (!earlier || !claim) throw refusal;
      return this.repeat(earlier, claim, request);
    }
    const claimedAt = clock.now();
    const wait = waitMs > 0 ? waiters.wait(proposal.resource, waitMs) : undefined;
    const gate = call.heavy ? this.heavySubmissions : this.submissions;
    const submission: Submission = {
      resource: proposal.resource,
      claim,
      claimedAt,
      answerDueAt: claimedAt + waitMs + answerGraceMs,
      pending: proposal.pending,
      send: (unit) =>
        proposal.send(unit, { actor: actorOf(request.caller), traceparent: request.traceparent }),
    };
    const accepted = await this.commit(gate, submission, wait?.outcome).catch((error) => {
      wait?.cancel();
      throw error;
    });
    if (accepted.kind === 'accepted') {
      // Not before: until then the key may be that of another request.
      if (claim) wait?.setKey({ claim, traceId: request.traceId });
      const reply = await this.answer(proposal, wait, claim, request);
      return waits || waitMs === preference.waitMs ? withPreference(reply, preference.applied) : reply;
    }
    wait?.cancel();
    if (accepted.kind === 'exists') {
      throw proposal.conflict ?? new Problem(409, 'already-exists', 'This resource exists already.');
    }
    return this.repeat(accepted, claim, request);
  }

  /**
   * Asks a service something that changes nothing, and waits for the answer.
   * @throws Problem 503 `no-answer` when none comes; the question can be asked again
   */
  async ask(
    request: Pick<IngressRequest, 'caller' | 'traceparent'>,
    question: Pick<Proposal, 'resource' | 'send'>,
  ): Promise<Representation> {
    const wait = this.options.waiters.wait(question.resource, askMs);
    try {
      await this.options.messaging.transaction(async (unit) => {
        question.send(unit, { actor: actorOf(request.caller), traceparent: request.traceparent });
      });
    } catch (error) {
      wait.cancel();
      throw error;
    }
    const answer = await wait.outcome;
    if (answer) return answer.representation;
    throw new Problem(503, 'no-answer', 'There is no answer yet; ask again in a moment.', {
      headers: { 'Retry-After': '1' },
    });
  }

  /** From now on calls answer without waiting. */
  stopWaiting(): void {
    this.stopping = true;
    this.options.waiters.cancelAll();
  }

  /** Resolves when everything accepted so far is durable. */
  async idle(): Promise<void> {
    await this.submissions.idle();
    await this.heavySubmissions.idle();
    await this.answers.idle();
  }

  private async commit(
    gate: GroupCommitGate<Submission, Accepted>,
    submission: Submission,
    outcome: Promise<unknown> | undefined,
  ): Promise<Accepted> {
    try {
      return await gate.submit(submission, outcome);
    } catch (error) {
      throw error instanceof GateFullError ? overloaded(error) : error;
    }
  }

  private async answer(
    proposal: Proposal,
    wait: PendingWait | undefined,
    claim: IdempotencyClaim | undefined,
    { caller, traceId }: IngressRequest,
  ): Promise<RouteReply> {
    const heard = await wait?.outcome;
    const outcome = heard ?? (wait && (await this.options.readOutcome(proposal.resource)));
    await this.options.noteWrite(caller);
    const first =
      heard?.answer ?? (await this.store(claim, answerOf(proposal.resource, outcome ?? proposal, traceId)));
    return replyOf(first, false);
  }

  private async repeat(
    earlier: Accepted,
    claim: IdempotencyClaim | undefined,
    { caller, traceId }: IngressRequest,
  ): Promise<RouteReply> {
    switch (earlier.kind) {
      case 'replayed':
        // The first call may have died between its outcome and its own note.
        await this.options.noteWrite(caller);
        return replyOf(earlier.answer, true);
      case 'orphaned': {
        await this.options.noteWrite(caller);
        const outcome = await this.options.readOutcome(earlier.resource);
        const known = outcome ?? { representation: { id: earlier.resource.id } };
        const answer = answerOf(earlier.resource, known, traceId);
        return replyOf(await this.store(claim, answer), true);
      }
      case 'reused':
        throw keyReused();
      default:
        throw keyInFlight();
    }
  }

  private async store(claim: IdempotencyClaim | undefined, answer: StoredAnswer): Promise<StoredAnswer> {
    if (!claim) return answer;
    try {
      return await this.answers.submit({ claim, answer });
    } catch (error) {
      throw error instanceof GateFullError ? overloaded(error) : error;
    }
  }
}

/** Not stored with the answer: it is about this call, not about its repeats. */
function withPreference(reply: RouteReply, applied: string | undefined): RouteReply {
  if (applied === undefined) return reply;
  return { ...reply, headers: { ...reply.headers, 'Preference-Applied': applied } };
}

function overloaded(cause: GateFullError): Problem {
  return new Problem(503, 'overloaded', 'Too many requests at once; try again in a moment.', {
    headers: { 'Retry-After': '1' },
    cause,
  });
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(',') : header;
}
