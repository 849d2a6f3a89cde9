/** How long the link of a verification mail works. */
export const verificationTtlMs = 24 * 3_600_000;
