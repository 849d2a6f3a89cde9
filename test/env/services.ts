/** Every service that owns a database. */
export const services = ['edge', 'application', 'wallet', 'transaction', 'notification'] as const;
export type ServiceName = (typeof services)[number];

/** Where the global setup tells the tests which database to clone for a service. */
export function templateVariable(service: ServiceName): string {
  return `FLORIN_TEST_TEMPLATE_${service.toUpperCase()}`;
}
