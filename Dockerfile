# The product without the embedded Temporal server: one static program, as
# nobody, on an empty file system.

FROM node:20-bookworm-slim AS web
WORKDIR /src/web
COPY web/package.json web/package-lock.json ./
RUN npm install --no-save --no-audit --no-fund
COPY web/ ./
RUN npm run build

FROM golang:1.26.8-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
COPY --from=web /src/web/dist web/dist
ARG VERSION=unknown
# timetzdata: schedules name time zones, and the image has no /usr/share/zoneinfo.
RUN CGO_ENABLED=0 go build -tags noembed,timetzdata -trimpath -buildvcs=false \
      -ldflags "-s -w -X main.version=${VERSION}" -o /out/bin/igny8 ./cmd/igny8 \
 && mkdir -p /out/etc/ssl/certs /out/var/lib/igny8 \
 && cp /etc/ssl/certs/ca-certificates.crt /out/etc/ssl/certs/

FROM scratch
COPY --from=build --chown=65532:65532 /out/ /
USER 65532:65532
VOLUME /var/lib/igny8
EXPOSE 8010
ENTRYPOINT ["/bin/igny8"]
CMD ["api"]
