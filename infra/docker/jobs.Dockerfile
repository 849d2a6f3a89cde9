# What runs once for an installation: `migrate` and `seed`. The stages before the last are those of the services.
FROM node:20-bookworm-slim AS build
WORKDIR /florin
COPY . .
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts
RUN npm run -s build

# The optional packages are those of the Prisma command line and of the embedded PostgreSQL.
FROM build AS production
RUN --mount=type=cache,target=/root/.npm \
    npm ci --omit=dev --omit=optional --ignore-scripts --workspace=@florin/local \
 && rm -rf packages/*/src packages/*/tests infra/local/src infra/local/tests

FROM node:20-bookworm-slim
ENV NODE_ENV=production
WORKDIR /florin
COPY --from=production /florin/package.json ./
COPY --from=production /florin/node_modules ./node_modules
COPY --from=production /florin/packages ./packages
COPY --from=production /florin/infra/local ./infra/local
COPY --from=production /florin/prisma ./prisma
COPY --from=production /florin/services/application/seeds ./services/application/seeds
USER node
CMD ["node", "--enable-source-maps", "infra/local/dist/migrate.js"]
