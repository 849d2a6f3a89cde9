/**
 * What a simulator remembers: records in the order they came, each found by its key. The oldest are forgotten past
 * the limit, so that a sandbox that runs for weeks, or under load, keeps a bounded size.
 */
export class BoundedStore<T> {
  private readonly records = new Map<string, T>();

  constructor(private readonly limit = 10_000) {}

  get(key: string): T | undefined {
    return this.records.get(key);
  }

  /** Adds a record or replaces the one under the same key, which keeps its place. */
  set(key: string, record: T): void {
    this.records.set(key, record);
    if (this.records.size > this.limit) {
      const oldest = this.records.keys().next();
      if (!oldest.done) this.records.delete(oldest.value);
    }
  }

  delete(key: string): void {
    this.records.delete(key);
  }

  /** Oldest first. */
  all(): T[] {
    return [...this.records.values()];
  }
}
