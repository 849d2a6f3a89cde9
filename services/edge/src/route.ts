import { routeDefiner } from '@florin/http';
import type { EdgeContext } from './context.js';

/** Describes one route of the edge: its schemas validate requests and make the OpenAPI document. */
export const defineRoute = routeDefiner<EdgeContext>();
