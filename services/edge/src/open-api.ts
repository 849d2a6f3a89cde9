import { type OpenApiDocument, openApiDocument, type Route } from '@florin/http';
import type { EdgeContext } from './context.js';
import { examples } from './open-api-examples.js';
import { businessRoutes } from './routes/business.js';
import { identityRoutes } from './routes/identity.js';
import { opsRoutes } from './routes/ops.js';
import { securityRoutes } from './routes/security.js';

export const version = '0.1.0';

/** Everything a client can call. */
export const routes: readonly Route<EdgeContext>[] = [
  ...identityRoutes,
  ...securityRoutes,
  ...businessRoutes,
  ...opsRoutes,
];

const tags: readonly { readonly name: string; readonly description: string }[] = [
  { name: 'Identity', description: 'Customers: registration, login with two factors, sessions.' },
  { name: 'Security', description: 'What concerned the security of callers, and the API keys of partners.' },
  {
    name: 'Wallets',
    description: 'Wallets and their types, balances now and in the past, statements as JSON, CSV or PDF.',
  },
  { name: 'Cards', description: 'Cards on wallets. The full card number is stored nowhere.' },
  {
    name: 'Transactions',
    description: 'Transfers and deposits, with the types, fees, limits and rules that govern them.',
  },
  {
    name: 'Applications',
    description: 'Applications that run through a workflow, such as for a credit card.',
  },
  { name: 'Events', description: 'What becomes of own objects, as server-sent events.' },
  { name: 'Notifications', description: 'What customers were told by mail and SMS.' },
  {
    name: 'Operations',
    description: 'Topics, consumer groups, dead letters and their replay, audits. For the back office.',
  },
];

const description = `E-wallet and card-payments platform.

- Amounts are integers in minor units, times are RFC 3339 UTC, ids are UUIDs. Unknown fields are an error.
- Problems are \`application/problem+json\` (RFC 9457) with a stable \`code\`.
- A \`POST\` with an \`Idempotency-Key\` can be repeated: it takes effect once, and the repeat gets the first answer byte for byte.
- A call whose work is asynchronous waits for the outcome: \`201\` with it (a business decline is an outcome), or \`202\` with a
  \`Location\`. \`Prefer: wait=N\` and \`Prefer: respond-async\` say how long.
- Lists have \`limit\`, \`cursor\`, \`sort\` (\`-createdAt\` is newest first) and a filter for every field; a range is written
  \`createdAt[gte]=…&createdAt[lt]=…\`.
- \`traceparent\` is accepted, \`X-Request-Id\` is echoed.`;

/** The description of the REST API that is served at `/openapi.json` and published as docs/openapi.json. */
export function edgeOpenApiDocument(): OpenApiDocument {
  return openApiDocument(routes, {
    info: {
      title: 'Florin',
      version,
      description,
      contact: { name: 'The maintainers of Florin' },
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [
      { url: '/', description: 'The installation that serves this document' },
      { url: 'http://127.0.0.1:8080', description: '`npm start`' },
    ],
    tags: [...tags],
    examples,
  });
}
