import { readFileSync } from 'node:fs';
import { asyncApiDocument } from './async-api.js';

// The published document is of the version that is being built. Not every npm says so in the environment.
const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
const { version } = JSON.parse(text) as { readonly version: string };
console.log(JSON.stringify(asyncApiDocument({ version }), null, 2));
