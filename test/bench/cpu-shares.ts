import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface CallFrame {
  readonly functionName: string;
  readonly url: string;
}

interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: CallFrame;
    readonly children?: readonly number[];
  }[];
  /** Microseconds of the monotonic clock, as `process.hrtime` has them. */
  readonly startTime: number;
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** Between two readings of `process.hrtime`, in microseconds. */
export interface ProfileWindow {
  readonly fromUs: number;
  readonly toUs: number;
}

export interface Shares {
  /** Script that the process ran. */
  readonly script: string;
  /** Parts of the time in which it was not idle, the largest first; they sum to 1. */
  readonly parts: readonly { readonly name: string; readonly share: number }[];
}

export function profileClockUs(): number {
  return Number(process.hrtime.bigint() / 1_000n);
}

/** What V8 profiles (`--cpu-prof`) in a folder say about a span of time, by library and by file of our own. */
export function cpuShares(folder: string, window: ProfileWindow): Shares[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.cpuprofile'))
    .map((name) => sharesOf(JSON.parse(readFileSync(join(folder, name), 'utf8')) as Profile, window))
    .filter(({ parts }) => parts.length > 0);
}

function sharesOf(profile: Profile, window: ProfileWindow): Shares {
  const owners = ownersOf(profile);
  const spent = new Map<string, number>();
  let total = 0;
  let at = profile.startTime;
  for (const [i, id] of profile.samples.entries()) {
    const lasted = profile.timeDeltas[i]!;
    at += lasted;
    const owner = owners.get(id)!;
    if (at < window.fromUs || at > window.toUs || owner === '(idle)') continue;
    spent.set(owner, (spent.get(owner) ?? 0) + lasted);
    total += lasted;
  }
  const script =
    profile.nodes.map(({ callFrame }) => callFrame.url).find((url) => /dist\/main\.js$/.test(url)) ?? '';
  return {
    script,
    parts: [...spent]
      .map(([name, lasted]) => ({ name, share: lasted / total }))
      .sort((a, b) => b.share - a.share),
  };
}

/** Whoever called: what Node does by itself (sockets, buffers, JSON) counts for the nearest caller outside of it. */
function ownersOf({ nodes }: Profile): ReadonlyMap<number, string> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const owners = new Map<number, string>();
  const visit = (id: number, inherited: string): void => {
    const { callFrame, children = [] } = byId.get(id)!;
    const owner = ownerOf(callFrame) ?? inherited;
    owners.set(id, owner);
    for (const child of children) visit(child, owner);
  };
  visit(nodes[0]!.id, 'Node.js by itself');
  return owners;
}

function ownerOf({ functionName, url }: CallFrame): string | undefined {
  if (functionName === '(root)') return undefined;
  if (url === '' || url.startsWith('node:')) {
    return /^\((idle|program|garbage collector)\)$/.test(functionName) ? functionName : undefined;
  }
  const library = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1];
  if (library !== undefined) return library;
  return /(?:packages|services|infra)\/(.+)\.js$/.exec(url)?.[1]?.replace('/dist/', '/') ?? url;
}
