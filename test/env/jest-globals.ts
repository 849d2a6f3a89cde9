import type * as jest from '@jest/globals';

/** What test files get when they import `@jest/globals`: the functions that the runner has prepared for this file. */
const globals = (globalThis as unknown as Record<symbol, typeof jest>)[Symbol.for('florin.jest-globals')]!;

export const afterAll: typeof jest.afterAll = globals.afterAll;
export const afterEach: typeof jest.afterEach = globals.afterEach;
export const beforeAll: typeof jest.beforeAll = globals.beforeAll;
export const beforeEach: typeof jest.beforeEach = globals.beforeEach;
export const describe: typeof jest.describe = globals.describe;
export const expect: typeof jest.expect = globals.expect;
export const test: typeof jest.test = globals.test;
