import { isDeepStrictEqual } from 'node:util';
import { pointerTo } from './json-pointer.js';

/** One value that differs between two messages; `path` is a JSON Pointer (RFC 6901). */
export interface Change {
  readonly op: 'add' | 'remove' | 'replace';
  readonly path: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

/** Every leaf that differs. Values, not subtrees, so that nothing hides inside a branch that was added or removed. */
export function diff(before: unknown, after: unknown, path = ''): Change[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (!isBranch(before) && !isBranch(after)) return [change(before, after, path)];
  const [old, fresh] = [childrenOf(before), childrenOf(after)];
  const names = [...new Set([...Object.keys(old), ...Object.keys(fresh)])];
  const below = names.flatMap((name) => diff(old[name], fresh[name], pointerTo(path, name)));
  // A leaf that became a branch, or the other way round, is a change in itself.
  const turned = isBranch(before) !== isBranch(after) && !(before === undefined || after === undefined);
  return turned || below.length === 0 ? [change(before, after, path), ...below] : below;
}

const moneyField =
  /^(.*(amount|fee|currency|wallet|walletids?|balance|limit|basispoints)|flat|posted|held|available|sequence)$/i;

/** True when a change can move money or move it somewhere else: then two operators have to agree. */
export function touchesMoney(changes: readonly Change[]): boolean {
  return changes.some(({ path }) => path.split('/').some((segment) => moneyField.test(segment)));
}

function change(before: unknown, after: unknown, path: string): Change {
  if (before === undefined) return { op: 'add', path, after };
  return after === undefined ? { op: 'remove', path, before } : { op: 'replace', path, before, after };
}

function isBranch(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function childrenOf(value: unknown): Readonly<Record<string, unknown>> {
  return isBranch(value) ? (value as Record<string, unknown>) : {};
}
