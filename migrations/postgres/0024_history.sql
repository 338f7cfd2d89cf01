-- Attempts of a message that were refused are found by the message id they claim.
create index quarantine_by_message on quarantine (message_id, endpoint, seq);

-- The portal's ping has no envelope. It was filed as unreadable, and is a test.
update messages set event_type = 'svix.ping', mode = 'test', outcome = 'stored', reason = null
where seq in (select seq from messages where outcome = 'unreadable')
and body in ('\x7b2273756363657373223a20747275657d'::bytea, '\x7b2273756363657373223a747275657d'::bytea);

-- How many live messages arrived at each endpoint, minute by minute (span 1) and hour by hour (span 60): what is usual at
-- an hour of the week is told from a few rows. Both count in minutes since 1970-01-01 UTC.
create table endpoint_arrivals (
    endpoint text collate "C" not null,
    span bigint not null,
    start bigint not null,
    live bigint not null,
    last_at bigint not null,
    primary key (endpoint, span, start)
);
