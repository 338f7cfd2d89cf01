# Junoscope as an image: one binary, its database in /var/lib/junoscope/data, port 3000.
#
#   docker build -t junoscope .
#   docker run -p 3000:3000 -v junoscope:/var/lib/junoscope -e JUNOSCOPE_PUBLIC_URL=https://hooks.example.com junoscope
#
# Honestly: no check of this repository builds this file, because the checks need no Docker. What it calls,
# `cargo xtask dist`, is checked to give a binary that starts in an empty folder.

FROM rust:1.95-bookworm AS build
WORKDIR /src
COPY . .
RUN cargo xtask dist --no-musl && mkdir /empty

# The C library and nothing else: no shell, no package manager, an ordinary user.
FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /src/target/dist/junoscope /usr/local/bin/junoscope
COPY --from=build --chown=nonroot:nonroot /empty /var/lib/junoscope
WORKDIR /var/lib/junoscope
VOLUME /var/lib/junoscope
ENV JUNOSCOPE_LISTEN=0.0.0.0:3000
EXPOSE 3000
# There is no curl in this image. /readyz also says why the server cannot store, if it cannot.
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s CMD ["/usr/local/bin/junoscope", "healthcheck"]
ENTRYPOINT ["/usr/local/bin/junoscope"]
CMD ["serve"]
