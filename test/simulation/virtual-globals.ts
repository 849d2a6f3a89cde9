import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import timersPromises from 'node:timers/promises';
import type { Random } from './random.js';
import type { Scheduled, Scheduler } from './scheduler.js';

/**
 * Puts virtual time and seeded chance under the code that is simulated, unchanged as it is: timers, clocks, ids. Outside
 * of a process of a simulated world everything keeps its ordinary meaning.
 */
let world: { scheduler: Scheduler; random: Random; epochMs: number } | undefined;

export function enterWorld(scheduler: Scheduler, random: Random, epochMs: number): void {
  world = { scheduler, random, epochMs };
}

export function leaveWorld(): void {
  world = undefined;
}

class VirtualTimer {
  scheduled: Scheduled | undefined;

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  cancel(): void {
    if (this.scheduled) this.scheduled.action = undefined;
    this.scheduled = undefined;
  }
}

type Callback = (...args: unknown[]) => void;

function start(callback: Callback, delayMs: number, args: unknown[], everyMs?: number): VirtualTimer {
  const timer = new VirtualTimer();
  const { scheduler } = world!;
  const owner = scheduler.current;
  const fire = (): void => {
    timer.scheduled = undefined;
    if (everyMs !== undefined) timer.scheduled = scheduler.after(everyMs, owner, fire);
    callback(...args);
  };
  timer.scheduled = scheduler.after(delayMs, owner, fire);
  return timer;
}

export function installVirtualGlobals(): void {
  const real = {
    setTimeout: globalThis.setTimeout,
    setInterval: globalThis.setInterval,
    setImmediate: globalThis.setImmediate,
    delay: timersPromises.setTimeout,
    now: Date.now,
    performanceNow: performance.now.bind(performance),
    random: Math.random,
    randomUUID: crypto.randomUUID,
    getRandomValues: crypto.webcrypto.getRandomValues.bind(crypto.webcrypto),
  };
  const isVirtual = (): boolean => world?.scheduler.current !== undefined;
  /** Node refuses timers shorter than a millisecond. */
  const atLeastOne = (ms: number | undefined): number => Math.max(1, ms ?? 1);

  replace(globalThis, 'setTimeout', (callback: Callback, ms?: number, ...args: unknown[]) =>
    isVirtual() ? start(callback, atLeastOne(ms), args) : real.setTimeout(callback, ms, ...args),
  );
  replace(globalThis, 'setInterval', (callback: Callback, ms?: number, ...args: unknown[]) =>
    isVirtual()
      ? start(callback, atLeastOne(ms), args, atLeastOne(ms))
      : real.setInterval(callback, ms, ...args),
  );
  replace(globalThis, 'setImmediate', (callback: Callback, ...args: unknown[]) =>
    isVirtual() ? start(callback, 0, args) : real.setImmediate(callback, ...args),
  );
  for (const name of ['clearTimeout', 'clearInterval', 'clearImmediate'] as const) {
    const clear = globalThis[name] as (timer: unknown) => void;
    replace(globalThis, name, (timer: unknown) =>
      timer instanceof VirtualTimer ? timer.cancel() : clear(timer),
    );
  }
  replace(timersPromises, 'setTimeout', (ms?: number, value?: unknown) =>
    isVirtual()
      ? new Promise((resolve) => start(() => resolve(value), atLeastOne(ms), []))
      : real.delay(ms, value),
  );
  replace(Date, 'now', () => (world ? Math.floor(world.epochMs + world.scheduler.nowMs) : real.now()));
  replace(performance, 'now', () => (world ? world.scheduler.nowMs : real.performanceNow()));
  replace(Math, 'random', () => (isVirtual() ? world!.random.next() : real.random()));
  replace(crypto, 'randomUUID', () => (isVirtual() ? world!.random.uuid() : real.randomUUID()));
  replace(globalThis.crypto, 'getRandomValues', <T extends Uint8Array>(bytes: T): T => {
    if (!isVirtual()) return real.getRandomValues(bytes);
    world!.random.fill(bytes);
    return bytes;
  });
  // The core imports these functions by name; this is what renews such imports of built-in modules.
  syncBuiltinESMExports();
}

function replace(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, configurable: true, writable: true });
}
