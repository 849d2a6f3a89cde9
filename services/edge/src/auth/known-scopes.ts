import type { Access } from '@florin/http';

/** Stands for every scope, also for those of later versions. */
export const everyScope = '*';

/** The scopes that routes ask for: there are no others, so a key cannot hold one that means nothing. */
export function knownScopes(routes: readonly { readonly access: Access }[]): ReadonlySet<string> {
  const scopes = routes.flatMap(({ access }) => {
    if (typeof access === 'string') return [];
    return 'scope' in access ? [access.scope] : [access.customerOrScope];
  });
  return new Set([everyScope, ...scopes.sort()]);
}
