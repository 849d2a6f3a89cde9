/** What a column holds is the business of the statement that reads it. */
export type Row = Readonly<Record<string, unknown>>;

export interface QueryAnswer {
  readonly rows: readonly Row[];
  readonly rowCount: number;
  /** Of statements that begin or end a transaction only. */
  readonly command?: string;
}

/** A statement yields the transaction it has to wait for, and is resumed once that one has ended. */
export type Execution = Generator<StoreTransaction, QueryAnswer, void>;

/** An error as `pg` reports it: with an SQLSTATE or an errno in `code`. */
export class DatabaseFailure extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

interface Table {
  readonly rows: Map<string, Row>;
  lastId: number;
}

/**
 * Tables with the semantics of PostgreSQL at READ COMMITTED that the messaging core depends on: a change is visible to
 * others from the commit on, a row that another transaction has written is waited for, ids are drawn outside of
 * transactions and never given back.
 */
export class Store {
  readonly locks = new Map<string, StoreTransaction>();
  private readonly tables = new Map<string, Table>();

  table(name: string): Table {
    let table = this.tables.get(name);
    if (!table) {
      table = { rows: new Map(), lastId: 0 };
      this.tables.set(name, table);
    }
    return table;
  }

  committed(name: string): Row[] {
    return [...this.table(name).rows.values()];
  }

  get isIdle(): boolean {
    return this.locks.size === 0;
  }
}

export class StoreTransaction {
  /** Told when the transaction has ended. */
  readonly waiters: (() => void)[] = [];
  waitsFor: StoreTransaction | undefined;
  failed = false;
  private readonly changes = new Map<string, Map<string, Row | null>>();
  private readonly held: string[] = [];

  constructor(private readonly store: Store) {}

  get(table: string, key: string): Row | undefined {
    const own = this.changes.get(table)?.get(key);
    return own === undefined ? this.store.table(table).rows.get(key) : (own ?? undefined);
  }

  scan(table: string): Map<string, Row> {
    const visible = new Map(this.store.table(table).rows);
    for (const [key, row] of this.changes.get(table) ?? []) {
      if (row) visible.set(key, row);
      else visible.delete(key);
    }
    return visible;
  }

  /** Locks a key, whether or not a row is there: inserts of one primary key meet here as well. */
  *lock(table: string, key: string): Generator<StoreTransaction, void, void> {
    const name = `${table}\n${key}`;
    for (;;) {
      const holder = this.store.locks.get(name);
      if (holder === this) return;
      if (!holder) break;
      yield holder;
    }
    this.store.locks.set(name, this);
    this.held.push(name);
  }

  /** True while another transaction has the lock: SKIP LOCKED. */
  isLocked(table: string, key: string): boolean {
    const holder = this.store.locks.get(`${table}\n${key}`);
    return holder !== undefined && holder !== this;
  }

  /** Keys of a table that any transaction has locked. */
  lockedKeys(table: string): string[] {
    const prefix = `${table}\n`;
    return [...this.store.locks.keys()].flatMap((name) =>
      name.startsWith(prefix) ? [name.slice(prefix.length)] : [],
    );
  }

  put(table: string, key: string, row: Row): void {
    this.changesOf(table).set(key, row);
  }

  delete(table: string, key: string): void {
    this.changesOf(table).set(key, null);
  }

  nextId(table: string): number {
    return ++this.store.table(table).lastId;
  }

  /** Rows that this transaction has written to a table and not deleted again. */
  written(table: string): Row[] {
    return [...(this.changes.get(table)?.values() ?? [])].filter((row) => row !== null);
  }

  commit(): void {
    for (const [table, changes] of this.changes) {
      const { rows } = this.store.table(table);
      for (const [key, row] of changes) {
        if (row) rows.set(key, row);
        else rows.delete(key);
      }
    }
    this.end();
  }

  rollback(): void {
    this.end();
  }

  /** True when waiting for `holder` would close a circle. */
  wouldDeadlock(holder: StoreTransaction): boolean {
    for (let other: StoreTransaction | undefined = holder; other; other = other.waitsFor) {
      if (other === this) return true;
    }
    return false;
  }

  private changesOf(table: string): Map<string, Row | null> {
    let changes = this.changes.get(table);
    if (!changes) {
      changes = new Map();
      this.changes.set(table, changes);
    }
    return changes;
  }

  private end(): void {
    for (const name of this.held) this.store.locks.delete(name);
    this.changes.clear();
    this.held.length = 0;
    for (const waiter of this.waiters.splice(0)) waiter();
  }
}
