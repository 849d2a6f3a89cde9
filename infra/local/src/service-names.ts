/** Every service; each has a database and a process of its own. */
export const serviceNames = ['edge', 'application', 'wallet', 'transaction', 'notification'] as const;
export type ServiceName = (typeof serviceNames)[number];

/** Everything that `startPlatform` runs as a process of its own. */
export type ProcessName = ServiceName | 'sandbox';

export type DatabaseUrls = Readonly<Record<ServiceName, string>>;
