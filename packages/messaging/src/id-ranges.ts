/** A run of ids without a gap: from `first` to `last`, both included. */
export interface IdRange {
  readonly first: number;
  readonly last: number;
}

/** Runs of ids without a gap: from `first[i]` to `last[i]`, both included. */
export interface IdRanges {
  readonly first: readonly number[];
  readonly last: readonly number[];
}

/** @param ids in ascending order, without repeats */
export function toRanges(ids: readonly number[]): IdRanges {
  const first: number[] = [];
  const last: number[] = [];
  for (const id of ids) {
    if (last.length > 0 && last[last.length - 1] === id - 1) last[last.length - 1] = id;
    else {
      first.push(id);
      last.push(id);
    }
  }
  return { first, last };
}

/** What PostgreSQL reads as int8multirange; it sorts and joins the ranges by itself. */
export function toMultirange({ first, last }: IdRanges): string {
  return `{${first.map((id, i) => `[${id},${last[i]}]`).join()}}`;
}
