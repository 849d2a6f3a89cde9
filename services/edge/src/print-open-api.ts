import { edgeOpenApiDocument } from './open-api.js';

process.stdout.write(`${JSON.stringify(edgeOpenApiDocument(), null, 2)}\n`);
