/** Where a running platform answers. */
export interface Platform {
  readonly edgeUrl: string;
  readonly sandboxUrl: string;
  readonly adminKey: string;
}

export const localPlatform: Platform = {
  edgeUrl: process.env.FLORIN_URL ?? 'http://127.0.0.1:8080',
  sandboxUrl: process.env.SANDBOX_URL ?? 'http://127.0.0.1:8090',
  adminKey: process.env.FLORIN_API_KEY ?? 'flk_local_admin',
};
