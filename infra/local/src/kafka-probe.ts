import { connect } from 'node:net';

const metadataApiKey = 3;
const requestVersion = 1;
const timeoutMs = 2_000;

/**
 * Asks a broker for the live brokers of its cluster with a Metadata request (version 1) of the Kafka protocol. A broker
 * accepts connections before it is registered, and until then every topic creation would fail.
 * @throws when nothing answers or no broker is alive yet
 */
export function probeKafka(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    const finish = (error?: Error): void => {
      socket.destroy();
      if (error) reject(error);
      else resolve();
    };
    let received = Buffer.alloc(0);
    socket.setTimeout(timeoutMs, () => finish(new Error('no answer')));
    socket.once('error', finish);
    socket.once('close', () => finish(new Error('connection closed')));
    socket.once('connect', () => socket.write(metadataRequest()));
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      // Length and correlation id come before the number of brokers.
      if (received.length < 12) return;
      finish(received.readInt32BE(8) > 0 ? undefined : new Error('no live broker'));
    });
  });
}

function metadataRequest(): Buffer {
  const request = Buffer.alloc(18);
  request.writeInt32BE(14, 0);
  request.writeInt16BE(metadataApiKey, 4);
  request.writeInt16BE(requestVersion, 6);
  request.writeInt32BE(1, 8);
  request.writeInt16BE(-1, 12);
  request.writeInt32BE(0, 14);
  return request;
}
