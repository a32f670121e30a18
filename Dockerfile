# The command `tidemark`, and the examples that docker-compose.yml shows it with.
#   docker build -t tidemark . && docker run -p 8080:8080 tidemark

FROM node:24-slim AS build
WORKDIR /src
COPY . .
RUN npm ci --no-fund --no-audit && npm run packages

FROM node:24-slim
WORKDIR /app
COPY --from=build /src/packed /tmp/packed
RUN echo '{ "private": true, "type": "module" }' > package.json \
  && npm install --no-fund --no-audit --omit=dev /tmp/packed/*.tgz kafkajs@2.2.4 \
  && rm -rf /tmp/packed /root/.npm
COPY examples examples
# What the collector keeps; mount something here that outlives the container. A new volume takes over whose it is.
RUN mkdir /data && chown node:node /data
VOLUME /data
# Nothing of it needs root.
USER node
ENV NODE_ENV=production NODE_OPTIONS=--disable-warning=TimeoutNegativeWarning TIDEMARK_LISTEN=0.0.0.0:8080 TIDEMARK_STORE=/data
EXPOSE 8080
ENTRYPOINT ["node_modules/.bin/tidemark"]
CMD ["collector"]
