import { once } from 'node:events';
import { connect } from 'node:net';

interface Request {
  readonly api: string;
  readonly key: number;
  /** Older versions lack what the core needs: record headers, idempotence. */
  readonly oldest: number;
  /** The newest that kafkajs speaks. */
  readonly newest: number;
}

/** What the messaging core asks of a broker through kafkajs. */
export const requiredRequests: readonly Request[] = [
  { api: 'Produce', key: 0, oldest: 3, newest: 7 },
  { api: 'Fetch', key: 1, oldest: 4, newest: 11 },
  { api: 'ListOffsets', key: 2, oldest: 0, newest: 3 },
  { api: 'Metadata', key: 3, oldest: 0, newest: 6 },
  { api: 'OffsetCommit', key: 8, oldest: 0, newest: 5 },
  { api: 'OffsetFetch', key: 9, oldest: 1, newest: 4 },
  { api: 'GroupCoordinator', key: 10, oldest: 0, newest: 2 },
  { api: 'JoinGroup', key: 11, oldest: 0, newest: 5 },
  { api: 'Heartbeat', key: 12, oldest: 0, newest: 3 },
  { api: 'LeaveGroup', key: 13, oldest: 0, newest: 3 },
  { api: 'SyncGroup', key: 14, oldest: 0, newest: 3 },
  { api: 'DescribeGroups', key: 15, oldest: 0, newest: 2 },
  { api: 'CreateTopics', key: 19, oldest: 0, newest: 3 },
  { api: 'InitProducerId', key: 22, oldest: 0, newest: 1 },
  { api: 'DescribeConfigs', key: 32, oldest: 0, newest: 2 },
];

/** Broker and kafkajs have no version of a request in common. */
export class UnsupportedBrokerError extends Error {
  readonly code = 'broker-unsupported';
  readonly retryable = false;
  constructor(address: string, problems: readonly string[]) {
    super(
      `The Kafka broker ${address} cannot be used (Kafka 1.0 to 4 can):\n${problems.map((p) => `  ${p}`).join('\n')}`,
    );
    this.name = 'UnsupportedBrokerError';
  }
}

export interface VersionRange {
  readonly min: number;
  readonly max: number;
}

/**
 * Asks a broker which versions of each request it speaks. kafkajs itself asks, but looks at the newest version of the
 * broker only: towards one that no longer speaks any of its versions it sends requests that the broker answers by
 * closing the connection, again and again.
 * @throws UnsupportedBrokerError
 */
export async function checkBrokerVersions(address: string): Promise<void> {
  const offered = await askVersions(address);
  const problems = requiredRequests.flatMap(({ api, key, oldest, newest }) => {
    const range = offered.get(key);
    if (range && range.min <= newest && range.max >= oldest) return [];
    const offer = range ? `speaks versions ${range.min} to ${range.max}` : 'does not know the request';
    return [`${api}: it ${offer}, this client needs one of ${oldest} to ${newest}`];
  });
  if (problems.length > 0) throw new UnsupportedBrokerError(address, problems);
}

const apiVersionsKey = 18;
const answerTimeoutMs = 5_000;
const maxAnswerBytes = 65_536;

/** The first request of the Kafka protocol, in the version that every broker since 0.10 answers. */
async function askVersions(address: string): Promise<Map<number, VersionRange>> {
  const colon = address.lastIndexOf(':');
  const signal = AbortSignal.timeout(answerTimeoutMs);
  const socket = connect({ host: address.slice(0, colon), port: Number(address.slice(colon + 1)), signal });
  try {
    await once(socket, 'connect', { signal });
    socket.write(apiVersionsRequest());
    let answer = Buffer.alloc(0);
    for await (const chunk of socket) {
      answer = Buffer.concat([answer, chunk as Buffer]);
      if (answer.length > maxAnswerBytes) break;
      if (answer.length >= 4 && answer.length >= 4 + answer.readInt32BE(0)) return parseVersions(answer);
    }
    throw new Error(`${address} does not answer like a Kafka broker`);
  } finally {
    socket.destroy();
  }
}

function apiVersionsRequest(): Buffer {
  const clientId = Buffer.from('florin');
  const request = Buffer.alloc(14 + clientId.length);
  request.writeInt32BE(request.length - 4, 0);
  request.writeInt16BE(apiVersionsKey, 4);
  // Version 0 and correlation id 0 are there already.
  request.writeInt16BE(clientId.length, 12);
  clientId.copy(request, 14);
  return request;
}

/** Length, correlation id, error code, number of entries; each entry a key, its oldest and its newest version. */
function parseVersions(answer: Buffer): Map<number, VersionRange> {
  const versions = new Map<number, VersionRange>();
  const count = answer.readInt32BE(10);
  for (let i = 0; i < count; i++) {
    const at = 14 + i * 6;
    versions.set(answer.readInt16BE(at), {
      min: answer.readInt16BE(at + 2),
      max: answer.readInt16BE(at + 4),
    });
  }
  return versions;
}
