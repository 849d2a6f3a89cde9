import type { Message } from '@florin/contracts';
import type { Received } from '@florin/messaging';

/** The first message of each transaction: a batch may hold the same submission twice, under two message ids. */
export function firstOfEach<T extends Message & { readonly transactionId: string }>(
  messages: readonly Received<T>[],
): Received<T>[] {
  const first = new Map<string, Received<T>>();
  for (const message of messages) {
    const { transactionId } = message.value;
    if (!first.has(transactionId)) first.set(transactionId, message);
  }
  return [...first.values()];
}
