# assistantctl as an image: a program of one folder, no packages beside Node and Git.
FROM node:22-alpine AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build && npm pack --ignore-scripts --pack-destination /tmp

FROM node:22-alpine
# tini ends what a hook of the project leaves running.
RUN apk add --no-cache git openssh-client tini
COPY --from=build /tmp/assistantctl-*.tgz /tmp/
RUN npm install --global --ignore-scripts /tmp/assistantctl-*.tgz && rm /tmp/assistantctl-*.tgz
# Runs as a user without rights; everything it writes lies below /data, so the root may be read only.
RUN mkdir /data && chown node:node /data
ENV HOME=/tmp
USER 1000:1000
WORKDIR /data
VOLUME /data
ENTRYPOINT ["tini", "--", "assistantctl"]
HEALTHCHECK --interval=30s --timeout=10s CMD wget -q -O /dev/null http://127.0.0.1:9464/healthz || exit 1
