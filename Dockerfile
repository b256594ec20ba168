# DaTamer alone: `docker build -t datamer .`; with a database and a mail server: docker-compose.yml.
FROM node:20-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npm run --silent build && npm prune --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:20-slim
ENV NODE_ENV=production DATAMER_DATA_DIR=/data
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY --from=build /app/views views
COPY --from=build /app/src/web/assets src/web/assets
# What a fresh tenant's model starts from; the sample mails stay behind.
COPY --from=build /app/training-data/cold-start.jsonl training-data/
COPY --from=build /app/docs/DATAMER-MIB.txt docs/
RUN ln -s /app/dist/src/main.js /usr/local/bin/datamer && mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 3000 2525
# Ready rather than alive: what depends on this waits for doors and database.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:3000/readyz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# No shell in between: SIGTERM reaches the program.
CMD ["node", "dist/src/main.js", "serve"]
