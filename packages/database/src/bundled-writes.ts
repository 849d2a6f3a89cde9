import type { Writable } from 'node:stream';
import type pg from 'pg';

/** What of a connection reaches its socket; a connection of a test may have none. */
type Connected = pg.PoolClient & { readonly connection?: { readonly stream?: Writable } };

export interface BundledWrites {
  /** Everything that is written in this turn of the event loop goes out at its end, in one write. */
  readonly bundle: () => void;
  /** Nothing goes out until the returned function is called. */
  readonly hold: () => () => void;
}

/**
 * `pg` writes each statement to the socket by itself. Statements that are sent without waiting for one another cost a system call
 * and a wake-up of PostgreSQL each; together they cost one, and PostgreSQL works them off without going to sleep in between.
 */
export function bundledWrites(client: pg.PoolClient): BundledWrites {
  const stream = (client as Connected).connection?.stream;
  let isBundling = false;
  return {
    bundle: () => {
      if (!stream || isBundling) return;
      isBundling = true;
      stream.cork();
      // Ticks come after all that runs without waiting for anything outside of the process.
      process.nextTick(() => {
        isBundling = false;
        stream.uncork();
      });
    },
    hold: () => {
      stream?.cork();
      return () => stream?.uncork();
    },
  };
}
