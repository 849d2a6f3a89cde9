import { seed } from './seed.js';

/** The program behind the `seed` job of docker-compose.yml: `npm start` does this by itself. */
const edgeUrl = process.env.FLORIN_URL ?? 'http://127.0.0.1:8080';
await seed({ edgeUrl, apiKey: process.env.FLORIN_API_KEY ?? 'flk_local_admin' });
console.log(`Wallet types, transaction types, rules and application types are defined at ${edgeUrl}.`);
