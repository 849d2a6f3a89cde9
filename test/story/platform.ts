/** Where a running platform answers. */
export interface Platform {
  readonly edgeUrl: string;
  readonly sandboxUrl: string;
  readonly adminKey: string;
}

/** What `npm start` has started with the same environment. */
export const localPlatform: Platform = {
  edgeUrl: process.env.FLORIN_URL ?? `http://127.0.0.1:${process.env.EDGE_PORT ?? 8080}`,
  sandboxUrl: process.env.SANDBOX_URL ?? `http://127.0.0.1:${process.env.SANDBOX_PORT ?? 8090}`,
  adminKey: process.env.FLORIN_API_KEY ?? 'flk_local_admin',
};
