# One image with every program of Harmony; which of them runs is the container's command. Needs nothing but this folder:
#   docker build --tag harmony .
# Cargo.toml says as `rust-version` which Rust this is; both stages are of one Debian, for they share its C library.
ARG RUST=1.95
ARG DEBIAN=bookworm

FROM rust:${RUST}-${DEBIAN} AS chef
WORKDIR /harmony
RUN cargo install --locked --version 0.1.78 cargo-chef

FROM chef AS recipe
COPY . .
RUN cargo chef prepare --recipe-path /recipe.json

# Dependencies are a layer of their own: only a change of Cargo.lock builds them again. Their options are those of
# `make release`, else nothing of this layer would be used.
FROM chef AS build
COPY --from=recipe /recipe.json /recipe.json
RUN cargo chef cook --locked --release --bins --recipe-path /recipe.json
COPY . .
RUN make release

FROM debian:${DEBIAN}-slim
# Whoever asks the system for certificate authorities finds them; the programs need no other package.
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY scripts/healthy /usr/local/bin/
COPY --from=build \
  /harmony/target/release/api \
  /harmony/target/release/dispatch \
  /harmony/target/release/email \
  /harmony/target/release/fleet \
  /harmony/target/release/harmony \
  /harmony/target/release/maintenance \
  /harmony/target/release/pdf \
  /usr/local/bin/
# What volumes are mounted over: a new one takes over owner and mode from here.
RUN install -d -o 10001 -g 10001 -m 700 /data/files /data/keys /data/outbox
# mimalloc, the API's allocator, takes 16 MB more with transparent huge pages, for nothing.
ENV MIMALLOC_ALLOW_THP=0
USER 10001:10001
# The programs mind SIGTERM and wait for the processes they start: they may be process 1.
CMD ["api"]
