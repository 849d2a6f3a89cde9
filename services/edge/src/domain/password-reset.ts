/** How long the link of a mail that resets the password works. */
export const passwordResetTtlMs = 3_600_000;
