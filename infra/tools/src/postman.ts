import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Converter from 'openapi-to-postmanv2';
import { repositoryRoot } from './paths.js';

interface Entry {
  key: string;
  value?: unknown;
  disabled?: boolean;
}

interface Item {
  id?: string;
  name: string;
  item?: Item[];
  event?: unknown[];
  response?: unknown[];
  request?: {
    name?: string;
    method: string;
    url: { path: string[]; query: Entry[]; variable: Entry[] };
    header: Entry[];
    body?: { raw?: string };
    auth?: unknown;
  };
}

export interface Collection {
  readonly info: Record<string, unknown>;
  readonly item: readonly Item[];
  readonly variable: readonly Entry[];
  readonly [other: string]: unknown;
}

interface Operation {
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
}

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

/** What an answer brings that later requests need; it goes into the variables of the collection. */
const kept: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'POST /v1/sessions': { challengeId: 'challengeId' },
  'POST /v1/sessions/:challengeId/otp': { accessToken: 'accessToken', refreshToken: 'refreshToken' },
  'POST /v1/sessions/refresh': { accessToken: 'accessToken', refreshToken: 'refreshToken' },
  'POST /v1/wallets': { walletId: 'id' },
};

/** Fields of bodies that are filled in from the variables. */
const filledIn: Readonly<Record<string, string>> = {
  refreshToken: '{{refreshToken}}',
  sourceWalletId: '{{walletId}}',
  walletId: '{{walletId}}',
};

const variables: readonly Entry[] = [
  { key: 'baseUrl', value: 'http://127.0.0.1:8080' },
  { key: 'apiKey', value: 'flk_local_admin' },
  { key: 'accessToken', value: '' },
  { key: 'refreshToken', value: '' },
  { key: 'challengeId', value: '' },
  { key: 'walletId', value: '' },
];

const options = {
  folderStrategy: 'Tags',
  parametersResolution: 'Example',
  enableOptionalParameters: false,
  includeWebhooks: false,
} as const;

/**
 * The published OpenAPI document as a Postman collection that can be used as it is: an address and tokens are variables,
 * a login fills them in, and every try of a POST has an idempotency key of its own.
 */
export async function postmanCollection(): Promise<Collection> {
  const published = readFileSync(join(repositoryRoot, 'docs/openapi.json'), 'utf8');
  const converted = await convert(published);
  const { paths } = JSON.parse(published) as OpenApi;
  visit(converted.item, (item) => {
    // Ids are random, and what can be answered is in the OpenAPI document.
    delete item.id;
    item.response = [];
    if (item.request) prepare(item, item.request, paths);
  });
  const { _postman_id: _, ...info } = converted.info;
  return { ...converted, info, variable: variables };
}

function convert(published: string): Promise<Collection> {
  return new Promise((resolve, reject) => {
    Converter.convertV2({ type: 'string', data: published }, options, (error, conversion) => {
      const collection = conversion?.output?.[0]?.data;
      if (error || !conversion?.result || !collection) reject(error ?? new Error(conversion?.reason));
      // Classes of the Postman SDK, which know how to become JSON.
      else resolve(JSON.parse(JSON.stringify(collection)) as Collection);
    });
  });
}

function visit(items: readonly Item[], change: (item: Item) => void): void {
  for (const item of items) {
    change(item);
    visit(item.item ?? [], change);
  }
}

function prepare(item: Item, request: NonNullable<Item['request']>, paths: OpenApi['paths']): void {
  const { method, url, header } = request;
  const key = header.find((entry) => entry.key === 'Idempotency-Key');
  if (key) Object.assign(key, { value: '{{$guid}}', disabled: false });
  const path = `/${url.path.join('/')}`;
  for (const variable of url.variable) {
    if (variable.key === 'challengeId') variable.value = '{{challengeId}}';
    if (variable.key === 'id' && path.startsWith('/v1/wallets/')) variable.value = '{{walletId}}';
  }
  if (request.body?.raw) request.body.raw = fillIn(request.body.raw);
  // The converter makes examples up at random where the document has none.
  for (const parameter of url.query) parameter.value = '';
  for (const entry of header) if (entry.disabled && entry.key !== 'Prefer') entry.value = '';
  const template = path.replace(/:(\w+)/g, '{$1}');
  const security = paths[template]?.[method.toLowerCase()]?.security ?? [];
  request.auth = authOf(security);
  const captured = kept[`${method} ${path}`];
  if (captured) item.event = [captureScript(captured)];
}

function fillIn(raw: string): string {
  const body = JSON.parse(raw) as Record<string, unknown>;
  for (const [field, variable] of Object.entries(filledIn)) {
    if (field in body) body[field] = variable;
  }
  return JSON.stringify(body, null, 2);
}

function authOf(security: Operation['security']): unknown {
  if (security.length === 0) return { type: 'noauth' };
  const token = security.some((scheme) => scheme.customer) ? '{{accessToken}}' : '{{apiKey}}';
  return { type: 'bearer', bearer: [{ key: 'token', value: token, type: 'string' }] };
}

function captureScript(captured: Readonly<Record<string, string>>) {
  const lines = Object.entries(captured).map(
    ([variable, field]) => `  pm.collectionVariables.set('${variable}', pm.response.json().${field});`,
  );
  const exec = ['if (pm.response.code < 300) {', ...lines, '}'];
  return { listen: 'test', script: { type: 'text/javascript', exec } };
}
