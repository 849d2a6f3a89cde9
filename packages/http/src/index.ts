export {
  type Access,
  type ApiKeyCaller,
  actorOf,
  type Caller,
  type CallerOf,
  type CustomerCaller,
} from './caller.js';
export { clientNetwork } from './client-network.js';
export { requireVersion, versionTag } from './conditional.js';
export type { AllowedOrigins } from './cors.js';
export { type AppOptions, createApp, createHealthApp } from './create-app.js';
export type { ServerLimits } from './create-server.js';
export { mountDocs } from './docs.js';
export type { IsReady, Readiness } from './health.js';
export { type HttpServer, type ListenOptions, listen } from './listen.js';
export {
  type Authenticate,
  type CallDescription,
  type KeyedCall,
  type MountOptions,
  mountRoutes,
  type Once,
} from './mount-routes.js';
export { NotAdmitted } from './not-admitted.js';
export { type ApiDescription, type OpenApiDocument, openApiDocument } from './openapi.js';
export type { ExamplesByName } from './openapi-examples.js';
export {
  notFound,
  Problem,
  type ProblemDocument,
  type ProblemError,
  type ProblemOptions,
} from './problem.js';
export type { RateLimiter, RateVerdict } from './rate-limit.js';
export { contextOf, type RequestContext } from './request-context.js';
export {
  type Method,
  type Route,
  type RouteDefinition,
  type RouteReply,
  type RouteRequest,
  type RouteResponse,
  routeDefiner,
} from './route.js';
export { validate, validationFailed } from './validation.js';
