import { createHash } from 'node:crypto';

/** What an operator did. */
export interface OperatorAction {
  readonly id: string;
  /** `key:<id>` of the API key, or `service:edge` for what the edge decided by itself. */
  readonly actor: string;
  /** `<kind of subject>.<verb>`, e.g. `dead-letter.discard`. */
  readonly action: string;
  /** Id of what was acted upon. */
  readonly subject: string;
  readonly reason: string | null;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly occurredAt: Date;
}

export interface ChainedAction extends OperatorAction {
  /** 1 for the first action; without gaps. */
  readonly sequence: number;
  readonly previousHash: Buffer;
  readonly hash: Buffer;
}

/** The end of a chain: what the next action is linked to. */
export interface ChainHead {
  readonly sequence: number;
  readonly hash: Buffer;
}

/** Where every chain starts. */
export const emptyChain: ChainHead = { sequence: 0, hash: Buffer.alloc(32) };

/** Links actions to a chain, in their order. */
export function chain(head: ChainHead, actions: readonly OperatorAction[]): ChainedAction[] {
  let { sequence, hash } = head;
  return actions.map((action) => {
    const previousHash = hash;
    sequence += 1;
    hash = hashOf(action, sequence, previousHash);
    return { ...action, sequence, previousHash, hash };
  });
}

/**
 * Walks along a chain from `head` on.
 * @returns the last intact row, and the number of the first that is missing, was changed or does not belong there
 */
export function verify(
  head: ChainHead,
  rows: readonly ChainedAction[],
): { readonly head: ChainHead; readonly brokenAt: number | null } {
  let { sequence, hash } = head;
  for (const row of rows) {
    const next = sequence + 1;
    const intact =
      row.sequence === next && row.previousHash.equals(hash) && row.hash.equals(hashOf(row, next, hash));
    if (!intact) return { head: { sequence, hash }, brokenAt: next };
    sequence = next;
    hash = row.hash;
  }
  return { head: { sequence, hash }, brokenAt: null };
}

/** SHA-256 over every field, each with its own place, so that no content can move from one field to another. */
function hashOf(action: OperatorAction, sequence: number, previousHash: Buffer): Buffer {
  const { id, actor, action: verb, subject, reason, detail, occurredAt } = action;
  const fields = [sequence, id, actor, verb, subject, reason, sorted(detail), occurredAt.toISOString()];
  return createHash('sha256').update(previousHash).update(JSON.stringify(fields)).digest();
}

/** PostgreSQL stores the keys of a JSON object in an order of its own. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, content]) => content !== undefined);
  const inOrder = entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(inOrder.map(([name, content]) => [name, sorted(content)]));
}
