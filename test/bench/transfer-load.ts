import { setTimeout as delay } from 'node:timers/promises';
import { RawHttpClient } from './raw-http-client.js';

export interface Account {
  readonly walletId: string;
  readonly token: string;
}

/** Who pays whom: anybody, one wallet everybody, or everybody one wallet. */
export type Pattern = 'uniform' | 'hot source' | 'hot destination';

export interface TransferLoad {
  readonly pattern: Pattern;
  /** Calls at once. */
  readonly concurrency: number;
  readonly seconds: number;
  /** Calls wait for the outcome, or are answered as soon as the transfer is accepted. */
  readonly waits: boolean;
  /** Calls begin at this rate, however long those before them take; without it, each begins when one has ended. */
  readonly perSecond?: number;
}

export interface TransferAnswers {
  /** Until the last call was answered. */
  readonly seconds: number;
  readonly accepted: number;
  /** Answered with the outcome. */
  readonly settled: number;
  /** Refused, or answered with another outcome than `completed`. */
  readonly failures: number;
  /** Of the calls that were answered with the outcome, in ascending order, from the moment they were due. */
  readonly latenciesMs: readonly number[];
}

/** How long a call waits for its outcome. */
const patienceSeconds = 20;

/** Calls the REST API for a while. */
export async function driveTransfers(
  edgeUrl: string,
  accounts: readonly Account[],
  load: TransferLoad,
): Promise<TransferAnswers> {
  const host = new URL(edgeUrl).host;
  const clients = Array.from({ length: load.concurrency }, () => new RawHttpClient(edgeUrl));
  const latenciesMs: number[] = [];
  const counts = { accepted: 0, settled: 0, failures: 0 };
  const startedAt = performance.now();
  const endsAt = startedAt + load.seconds * 1_000;
  let next = 0;
  const caller = async (client: RawHttpClient): Promise<void> => {
    for (;;) {
      const number = next++;
      const dueAt =
        load.perSecond === undefined ? performance.now() : startedAt + (number * 1_000) / load.perSecond;
      if (dueAt >= endsAt) return;
      const earlyMs = dueAt - performance.now();
      if (earlyMs > 0) await delay(earlyMs);
      const { status, body } = await client.call(
        requestOf(host, pairOf(accounts, load.pattern, number), load),
      );
      if (status === 201 || status === 202) counts.accepted++;
      if (status === 201 && body.includes('"completed"')) {
        counts.settled++;
        latenciesMs.push(performance.now() - dueAt);
      } else if (status !== 202) counts.failures++;
    }
  };
  try {
    await Promise.all(clients.map(caller));
  } finally {
    for (const client of clients) client.close();
  }
  latenciesMs.sort((a, b) => a - b);
  return { seconds: (performance.now() - startedAt) / 1_000, ...counts, latenciesMs };
}

function pairOf(accounts: readonly Account[], pattern: Pattern, number: number): readonly [Account, Account] {
  const [hot] = accounts;
  const others = accounts.length - 1;
  const other = accounts[1 + (number % others)]!;
  if (pattern === 'hot source') return [hot!, other];
  if (pattern === 'hot destination') return [other, hot!];
  // Each with each other in the course of time.
  const source = number % accounts.length;
  const step = 1 + (Math.floor(number / accounts.length) % others);
  return [accounts[source]!, accounts[(source + step) % accounts.length]!];
}

let keys = 0;

function requestOf(host: string, [from, to]: readonly [Account, Account], load: TransferLoad): string {
  const body = `{"type":"transfer","sourceWalletId":"${from.walletId}","destinationWalletId":"${to.walletId}","amount":1,"currency":"USD"}`;
  return [
    'POST /v1/transactions HTTP/1.1',
    `Host: ${host}`,
    `Authorization: Bearer ${from.token}`,
    `Idempotency-Key: bench-${process.pid}-${keys++}`,
    `Prefer: ${load.waits ? `wait=${patienceSeconds}` : 'respond-async'}`,
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
    '',
    body,
  ].join('\r\n');
}
