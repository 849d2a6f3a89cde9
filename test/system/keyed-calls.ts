import { randomUUID } from 'node:crypto';
import { inspect, isDeepStrictEqual } from 'node:util';
import { eventually } from '../story/eventually.js';
import { type Answer, call, expectStatus } from '../story/http.js';

export interface Made {
  readonly id: string;
  readonly status: string;
  readonly declineReason?: string;
  readonly amount: number;
  readonly fee: number;
  /** When another currency arrives. */
  readonly exchange?: { readonly currency: string; readonly amount: number };
}
export interface Body extends Made {
  /** Of a problem. */
  readonly code?: string;
  readonly errors?: readonly { readonly pointer: string }[];
  /** Of a dry run. */
  readonly total?: number;
  /** Of a quote. */
  readonly destinationAmount?: number;
  /** Of a bulk. */
  readonly items?: readonly Made[];
}
export interface Request {
  readonly path: string;
  readonly token: string;
  readonly body?: Readonly<Record<string, unknown>>;
}
interface Sent {
  readonly request: Request;
  readonly idempotencyKey: string;
  readonly answer: Answer<Body>;
}

/** Calls under keys, of which those that were accepted are remembered to be repeated. */
export class KeyedCalls {
  private readonly sent: Sent[] = [];

  constructor(private readonly edgeUrl: string) {}

  /** @throws when the answer has another status, or is another problem */
  async send(
    request: Request,
    status: number,
    code?: string,
    idempotencyKey: string = randomUUID(),
  ): Promise<Body> {
    return this.take(
      { request, idempotencyKey, answer: await this.post(request, idempotencyKey) },
      status,
      code,
    );
  }

  /** @returns undefined when the request is refused for that field alone */
  async sendUnless(pointer: string, request: Request): Promise<Body | undefined> {
    const idempotencyKey = randomUUID();
    const answer = await this.post(request, idempotencyKey);
    const { errors = [] } = answer.body;
    if (errors.length === 1 && errors[0]!.pointer === pointer) return undefined;
    return this.take({ request, idempotencyKey, answer }, 201);
  }

  private take(sent: Sent, status: number, code?: string): Body {
    const { request, answer } = sent;
    if (answer.status !== status || answer.body.code !== code) {
      const wanted = `${status} ${code ?? ''}`;
      throw new Error(
        `${request.path} ${JSON.stringify(request.body)}: wanted ${wanted}, got ${answer.text}`,
      );
    }
    if (status === 201) this.sent.push(sent);
    return answer.body;
  }

  /** A repeat changes nothing and gets the first answer; another request under the key of the first is refused. */
  async again(ref: number, isOther: boolean): Promise<void> {
    const { request, idempotencyKey, answer } = this.sent[ref % this.sent.length]!;
    const amount = request.body?.amount;
    if (isOther && typeof amount === 'number') {
      const other = { ...request, body: { ...request.body, amount: amount + 1 } };
      await this.send(other, 422, 'idempotency-key-reused', idempotencyKey);
      return;
    }
    const repeat = await this.post(request, idempotencyKey);
    const isReplay = repeat.headers.get('idempotency-replayed') === 'true';
    if (repeat.status !== answer.status || repeat.text !== answer.text || !isReplay) {
      throw new Error(`${request.path} again: ${repeat.status} ${repeat.text}, first ${answer.text}`);
    }
  }

  /** Read models follow; what they show in the end is what counts. */
  async shows(
    { path, token }: Request,
    wanted: object,
    select: (body: Record<string, unknown>) => object,
  ): Promise<void> {
    let found: object = {};
    const look = async () => {
      found = select(expectStatus(await call('GET', this.edgeUrl + path, { token }), 200));
      return isDeepStrictEqual(found, wanted) || undefined;
    };
    await eventually(path, look).catch((cause: unknown) => {
      throw new Error(`${path} shows ${inspect(found)} where the model says ${inspect(wanted)}`, { cause });
    });
  }

  private post({ path, token, body }: Request, idempotencyKey: string): Promise<Answer<Body>> {
    const headers = { prefer: 'wait=30' };
    return call<Body>('POST', this.edgeUrl + path, { token, body, idempotencyKey, headers });
  }
}
