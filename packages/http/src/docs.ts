import type { Express } from 'express';
import swaggerUi from 'swagger-ui-express';
import type { OpenApiDocument } from './openapi.js';

/** Serves the OpenAPI document at `/openapi.json` and Swagger UI at `/docs`. */
export function mountDocs(app: Express, document: OpenApiDocument): void {
  const json = JSON.stringify(document);
  app.get('/openapi.json', (_request, response) => {
    response.type('application/json').send(json);
  });
  app.use('/docs', swaggerUi.serve, swaggerUi.setup(document, { customSiteTitle: document.info.title }));
}
