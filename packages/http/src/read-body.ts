import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { malformed, parseJson, refuseUnstorable } from './json-structure.js';
import { Problem } from './problem.js';

export const maxBodyBytes = 1024 * 1024;

export interface Body {
  readonly value: unknown;
  readonly bytes: Buffer;
}

/**
 * Reads a JSON body of at most 1 MiB; `undefined` when the request has none.
 *
 * @param isExpected Without it a request that does not say how long its body is may have none: some proxies say nothing.
 * @throws Problem 415 for another media type, charset or encoding, 413 for too long a body, 400 for malformed JSON
 */
export async function readBody(request: IncomingMessage, isExpected: boolean): Promise<Body | undefined> {
  const length = request.headers['content-length'];
  // A body of no bytes is none, whatever it claims to be: most clients send this length with every POST.
  if (length === '0') return undefined;
  if (length === undefined && request.headers['transfer-encoding'] === undefined) return undefined;
  const mayBeEmpty = !isExpected && length === undefined;
  if (!mayBeEmpty) requireJson(request);
  // Said before a byte of it is read, so that a client that waits for `100 Continue` never sends it.
  if (Number(length) > maxBodyBytes) throw tooLarge();
  const bytes = await readBytes(request);
  if (mayBeEmpty && bytes.length > 0) requireJson(request);
  if (!isUtf8(bytes)) throw malformed('The body is not valid UTF-8.');
  const text = bytes.toString('utf8');
  if (text === '') return undefined;
  const value = parseJson(text);
  if (text.includes('\\u')) refuseUnstorable(value);
  return { value, bytes };
}

function readBytes(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const settle = (outcome: () => void): void => {
      request.off('data', take).off('end', finish).off('error', fail).off('close', fail);
      outcome();
    };
    const take = (chunk: Buffer): void => {
      size += chunk.length;
      if (size <= maxBodyBytes) chunks.push(chunk);
      else settle(() => reject(tooLarge()));
    };
    const finish = (): void => {
      settle(() => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, size)));
    };
    const fail = (): void => {
      settle(() => reject(new Problem(400, 'bad-request', 'The request ended before its body did.')));
    };
    request.on('data', take).on('end', finish).on('error', fail).on('close', fail);
  });
}

/** RFC 8259: JSON that is exchanged is UTF-8. */
function requireJson({ headers }: IncomingMessage): void {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    throw unsupported('The body must not be compressed.', { 'Accept-Encoding': 'identity' });
  }
  const type = headers['content-type'];
  if (type === 'application/json') return;
  const match = /^application\/json\s*(?:;(.*))?$/i.exec(type?.trim() ?? '');
  if (!match) throw unsupported('The body must be application/json.');
  const charset = /(?:^|;)\s*charset\s*=\s*"?([^";\s]*)/i.exec(match[1] ?? '')?.[1];
  if (charset !== undefined && !/^utf-?8$/i.test(charset)) throw unsupported('JSON is UTF-8.');
}

function unsupported(detail: string, headers?: Readonly<Record<string, string>>): Problem {
  return new Problem(415, 'unsupported-media-type', detail, headers && { headers });
}

function tooLarge(): Problem {
  return new Problem(413, 'body-too-large', 'The body exceeds 1 MiB.');
}
