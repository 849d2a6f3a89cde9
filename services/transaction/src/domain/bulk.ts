import type { Admission, RefusalReason } from './admission.js';

export type BulkMode = 'atomic' | 'independent';

export type BulkItemAdmission =
  | Extract<Admission, { readonly admitted: true }>
  | { readonly admitted: false; readonly reason: RefusalReason | 'bulk-declined' };

/** What becomes of the items of a bulk: in an atomic one, a single item that is refused takes the others with it. */
export function admitBulk(mode: BulkMode, items: readonly Admission[]): readonly BulkItemAdmission[] {
  if (mode === 'independent' || items.every(({ admitted }) => admitted)) return items;
  return items.map((item) => (item.admitted ? { admitted: false, reason: 'bulk-declined' } : item));
}
