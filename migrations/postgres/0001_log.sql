-- The truth: every genuine message with its exact bytes, every further attempt, and what was refused.
-- Instants are milliseconds since 1970-01-01 UTC: both databases keep them without rounding.

-- Keys are compared byte by byte (collate "C"), as SQLite does, so that lists and their cursors sort alike.

-- One row. Taking a range of numbers locks it until the commit, so numbers are given in the order of commits,
-- across server instances too: a reader who has seen number n never sees a smaller one appear later.
create table log_head (
    id bigint primary key check (id = 1),
    seq bigint not null
);
insert into log_head (id, seq) values (1, 0);

create table messages (
    seq bigint primary key,
    endpoint text collate "C" not null,
    message_id text collate "C" not null,
    received_at bigint not null,
    sent_at bigint not null,
    occurred_at bigint not null,
    occurred_from text not null,
    event_type text collate "C",
    mode text,
    outcome text not null,
    reason text,
    headers text not null,
    remote text,
    signed_with text,
    body bytea not null,
    unique (endpoint, message_id)
);
create index messages_by_time on messages (received_at, seq);
create index messages_by_type on messages (event_type, received_at, seq);

create table attempts (
    seq bigint primary key,
    endpoint text collate "C" not null,
    message_id text collate "C" not null,
    received_at bigint not null,
    sent_at bigint not null,
    same_body boolean not null,
    headers text not null,
    remote text,
    body bytea
);
create index attempts_by_message on attempts (endpoint, message_id, seq);
create index attempts_by_time on attempts (received_at, seq);

create table quarantine (
    seq bigint primary key,
    endpoint text collate "C" not null,
    received_at bigint not null,
    code text not null,
    reason text not null,
    message_id text collate "C",
    headers text not null,
    remote text,
    body bytea not null,
    size bigint not null
);
create index quarantine_by_time on quarantine (received_at, seq);
create index quarantine_by_endpoint on quarantine (endpoint, seq);

-- A signing secret made here because none was given, kept so that the portal need not be told again.
create table kept_secrets (
    endpoint text collate "C" primary key,
    secret text not null,
    created_at bigint not null
);
