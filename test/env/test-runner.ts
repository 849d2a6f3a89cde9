import { readFileSync } from 'node:fs';
import { createRequire, register } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { HookOptions } from './module-hooks.js';
import { formatStackTrace } from './stack-traces.js';

/** What is used of Jest's runtime. */
interface Runtime {
  requireInternalModule(path: string): unknown;
  setGlobalsForRuntime(globals: object): void;
  unstable_importModule(path: string): Promise<unknown>;
}

interface GlobalConfig {
  readonly watch: boolean;
  readonly watchAll: boolean;
  readonly collectCoverage: boolean;
}

interface ProjectConfig {
  readonly rootDir: string;
  readonly transform: readonly (readonly [pattern: string, path: string, options: HookOptions['swc']])[];
}

type TestRunner = (
  globalConfig: GlobalConfig,
  config: ProjectConfig,
  environment: object,
  runtime: Runtime,
  testPath: string,
  sendMessageToJest?: unknown,
) => Promise<object>;

const require = createRequire(import.meta.url);
const { default: circus } = require('jest-circus/runner') as { default: TestRunner };
const globalsKey = Symbol.for('florin.jest-globals');
const eventHandlers = Symbol.for('EVENT_HANDLERS');
const shared = globalThis as unknown as Record<symbol, unknown>;
let files = 0;

/**
 * Runs a test file as an ordinary module of the worker. Jest would give each file a realm of its own, into which all of
 * Florin and its dependencies have to be loaded and compiled again: that was most of what the tests did. Here the test
 * files of a worker share the modules of the product; their own modules and fixtures are new for each of them.
 */
async function runInWorker(
  ...[globalConfig, config, environment, runtime, testPath, send]: Parameters<TestRunner>
) {
  if (needsRealm(globalConfig, testPath)) {
    return circus(globalConfig, config, environment, runtime, testPath, send);
  }
  if (files++ === 0) registerHooks(config);
  runtime.requireInternalModule = requireAnew;
  runtime.setGlobalsForRuntime = (globals) => {
    shared[globalsKey] = globals;
  };
  runtime.unstable_importModule = (path) => import(`${pathToFileURL(path).href}?file=${files}`);
  // Jest's own formatter knows the source maps of its realms only.
  Error.prepareStackTrace = formatStackTrace;
  const environmentVariables = { ...process.env };
  try {
    return await circus(globalConfig, config, environment, runtime, testPath, send);
  } finally {
    for (const name of Object.keys(process.env)) delete process.env[name];
    Object.assign(process.env, environmentVariables);
  }
}

/** Fake timers are those of a realm; whoever watches wants changed modules anew, and Jest counts what is covered in realms. */
function needsRealm({ watch, watchAll, collectCoverage }: GlobalConfig, testPath: string): boolean {
  const isAnew = watch || watchAll || collectCoverage;
  return isAnew || readFileSync(testPath, 'utf8').includes('jest.useFakeTimers');
}

/** The framework keeps the tests that it has heard of: each file gets one that has heard of none. */
function requireAnew(path: string): unknown {
  delete require.cache[path];
  delete shared[eventHandlers];
  return require(path);
}

function registerHooks({ rootDir, transform }: ProjectConfig): void {
  process.setSourceMapsEnabled(true);
  const root = `${pathToFileURL(rootDir).href}/`;
  const data: HookOptions = { root, swc: transform[0]![2] };
  register('./module-hooks.js', import.meta.url, { data });
}

// biome-ignore lint/style/noDefaultExport: Jest takes the default export of a test runner.
export default runInWorker;
