import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { InitializeHook, LoadHook, ResolveHook } from 'node:module';
import { fileURLToPath } from 'node:url';
import { type Options, transform } from '@swc/core';

/** What these hooks are registered with. */
export interface HookOptions {
  /** Folder of the repository as a file URL that ends with a slash. */
  readonly root: string;
  readonly swc: Options;
}

const jestGlobals = new URL('jest-globals.js', import.meta.url).href;
let root = '';
let swc: Options = {};

export const initialize: InitializeHook<HookOptions> = (options) => {
  ({ root, swc } = options);
};

/** What belongs to tests is loaded for each test file, so that no state of one reaches another. */
function isTestCode(url: URL): boolean {
  if (url.href === jestGlobals) return true;
  const path = url.href.slice(root.length);
  return path.startsWith('test/') || path.includes('/tests/') || url.pathname.endsWith('.test.ts');
}

/** The query of the module that asks says which test file it belongs to, and goes on to test code that it imports. */
function forFile(url: URL, parent: URL | undefined): string {
  if (parent && isTestCode(url)) url.search = parent.search;
  return url.href;
}

export const resolve: ResolveHook = async (specifier, context, next) => {
  const parent = context.parentURL?.startsWith(root) ? new URL(context.parentURL) : undefined;
  if (specifier === '@jest/globals') {
    return { url: forFile(new URL(jestGlobals), parent), format: 'module', shortCircuit: true };
  }
  // As TypeScript has it, the import of a source file names what it is compiled to.
  if (parent && /^\.{1,2}\/.*\.js$/.test(specifier)) {
    const source = new URL(specifier.replace(/\.js$/, '.ts'), parent);
    if (existsSync(source)) return { url: forFile(source, parent), format: 'module', shortCircuit: true };
  }
  return next(specifier, { ...context, conditions: ['florin-source', ...context.conditions] });
};

export const load: LoadHook = async (url, context, next) => {
  if (!/\.ts(\?|$)/.test(url)) return next(url, context);
  const filename = fileURLToPath(url);
  const { code } = await transform(await readFile(filename, 'utf8'), {
    ...swc,
    filename,
    sourceMaps: 'inline',
    swcrc: false,
  });
  return { format: 'module', source: code, shortCircuit: true };
};
