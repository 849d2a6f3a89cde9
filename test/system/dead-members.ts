import { connect } from 'node:net';
import { createLogger } from '@florin/observability';
import { createKafka } from '../../packages/messaging/src/kafka.js';

const leaveGroupApiKey = 13;
/** On a busy machine the session has expired before it can be ended. */
const unknownMember = 25;
const timeoutMs = 10_000;

/**
 * Takes the members of a service that was killed out of their consumer groups, as an operator may. A broker notices by
 * itself, after the 10 s of their sessions: a test that kills many processes cannot wait for that each time. Nothing
 * else is changed: no offset is committed, and what was in hand comes again.
 */
export async function removeDeadMembers(topicPrefix: string, service: string): Promise<void> {
  const [broker] = process.env.KAFKA_BROKERS!.split(',');
  const logger = createLogger({ service: 'test', level: 'silent' });
  const admin = createKafka({ clientId: 'test', brokers: [broker!], logger }).admin();
  await admin.connect();
  try {
    const { groups } = await admin.listGroups();
    const ids = groups.map(({ groupId }) => groupId).filter((id) => id.startsWith(topicPrefix));
    const described = await admin.describeGroups(ids);
    for (const { groupId, members } of described.groups) {
      for (const { memberId, clientId } of members) {
        if (clientId === `florin-${service}`) await leaveGroup(broker!, groupId, memberId);
      }
    }
  } finally {
    await admin.disconnect();
  }
}

/** A LeaveGroup request (version 1) of the Kafka protocol; the client libraries send it for themselves alone. */
function leaveGroup(broker: string, groupId: string, memberId: string): Promise<void> {
  const { hostname, port } = new URL(`kafka://${broker}`);
  const request = leaveGroupRequest(groupId, memberId);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    const fail = (error: Error): void => {
      socket.destroy();
      reject(error);
    };
    let received = Buffer.alloc(0);
    socket.setTimeout(timeoutMs, () => fail(new Error('the broker does not answer')));
    socket.once('error', fail);
    socket.once('close', () => reject(new Error('the broker closed the connection')));
    socket.once('connect', () => socket.write(request));
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      // Length, correlation id and throttle time come before the error code.
      if (received.length < 14) return;
      const code = received.readInt16BE(12);
      if (code !== 0 && code !== unknownMember)
        return fail(new Error(`LeaveGroup of ${memberId} failed with code ${code}`));
      socket.removeAllListeners('close');
      socket.destroy();
      resolve();
    });
  });
}

function leaveGroupRequest(groupId: string, memberId: string): Buffer {
  const header = Buffer.alloc(10);
  header.writeInt16BE(leaveGroupApiKey, 0);
  header.writeInt16BE(1, 2);
  header.writeInt32BE(1, 4);
  header.writeInt16BE(-1, 8);
  const body = Buffer.concat([header, text(groupId), text(memberId)]);
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length, 0);
  return Buffer.concat([length, body]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(2);
  length.writeInt16BE(bytes.length, 0);
  return Buffer.concat([length, bytes]);
}
