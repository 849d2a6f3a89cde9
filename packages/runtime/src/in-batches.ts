/**
 * Repeats work of a job in batches until one of them is not full, each in a short transaction of its own: nobody waits long
 * for what it locks. A service that stops waits for the batch that is running, and no other begins; the next run does the rest.
 *
 * @param batch does at most `size` and returns how many there were
 * @returns how many there were in all
 */
export async function inBatches(
  size: number,
  batch: (size: number) => Promise<number>,
  signal?: AbortSignal,
): Promise<number> {
  let total = 0;
  while (!signal?.aborted) {
    const done = await batch(size);
    total += done;
    if (done < size) break;
  }
  return total;
}
