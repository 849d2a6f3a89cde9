declare module 'openapi-to-postmanv2' {
  interface Conversion {
    readonly result: boolean;
    readonly reason?: string;
    readonly output?: readonly { readonly type: string; readonly data: unknown }[];
  }
  const converter: {
    convertV2(
      input: { readonly type: 'string' | 'json'; readonly data: unknown },
      options: Readonly<Record<string, unknown>>,
      callback: (error: Error | null, conversion?: Conversion) => void,
    ): void;
  };
  // biome-ignore lint/style/noDefaultExport: That is how the package exports.
  export default converter;
}
