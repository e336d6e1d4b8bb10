# One image for both halves: `router proxy …` needs nothing else, `router agent …` finds PostgreSQL 15 here.
# Build: docker build -t router .
FROM debian:12-slim AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates curl gcc libc6-dev zlib1g-dev libicu72 \
    && rm -rf /var/lib/apt/lists/*
RUN curl -fsSL https://dot.net/v1/dotnet-install.sh -o /tmp/dotnet-install.sh \
    && bash /tmp/dotnet-install.sh --channel 10.0 --install-dir /usr/share/dotnet \
    && ln -s /usr/share/dotnet/dotnet /usr/bin/dotnet
WORKDIR /source
COPY . .
RUN bash -c 'source .ci/lib.sh && publish /published'

FROM debian:12-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends postgresql-common ca-certificates libssl3 \
    && echo 'create_main_cluster = off' >> /etc/postgresql-common/createcluster.conf \
    && apt-get install -y --no-install-recommends postgresql-15 \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build /published/router /usr/local/bin/router
COPY config/ /usr/share/doc/router/
ENV PATH=/usr/lib/postgresql/15/bin:$PATH
# The owner of data directories, from the Debian package. PostgreSQL does not run as root, nor does the agent.
USER postgres
EXPOSE 5432 6432 6433 8008
ENTRYPOINT ["/usr/local/bin/router"]
CMD ["--help"]
