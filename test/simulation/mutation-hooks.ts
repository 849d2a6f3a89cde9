import type { LoadHook } from 'node:module';
import type { Mutation } from './mutations.js';

/** Module hooks of Node: they change the source of one module on its way into the process. */
let mutation: Mutation;

export function initialize(data: Mutation): void {
  mutation = data;
}

export const load: LoadHook = async (url, context, nextLoad) => {
  const loaded = await nextLoad(url, context);
  if (!url.endsWith(mutation.file)) return loaded;
  const source = String(loaded.source);
  const mutated = source.replace(mutation.find, mutation.replace);
  // A mutation that changes nothing would pass for one that the simulator does not notice.
  if (mutated === source)
    throw new Error(`mutation "${mutation.name}" does not fit ${mutation.file} any more`);
  return { ...loaded, source: mutated };
};
