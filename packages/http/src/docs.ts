import type { Express } from 'express';
import swaggerUi from 'swagger-ui-express';
import type { OpenApiDocument } from './openapi.js';

const swaggerOptions = {
  url: '/openapi.json',
  // Otherwise the address of the document goes to a validator on the internet.
  validatorUrl: null,
  // A reload of the page keeps the token, in the memory of this browser.
  persistAuthorization: true,
  displayRequestDuration: true,
  filter: true,
  docExpansion: 'none',
};

/** Serves the OpenAPI document at `/openapi.json` and Swagger UI at `/docs`. */
export function mountDocs(app: Express, document: OpenApiDocument): void {
  const json = JSON.stringify(document);
  app.get('/openapi.json', (_request, response) => {
    response.type('application/json').send(json);
  });
  app.use(
    '/docs',
    swaggerUi.serve,
    swaggerUi.setup(undefined, { customSiteTitle: document.info.title, swaggerOptions }),
  );
}
