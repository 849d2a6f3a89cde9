import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { PrismaPg } from '@prisma/adapter-pg';
import {
  bindMigrationAwareSqlAdapterFactory,
  DriverAdapterError,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import type * as Engine from '@prisma/schema-engine-wasm/schema_engine_bg';
import pg from 'pg';
import type { Pool } from './database.js';

const engineModule = '@prisma/schema-engine-wasm/schema_engine_bg';
// What is used of the WebAssembly API, which the ES2023 library and @types/node 20 do not describe.
declare const WebAssembly: {
  instantiate(
    code: Uint8Array,
    imports: Record<string, object>,
  ): Promise<{ instance: { exports: Record<string, unknown> } }>;
};

let loading: Promise<typeof Engine> | undefined;

/** Prisma's schema engine on top of `pool`, which must be limited to one connection. */
export async function createSchemaEngine(pool: Pool): Promise<Engine.SchemaEngine> {
  loading ??= loadEngine();
  const { SchemaEngine } = await loading;
  const adapter = bindMigrationAwareSqlAdapterFactory(wholeScripts(new PrismaPg(pool), pool));
  return SchemaEngine.new({ datamodels: undefined }, () => undefined, adapter);
}

// The package's own entry point imports a .wasm file, which Node can do only behind a flag: the two halves are
// joined by hand here, in the way wasm-bindgen's generated entry does it.
async function loadEngine(): Promise<typeof Engine> {
  const bindings = (await import(engineModule)) as typeof Engine & {
    __wbg_set_wasm(exports: object): void;
  };
  const folder = dirname(createRequire(import.meta.url).resolve(engineModule));
  const code = await readFile(join(folder, 'schema_engine_bg.wasm'));
  const { instance } = await WebAssembly.instantiate(code, {
    './schema_engine_bg.js': withoutLingeringTimers(bindings),
  });
  bindings.__wbg_set_wasm(instance.exports);
  (instance.exports.__wbindgen_start as () => void)();
  return bindings;
}

// The engine gives itself ten seconds to get its advisory lock and never clears that timer: a process that has nothing
// else to do would wait for it.
function withoutLingeringTimers(bindings: object): object {
  const setTimer = (callback: () => void, delayMs: number) => setTimeout(callback, delayMs).unref();
  return Object.fromEntries(
    Object.entries(bindings).map(([name, binding]) => [
      name,
      name.startsWith('__wbg_setTimeout_') ? setTimer : binding,
    ]),
  );
}

/**
 * The adapter of Prisma cuts a script at every semicolon, which breaks function bodies. Sent whole through the simple
 * query protocol, a migration also runs as one transaction: it is applied entirely or not at all.
 */
function wholeScripts(factory: PrismaPg, pool: Pool): SqlMigrationAwareDriverAdapterFactory {
  const connect = async () => {
    const adapter = await factory.connect();
    adapter.executeScript = async (script: string) => {
      await pool.query(script).catch((error: unknown) => {
        throw asAdapterError(error);
      });
    };
    return adapter;
  };
  return {
    provider: factory.provider,
    adapterName: factory.adapterName,
    connect,
    connectToShadowDb: () => factory.connectToShadowDb(),
  };
}

// The engine can describe (and store) a failure only in the adapter's own terms.
function asAdapterError(error: unknown): unknown {
  if (!(error instanceof pg.DatabaseError)) return error;
  return new DriverAdapterError({
    kind: 'postgres',
    code: error.code ?? 'XX000',
    severity: error.severity ?? 'ERROR',
    message: error.message,
    detail: error.detail,
    column: error.column,
    hint: error.hint,
  });
}
