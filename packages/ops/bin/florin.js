#!/usr/bin/env node
import { existsSync } from 'node:fs';

const program = new URL('../dist/main.js', import.meta.url);
if (existsSync(program)) await import(program.href);
else {
  console.error('florin is not built yet: run `npm run build` first (`npm start` does it too).');
  process.exitCode = 1;
}
