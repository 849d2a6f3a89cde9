/** What of an OpenAPI document tells calls apart. */
export interface OpenApiPaths {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** The part of HAR 1.2 that is read here. */
export interface HarLog {
  readonly log: {
    readonly entries: readonly {
      readonly request: { readonly method: string; readonly url: string };
      readonly response: { readonly status: number };
    }[];
  };
}

interface Operation {
  readonly method: string;
  readonly pattern: RegExp;
  readonly parameters: number;
  readonly tags: readonly string[];
}

export interface CallCount {
  readonly made: number;
  readonly accepted: number;
}

const methods = new Set(['get', 'post', 'put', 'patch', 'delete']);

/**
 * How many calls with each tag were made and how many were accepted (2xx). Answers that fit the document prove little when all of
 * them are refusals.
 */
export function callsByTag(
  document: OpenApiPaths,
  records: readonly HarLog[],
): ReadonlyMap<string, CallCount> {
  const operations = operationsOf(document);
  const counts = new Map<string, { made: number; accepted: number }>();
  for (const tag of operations.flatMap(({ tags }) => tags)) counts.set(tag, { made: 0, accepted: 0 });
  for (const { request, response } of records.flatMap(({ log }) => log.entries)) {
    const path = new URL(request.url).pathname;
    const operation = operations.find(
      ({ method, pattern }) => method === request.method.toLowerCase() && pattern.test(path),
    );
    for (const tag of operation?.tags ?? []) {
      const count = counts.get(tag)!;
      count.made++;
      if (response.status >= 200 && response.status < 300) count.accepted++;
    }
  }
  return counts;
}

/**
 * Tags of which not one call was accepted. Examples of the document come first and are good, and streams have a run
 * of their own, so time does not decide this.
 */
export function refusedTags(counts: ReadonlyMap<string, CallCount>): string[] {
  return [...counts].flatMap(([tag, { accepted }]) => (accepted === 0 ? [tag] : []));
}

function operationsOf({ paths }: OpenApiPaths): Operation[] {
  const operations = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([method]) => methods.has(method))
      .map(([method, operation]) => ({
        method,
        pattern: new RegExp(`^${path.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{\w+\}/g, '[^/]+')}$`),
        parameters: path.split('{').length - 1,
        tags: (operation as { tags?: readonly string[] }).tags ?? [],
      })),
  );
  // `/customers/me` before `/customers/{id}`.
  return operations.sort((a, b) => a.parameters - b.parameters);
}
