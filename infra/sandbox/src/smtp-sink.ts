import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import PostalMime from 'postal-mime';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';
import type { SandboxContext } from './context.js';

const maxMailBytes = 1_048_576;

export interface SmtpSink {
  /** `smtp://host:port`, known once started. */
  readonly url: string;
  start(host: string, port: number): Promise<void>;
  stop(): Promise<void>;
}

/** A mail server that keeps every message to itself; a repeated Message-ID is accepted and kept once. */
export function createSmtpSink(context: SandboxContext): SmtpSink {
  // By the port of the client: a session knows that, and a reset needs the socket itself.
  const sockets = new Map<number, Socket>();
  const smtp = new SMTPServer({
    name: 'florin-sandbox',
    disabledCommands: ['AUTH', 'STARTTLS'],
    size: maxMailBytes,
    logger: false,
    closeTimeout: 100,
    onData(stream, session, callback) {
      receive(context, stream, session).then((fate) => {
        if (fate === 'stored') callback();
        else if (fate === 'refused') callback(withStatus(451, 'the fault of smtp is switched on'));
        else if (fate === 'reset') sockets.get(session.remotePort)?.resetAndDestroy();
      }, callback);
    },
  });
  smtp.server.on('connection', (socket) => {
    const port = socket.remotePort ?? 0;
    sockets.set(port, socket);
    socket.once('close', () => sockets.delete(port));
  });
  smtp.on('error', (error) => context.logger.debug({ err: error }, 'smtp connection failed'));
  let url = '';

  return {
    get url() {
      return url;
    },
    async start(host, port) {
      const listening = once(smtp.server, 'listening');
      smtp.listen(port, host);
      await listening;
      url = `smtp://${host}:${(smtp.server.address() as AddressInfo).port}`;
    },
    async stop() {
      const closed = new Promise<void>((resolve) => smtp.close(() => resolve()));
      for (const socket of sockets.values()) socket.destroy();
      await closed;
    },
  };
}

function withStatus(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}

type Fate = 'stored' | 'refused' | 'hang' | 'reset';

async function receive(
  context: SandboxContext,
  stream: Readable & { sizeExceeded?: boolean },
  session: SMTPServerSession,
): Promise<Fate> {
  // The stream has to be read to its end in any case: the server answers only after that.
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  if (stream.sizeExceeded) throw withStatus(552, 'the mail is too large');

  const fault = context.faults.draw('smtp');
  if (fault.mode === 'error') return 'refused';
  if (fault.mode === 'timeout') return 'hang';
  if (fault.mode === 'reset') return 'reset';
  if (fault.mode === 'slow') await delay(fault.latencyMs, undefined, { ref: false });
  await store(context, Buffer.concat(chunks), session);
  return 'stored';
}

async function store(context: SandboxContext, raw: Buffer, session: SMTPServerSession): Promise<void> {
  const mail = await PostalMime.parse(raw);
  const receivedAt = new Date(context.clock.now()).toISOString();
  for (const recipient of session.envelope.rcptTo) {
    const key = `${mail.messageId ?? session.id} ${recipient.address}`;
    if (context.mail.get(key)) continue;
    context.mail.set(key, {
      to: recipient.address,
      subject: mail.subject ?? '',
      text: mail.text ?? '',
      html: mail.html ?? '',
      receivedAt,
    });
  }
}
