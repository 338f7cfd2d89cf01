-- Of a refused request at most the first 64 KiB of its body are kept: `body_length` says how long it was, or was said to
-- be; null where nobody said. `grade` says how much the request looked like the sender's: the least go first.

alter table quarantine add column body_length integer;
alter table quarantine add column grade integer not null default 0;
update quarantine set body_length = length(body), grade = case
    when code in ('stale', 'future') then 1
    when code in ('bad_signature', 'second_lock') then 4
    else 0
end;

-- What to let go is found in the index alone: in the table, sizes lie behind the bodies.
drop index quarantine_by_endpoint;
create index quarantine_by_grade on quarantine (endpoint, grade, seq, size);

-- Refused requests are counted, whether or not they are kept: for good by what was wrong, and by minute for a week.
create table refusal_totals (
    endpoint text not null,
    code text not null,
    count integer not null,
    primary key (endpoint, code)
) strict, without rowid;
create table refusal_minutes (
    minute integer not null,
    endpoint text not null,
    count integer not null,
    primary key (minute, endpoint)
) strict, without rowid;
insert into refusal_totals select endpoint, code, count(*) from quarantine group by endpoint, code;
insert into refusal_minutes select received_at / 60000, endpoint, count(*) from quarantine group by 1, 2;

-- Requests that look like webhooks and came to no endpoint, by minute for a week.
create table wrong_addresses (
    minute integer primary key,
    count integer not null,
    last_path text not null
) strict;
