import { EventEmitter } from 'node:events';
import { type Database, inTransaction, type Pool } from '@florin/database';
import { DatabaseFailure, type Execution, type QueryAnswer, Store, StoreTransaction } from './fake-store.js';
import type { Faults } from './faults.js';
import type { Oracle } from './oracle.js';
import type { Random } from './random.js';
import type { Scheduler, SimulatedProcess } from './scheduler.js';
import './gate-statements.js';
import { statementFor } from './statements.js';

type Query = string | { readonly name?: string; readonly text: string; readonly values?: readonly unknown[] };
type Reply = (result: QueryAnswer | Error) => void;

const gone = (): DatabaseFailure => new DatabaseFailure('ECONNRESET', 'Connection terminated unexpectedly');
const empty: QueryAnswer = { rows: [], rowCount: 0 };
const tagged = (command: string): QueryAnswer => ({ ...empty, command });
/** What an idle relay says all the time: no news in a trace. */
const idleStatements = new Set(['select-outbox', 'hold-outbox-lease', 'claim-gates']);
const noticeCrashMs = 100;

/** A PostgreSQL server with one database, to which the processes of one service connect. */
export class FakeDatabase {
  readonly store = new Store();
  private isDown = false;
  private readonly connections = new Set<Connection>();

  constructor(
    readonly name: string,
    readonly scheduler: Scheduler,
    readonly random: Random,
    readonly faults: Faults,
    readonly oracle: Oracle,
  ) {}

  get isAway(): boolean {
    return this.isDown;
  }

  /** Nobody can connect until `goUp`, every connection breaks and every open transaction is rolled back. */
  goDown(): void {
    this.isDown = true;
    for (const connection of [...this.connections]) connection.lose();
  }

  goUp(): void {
    this.isDown = false;
  }

  /** The server notices some time later that the other end of a connection is gone. */
  forget(process: SimulatedProcess): void {
    for (const connection of [...this.connections]) {
      if (connection.process !== process) continue;
      this.scheduler.after(this.random.between(0, noticeCrashMs), undefined, () => connection.lose());
    }
  }

  open(process: SimulatedProcess): Connection {
    const connection = new Connection(this, process);
    this.connections.add(connection);
    return connection;
  }

  close(connection: Connection): void {
    this.connections.delete(connection);
  }

  /** What a process of the service sees: the real transaction code on a pool of fake connections. */
  connect(process: SimulatedProcess): Database {
    const pool = {
      query: (query: Query, values?: readonly unknown[]) => {
        const connection = this.open(process);
        return connection.query(query, values).finally(() => connection.lose());
      },
      connect: () =>
        this.call<Connection>(process, (reply) =>
          reply(
            this.isDown ? new DatabaseFailure('ECONNREFUSED', 'connect ECONNREFUSED') : this.open(process),
          ),
        ),
    } as unknown as Pool;
    return {
      pool,
      url: `simulated://${this.name}`,
      transaction: (work, limits) => inTransaction(pool, work, limits),
      close: async () => undefined,
    };
  }

  /** A request over the network and its answer, each with its own delay; answers over one connection do not overtake each other. */
  call<T>(
    process: SimulatedProcess,
    serve: (reply: (result: T | Error) => void) => void,
    connection = { answeredMs: 0 },
  ): Promise<T> {
    const { scheduler, random } = this;
    const stallMs = Math.max(0, process.stalledUntilMs - scheduler.nowMs);
    return new Promise((resolve, reject) => {
      scheduler.after(stallMs + random.between(0.1, 1.5), undefined, () =>
        serve((result) => {
          connection.answeredMs = Math.max(connection.answeredMs, scheduler.nowMs + random.between(0.1, 1));
          scheduler.after(connection.answeredMs - scheduler.nowMs, process, () =>
            result instanceof Error ? reject(result) : resolve(result),
          );
        }),
      );
    });
  }
}

export class Connection extends EventEmitter {
  private tx: StoreTransaction | undefined;
  /** True between BEGIN and COMMIT or ROLLBACK; statements outside commit by themselves. */
  private explicit = false;
  private lost = false;
  private pending: Reply | undefined;
  /** Statements are sent without waiting for the answer to the one before, and served in the order in which they were sent. */
  private sent = 0;
  private served = 0;
  /** When the last answer arrives. */
  answeredMs = 0;
  private readonly waiting = new Map<number, () => void>();

  constructor(
    private readonly database: FakeDatabase,
    readonly process: SimulatedProcess,
  ) {
    super();
  }

  query(query: Query, values?: readonly unknown[]): Promise<QueryAnswer> {
    const {
      name,
      text,
      values: own,
    } = typeof query === 'string' ? { name: undefined, text: query, values } : query;
    const turn = this.sent++;
    return this.database.call(
      this.process,
      (reply) => {
        const next: Reply = (result) => {
          reply(result);
          this.served++;
          this.serveNext();
        };
        this.waiting.set(turn, () => this.serve(name, text, own ?? values ?? [], next));
        this.serveNext();
      },
      this,
    );
  }

  private serveNext(): void {
    const serve = this.waiting.get(this.served);
    this.waiting.delete(this.served);
    serve?.();
  }

  release(_broken?: Error): void {
    this.lose();
  }

  /** Ends the connection; an open transaction is rolled back, a statement that waits for a lock fails. */
  lose(): void {
    if (this.lost) return;
    this.lost = true;
    this.database.close(this);
    const { tx, pending } = this;
    this.tx = undefined;
    this.pending = undefined;
    tx?.rollback();
    pending?.(gone());
  }

  private serve(name: string | undefined, text: string, values: readonly unknown[], reply: Reply): void {
    const { database } = this;
    if (database.isAway || this.lost) {
      this.fail(reply);
      return;
    }
    const label = name ?? text.slice(0, 30);
    const fault = database.faults.onStatement(text);
    if (fault || !idleStatements.has(label)) {
      database.oracle.trace(() => [database.name, this.process.name, label, fault ?? '']);
    }
    if (fault === 'lost before') {
      this.fail(reply);
      return;
    }
    const done: Reply = (result) => {
      this.pending = undefined;
      if (fault === 'lost after') this.fail(reply);
      else reply(result);
    };
    if (text.startsWith('BEGIN')) {
      this.tx = new StoreTransaction(database.store);
      this.explicit = true;
      done(empty);
    } else if (text === 'COMMIT' || text === 'ROLLBACK') {
      const commits = text === 'COMMIT' && !this.tx?.failed;
      this.end(commits);
      done(tagged(commits ? 'COMMIT' : 'ROLLBACK'));
    } else if (this.tx?.failed) {
      done(new DatabaseFailure('25P02', 'current transaction is aborted'));
    } else {
      this.tx ??= new StoreTransaction(database.store);
      this.pending = done;
      if (fault === 'serialization failure') {
        this.abort(new DatabaseFailure('40001', 'could not serialize'));
        return;
      }
      const execution = statementFor(name, text)(
        {
          tx: this.tx,
          nowMs: database.scheduler.nowMs,
          process: this.process,
          text,
          onLeaseHeld: (owner, process) => database.oracle.leaseAsked(owner, process),
          onOutboxRowRemoved: (owner, process) => database.oracle.outboxRowRemoved(owner, process),
        },
        values,
      );
      this.advance(this.tx, execution);
    }
  }

  /** Runs a statement until it is done or has to wait for another transaction. */
  private advance(tx: StoreTransaction, execution: Execution): void {
    if (this.lost) return;
    tx.waitsFor = undefined;
    try {
      const step = execution.next();
      if (step.done) {
        if (!this.explicit) this.end(true);
        this.pending?.(step.value);
        return;
      }
      if (tx.wouldDeadlock(step.value)) throw new DatabaseFailure('40P01', 'deadlock detected');
      tx.waitsFor = step.value;
      step.value.waiters.push(() => {
        const { scheduler, random } = this.database;
        scheduler.after(random.between(0, 0.2), undefined, () => this.advance(tx, execution));
      });
    } catch (error) {
      if (!(error instanceof DatabaseFailure)) throw error;
      this.abort(error);
    }
  }

  private abort(error: DatabaseFailure): void {
    const { pending } = this;
    // What the failed transaction has locked stays locked until the client says ROLLBACK, as in PostgreSQL.
    if (this.explicit) this.tx!.failed = true;
    else this.end(false);
    pending?.(error);
  }

  private end(commit: boolean): void {
    const { tx } = this;
    this.tx = undefined;
    this.explicit = false;
    if (!tx) return;
    if (commit) this.database.oracle.committing(this.database.name, tx);
    if (commit) tx.commit();
    else tx.rollback();
  }

  private fail(reply: Reply): void {
    this.pending = undefined;
    this.lose();
    reply(gone());
  }
}
