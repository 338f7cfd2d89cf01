-- How many live messages arrived at each endpoint, minute by minute (span 1) and hour by hour (span 60): what is usual at
-- an hour of the week is told from a few rows. Both count in minutes since 1970-01-01 UTC.
create table endpoint_arrivals (
    endpoint text not null,
    span integer not null,
    start integer not null,
    live integer not null,
    last_at integer not null,
    primary key (endpoint, span, start)
) strict, without rowid;
