import { type Agent, request as undiciRequest } from 'undici';
import {
  ProviderRejectedError,
  ProviderTimeoutError,
  ProviderUnavailableError,
  RequestAbortedError,
} from './errors.js';
import type { HttpRequest, HttpResponse } from './http-request.js';

/** A provider that answers more than this is broken or hostile; nothing it should say is that long. */
const maxAnswerBytes = 1_048_576;

/** Failures that happen before a byte of the request has left: the provider cannot have acted on it. */
const notSentCodes = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

export interface Provider {
  readonly name: string;
  readonly baseUrl: string;
  readonly agent: Agent;
}

/** Makes one attempt, of `timeoutMs` at most from connecting to the last byte of the answer. */
export async function sendRequest(
  provider: Provider,
  request: HttpRequest,
  timeoutMs: number,
): Promise<HttpResponse> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = request.signal ? AbortSignal.any([timeout, request.signal]) : timeout;
  try {
    const answer = await undiciRequest(`${provider.baseUrl}${request.path}`, {
      dispatcher: provider.agent,
      method: request.method,
      headers: headersOf(request),
      body: request.body === undefined ? null : JSON.stringify(request.body),
      signal,
    });
    const body = parseBody(await readText(answer.body, request.maxAnswerBytes ?? maxAnswerBytes));
    if (answer.statusCode >= 500) {
      throw new ProviderUnavailableError(provider.name, {
        reason: `status ${answer.statusCode}`,
        status: answer.statusCode,
        outcomeUnknown: true,
      });
    }
    if (answer.statusCode >= 400) throw new ProviderRejectedError(provider.name, answer.statusCode, body);
    return { status: answer.statusCode, headers: flatten(answer.headers), body };
  } catch (error) {
    if (error instanceof ProviderUnavailableError || error instanceof ProviderRejectedError) throw error;
    if (request.signal?.aborted) throw new RequestAbortedError(provider.name, { cause: error });
    if (timeout.aborted) throw new ProviderTimeoutError(provider.name, timeoutMs, { cause: error });
    const code = (error as { code?: string }).code ?? 'connection failed';
    const failure = { reason: code, outcomeUnknown: !notSentCodes.has(code) };
    throw new ProviderUnavailableError(provider.name, failure, { cause: error });
  }
}

function headersOf(request: HttpRequest): Record<string, string> {
  return {
    accept: 'application/json',
    ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(request.idempotencyKey === undefined ? {} : { 'idempotency-key': request.idempotencyKey }),
    ...request.headers,
  };
}

async function readText(stream: AsyncIterable<Uint8Array>, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new RangeError(`the answer exceeds ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseBody(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function flatten(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
}
